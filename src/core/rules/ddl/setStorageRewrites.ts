import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { asTable, list } from '../support/expressions';

export const setStorageRewrites = defineRule({
  id: 'ddl/set-storage-rewrites',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt', 'AlterTableMoveAllStmt'],
  needs: ['file'],
  title: 'LOGGED, UNLOGGED, TABLESPACE or ACCESS METHOD of a filled table',
  docs: {
    problem: 'The whole table is written anew or copied while reads and writes wait.',
    why: 'These actions hold an ACCESS EXCLUSIVE lock until the last block is copied. An UNLOGGED table is also emptied by a crash and is missing on standbys.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    index:
      'Reads and writes of the table of {index} wait until the index is copied; REINDEX (TABLESPACE ...) CONCURRENTLY lets them go on.',
    all: 'One after the other is copied while its readers and writers wait; move them one by one, in steps of their own.',
    copies: 'Reads and writes of {table} wait until all of it is copied; do it while the table is not in use.',
    unlogged:
      'Reads and writes of {table} wait until all of it is copied; after a crash it is empty, and standbys do not have it.',
  },
  examples: [
    { title: 'a tablespace', bad: 'ALTER TABLE counts SET TABLESPACE fast', flags: 'SET TABLESPACE fast' },
    {
      title: 'an index',
      bad: 'ALTER INDEX orders_day SET TABLESPACE fast',
      flags: 'ALTER INDEX orders_day SET TABLESPACE fast',
    },
    {
      title: 'all tables of a tablespace',
      bad: 'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast',
      flags: 'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast',
    },
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
    const at = { start: 0, end: statement.text.length };
    if (statement.kind === 'AlterTableMoveAllStmt') return report({ at, message: 'all' });
    const index = movedIndex(statement, context.file);
    if (index !== undefined) return report({ at, message: 'index', values: { index } });
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

/** The name of an index that moves to another tablespace, unless the file makes it. */
function movedIndex(statement: ParsedStatement, file: FileContext): string | undefined {
  const { objtype, relation, cmds } = unwrap(statement.tree)?.fields ?? {};
  if (objtype !== 'OBJECT_INDEX' || !relation) return undefined;
  if (unwrap(list(cmds)[0])?.fields.subtype !== 'AT_SetTableSpace') return undefined;
  const { name } = asTable(relation as NodeFields);
  return file.earlier(name).some(({ kind }) => kind === 'IndexStmt') ? undefined : name;
}

const COPYING: ReadonlySet<string> = new Set([
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_SetTableSpace',
  'AT_SetAccessMethod',
]);
