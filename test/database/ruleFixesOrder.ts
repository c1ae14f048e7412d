import { namesOf } from '../../src/core/sql/names/namesOf';
import type { ParsedStatement } from '../../src/core/sql/statement';
import { unwrap, wrappedNodes, type TypedNode } from '../../src/core/sql/walk';

/** Positions in the rows that ORDER BY sorts by, -1 for what the rows do not show; undefined without an order. */
export function sortPositions(statement: ParsedStatement): number[] | undefined {
  const query = unwrap(statement.tree);
  const keys = wrappedNodes(query?.type === 'SelectStmt' ? query.fields.sortClause : undefined);
  if (keys.length === 0) return undefined;
  const outputs = namesOf(statement).queries[0]?.outputs ?? [];
  return keys.map(key => {
    const node = unwrap(key.fields.node);
    const number = (node?.fields.ival as { ival?: number } | undefined)?.ival;
    if (number !== undefined) return number - 1;
    if (node?.type !== 'ColumnRef' || outputs.some(({ kind }) => kind === 'star')) return -1;
    const name = wrappedNodes(node.fields.fields).at(-1)?.fields.sval;
    return outputs.findIndex(output => 'name' in output && output.name === name);
  });
}

/**
 * The query with its sort keys in the select list and without its LIMIT. Which of the rows that tie come first, or
 * make it into the page, is nobody's promise. Undefined if there is nothing to reveal.
 */
export function revealed(statement: ParsedStatement): string | undefined {
  const positions = sortPositions(statement);
  const query = unwrap(statement.tree);
  if (!positions || !query) return undefined;
  const target = wrappedNodes(query.fields.targetList).at(-1);
  const end = rangeOf(statement, unwrap(target?.fields.val))?.end;
  const keys = wrappedNodes(query.fields.sortClause).map(key => rangeOf(statement, unwrap(key.fields.node)));
  if (end === undefined) return undefined;
  const { text } = statement;
  const hidden = keys.filter((_, at) => positions[at] === -1).map(range => range && text.slice(range.start, range.end));
  const named = /^\s+as\s+\w+/i.exec(text.slice(end))?.[0].length ?? 0;
  const added = hidden.map(key => `, ${key ?? 'NULL'}`).join('');
  const all = text.slice(0, end + named) + added + text.slice(end + named);
  return all.replace(/\blimit\s+\S+(?:\s+offset\s+\S+)?\s*$/i, '');
}

function rangeOf(statement: ParsedStatement, node: TypedNode | undefined): { start: number; end: number } | undefined {
  return node && statement.rangeOf(node.type, node.fields);
}
