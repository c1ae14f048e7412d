import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import { tableInUse } from '../support/existingTable';
import { asTable } from '../support/expressions';

export const renameInUse = defineRule({
  id: 'ddl/rename-in-use',
  since: '0.2.0',
  severity: 'info',
  kinds: ['RenameStmt', 'AlterEnumStmt'],
  needs: ['file'],
  title: 'Renaming what running code uses',
  docs: {
    problem: 'Queries that still use the old name fail from the moment of the commit until their program is replaced.',
    why: 'Programs and schema do not change in the same instant. Keep the old name alive for a while: a view of that name over the renamed table, or a second column kept in step.',
    whenToIgnore: 'No running program uses the name, or all are stopped during the migration.',
  },
  messages: {
    table: 'Queries that use {from} fail as soon as this is committed; a view named {from} keeps them working.',
    column: 'Queries that use {from} of {table} fail as soon as this is committed.',
    schema:
      'Queries that name the schema {from} fail as soon as this is committed; a search_path no longer finds it either.',
    value: 'Queries that write or compare {from} fail as soon as this is committed.',
  },
  examples: [
    { title: 'a table', bad: 'ALTER TABLE users RENAME TO accounts', flags: 'users RENAME TO accounts' },
    {
      title: 'a column',
      bad: 'ALTER TABLE users RENAME COLUMN name TO full_name',
      flags: 'RENAME COLUMN name TO full_name',
    },
    { title: 'a schema', bad: 'ALTER SCHEMA farm RENAME TO farms', flags: 'farm RENAME TO farms' },
    {
      title: 'a value of an enum',
      bad: "ALTER TYPE order_state RENAME VALUE 'open' TO 'new'",
      flags: "RENAME VALUE 'open' TO 'new'",
    },
    {
      title: 'swapping in a new schema',
      good: 'BEGIN; ALTER SCHEMA api RENAME TO api_old; ALTER SCHEMA api_new RENAME TO api; COMMIT;',
    },
    { title: 'a new value of an enum', good: "ALTER TYPE order_state ADD VALUE 'lost'" },
    {
      title: 'with a view in its place',
      good: 'BEGIN; ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT id, name FROM accounts; COMMIT;',
    },
    {
      title: 'swapping in a new table',
      good: 'BEGIN; ALTER TABLE counts RENAME TO counts_old; ALTER TABLE counts_new RENAME TO counts; COMMIT;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE users (name text); ALTER TABLE users RENAME COLUMN name TO full_name;',
    },
    { title: 'an index', good: 'ALTER INDEX idx_users RENAME TO idx_users_email' },
    { title: 'a constraint', good: 'ALTER TABLE users RENAME CONSTRAINT a TO b' },
  ],
  check(context) {
    const { statement, file, report } = context;
    const rename = unwrap(statement.tree)?.fields;
    const { text } = statement;
    const end = text.length;
    if (statement.kind === 'AlterEnumStmt') {
      if (typeof rename?.oldVal !== 'string') return;
      const start = /\brename\b/i.exec(text)?.index ?? 0;
      report({ at: { start, end }, message: 'value', values: { from: `'${rename.oldVal}'` } });
      return;
    }
    if (rename?.renameType === 'OBJECT_SCHEMA') {
      const from = String(rename.subname);
      const changes = [...file.earlier(TOPICS.change), ...file.later(TOPICS.change)];
      if (changes.some(other => isAboutSchema(other, [from, String(rename.newname)]))) return;
      const start = /^alter\s+schema\s+/i.exec(text)?.[0].length ?? 0;
      report({ at: { start, end }, message: 'schema', values: { from } });
      return;
    }
    const relation = rename?.relation as NodeFields | undefined;
    if (!rename || !relation) return;
    const isTable = rename.renameType === 'OBJECT_TABLE' || rename.renameType === 'OBJECT_VIEW';
    const isColumn = rename.renameType === 'OBJECT_COLUMN' && rename.relationType === 'OBJECT_TABLE';
    const table = asTable(relation);
    if (!(isTable || isColumn) || !tableInUse(table, context)) return;
    if (isTable && isTakenOver(table.name, file)) return;
    // Only the second half of a swap: the name it gets was given away before.
    if (isTable && file.earlier(String(rename.newname)).length > 0) return;
    const words = isColumn ? /\brename\b[\s\S]*$/i.exec(text) : undefined;
    const named = statement.tables[0]?.range;
    const at = { start: words?.index ?? named?.start ?? 0, end };
    if (isColumn) report({ at, message: 'column', values: { from: String(rename.subname), table: table.name } });
    else report({ at, message: 'table', values: { from: table.name } });
  },
});

/** True if another statement makes or renames one of these schemas: a swap, or one that is new. */
function isAboutSchema({ tree }: ParsedStatement, names: readonly string[]): boolean {
  const { type, fields } = unwrap(tree) ?? {};
  if (type === 'CreateSchemaStmt') return names.includes(String(fields?.schemaname));
  return (
    type === 'RenameStmt' &&
    fields?.renameType === 'OBJECT_SCHEMA' &&
    [fields.subname, fields.newname].some(name => names.includes(String(name)))
  );
}

/** True if the file gives the name to something else afterwards. */
function isTakenOver(name: string, file: FileContext): boolean {
  return file.later(name).some(({ kind, tree }) => {
    const fields = unwrap(tree)?.fields;
    return kind === 'ViewStmt' || kind === 'CreateStmt' || kind === 'CreateTableAsStmt' || fields?.newname === name;
  });
}
