import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, isConstantExpression, isNullConstant, list, operatorOf } from '../support/expressions';
import { createdIndex, removalOf } from '../support/indexElements';
import { conjuncts } from '../support/trees';

export const constantPartialKey = defineRule({
  id: 'index/constant-partial-key',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  title: 'Partial index whose key is constant',
  docs: {
    problem: 'The predicate fixes a column to one value, and the column is in the key too.',
    why: 'Every entry of the index has the same value there: it cannot narrow a search or give an order, it only makes the index larger.',
    whenToIgnore: 'A query reads the column and is to be answered from the index alone; INCLUDE would do as well.',
  },
  messages: {
    constant: '{column} has the same value in all entries of this partial index; the key is smaller without it.',
  },
  examples: [
    {
      title: 'the status in key and predicate',
      bad: "CREATE INDEX idx_tasks_pending ON agent_tasks (status, created_at) WHERE status = 'pending'",
      flags: 'status',
      fixed: "CREATE INDEX idx_tasks_pending ON agent_tasks (created_at) WHERE status = 'pending'",
    },
    {
      title: 'a flag',
      bad: 'CREATE INDEX ON cameras (site_id, is_active) WHERE is_active AND deleted_at IS NULL',
      flags: 'is_active',
      fixed: 'CREATE INDEX ON cameras (site_id) WHERE is_active AND deleted_at IS NULL',
    },
    {
      title: 'NULL only',
      bad: 'CREATE INDEX ON orders (customer_id, shipped_at) WHERE shipped_at IS NULL',
      flags: 'shipped_at',
      fixed: 'CREATE INDEX ON orders (customer_id) WHERE shipped_at IS NULL',
    },
    { title: 'another column', good: "CREATE INDEX ON agent_tasks (created_at) WHERE status = 'pending'" },
    {
      title: 'two values',
      good: "CREATE INDEX ON agent_tasks (status, created_at) WHERE status IN ('pending', 'running')",
    },
    { title: 'either', good: "CREATE INDEX ON agent_tasks (status, kind) WHERE status = 'pending' OR kind = 'urgent'" },
    { title: 'a range', good: 'CREATE INDEX ON orders (total) WHERE total > 1000' },
    { title: 'not null', good: 'CREATE INDEX ON orders (coupon_id) WHERE coupon_id IS NOT NULL' },
    { title: 'an index must have a key', good: "CREATE INDEX ON agent_tasks (status) WHERE status = 'pending'" },
    {
      title: 'a unique index says how many',
      good: 'CREATE UNIQUE INDEX ON addresses (customer_id, is_default) WHERE is_default',
    },
  ],
  check({ statement, report }) {
    const created = createdIndex(statement);
    if (!created || created.predicate === undefined || created.unique || created.keys.length < 2) return;
    const fixed = new Set(conjuncts(created.predicate).flatMap(fixedColumn));
    for (const key of created.keys) {
      if (key.column === undefined || !fixed.has(key.column)) continue;
      report({
        at: key.range,
        message: 'constant',
        values: { column: key.column },
        fixes: [
          // An index-only scan that returns the column would no longer be possible.
          {
            title: 'Remove it from the key',
            safe: false,
            edits: [{ range: removalOf(created.keys, key), newText: '' }],
          },
        ],
      });
    }
  },
});

/** The column a condition allows one value for. */
function fixedColumn(condition: unknown): string[] {
  const node = unwrap(condition);
  if (!node) return [];
  const { type, fields } = node;
  let column = undefined;
  if (type === 'ColumnRef') column = asColumn(condition);
  else if (type === 'NullTest' && fields.nulltesttype === 'IS_NULL') column = asColumn(fields.arg);
  else if (type === 'BooleanTest' && (fields.booltesttype === 'IS_TRUE' || fields.booltesttype === 'IS_FALSE'))
    column = asColumn(fields.arg);
  else if (type === 'BoolExpr' && fields.boolop === 'NOT_EXPR') column = asColumn(list(fields.args)[0]);
  else if (type === 'A_Expr' && fields.kind === 'AEXPR_OP' && operatorOf(fields) === '=') {
    if (isConstantExpression(fields.rexpr) && !isNullConstant(fields.rexpr)) column = asColumn(fields.lexpr);
  }
  return column ? [column.name] : [];
}
