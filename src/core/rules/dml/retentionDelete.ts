import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, asTable, contains, functionName, isConstantExpression, operatorOf } from '../support/expressions';
import { conjuncts } from '../support/trees';
import { mirrored } from '../support/rangeRewrite';

export const retentionDelete = defineRule({
  id: 'dml/retention-delete',
  since: '0.2.0',
  severity: 'hint',
  title: 'Old rows removed by one DELETE',
  guideline: { guide: '002', section: '6.1 Native PostgreSQL Partitioning' },
  nodes: ['DeleteStmt'],
  docs: {
    problem: 'All rows older than some age are deleted in one statement.',
    why: 'A DELETE writes each row to the log, leaves it behind for vacuum and gives no space back. On a table partitioned by time, dropping the oldest partition takes milliseconds; otherwise delete in batches, so that locks stay short.',
    whenToIgnore: 'Only a few rows expire at a time.',
  },
  messages: {
    batches:
      'Old rows are deleted in one statement; on a table that grows, drop partitions by time, or delete in batches.',
    big: 'Old rows of {table} ({rows} rows) are deleted in one statement: partition it by {column} and drop partitions, or delete in batches.',
    partitioned:
      '{table} is partitioned by {column}: detach and drop its old partitions instead of deleting their rows.',
  },
  examples: [
    {
      title: 'three months back',
      bad: "DELETE FROM detections WHERE detected_at < now() - interval '90 days'",
      flags: "detected_at < now() - interval '90 days'",
    },
    {
      title: 'a big table',
      bad: 'DELETE FROM detections WHERE detected_at < CURRENT_DATE - 90 AND camera_id > 0',
      schema: 'CREATE TABLE detections (detected_at timestamptz); -- detections: 40000000 rows',
      flags: 'detected_at < CURRENT_DATE - 90',
    },
    {
      title: 'in batches',
      good: "DELETE FROM detections WHERE id IN (SELECT id FROM detections WHERE detected_at < now() - interval '90 days' LIMIT 10000)",
    },
    { title: 'a row by its key', good: 'DELETE FROM sessions WHERE id = $1 AND expires_at < now()' },
    {
      title: 'a small table',
      good: "DELETE FROM sessions WHERE created_at < now() - interval '1 day'",
      schema: 'CREATE TABLE sessions (created_at timestamptz); -- sessions: 200 rows',
    },
    { title: 'what has expired by now, not an age', good: 'DELETE FROM sessions WHERE expires_at < now()' },
    { title: 'dropping the partition', good: 'DROP TABLE detections_2024_01' },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    for (const write of find('DeleteStmt')) {
      if (write.fields.usingClause !== undefined) continue;
      const table = asTable(write.fields.relation as NodeFields);
      const relation = catalog && findRelation(catalog, table.name, table.schema);
      const conditions = conjuncts(write.fields.whereClause);
      // Another equality or a subquery may leave few rows.
      if (conditions.some(isSelective)) continue;
      for (const condition of conditions) {
        const column = agedColumn(condition);
        const node = unwrap(condition);
        const at = column !== undefined && node && statement.rangeOf(node.type, node.fields);
        if (!at) continue;
        const rows = relation?.rowEstimate;
        if (relation?.kind !== 'partitioned table' && rows !== undefined && rows < thresholds.bigTableRows) continue;
        if (relation && isPartitionedBy(relation, column)) {
          report({ at, message: 'partitioned', severity: 'warning', values: { table: table.name, column } });
        } else if (rows === undefined) report({ at, message: 'batches' });
        else {
          const values = { table: table.name, rows: rows.toLocaleString('en'), column };
          report({ at, message: 'big', severity: 'warning', values });
        }
        break;
      }
    }
  },
});

/** `created_at` of `created_at < now() - interval '90 days'`. */
function agedColumn(condition: unknown): string | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP') return undefined;
  const { lexpr, rexpr } = node.fields;
  const written = operatorOf(node.fields) ?? '';
  const [column, value, operator] = asColumn(lexpr)
    ? [asColumn(lexpr), rexpr, written]
    : [asColumn(rexpr), lexpr, mirrored(written)];
  if (!column || (operator !== '<' && operator !== '<=') || !isConstantExpression(value)) return undefined;
  const isAge =
    contains(value, (type, fields) => isNow(type, fields)) &&
    contains(value, (type, fields) => type === 'A_Expr' && operatorOf(fields) === '-');
  return isAge ? column.name : undefined;
}

function isNow(type: string, fields: NodeFields): boolean {
  if (type === 'SQLValueFunction') return true;
  return type === 'FuncCall' && ['now', 'clock_timestamp', 'statement_timestamp'].includes(functionName(fields) ?? '');
}

function isSelective(condition: unknown): boolean {
  const node = unwrap(condition);
  if (node?.type === 'A_Expr')
    return operatorOf(node.fields) === '=' || contains(node.fields, type => type === 'SubLink');
  return contains(condition, type => type === 'SubLink' || type === 'CurrentOfExpr');
}

function isPartitionedBy(relation: Relation, column: string): boolean {
  return new RegExp(`^range \\(\\s*"?${column}"?\\b`, 'i').test(relation.partitionKey ?? '');
}
