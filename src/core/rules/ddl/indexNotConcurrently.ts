import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import type { NodeFields } from '../nodeIndex';

export const indexNotConcurrently = defineRule({
  id: 'ddl/index-not-concurrently',
  since: '0.1.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'CREATE INDEX that blocks writes',
  guideline: { guide: '003', section: '2. Index Management' },
  docs: {
    problem:
      '`CREATE INDEX` holds a SHARE lock on the table until the index is built: nobody can insert, update or delete meanwhile.',
    why: 'With `CONCURRENTLY` the table stays writable. It reads the table twice, cannot run in a transaction, and leaves an invalid index behind if it fails, which has to be dropped.',
    whenToIgnore: 'The table is new, small, or not in use during the migration.',
  },
  messages: {
    blocks: 'Writes to {table} wait until the index is built; CREATE INDEX CONCURRENTLY lets them go on.',
    inTransaction:
      'Writes to {table} wait until this transaction ends; CONCURRENTLY is not possible in a transaction, so the index needs a step of its own.',
  },
  examples: [
    {
      title: 'an index on a live table',
      bad: 'CREATE INDEX idx_orders_customer ON orders (customer_id)',
      flags: 'CREATE INDEX',
      fixed: 'CREATE INDEX CONCURRENTLY idx_orders_customer ON orders (customer_id)',
    },
    {
      title: 'a unique one',
      bad: 'CREATE UNIQUE INDEX ON users (email)',
      flags: 'CREATE UNIQUE INDEX',
      fixed: 'CREATE UNIQUE INDEX CONCURRENTLY ON users (email)',
    },
    { title: 'in a transaction', bad: 'BEGIN; CREATE INDEX ON orders (customer_id); COMMIT;', flags: 'CREATE INDEX' },
    { title: 'without blocking', good: 'CREATE INDEX CONCURRENTLY idx_orders_customer ON orders (customer_id)' },
    { title: 'a table created in the same file', good: 'CREATE TABLE t (id int); CREATE INDEX ON t (id);' },
    {
      title: 'a table created in the same file, with its schema named once',
      good: 'BEGIN; CREATE TABLE app.t (id int); CREATE INDEX ON app.t (id); COMMIT;',
    },
    {
      title: 'a materialized view created in the same file',
      good: 'CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX ON m (a);',
    },
    { title: 'only the parent of partitions, which is empty', good: 'CREATE INDEX ON ONLY measurements (taken_at)' },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int);',
      good: 'CREATE INDEX ON zones (id)',
    },
    {
      title: 'a partitioned table, where CONCURRENTLY is refused',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);',
      good: 'CREATE INDEX ON events (at)',
    },
  ],
  check({ statement, catalog, thresholds, file, body, report }) {
    // Indexes made by a routine are most often those of its own temporary tables.
    if (body) return;
    const index = unwrap(statement.tree)?.fields;
    const range = index?.relation as NodeFields | undefined;
    if (!index || !range || index.concurrent === true || range.inh !== true) return;
    const table = asTable(range);
    if (file.isCreatedBefore(table.name, table.schema)) return;
    const relation = catalog && findRelation(catalog, table.name, table.schema);
    if (relation?.kind === 'partitioned table') return;
    const rows = relation?.rowEstimate;
    // Ten times what counts as small: building an index on fewer rows takes milliseconds.
    if (rows !== undefined && rows < 10 * thresholds.smallTableRows) return;
    const words = /^create\s+(?:unique\s+)?index\b/i.exec(statement.text);
    const at = { start: 0, end: words ? words[0].length : statement.text.length };
    const known = rows !== undefined && { severity: 'warning' as const, evidence: `${table.name}: about ${rows} rows` };
    if (file.inTransaction) report({ at, message: 'inTransaction', values: { table: table.name }, ...known });
    else {
      report({
        at,
        message: 'blocks',
        values: { table: table.name },
        ...known,
        fixes: words
          ? [
              {
                title: 'Create it CONCURRENTLY',
                // A tool that wraps each file in a transaction would refuse it.
                safe: false,
                edits: [{ range: { start: at.end, end: at.end }, newText: ' CONCURRENTLY' }],
              },
            ]
          : [],
      });
    }
  },
});
