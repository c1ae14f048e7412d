import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { fillTopic } from '../statementFacts';
import { leadingWords, tableInUse } from '../support/existingTable';
import { asTable, list } from '../support/expressions';
import { isSaidBefore } from '../support/saidBefore';

export const truncateTable = defineRule({
  id: 'ddl/truncate-table',
  since: '0.2.0',
  severity: 'info',
  kinds: ['TruncateStmt'],
  needs: ['file'],
  title: 'TRUNCATE of a table in use',
  docs: {
    problem:
      'All rows go at once, reads and writes wait while it waits for its lock, and CASCADE empties every table that refers to it.',
    why: 'TRUNCATE takes an ACCESS EXCLUSIVE lock, does not fire ON DELETE triggers, and transactions that began before see an empty table afterwards (it is not MVCC-safe).',
    whenToIgnore: 'The table holds data that is loaded anew, such as a staging table.',
  },
  messages: {
    empties: 'All rows of {name} go, and everybody else waits for the lock; DELETE in batches leaves the table in use.',
    cascades: 'CASCADE also empties every table with a foreign key to {name}, whichever they are on that server.',
  },
  examples: [
    {
      title: 'several tables, told once',
      bad: 'TRUNCATE visits CASCADE; TRUNCATE orders CASCADE; TRUNCATE customers CASCADE;',
      flags: 'CASCADE',
    },
    { title: 'a table', bad: 'TRUNCATE TABLE sessions', flags: 'TRUNCATE TABLE' },
    { title: 'with all that refers to it', bad: 'TRUNCATE customers RESTART IDENTITY CASCADE', flags: 'CASCADE' },
    { title: 'a table created in the same file', good: 'CREATE TEMP TABLE load (id int); TRUNCATE load;' },
    {
      title: 'a table that is filled again',
      good: 'TRUNCATE daily; INSERT INTO daily SELECT day, count(*) FROM counts GROUP BY day;',
    },
    { title: 'a staging table', good: 'TRUNCATE staging.orders_import' },
    { title: 'another one', good: 'TRUNCATE tmp_orders, orders_staging' },
    { title: 'some rows', good: "DELETE FROM sessions WHERE expires_at < now() - interval '1 day'" },
  ],
  check(context) {
    const { statement, file, report } = context;
    const truncate = unwrap(statement.tree)?.fields;
    const used = list(truncate?.relations).flatMap(item => {
      const relation = unwrap(item);
      const table = relation && asTable(relation.fields);
      return table && tableInUse(table, context) ? [table] : [];
    });
    // A file that empties many tables, as one for tests does, is told once.
    if (used.length === 0 || isSaidBefore(file, ({ kind }) => kind === 'TruncateStmt', 1)) return;
    const values = { name: used.map(({ name }) => name).join(', ') };
    const end = statement.text.length;
    if (truncate?.behavior === 'DROP_CASCADE') {
      const at = { start: end - 'cascade'.length, end };
      report({ at, message: 'cascades', values, severity: 'warning' });
    } else if (!used.every(({ name, schema = '' }) => PASSING.test(name) || PASSING.test(schema) || refills(name))) {
      report({ at: leadingWords(statement.text, /^truncate(?:\s+table)?\b/i), message: 'empties', values });
    }

    function refills(name: string): boolean {
      return file.later(fillTopic(name)).length > 0 || file.later(name).some(({ kind }) => kind === 'CopyStmt');
    }
  },
});

/** Names of tables whose rows are made to be thrown away. */
const PASSING = /(?:^|_)(?:tmp|temp|staging|stage|stg|import|load|scratch|cache|queue|test|tests)(?:_|$)/i;
