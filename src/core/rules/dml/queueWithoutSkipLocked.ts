import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, isConstantExpression, list, operatorOf } from '../support/expressions';
import { conjuncts } from '../support/trees';
import { findWords } from '../support/words';

export const queueWithoutSkipLocked = defineRule({
  id: 'dml/queue-without-skip-locked',
  since: '0.2.0',
  severity: 'warning',
  title: 'Queue read with FOR UPDATE but without SKIP LOCKED',
  nodes: ['LockingClause'],
  docs: {
    problem: 'Workers take the next rows of a queue with FOR UPDATE and LIMIT, and wait for one another.',
    why: 'All of them choose the same first rows: one gets them, the others wait until it commits, and then look again or come back with fewer rows. `SKIP LOCKED` hands each worker rows nobody holds.',
    whenToIgnore: 'There is one worker, or rows must be taken strictly in order.',
  },
  messages: {
    waits: 'Workers wait for one another here; FOR UPDATE SKIP LOCKED gives each of them rows nobody holds.',
  },
  examples: [
    {
      title: 'the next job',
      bad: "SELECT id, payload FROM frame_queue WHERE status = 'pending' ORDER BY priority DESC, created_at LIMIT 10 FOR UPDATE",
      flags: 'FOR UPDATE',
      fixed:
        "SELECT id, payload FROM frame_queue WHERE status = 'pending' ORDER BY priority DESC, created_at LIMIT 10 FOR UPDATE SKIP LOCKED",
    },
    {
      title: 'inside an UPDATE',
      bad: 'UPDATE jobs SET picked_at = now() WHERE id = (SELECT id FROM jobs WHERE picked_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE) RETURNING id',
      flags: 'FOR UPDATE',
    },
    {
      title: 'locked rows are skipped',
      good: "SELECT id FROM frame_queue WHERE status = 'pending' ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED",
    },
    {
      title: 'an error instead of waiting',
      good: "SELECT id FROM frame_queue WHERE status = 'pending' LIMIT 10 FOR UPDATE NOWAIT",
    },
    { title: 'one row by its key', good: 'SELECT id FROM accounts WHERE id = $1 LIMIT 1 FOR UPDATE' },
    { title: 'all rows of an order', good: "SELECT id FROM items WHERE order_id = $1 AND status = 'open' FOR UPDATE" },
    {
      title: 'a batch of one owner',
      good: 'SELECT id FROM payments WHERE account_id = $1 AND settled_at IS NULL ORDER BY id LIMIT 50 FOR UPDATE',
    },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const clause of find('LockingClause')) {
      const { strength, waitPolicy } = clause.fields;
      const query = clause.parent;
      if (query?.type !== 'SelectStmt' || !query.fields.limitCount) continue;
      if (strength !== 'LCS_FORUPDATE' && strength !== 'LCS_FORNOKEYUPDATE') continue;
      if (waitPolicy === 'LockWaitSkip' || waitPolicy === 'LockWaitError') continue;
      const conditions = conjuncts(query.fields.whereClause);
      if (!conditions.some(isQueueState) || conditions.some(isOneOwner)) continue;
      const text = statement.text;
      const range = rangeOf(query);
      const at = findWords(text, range, 'for', 'update') ?? findWords(text, range, 'for', 'no', 'key', 'update');
      if (!at) continue;
      const edits = [{ range: { start: at.end, end: at.end }, newText: ' SKIP LOCKED' }];
      const fixes =
        list(clause.fields.lockedRels).length === 0 ? [{ title: 'Add SKIP LOCKED', safe: false, edits }] : [];
      report({ at, message: 'waits', fixes });
    }
  },
});

const STATE =
  /^(?:.*_)?(?:status|state|processed|done|picked|claimed|locked|taken|started|sent|published|completed|processing)(?:_(?:at|by|on|until))?$/;

/** `status = 'pending'`, `processed = false`, `NOT sent`, `picked_at IS NULL`. */
function isQueueState(condition: unknown): boolean {
  const node = unwrap(condition);
  if (!node) return false;
  const { type, fields } = node;
  if (type === 'BoolExpr') return fields.boolop === 'NOT_EXPR' && isState(list(fields.args)[0]);
  if (type === 'NullTest') return fields.nulltesttype === 'IS_NULL' && isState(fields.arg);
  if (type === 'BooleanTest') return isState(fields.arg);
  return (
    type === 'A_Expr' &&
    ['=', '<', '<='].includes(operatorOf(fields) ?? '') &&
    isState(fields.lexpr) &&
    isConstantExpression(fields.rexpr)
  );
}

function isState(node: unknown): boolean {
  const name = asColumn(node)?.name;
  return name !== undefined && STATE.test(name);
}

/** `account_id = $1`: the rows of one owner are no queue. */
function isOneOwner(condition: unknown): boolean {
  const node = unwrap(condition);
  return (
    node?.type === 'A_Expr' &&
    node.fields.kind === 'AEXPR_OP' &&
    operatorOf(node.fields) === '=' &&
    /(?:^|_)id$/.test(asColumn(node.fields.lexpr)?.name ?? '')
  );
}
