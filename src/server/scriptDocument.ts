import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { SourceRange } from '../core/base/sourceRange';
import type { Grammar } from '../core/sql/grammar';
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

/** An open document: its statements, its line starts and what the server still has to say about it. */
export class ScriptDocument {
  readonly uri: string;
  version: number;
  failures: readonly StatementFailure[] = [];
  /** The connection whose catalog the document is checked against. */
  connectionId: string | undefined;
  readonly script: Script;
  readonly lines: LineIndex;

  constructor(uri: string, version: number, text: string, grammar: Grammar) {
    this.uri = uri;
    this.version = version;
    this.script = new Script(grammar, text);
    this.lines = new LineIndex(text);
  }

  get text(): string {
    return this.script.text;
  }

  /** Applies the edits of one `didChange`, in order; each sees the text the one before it left. */
  apply(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      const range =
        'range' in change
          ? { start: this.lines.offsetAt(change.range.start), end: this.lines.offsetAt(change.range.end) }
          : { start: 0, end: this.text.length };
      if (range.end < range.start) continue;
      this.script.edit(range, change.text);
      this.lines.edit(range, change.text.length, this.script.text);
    }
    this.version = version;
    this.failures = this.failures.filter(failure => this.#find(failure.statementText) !== undefined);
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
      located => this.text.startsWith(statementText, located.range.start) && located.statement.text === statementText,
    );
  }
}
