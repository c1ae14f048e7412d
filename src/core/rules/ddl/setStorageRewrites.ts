import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';

export const setStorageRewrites = defineRule({
  id: 'ddl/set-storage-rewrites',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'LOGGED, UNLOGGED, TABLESPACE or ACCESS METHOD of a filled table',
  docs: {
    problem: 'The whole table is written anew or copied while reads and writes wait.',
    why: 'These actions hold an ACCESS EXCLUSIVE lock until the last block is copied. An UNLOGGED table is also emptied by a crash and is missing on standbys.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    copies: 'Reads and writes of {table} wait until all of it is copied.',
    unlogged:
      'Reads and writes of {table} wait until all of it is copied; after a crash it is empty, and standbys do not have it.',
  },
  examples: [
    { title: 'a tablespace', bad: 'ALTER TABLE counts SET TABLESPACE fast', flags: 'SET TABLESPACE fast' },
    { title: 'unlogged', bad: 'ALTER TABLE orders SET UNLOGGED', flags: 'SET UNLOGGED' },
    { title: 'logged again', bad: 'alter table only app.orders set logged', flags: 'set logged' },
    {
      title: 'a table created in the same file',
      good: 'CREATE UNLOGGED TABLE load (id int); ALTER TABLE load SET LOGGED;',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (n int);',
      good: 'ALTER TABLE zones SET TABLESPACE fast',
    },
    {
      title: 'a partitioned table, which has no rows of its own',
      schema: 'CREATE TABLE counts (at date) PARTITION BY RANGE (at);',
      good: 'ALTER TABLE counts SET TABLESPACE fast',
    },
    { title: 'a storage parameter', good: 'ALTER TABLE orders SET (fillfactor = 80)' },
    { title: 'another schema', good: 'ALTER TABLE orders SET SCHEMA archive' },
  ],
  check(context) {
    const { statement, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing || existing.relation?.kind === 'partitioned table') return;
    for (const { subtype, range } of alter.commands) {
      if (!COPYING.has(subtype)) continue;
      const common = { at: range, values: { table: existing.name }, ...existing.size };
      if (subtype === 'AT_SetUnLogged') report({ ...common, message: 'unlogged' });
      else report({ ...common, message: 'copies' });
    }
  },
});

const COPYING: ReadonlySet<string> = new Set([
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_SetTableSpace',
  'AT_SetAccessMethod',
]);
