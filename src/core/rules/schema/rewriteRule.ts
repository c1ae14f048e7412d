import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';

export const rewriteRule = defineRule({
  id: 'schema/rewrite-rule',
  since: '0.2.0',
  severity: 'info',
  kinds: ['RuleStmt'],
  title: 'CREATE RULE',
  docs: {
    problem: 'A rule rewrites statements before they run.',
    why: 'It copies their expressions: random(), nextval() and subqueries run again with other values, a rule on a large INSERT runs for the statement and not for its rows, and RETURNING and ON CONFLICT stop working. A trigger does what is mostly meant.',
    whenToIgnore: 'The rule does nothing but make a simple view writable in a way that automatic updates cannot.',
  },
  messages: {
    rule: 'A rule copies the expressions of each statement and may run them twice; a trigger sees the rows.',
  },
  examples: [
    {
      title: 'a log of changes',
      bad: 'CREATE RULE log_orders AS ON UPDATE TO orders DO ALSO INSERT INTO order_log VALUES (NEW.id, now())',
      flags: 'CREATE RULE log_orders',
    },
    {
      title: 'instead of an insert',
      bad: 'CREATE OR REPLACE RULE keep AS ON DELETE TO orders DO INSTEAD UPDATE orders SET deleted = true WHERE id = OLD.id',
      flags: 'CREATE OR REPLACE RULE keep',
    },
    {
      title: 'a trigger',
      good: 'CREATE TRIGGER log_orders AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION log_order()',
    },
    { title: 'nothing to be written', good: 'CREATE RULE readonly AS ON INSERT TO old_orders DO INSTEAD NOTHING' },
    { title: 'a view', good: 'CREATE VIEW open_orders AS SELECT id FROM orders' },
    { title: 'a policy', good: 'CREATE POLICY own ON orders USING (owner = current_user)' },
    { title: 'dropping one', good: 'DROP RULE keep ON orders' },
  ],
  check({ statement, report }) {
    const fields = unwrap(statement.tree)?.fields;
    if (!fields || fields.event === 'CMD_SELECT' || fields.actions === undefined) return;
    const words = /^create\s+(?:or\s+replace\s+)?rule\s+(?:"(?:[^"]|"")*"|\S+)/i.exec(statement.text);
    report({ at: { start: 0, end: words ? words[0].length : statement.text.length }, message: 'rule' });
  },
});
