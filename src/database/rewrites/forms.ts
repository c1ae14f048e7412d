import {
  isLimited,
  sortKeysOf,
  withExpressions,
  withoutLimit,
  type SortKey,
} from '../../core/advisor/rewrites/comparedQuery';
import type { Grammar } from '../../core/sql/grammar';
import { bindParameters } from '../../core/sql/parameters';
import { parseStatement } from '../../core/sql/parseStatement';
import type { ParsedStatement } from '../../core/sql/statement';

/** A query ready to send: `$n` are those of {@link names}, by position. */
export interface BoundQuery {
  readonly sql: string;
  readonly names: readonly string[];
}

/** One of the two forms of a statement, with what can be made of its text. */
export class Form {
  readonly statement: ParsedStatement;
  /** The keys of its ORDER BY; empty without one, undefined if they could not be read. */
  readonly sortKeys: readonly SortKey[] | undefined;
  readonly isLimited: boolean;

  constructor(
    private readonly grammar: Grammar,
    text: string,
  ) {
    this.statement = parseStatement(grammar, text);
    this.sortKeys = this.statement.syntaxError ? [] : sortKeysOf(this.statement);
    this.isLimited = !this.statement.syntaxError && isLimited(this.statement);
  }

  /** Names of its parameters, each once. */
  get parameters(): readonly string[] {
    return bindParameters(this.statement).parameters.map(({ name }) => name);
  }

  /** The query with further columns behind its own; undefined where none can be added. */
  withExpressions(expressions: readonly string[]): Form | undefined {
    const text = withExpressions(this.statement, expressions);
    return text === undefined ? undefined : this.changed(text);
  }

  /** The query without its LIMIT and OFFSET; undefined if it has none. */
  withoutLimit(): Form | undefined {
    const text = withoutLimit(this.statement);
    return text === undefined ? undefined : this.changed(text);
  }

  /** With its parameters numbered from `first` on. */
  bound(first = 1): BoundQuery {
    const { sql, parameters } = bindParameters(this.statement);
    const names = parameters.map(({ name }) => name);
    if (first === 1) return { sql, names };
    // Between `bindParameters` and the server nothing but the numbers changes.
    let text = sql;
    const dollars = parseStatement(this.grammar, sql).placeholders.filter(({ style }) => style === 'dollar');
    for (const { name, range } of [...dollars].sort((a, b) => b.range.start - a.range.start)) {
      text = `${text.slice(0, range.start)}$${Number(name) + first - 1}${text.slice(range.end)}`;
    }
    return { sql: text, names };
  }

  private changed(text: string): Form | undefined {
    const form = new Form(this.grammar, text);
    return form.statement.syntaxError ? undefined : form;
  }
}
