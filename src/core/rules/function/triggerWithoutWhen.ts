import { defineRule } from '../defineRule';
import { findWords } from '../support/words';

export const triggerWithoutWhen = defineRule({
  id: 'function/trigger-without-when',
  since: '0.2.0',
  severity: 'hint',
  title: 'A row trigger that runs for every update',
  kinds: ['CreateTrigStmt'],
  docs: {
    problem: 'The trigger calls its function after every update of every row, whatever has changed.',
    why: 'Each call costs time, and updates that change nothing it cares about pay for it too. `UPDATE OF column` or `WHEN (OLD.x IS DISTINCT FROM NEW.x)` leaves them out before the function is called.',
    whenToIgnore: 'The function must see every update.',
  },
  messages: {
    every:
      'This runs after every update of every row; UPDATE OF or WHEN (OLD.* IS DISTINCT FROM NEW.*) leaves out those that do not matter.',
  },
  examples: [
    {
      title: 'after each update',
      bad: 'CREATE TRIGGER sync_total AFTER UPDATE ON order_items FOR EACH ROW EXECUTE FUNCTION sync_total()',
      flags: 'AFTER UPDATE',
    },
    {
      title: 'of a column',
      good: 'CREATE TRIGGER sync_total AFTER UPDATE OF price ON order_items FOR EACH ROW EXECUTE FUNCTION sync_total()',
    },
    {
      title: 'when it has changed',
      good: 'CREATE TRIGGER sync_total AFTER UPDATE ON order_items FOR EACH ROW WHEN (OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION sync_total()',
    },
    {
      title: 'before each update',
      good: 'CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
    },
    {
      title: 'an audit of all writes',
      good: 'CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION audit()',
    },
    {
      title: 'once for the statement',
      good: 'CREATE TRIGGER sync AFTER UPDATE ON orders FOR EACH STATEMENT EXECUTE FUNCTION sync()',
    },
  ],
  check({ statement, find, report }) {
    const trigger = find('CreateTrigStmt')[0]?.fields;
    if (!trigger?.row || trigger.whenClause || trigger.columns || trigger.isconstraint) return;
    // Bits of PostgreSQL's pg_trigger.h: UPDATE alone; no bit of timing means AFTER.
    if (Number(trigger.events) !== UPDATE || Number(trigger.timing ?? 0) !== 0) return;
    const at = findWords(statement.text, { start: 0, end: statement.text.length }, 'after', 'update');
    if (at) report({ at, message: 'every' });
  },
});

const UPDATE = 16;
