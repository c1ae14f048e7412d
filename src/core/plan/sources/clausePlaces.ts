import type { SourceRange } from '../../base/sourceRange';
import { isAggregateCall } from '../../sql/aggregates';
import { placesOf } from '../../sql/names/namePlaces';
import { bare } from '../../sql/names/nodes';
import type { StatementTokens } from '../../sql/names/statementTokens';
import type { ParsedStatement } from '../../sql/statement';
import type { TypedNode } from '../../sql/walk';
import { walk, wrappedNodes } from '../../sql/walk';
import type { Block, StatementBlocks } from './statementBlocks';
import { blockRange } from './statementBlocks';

/** A call of a query that its rows are gathered for. */
export interface Call {
  readonly node: TypedNode;
  readonly range: SourceRange;
}

/** Where the clauses of a query stand, each with its keywords. */
export class ClausePlaces {
  readonly #statement: ParsedStatement;
  readonly #calls = new Map<Block, { aggregates: Call[]; windows: Call[] }>();

  constructor(blocks: StatementBlocks) {
    this.#statement = blocks.statement;
  }

  get #tokens(): StatementTokens {
    return placesOf(this.#statement).tokens;
  }

  orderBy({ query }: Block): SourceRange | undefined {
    return this.#sortClause(query.node.fields.sortClause);
  }

  groupBy({ query }: Block): SourceRange | undefined {
    return this.#withKeywords(this.#hull(query.node.fields.groupClause), ['group', 'by']);
  }

  having({ query }: Block): SourceRange | undefined {
    return this.#withKeywords(this.#hull(query.node.fields.havingClause), ['having']);
  }

  /** `DISTINCT`, or `DISTINCT ON (...)`. */
  distinct(block: Block): SourceRange | undefined {
    const clause = block.query.node.fields.distinctClause;
    if (!clause) return undefined;
    const keys = this.#hull(clause);
    if (keys) return this.#withKeywords(keys, ['distinct', 'on']);
    const start = blockRange(this.#statement, block)?.start;
    if (start === undefined) return undefined;
    const tokens = this.#tokens;
    // after WITH the query's own SELECT comes
    const [first] = block.query.outputs;
    const target = first && 'fields' in first ? this.#statement.rangeOf('ResTarget', first.fields)?.start : undefined;
    for (let i = tokens.from(target ?? start) - 1; i >= tokens.from(start); i--) {
      if (tokens.word(i) === 'distinct') return tokens.range(i);
      if (tokens.word(i) === 'select') return undefined;
    }
    return undefined;
  }

  /** `LIMIT n`, `OFFSET n`, `FETCH FIRST n ROWS ONLY`. */
  limit({ query }: Block): SourceRange[] {
    const { limitCount, limitOffset } = query.node.fields;
    const found = [this.#limitPart(limitCount, ['limit', 'first', 'next']), this.#limitPart(limitOffset, ['offset'])];
    return found.filter(range => range !== undefined).sort((a, b) => a.start - b.start);
  }

  #limitPart(value: unknown, keywords: readonly string[]): SourceRange | undefined {
    const range = this.#hull(value);
    if (!range) return undefined;
    const tokens = this.#tokens;
    let first = tokens.from(range.start);
    let last = tokens.from(range.end) - 1;
    while (tokens.text(first - 1) === '(' && tokens.text(last + 1) === ')') {
      first--;
      last++;
    }
    if (!keywords.includes(tokens.word(first - 1))) return range;
    first--;
    if (tokens.word(first - 1) === 'fetch') first--;
    while (['row', 'rows', 'only', 'with', 'ties'].includes(tokens.word(last + 1))) last++;
    return { start: tokens.range(first).start, end: tokens.range(last).end };
  }

  /** The words between the arms of a chain of UNION and its like. */
  setOperators(arms: readonly Block[]): SourceRange[] {
    const tokens = this.#tokens;
    const found: SourceRange[] = [];
    const ranges = arms.map(arm => blockRange(this.#statement, arm));
    for (let arm = 0; arm + 1 < arms.length; arm++) {
      const [before, after] = [ranges[arm], ranges[arm + 1]];
      if (!before || !after) continue;
      const end = tokens.from(after.start);
      for (let i = tokens.from(before.end); i < end; i++) {
        if (!['union', 'intersect', 'except'].includes(tokens.word(i))) continue;
        const last = ['all', 'distinct'].includes(tokens.word(i + 1)) ? i + 1 : i;
        found.push({ start: tokens.range(i).start, end: tokens.range(last).end });
        break;
      }
    }
    return found;
  }

  /** `FOR UPDATE ...` */
  locks(block: Block): SourceRange | undefined {
    if (!block.query.node.fields.lockingClause) return undefined;
    const range = blockRange(this.#statement, block);
    const tokens = this.#tokens;
    if (!range) return undefined;
    const last = tokens.from(range.end) - 1;
    for (let i = last; i >= tokens.from(range.start); i--) {
      if (tokens.text(i) === ')') return undefined;
      if (tokens.word(i) === 'for' && ['update', 'share', 'no', 'key'].includes(tokens.word(i + 1))) {
        return { start: tokens.range(i).start, end: range.end };
      }
    }
    return undefined;
  }

  aggregates(block: Block): readonly Call[] {
    return this.#callsOf(block).aggregates;
  }

  /** Calls with OVER. */
  windows(block: Block): readonly Call[] {
    return this.#callsOf(block).windows;
  }

  /** `OVER (...)` or `OVER name` after a call. */
  over({ range }: Call): SourceRange {
    const tokens = this.#tokens;
    const last = tokens.from(range.end) - 1;
    let first = last;
    if (tokens.text(last) === ')') {
      for (let i = last, depth = 0; i > 0; i--) {
        if (tokens.text(i) === ')') depth++;
        else if (tokens.text(i) === '(' && --depth === 0) {
          first = i;
          break;
        }
      }
    }
    return tokens.word(first - 1) === 'over' ? { start: tokens.range(first - 1).start, end: range.end } : range;
  }

  /** ORDER BY, in a query or in a call. */
  #sortClause(clause: unknown): SourceRange | undefined {
    const range = this.#hull(clause);
    if (!range) return undefined;
    const tokens = this.#tokens;
    const grown = this.#withKeywords(range, ['order', 'by']);
    let last = tokens.from(grown.end) - 1;
    while (['asc', 'desc', 'nulls', 'first', 'last'].includes(tokens.word(last + 1))) last++;
    return { start: grown.start, end: tokens.range(last).end };
  }

  /** From the keywords before a list to its end, with the parentheses around its first and last item. */
  #withKeywords(range: SourceRange, keywords: readonly string[]): SourceRange;
  #withKeywords(range: SourceRange | undefined, keywords: readonly string[]): SourceRange | undefined;
  #withKeywords(range: SourceRange | undefined, keywords: readonly string[]): SourceRange | undefined {
    if (!range) return undefined;
    const tokens = this.#tokens;
    let first = tokens.from(range.start);
    let last = tokens.from(range.end) - 1;
    while (tokens.text(first - 1) === '(') first--;
    for (let depth = 0, i = first; i <= last || depth > 0; i++) {
      if (i >= tokens.count) return range;
      if (tokens.text(i) === '(') depth++;
      else if (tokens.text(i) === ')') depth--;
      last = Math.max(last, i);
    }
    for (let i = keywords.length - 1; i >= 0; i--) {
      if (tokens.word(first - 1) === keywords[i]) first--;
      else if (i > 0 || keywords.length === 1) return range;
    }
    return { start: tokens.range(first).start, end: tokens.range(last).end };
  }

  #hull(value: unknown): SourceRange | undefined {
    let start = Infinity;
    let end = -1;
    for (const { type, fields } of wrappedNodes(value)) {
      const range = this.#statement.rangeOf(type, fields);
      if (!range) continue;
      start = Math.min(start, range.start);
      end = Math.max(end, range.end);
    }
    return end < 0 ? undefined : { start, end };
  }

  #callsOf(block: Block): { aggregates: Call[]; windows: Call[] } {
    const known = this.#calls.get(block);
    if (known) return known;
    const found = { aggregates: [] as Call[], windows: [] as Call[] };
    const { targetList, sortClause, returningClause } = block.query.node.fields;
    walk([targetList, sortClause, bare(returningClause)?.exprs], (type, fields) => {
      if (type === 'SelectStmt') return false;
      const isWindow = type === 'FuncCall' && fields.over !== undefined;
      if (!isWindow && !isAggregateCall(type, fields)) return undefined;
      const range = this.#statement.rangeOf(type, fields);
      if (range) found[isWindow ? 'windows' : 'aggregates'].push({ node: { type, fields }, range });
      return undefined;
    });
    this.#calls.set(block, found);
    return found;
  }
}
