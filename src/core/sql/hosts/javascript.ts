import type { Fragment } from './fragment';
import { asPlaceholder, fragmentOf, isMarkingComment, withoutEscapes } from './fragment';

const TAG =
  /(?:^|[^\w$])(?:sql|SQL|pgsql|\$queryRaw|\$executeRaw|sql\.(?:unsafe|type\s*\([^`]{0,300}\)))(?:\s*<[^`]{0,500}>)?\s*$/;
const REGEX_FOLLOWS =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield|instanceof)\s*$/;

/** Tagged templates (`sql`, `$queryRaw`, ...) and strings behind a comment that says `sql`. For TypeScript and JSX too. */
export function findInJavaScript(text: string): Fragment[] {
  return new JavaScriptReader(text).read();
}

class JavaScriptReader {
  private readonly fragments: Fragment[] = [];
  private at = 0;
  /** Where the last token that is no comment ends. */
  private codeEnd = 0;
  private comment = '';

  constructor(private readonly text: string) {}

  read(): Fragment[] {
    while (this.at < this.text.length) this.step(true);
    return this.fragments;
  }

  /** Goes past a token; within a template only its end matters. */
  private step(collect: boolean): void {
    const { text } = this;
    const character = text[this.at]!;
    const next = text[this.at + 1];
    if (/\s/.test(character)) {
      this.at++;
      return;
    }
    if (character === '/' && (next === '/' || next === '*')) {
      const end = next === '/' ? lineEnd(text, this.at) : endAfter(text, '*/', this.at + 2);
      this.comment = text.slice(this.at, end);
      this.at = end;
      return;
    }
    const marked = isMarkingComment(this.comment);
    this.comment = '';
    if (character === '`') this.template(collect, marked);
    else if (character === "'" || character === '"') this.string(collect && marked, character);
    else if (character === '/' && this.regexMayFollow()) this.at = regexEnd(text, this.at);
    else if (/[\w$]/.test(character)) while (/[\w$]/.test(text[this.at] ?? '')) this.at++;
    else this.at++;
    this.codeEnd = this.at;
  }

  private template(collect: boolean, marked: boolean): void {
    const { text } = this;
    const tagged = TAG.test(text.slice(Math.max(0, this.codeEnd - 600), this.codeEnd)) && this.codeEnd > 0;
    const start = ++this.at;
    const parts: string[] = [];
    let from = start;
    while (this.at < text.length && text[this.at] !== '`') {
      if (text[this.at] === '\\') this.at += 2;
      else if (text.startsWith('${', this.at)) {
        parts.push(withoutEscapes(text.slice(from, this.at)));
        from = this.at;
        this.expression(!(collect && (tagged || marked)) && collect);
        parts.push(asPlaceholder(text.slice(from, this.at), '${'));
        from = this.at;
      } else this.at++;
    }
    if (this.at >= text.length) return;
    parts.push(withoutEscapes(text.slice(from, this.at)));
    if (collect && (tagged || marked)) {
      this.fragments.push(...fragmentOf({ start, end: this.at }, parts.join(''), '`'));
    }
    this.at++;
  }

  /** From `${` to behind its brace. */
  private expression(collect: boolean): void {
    this.at += 2;
    this.codeEnd = this.at;
    let depth = 1;
    while (this.at < this.text.length) {
      const character = this.text[this.at];
      if (character === '{') depth++;
      else if (character === '}' && --depth === 0) {
        this.at++;
        return;
      }
      this.step(collect);
    }
  }

  private string(collect: boolean, quote: string): void {
    const { text } = this;
    const start = this.at + 1;
    let end = start;
    while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
    // An apostrophe in the text of JSX is just that.
    if (text[end] !== quote) {
      this.at = start;
      return;
    }
    this.at = end + 1;
    const isWhole = !/^\s*\+/.test(text.slice(this.at, this.at + 200));
    if (collect && isWhole)
      this.fragments.push(...fragmentOf({ start, end }, withoutEscapes(text.slice(start, end)), quote));
  }

  private regexMayFollow(): boolean {
    const before = this.text.slice(Math.max(0, this.codeEnd - 30), this.codeEnd);
    const last = before.at(-1);
    if (last === undefined) return true;
    // The closing tags of JSX.
    if (last === '<' || this.text[this.at + 1] === '>') return false;
    return /[\w$)\]}"'`]/.test(last) ? REGEX_FOLLOWS.test(before) : true;
  }
}

/** Behind the regular expression, or behind the slash if there is none. */
function regexEnd(text: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return at + 1;
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

function endAfter(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from);
  return found < 0 ? text.length : found + closing.length;
}
