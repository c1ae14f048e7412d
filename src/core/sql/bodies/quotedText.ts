import type { SourceRange } from '../../base/sourceRange';

/** What stands between the quotes of a string. */
export interface QuotedText {
  /** Its place in the text. */
  readonly range: SourceRange;
  /** Its value, padded to the length it is written with. */
  readonly text: string;
}

/**
 * The content of a string constant (`'...'`, `E'...'`, `$tag$...$tag$`) with doubled quotes and escapes replaced by as
 * many characters: `''a''` within quotes is ` 'a' `. Blanks go outside the strings of the content wherever there is an
 * outside. Undefined for a constant that is written in several parts, without an end, or as `U&'...'`.
 */
export function unquote(source: string, token: SourceRange): QuotedText | undefined {
  const written = source.slice(token.start, token.end);
  const tag = /^\$[^$]*\$/.exec(written)?.[0];
  if (tag !== undefined) {
    if (written.length < 2 * tag.length || !written.endsWith(tag)) return undefined;
    return inside(token, tag.length, tag.length, written.slice(tag.length, -tag.length));
  }
  const opening = /^[eE]?'/.exec(written)?.[0];
  if (opening === undefined || written.length <= opening.length || !written.endsWith("'")) return undefined;
  const content = written.slice(opening.length, -1);
  const escapes = opening.length === 2;
  // A lone quote ends the constant: what follows is its continuation on another line.
  if (/'/.test(content.replace(escapes ? /\\[^]|''/g : /''/g, ''))) return undefined;
  return inside(token, opening.length, 1, new Unescaper(content, escapes).run());
}

function inside(token: SourceRange, before: number, after: number, text: string): QuotedText {
  return { range: { start: token.start + before, end: token.end - after }, text };
}

/** Follows the strings and comments of the content, to know on which side of a quote its second half may be blank. */
class Unescaper {
  private at = 0;
  private out = '';

  constructor(
    private readonly content: string,
    private readonly escapes: boolean,
  ) {}

  run(): string {
    const { content } = this;
    while (this.at < content.length) {
      if (this.quoteWidth() > 0) this.string();
      else if (content.startsWith('--', this.at)) this.copyWhile(rest => !/^[\r\n]|^\\[nr]/.test(rest));
      else if (content.startsWith('/*', this.at)) this.copyThrough('*/', 2);
      else if (content[this.at] === '"') this.copyThrough('"', 1);
      else this.copy();
    }
    return this.out;
  }

  /** How many characters write a quote here, 0 if there is none. */
  private quoteWidth(): number {
    const two = this.content.slice(this.at, this.at + 2);
    return two === "''" || (this.escapes && two === "\\'") ? 2 : 0;
  }

  private string(): void {
    this.out += " '";
    this.at += 2;
    while (this.at < this.content.length) {
      const width = this.quoteWidth();
      if (width === 0) {
        this.copy();
        continue;
      }
      this.at += width;
      if (this.quoteWidth() === 0) {
        this.out += "' ";
        return;
      }
      this.out += "''  ";
      this.at += this.quoteWidth();
    }
  }

  private copy(): void {
    const character = this.content[this.at]!;
    if (!this.escapes || character !== '\\') {
      this.out += character;
      this.at++;
      return;
    }
    const next = this.content[this.at + 1] ?? ' ';
    const value = next === 'n' ? '\n' : next === 'r' ? '\r' : next === '\\' ? '\\' : next === "'" ? "'" : ' ';
    this.out += `${value} `;
    this.at += 2;
  }

  private copyWhile(holds: (rest: string) => boolean): void {
    while (this.at < this.content.length && holds(this.content.slice(this.at, this.at + 2))) this.copy();
  }

  private copyThrough(closing: string, from: number): void {
    const found = this.content.indexOf(closing, this.at + from);
    const end = found < 0 ? this.content.length : found + closing.length;
    while (this.at < end) this.copy();
  }
}
