import type { SourceRange } from '../../../base/sourceRange';
import type { Edit } from '../../../rules/finding';
import type { NodeFields } from '../../../rules/nodeIndex';
import { TokenKind, tokenize } from '../../../sql/lexer';
import type { ParsedStatement } from '../../../sql/statement';
import { unwrap } from '../../../sql/walk';

export type ClauseName =
  | 'with'
  | 'select'
  | 'into'
  | 'from'
  | 'where'
  | 'group'
  | 'having'
  | 'window'
  | 'order'
  | 'limit'
  | 'offset'
  | 'fetch'
  | 'for';

/** A clause of a query as it is written: from its keyword to its last token. */
export interface Clause {
  readonly range: SourceRange;
  /** Where its keyword ends, `ORDER BY` as one. */
  readonly keywordEnd: number;
}

export type Clauses = Readonly<Partial<Record<ClauseName, Clause>>>;

const NAMES: ReadonlySet<string> = new Set<ClauseName>([
  ...(['with', 'select', 'into', 'from', 'where', 'group', 'having', 'window', 'order'] as const),
  ...(['limit', 'offset', 'fetch', 'for'] as const),
]);

/** The clauses of a SELECT as they stand in the text; undefined for a set operation, VALUES or TABLE. */
export function clausesOf(statement: ParsedStatement, query: NodeFields): Clauses | undefined {
  const within = statement.rangeOf('SelectStmt', query);
  if (!within || query.larg !== undefined || query.valuesLists !== undefined) return undefined;
  const text = statement.text.slice(within.start, within.end);
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  const found: { name: ClauseName; start: number; keywordEnd: number }[] = [];
  const words = kinds.map((kind, i) => (kind === TokenKind.word ? text.slice(starts[i], ends[i]).toLowerCase() : ''));
  let depth = 0;
  for (let i = 0; i < kinds.length; i++) {
    const token = words[i] || text.slice(starts[i], ends[i]);
    if (token === '(' || token === '[') depth++;
    if (token === ')' || token === ']') depth--;
    if (depth !== 0 || !NAMES.has(words[i]!) || isName(i)) continue;
    const name = words[i] as ClauseName;
    const hasBy = name === 'group' || name === 'order';
    if (hasBy && words[i + 1] !== 'by') continue;
    if (name !== 'with' && name !== 'select' && !found.some(each => each.name === 'select')) continue;
    if (found.some(each => each.name === name)) continue;
    found.push({ name, start: starts[i]!, keywordEnd: ends[hasBy ? i + 1 : i]! });
  }
  const clauses: Partial<Record<ClauseName, Clause>> = {};
  found.forEach(({ name, start, keywordEnd }, i) => {
    const next = found[i + 1]?.start ?? text.length;
    const last = ends.findLast(end => end <= next) ?? next;
    clauses[name] = {
      range: { start: within.start + start, end: within.start + last },
      keywordEnd: within.start + keywordEnd,
    };
  });
  return clauses.select ? clauses : undefined;

  /** After a dot or AS any word is a name, and DISTINCT FROM compares. */
  function isName(i: number): boolean {
    const before = words[i - 1] || text.slice(starts[i - 1], ends[i - 1]);
    if (i > 0 && (before === '.' || before === 'as')) return true;
    return words[i] === 'from' && before === 'distinct' && (words[i - 2] === 'is' || words[i - 2] === 'not');
  }
}

/** Removes a stretch of text and the blanks before it. */
export function removal({ text }: ParsedStatement, { start, end }: SourceRange): Edit {
  const blanks = /\s*$/.exec(text.slice(0, start))![0].length;
  return { range: { start: start - blanks, end }, newText: '' };
}

/** Inserts text at a place. */
export function insertion(at: number, newText: string): Edit {
  return { range: { start: at, end: at }, newText };
}

/** What comes before a new clause: a line break and the indentation if the clause beside it begins a line. */
export function gapBefore({ text }: ParsedStatement, neighbour: Clause): string {
  return /\n[ \t]*$/.exec(text.slice(0, neighbour.range.start))?.[0] ?? ' ';
}

/** One more condition for a query: joined to its WHERE by AND, or in a WHERE of its own after FROM. */
export function addCondition(
  statement: ParsedStatement,
  query: NodeFields,
  clauses: Clauses,
  condition: string,
): Edit[] | undefined {
  const { where, from } = clauses;
  if (!where) {
    if (!from || query.whereClause !== undefined) return undefined;
    return [insertion(from.range.end, `${gapBefore(statement, from)}WHERE ${condition}`)];
  }
  const { start, end } = where.range;
  const whole = unwrap(query.whereClause);
  const isOr = whole?.type === 'BoolExpr' && whole.fields.boolop === 'OR_EXPR';
  // Parentheses around all of it are text that the tree does not have.
  const first = statement.text.slice(where.keywordEnd, end).search(/\S/);
  const gap = statement.text.slice(start, end).includes('\n') ? `${gapBefore(statement, where)}  ` : ' ';
  const and = insertion(end, `${isOr ? ')' : ''}${gap}AND ${condition}`);
  return isOr ? [insertion(where.keywordEnd + first, '('), and] : [and];
}
