import type { SourceRange } from '../../base/sourceRange';
import { Lexer } from '../../sql/lexer';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { asTable, list, stringValue } from './expressions';
import type { TableName } from './expressions';

/** A key or INCLUDE column of a CREATE INDEX, with the text that writes it. */
export interface IndexElement {
  readonly fields: NodeFields;
  readonly column?: string;
  /** The wrapped node of an expression. */
  readonly expression?: unknown;
  /** Name of the operator class, if one is given. */
  readonly operatorClass?: string;
  readonly range: SourceRange;
}

export interface CreatedIndex {
  readonly fields: NodeFields;
  readonly table: TableName;
  readonly name?: string;
  readonly method: string;
  readonly unique: boolean;
  readonly keys: readonly IndexElement[];
  readonly include: readonly IndexElement[];
  readonly predicate?: unknown;
}

/** The parts of a CREATE INDEX statement; undefined for any other, and if its text cannot be read. */
export function createdIndex(statement: ParsedStatement): CreatedIndex | undefined {
  const node = unwrap(statement.tree);
  if (node?.type !== 'IndexStmt') return undefined;
  const { fields } = node;
  const relation = fields.relation as NodeFields | undefined;
  const named = relation && statement.rangeOf('RangeVar', relation);
  if (!relation || !named) return undefined;
  const { lists, includeAt } = parenthesizedLists(statement.text, named.end);
  const keys = elements(fields.indexParams, lists[0]);
  const include = elements(fields.indexIncludingParams, includeAt === undefined ? [] : lists[includeAt]);
  if (!keys || !include) return undefined;
  return {
    fields,
    table: asTable(relation),
    ...(typeof fields.idxname === 'string' && { name: fields.idxname }),
    method: String(fields.accessMethod ?? 'btree'),
    unique: fields.unique === true,
    keys,
    include,
    ...(fields.whereClause !== undefined && { predicate: fields.whereClause }),
  };
}

function elements(value: unknown, ranges: readonly SourceRange[] | undefined): IndexElement[] | undefined {
  const nodes = list(value);
  if (nodes.length !== (ranges ?? []).length) return undefined;
  return nodes.map((node, i) => {
    const fields = unwrap(node)?.fields ?? {};
    const operatorClass = stringValue(list(fields.opclass).at(-1));
    return {
      fields,
      ...(typeof fields.name === 'string' && { column: fields.name }),
      ...(fields.expr !== undefined && { expression: fields.expr }),
      ...(operatorClass !== undefined && { operatorClass }),
      range: ranges![i]!,
    };
  });
}

/** The items of each list in parentheses after a place, and which of the lists follows INCLUDE. */
function parenthesizedLists(
  text: string,
  from: number,
): { readonly lists: readonly (readonly SourceRange[])[]; readonly includeAt: number | undefined } {
  const lexer = new Lexer(text, from);
  const lists: SourceRange[][] = [];
  let includeAt: number | undefined;
  let depth = 0;
  let first = -1;
  let last = -1;
  while (lexer.next()) {
    const token = text.slice(lexer.start, lexer.end);
    if (token.startsWith('--') || token.startsWith('/*')) continue;
    if (depth === 0 && token.toLowerCase() === 'include') includeAt = lists.length;
    const ends = depth === 1 && (token === ',' || token === ')');
    if (ends && first >= 0) {
      lists.at(-1)!.push({ start: first, end: last });
      first = -1;
    }
    if (depth > 0 && !ends) {
      if (first < 0) first = lexer.start;
      last = lexer.end;
    }
    if (token === '(' && depth++ === 0) lists.push([]);
    else if (token === ')') depth--;
    else if (token === ';' && depth === 0) break;
  }
  return { lists, includeAt };
}

/** The edit range that takes an item out of its list, with the comma before or after it. */
export function removalOf(items: readonly IndexElement[], item: IndexElement): SourceRange {
  const at = items.indexOf(item);
  const next = items[at + 1];
  if (next) return { start: item.range.start, end: next.range.start };
  const previous = items[at - 1];
  return { start: previous ? previous.range.end : item.range.start, end: item.range.end };
}

/** The name of the index in the text, or everything up to its keys if it has none. */
export function indexNameRange(statement: ParsedStatement, index: CreatedIndex): SourceRange {
  const match = /\bindex\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?((?:"(?:[^"]|"")*"|[^\s("]+))/i.exec(
    statement.text,
  );
  if (index.name === undefined || !match) return { start: 0, end: index.keys.at(-1)?.range.end ?? 0 };
  const end = match.index + match[0].length;
  return { start: end - match[1]!.length, end };
}
