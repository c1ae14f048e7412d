import type { SourceRange } from '../../../base/sourceRange';
import { rangeOfTree } from '../../../rules/support/trees';
import type { ParsedStatement } from '../../../sql/statement';
import { unwrap } from '../../../sql/walk';

/** A sort key with its direction, in parentheses if it is no plain column; undefined with USING, or without a place. */
export function sortText(statement: ParsedStatement, sortBy: unknown): string | undefined {
  const { node, sortby_dir: direction, sortby_nulls: nulls } = unwrap(sortBy)?.fields ?? {};
  const text = keyText(statement, node);
  if (text === undefined || direction === 'SORTBY_USING') return undefined;
  const order = direction === 'SORTBY_DESC' ? ' DESC' : '';
  const place = nulls === 'SORTBY_NULLS_FIRST' ? ' NULLS FIRST' : nulls === 'SORTBY_NULLS_LAST' ? ' NULLS LAST' : '';
  return text + order + place;
}

/** An expression as it can stand in ORDER BY or DISTINCT ON; a bare number would be a position there. */
export function keyText(statement: ParsedStatement, node: unknown): string | undefined {
  const range = rangeOfTree(statement, node);
  const type = unwrap(node)?.type;
  if (!range || type === 'A_Const') return undefined;
  const text = statement.text.slice(range.start, range.end);
  return type === 'ColumnRef' || type === 'FuncCall' ? text : `(${text})`;
}

/** An item of a select list with its alias. */
export function targetRange(statement: ParsedStatement, target: unknown): SourceRange | undefined {
  const range = rangeOfTree(statement, target);
  if (!range || unwrap(target)?.fields.name === undefined) return range;
  const alias = /^\s*(?:as\s+)?(?:"(?:[^"]|"")+"|[\w$]+)/i.exec(statement.text.slice(range.end));
  return alias ? { start: range.start, end: range.end + alias[0].length } : undefined;
}

/** An item of a list with one of the commas beside it, as it is to be removed. */
export function withComma(text: string, { start, end }: SourceRange): SourceRange {
  const after = /^\s*,\s*/.exec(text.slice(end));
  if (after) return { start, end: end + after[0].length };
  const before = /\s*,\s*$/.exec(text.slice(0, start));
  return { start: before?.index ?? start, end };
}
