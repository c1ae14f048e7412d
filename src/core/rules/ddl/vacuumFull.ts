import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { existingTable, leadingWords } from '../support/existingTable';
import { asTable, list } from '../support/expressions';
import { isVacuumFull } from '../support/tableLocks';

export const vacuumFull = defineRule({
  id: 'ddl/vacuum-full',
  since: '0.2.0',
  severity: 'info',
  kinds: ['VacuumStmt', 'ClusterStmt'],
  needs: ['file'],
  title: 'VACUUM FULL or CLUSTER',
  docs: {
    problem: 'The table is written anew with all its indexes, and reads and writes wait until that is done.',
    why: 'It needs an ACCESS EXCLUSIVE lock and as much free disk space as the table. Plain VACUUM (or autovacuum) makes the space reusable without a lock; `pg_repack` gives it back to the disk while the table is in use.',
    whenToIgnore: 'The table is out of use and most of it is empty space.',
  },
  messages: {
    table: 'Reads and writes of {table} wait until it is rewritten; plain VACUUM lets them go on.',
    all: 'One table after the other is rewritten while its readers and writers wait; plain VACUUM lets them go on.',
  },
  examples: [
    { title: 'a table', bad: 'VACUUM FULL farm.milk_production', flags: 'VACUUM FULL' },
    { title: 'as an option', bad: 'VACUUM (VERBOSE, FULL) orders', flags: 'VACUUM (VERBOSE, FULL)' },
    { title: 'the whole database', bad: 'VACUUM FULL', flags: 'VACUUM FULL' },
    { title: 'CLUSTER', bad: 'CLUSTER counts USING counts_at_idx', flags: 'CLUSTER' },
    { title: 'plain VACUUM', good: 'VACUUM (ANALYZE) orders' },
    { title: 'switched off', good: 'VACUUM (FULL false) orders' },
    { title: 'ANALYZE', good: 'ANALYZE orders' },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (n int);',
      good: 'VACUUM FULL zones',
    },
    { title: 'a table created in the same file', good: 'CREATE TABLE load (id int); CLUSTER load USING load_pkey;' },
  ],
  check(context) {
    const { statement, report } = context;
    const fields = unwrap(statement.tree)?.fields;
    if (!fields || context.body || (statement.kind === 'VacuumStmt' && !isVacuumFull(fields))) return;
    const at = leadingWords(
      statement.text,
      /^(?:cluster|vacuum(?:\s*\([^)]*\)|(?:\s+(?:full|freeze|verbose|analyze))+))/i,
    );
    const named =
      statement.kind === 'ClusterStmt' ? [fields.relation] : list(fields.rels).map(rel => unwrap(rel)?.fields.relation);
    const tables = named.flatMap(relation => (relation ? asTable(relation as NodeFields) : []));
    if (tables.length === 0) report({ at, message: 'all' });
    const existing = tables.flatMap(table => existingTable(table, context) ?? []);
    if (existing.length === 0) return;
    const values = { table: existing.map(({ name }) => name).join(', ') };
    report({ at, message: 'table', values, ...existing.find(({ size }) => size.severity)?.size });
  },
});
