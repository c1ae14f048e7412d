import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asTable, contains, operatorOf } from '../support/expressions';
import { conjuncts } from '../support/trees';

export const unbatchedUpdate = defineRule({
  id: 'dml/unbatched-update',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'A backfill of a big table in one statement',
  nodes: ['UpdateStmt'],
  docs: {
    problem: 'One UPDATE with a broad condition changes rows all over a big table.',
    why: 'Every changed row is locked until the end and written again, so other writers wait, the table grows by as much as is changed, and vacuum cannot clean up meanwhile. Ranges of the key with a commit after each avoid that.',
    whenToIgnore: 'Only few rows satisfy the condition.',
  },
  messages: {
    broad:
      'This may change many of the {rows} rows of {table} in one transaction; update ranges of its key, with a commit after each.',
  },
  examples: [
    {
      title: 'a new column filled',
      bad: "UPDATE orders SET region = 'VN' WHERE region IS NULL",
      schema: 'CREATE TABLE orders (id int PRIMARY KEY, region text); -- orders: 9000000 rows',
      flags: 'region IS NULL',
    },
    {
      title: 'a range of keys',
      good: "UPDATE orders SET region = 'VN' WHERE id BETWEEN 1 AND 10000 AND region IS NULL",
      schema: 'CREATE TABLE orders (id int PRIMARY KEY, region text); -- orders: 9000000 rows',
    },
    {
      title: 'a smaller table',
      good: "UPDATE orders SET region = 'VN' WHERE region IS NULL",
      schema: 'CREATE TABLE orders (id int PRIMARY KEY, region text); -- orders: 90000 rows',
    },
    {
      title: 'in batches',
      good: "UPDATE orders SET region = 'VN' WHERE id IN (SELECT id FROM orders WHERE region IS NULL LIMIT 5000)",
      schema: 'CREATE TABLE orders (id int PRIMARY KEY, region text); -- orders: 9000000 rows',
    },
    {
      title: 'size unknown',
      good: "UPDATE orders SET region = 'VN' WHERE region IS NULL",
      schema: 'CREATE TABLE orders (id int PRIMARY KEY, region text);',
    },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    for (const write of find('UpdateStmt')) {
      const { whereClause, fromClause, relation } = write.fields;
      if (whereClause === undefined || fromClause !== undefined || !relation) continue;
      const table = asTable(relation as NodeFields);
      const rows = findRelation(catalog, table.name, table.schema)?.rowEstimate;
      if (rows === undefined || rows < thresholds.bigTableRows) continue;
      if (!conjuncts(whereClause).every(isBroad)) continue;
      const node = unwrap(whereClause)!;
      const at = statement.rangeOf(node.type, node.fields);
      if (at) report({ at, message: 'broad', values: { rows: rows.toLocaleString('en'), table: table.name } });
    }
  },
});

/** A condition that as a rule leaves many rows: IS NULL, `<>`, a flag. */
function isBroad(condition: unknown): boolean {
  const node = unwrap(condition);
  if (!node || contains(condition, type => type === 'SubLink' || type === 'ParamRef')) return false;
  if (node.type === 'NullTest') return true;
  return node.type === 'A_Expr' && node.fields.kind === 'AEXPR_OP' && operatorOf(node.fields) === '<>';
}
