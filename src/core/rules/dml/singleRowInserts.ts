import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asTable, list } from '../support/expressions';
import { unwrap } from '../../sql/walk';

export const singleRowInserts = defineRule({
  id: 'dml/single-row-inserts',
  since: '0.2.0',
  severity: 'info',
  needs: ['file'],
  title: 'Many INSERTs of one row each',
  guideline: { guide: '004', section: 'Best Practices Summary' },
  docs: {
    problem: 'Rows are inserted into one table by a statement each.',
    why: 'Every statement is sent, parsed and planned, and outside a transaction it also waits for its own commit to reach the disk. One INSERT of many rows, or COPY, does that once.',
    whenToIgnore: 'The script runs once and is small.',
  },
  messages: {
    run: '{count} single-row INSERTs into {table} in a row: one INSERT of many rows, or COPY, is many times faster.',
    autocommit:
      '{count} single-row INSERTs into {table} in a row, each with its own commit: use one INSERT of many rows, COPY, or at least a transaction.',
  },
  examples: [
    {
      title: 'five rows, five statements',
      bad: `INSERT INTO zones (id) VALUES (1);
INSERT INTO zones (id) VALUES (2);
INSERT INTO zones (id) VALUES (3);
INSERT INTO zones (id) VALUES (4);
INSERT INTO zones (id) VALUES (50);
INSERT INTO zones (id) VALUES (6);`,
      flags: 'INSERT INTO zones',
    },
    { title: 'one statement', good: 'INSERT INTO zones (id) VALUES (1), (2), (3), (4), (5), (6)' },
    { title: 'two rows', good: 'INSERT INTO zones (id) VALUES (1); INSERT INTO zones (id) VALUES (2)' },
    {
      title: 'different tables',
      good: 'INSERT INTO a (id) VALUES (1); INSERT INTO b (id) VALUES (1); INSERT INTO c (id) VALUES (1); INSERT INTO d (id) VALUES (1); INSERT INTO e (id) VALUES (1)',
    },
    {
      title: 'a file of queries with parameters',
      good: 'INSERT INTO zones (id) VALUES ($1); INSERT INTO zones (id) VALUES ($1) RETURNING id; INSERT INTO zones (id) VALUES ($1) ON CONFLICT DO NOTHING; INSERT INTO zones (id, name) VALUES ($1, $2); INSERT INTO zones (id, name) VALUES ($1, $2) RETURNING id; INSERT INTO zones (name) VALUES ($1);',
    },
    {
      title: 'each row from a query',
      good: 'INSERT INTO z SELECT 1; INSERT INTO z SELECT 2; INSERT INTO z SELECT 3; INSERT INTO z SELECT 4; INSERT INTO z SELECT 5',
    },
  ],
  kinds: ['InsertStmt'],
  check({ statement, file, thresholds, find, report }) {
    const insert = find('InsertStmt')[0];
    if (!insert || insert.parent || list(unwrap(insert.fields.selectStmt)?.fields.valuesLists).length !== 1) return;
    const table = asTable(insert.fields.relation as NodeFields).name;
    // Queries of an application, kept in one file, do not run one after the other.
    if (statement.placeholders.length > 0) return;
    // Reported once, where the run has become long enough. What comes before that is all the same.
    if (file.insertRunBefore(table, thresholds.singleRowInserts) !== thresholds.singleRowInserts - 1) return;
    const name = statement.tables.find(each => each.use === 'insert');
    if (!name) return;
    const message = file.inTransaction ? 'run' : 'autocommit';
    const values = { count: `${thresholds.singleRowInserts} or more`, table };
    report({ at: { start: 0, end: name.range.end }, message, values });
  },
});
