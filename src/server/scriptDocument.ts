import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { SourceRange } from '../core/base/sourceRange';
import type { Edit, Finding, Fix } from '../core/rules/finding';
import { allowFix } from '../core/rules/suppressions';
import type { Grammar } from '../core/sql/grammar';
import { editsKeepHost, readHost } from '../core/sql/hosts/hosts';
import type { HostText } from '../core/sql/hosts/hosts';
import { Script } from '../core/sql/script';
import type { LocatedStatement } from '../core/sql/statement';
import { LineIndex } from './lineIndex';

/** What PostgreSQL said about a statement when it was explained; shown until the statement's text changes. */
export interface StatementFailure {
  readonly statementText: string;
  /** Relative to the statement. */
  readonly range: SourceRange;
  readonly message: string;
  readonly sqlState?: string;
}

/**
 * A larger text, in UTF-16 code units, is a dump that nobody reads in an editor: it is not looked into. A file of this
 * size takes the linter some seconds in the background.
 */
export const CHECKED_CHARACTERS = 10_000_000;

/**
 * An open document: its statements, its line starts and what the server still has to say about it. In a document of
 * another language the script is that document with everything but its SQL blanked out, so all offsets are the same.
 */
export class ScriptDocument {
  readonly uri: string;
  version: number;
  failures: readonly StatementFailure[] = [];
  /** The connection whose catalog the document is checked against. */
  connectionId: string | undefined;
  readonly script: Script;
  readonly lines: LineIndex;
  readonly #languageId: string;
  /** Undefined in a document that is SQL itself. */
  #host: (HostText & { readonly text: string }) | undefined;

  constructor(uri: string, version: number, text: string, grammar: Grammar, languageId = 'sql') {
    this.uri = uri;
    this.version = version;
    this.#languageId = languageId;
    this.#host = this.#read(text);
    this.script = new Script(grammar, this.#host?.masked ?? text);
    this.lines = new LineIndex(text);
  }

  /** What the editor shows; `script.text` is what is read as SQL. */
  get text(): string {
    return this.#host?.text ?? this.script.text;
  }

  /** True if the SQL stands in strings or fences of another language. */
  get isHost(): boolean {
    return this.#host !== undefined;
  }

  /** True if nothing in it is checked because it is too much. */
  get isTooLarge(): boolean {
    return this.lines.length > CHECKED_CHARACTERS;
  }

  /** Applies the edits of one `didChange`, in order; each sees the text the one before it left. */
  apply(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      const range =
        'range' in change
          ? { start: this.lines.offsetAt(change.range.start), end: this.lines.offsetAt(change.range.end) }
          : { start: 0, end: this.lines.length };
      if (range.end < range.start) continue;
      if (this.#host) {
        const text = this.text.slice(0, range.start) + change.text + this.text.slice(range.end);
        this.#host = { ...this.#host, text };
        this.lines.edit(range, change.text.length, text);
      } else {
        this.script.edit(range, change.text);
        this.lines.edit(range, change.text.length, this.script.characters);
      }
    }
    if (this.#host || this.script.characters.length > CHECKED_CHARACTERS) {
      const { text } = this;
      // What the script has becomes another text.
      this.lines.keepTextIn(text);
      this.#host = this.#read(text);
      const edit = smallestEdit(this.script.text, this.#host?.masked ?? text);
      if (edit) this.script.edit(edit.range, edit.newText);
    }
    this.version = version;
    this.failures = this.failures.filter(failure => this.#find(failure.statementText) !== undefined);
  }

  /** The findings without fixes that would break the string the SQL stands in. */
  withSafeFixes(findings: readonly Finding[]): readonly Finding[] {
    const host = this.#host;
    if (!host) return findings;
    return findings.map(finding => {
      const fixes = finding.fixes.filter(({ edits }) => editsKeepHost(host, host.text, edits));
      return fixes.length === finding.fixes.length ? finding : { ...finding, fixes };
    });
  }

  /** True if edits do not break the string the SQL stands in. */
  keepsHost(edits: readonly Edit[]): boolean {
    return !this.#host || editsKeepHost(this.#host, this.#host.text, edits);
  }

  /** The edit that allows a finding where it is; on the line of a string's quotes it must be a comment with an end. */
  allowFix(finding: Pick<Finding, 'rule' | 'range'>): Fix {
    const host = this.#host;
    if (!host) return allowFix(this.text, finding);
    const { start } = finding.range;
    const lineStart = host.text.lastIndexOf('\n', start - 1) + 1;
    const fragment = host.fragments.find(({ range }) => range.start <= start && start <= range.end);
    const hasLineOfItsOwn =
      fragment !== undefined &&
      fragment.range.start <= lineStart &&
      fragment.quote !== "'" &&
      fragment.quote !== '"' &&
      host.text.slice(lineStart, start) === host.masked.slice(lineStart, start);
    if (hasLineOfItsOwn) return allowFix(host.masked, finding);
    return {
      title: `Allow ${finding.rule} here`,
      safe: true,
      edits: [{ range: { start, end: start }, newText: `/* query-tuner: allow ${finding.rule} (reason) */ ` }],
    };
  }

  /** Replaces whatever was said before about a statement with the same text. */
  setFailure(statementText: string, failure: StatementFailure | undefined): void {
    const others = this.failures.filter(known => known.statementText !== statementText);
    this.failures = failure ? [...others, failure] : others;
  }

  /** Where the failures stand now, in document offsets. */
  locatedFailures(): { readonly failure: StatementFailure; readonly range: SourceRange }[] {
    return this.failures.flatMap(failure => {
      const located = this.#find(failure.statementText);
      if (!located) return [];
      const { start } = located.range;
      return [{ failure, range: { start: start + failure.range.start, end: start + failure.range.end } }];
    });
  }

  /** The statement at a cursor, or the first one a selection touches. */
  statementIn(range: SourceRange): LocatedStatement | undefined {
    if (range.start === range.end) return this.script.statementAt(range.start);
    return this.script.statements.find(({ range: own }) => own.start < range.end && range.start < own.end);
  }

  offsetsOf(range: Range): SourceRange {
    return { start: this.lines.offsetAt(range.start), end: this.lines.offsetAt(range.end) };
  }

  offsetAt(position: Position): number {
    return this.lines.offsetAt(position);
  }

  rangeOf(range: SourceRange): Range {
    return this.lines.rangeOf(range);
  }

  #find(statementText: string): LocatedStatement | undefined {
    // the text is looked at first, so that only a likely statement has to be parsed
    return this.script.statements.find(
      located =>
        this.script.text.startsWith(statementText, located.range.start) && located.statement.text === statementText,
    );
  }

  #read(text: string): (HostText & { readonly text: string }) | undefined {
    if (text.length > CHECKED_CHARACTERS) return { masked: '', fragments: [], text };
    const host = readHost(this.#languageId, text);
    return host && { ...host, text };
  }
}

/** What makes one text of the other, between what both begin and end with; undefined if they are the same. */
function smallestEdit(before: string, after: string): { range: SourceRange; newText: string } | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let common = 0;
  while (
    common < shorter - start &&
    before.charCodeAt(before.length - 1 - common) === after.charCodeAt(after.length - 1 - common)
  )
    common++;
  return { range: { start, end: before.length - common }, newText: after.slice(start, after.length - common) };
}
