import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { valueFamily } from '../support/columnTypes';
import { contains, functionName, list } from '../support/expressions';
import { rangeOfTree, selectedValues } from '../support/trees';

export const setOperationColumns = defineRule({
  id: 'query/set-operation-columns',
  since: '0.2.0',
  severity: 'error',
  title: 'Branches whose columns do not match',
  nodes: ['larg'],
  docs: {
    problem:
      'The queries that UNION, INTERSECT or EXCEPT combines select different numbers of columns, or a number in one and a text in the other.',
    why: 'PostgreSQL refuses the statement.',
    whenToIgnore: 'Never.',
  },
  messages: {
    differ: '{operation} needs the same number of columns on both sides: {left} and {right}.',
    types: '{operation} cannot match this text with a number in the other branch: cast one of them.',
  },
  examples: [
    {
      title: 'a column forgotten in the second branch',
      bad: "SELECT id, total, 'order' AS kind FROM orders UNION ALL SELECT id, 'refund' FROM refunds",
      flags: "SELECT id, 'refund' FROM refunds",
    },
    {
      title: 'VALUES as a branch',
      bad: 'SELECT id, name FROM cameras UNION VALUES (0)',
      flags: 'VALUES (0)',
    },
    {
      title: 'a size made readable beside numbers',
      bad: "SELECT 'tables' AS metric, count(*) AS value FROM pg_tables UNION ALL SELECT 'size', pg_size_pretty(pg_database_size('shop'))",
      flags: "pg_size_pretty(pg_database_size('shop'))",
    },
    { title: 'a string literal takes on the type of the other branch', good: "SELECT 1 AS n UNION ALL SELECT '2'" },
    { title: 'the same number', good: 'SELECT id, total FROM orders UNION ALL SELECT id, 0 FROM refunds' },
    { title: 'a star hides the number', good: 'SELECT * FROM orders_2023 UNION ALL SELECT id, total FROM orders_2024' },
    { title: 'three branches', good: 'SELECT id FROM a UNION SELECT id FROM b EXCEPT SELECT id FROM c' },
    { title: 'a subquery has its own list', good: 'SELECT id FROM a UNION SELECT (SELECT max(id) FROM b)' },
    { title: 'a composite value may be opened', good: 'SELECT (pair).* FROM a UNION SELECT 1, 2' },
  ],
  check({ statement, find, report }) {
    // Each step of a chain of UNIONs has the same first branch: it is looked for once.
    const leftmost = new Map<NodeFields, NodeFields>();
    for (const query of find('SelectStmt')) {
      const { op, larg, rarg } = query.fields;
      if (op === undefined || op === 'SETOP_NONE' || !larg || !rarg) continue;
      const operation = String(op).replace('SETOP_', '');
      const left = columnsOf(larg as NodeFields, leftmost);
      const right = columnsOf(rarg as NodeFields, leftmost);
      if (left !== undefined && right !== undefined && left !== right) {
        const at = statement.rangeOf('SelectStmt', rarg);
        if (at) report({ at, message: 'differ', values: { operation, left, right } });
      }
      if (query.parent?.type === 'SelectStmt' && (query.key === 'larg' || query.key === 'rarg')) continue;
      const textAt = rangeOfTree(statement, textBesideNumber(query.fields));
      if (textAt) report({ at: textAt, message: 'types', values: { operation } });
    }
  },
});

/** The number of columns a query returns; undefined if a star hides it. */
function columnsOf(query: NodeFields, leftmost = new Map<NodeFields, NodeFields>()): number | undefined {
  // All branches agree, or are reported themselves.
  const path: NodeFields[] = [];
  let first = query;
  while (first.larg && !leftmost.has(first)) {
    path.push(first);
    first = first.larg as NodeFields;
  }
  first = leftmost.get(first) ?? first;
  for (const node of path) leftmost.set(node, first);
  const [row] = list(first.valuesLists);
  if (row !== undefined) return list(row).length;
  const targets = list(first.targetList);
  const hasStar = targets.some(target => {
    const value = unwrap(unwrap(target)?.fields.val);
    return (
      (value?.type === 'ColumnRef' || value?.type === 'A_Indirection') &&
      contains(value.fields, type => type === 'A_Star')
    );
  });
  return hasStar ? undefined : targets.length;
}

/** A text in one branch where another has a number; undefined unless both types are certain. */
function textBesideNumber(query: NodeFields): unknown {
  const columns: { text?: unknown; number?: true }[] = [];
  const pending = [query];
  for (let branch = pending.pop(); branch; branch = pending.pop()) {
    if (branch.larg) {
      pending.push(branch.rarg as NodeFields, branch.larg as NodeFields);
      continue;
    }
    // With a star the places of the others are unknown.
    if (columnsOf(branch) === undefined) return undefined;
    for (const [i, value] of selectedValues(branch).entries()) {
      const column = (columns[i] ??= {});
      if (isText(value)) column.text ??= value;
      else if (isNumber(value)) column.number = true;
    }
  }
  return columns.find(column => column.text !== undefined && column.number)?.text;
}

function isText(value: unknown): boolean {
  const node = unwrap(value);
  if (node?.type === 'TypeCast') return valueFamily(value) === 'text';
  return (
    node?.type === 'FuncCall' &&
    /^(?:pg_size_pretty|to_char|format|concat|concat_ws|quote_ident)$/.test(functionName(node.fields) ?? '')
  );
}

function isNumber(value: unknown): boolean {
  const node = unwrap(value);
  if (node?.type === 'FuncCall') return /^(?:count|round|avg|length)$/.test(functionName(node.fields) ?? '');
  return /^(?:integer|numeric|float)$/.test(valueFamily(value) ?? '');
}
