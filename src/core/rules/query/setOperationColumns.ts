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
    const texts = new Set<number>();
    for (const query of find('SelectStmt')) {
      const { op, larg, rarg } = query.fields;
      if (op === undefined || op === 'SETOP_NONE' || !larg || !rarg) continue;
      const left = columnsOf(larg as NodeFields);
      const right = columnsOf(rarg as NodeFields);
      const at = statement.rangeOf('SelectStmt', rarg);
      const operation = String(op).replace('SETOP_', '');
      if (left !== undefined && left === right) {
        const textAt = rangeOfTree(statement, mismatch(larg as NodeFields, rarg as NodeFields, left));
        // A chain of UNIONs meets it at each step.
        if (textAt && !texts.has(textAt.start)) report({ at: textAt, message: 'types', values: { operation } });
        if (textAt) texts.add(textAt.start);
      }
      if (left === undefined || right === undefined || left === right || !at) continue;
      report({ at, message: 'differ', values: { operation, left, right } });
    }
  },
});

/** The number of columns a query returns; undefined if a star hides it. */
function columnsOf(query: NodeFields): number | undefined {
  if (query.larg) return columnsOf(query.larg as NodeFields);
  const [row] = list(query.valuesLists);
  if (row !== undefined) return list(row).length;
  const targets = list(query.targetList);
  const hasStar = targets.some(target => {
    const value = unwrap(unwrap(target)?.fields.val);
    return (
      (value?.type === 'ColumnRef' || value?.type === 'A_Indirection') &&
      contains(value.fields, type => type === 'A_Star')
    );
  });
  return hasStar ? undefined : targets.length;
}

/** A text in one branch where the other has a number; undefined unless both types are certain. */
function mismatch(left: NodeFields, right: NodeFields, columns: number): unknown {
  const [ours, theirs] = [left, right].map(branch => branches(branch).map(selectedValues));
  for (let i = 0; i < columns; i++) {
    const [a, b] = [ours, theirs].map(side => (side ?? []).map(values => values[i]));
    const text = (values: readonly unknown[] = []) => values.find(isText);
    const hasNumber = (values: readonly unknown[] = []) => values.some(isNumber);
    if (text(b) !== undefined && hasNumber(a)) return text(b);
    if (text(a) !== undefined && hasNumber(b)) return text(a);
  }
  return undefined;
}

/** The plain queries of a set operation. */
function branches(query: NodeFields): readonly NodeFields[] {
  if (!query.larg) return [query];
  return [...branches(query.larg as NodeFields), ...branches(query.rarg as NodeFields)];
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
