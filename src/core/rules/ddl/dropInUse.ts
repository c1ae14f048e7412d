import type { SourceRange } from '../../base/sourceRange';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
import { readAlterTable } from '../support/alterTable';
import { leadingWords, tableInUse } from '../support/existingTable';
import { list, stringValue } from '../support/expressions';

export const dropInUse = defineRule({
  id: 'ddl/drop-in-use',
  since: '0.2.0',
  severity: 'info',
  kinds: ['DropStmt', 'DropdbStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Dropping a table, column or database with its data',
  docs: {
    problem: 'The data is gone, and queries of running programs that name it fail.',
    why: 'Release the programs that no longer use it first. A renamed table, or a dump of it, can be put back; a dropped one cannot.',
    whenToIgnore: 'Nothing uses it any more and there is a backup.',
  },
  messages: {
    table: 'Queries that use {name} fail as soon as this is committed, and its rows are gone.',
    database: 'The database {name} is gone with all it holds; only a backup brings it back.',
    column: 'Queries that name {name} fail as soon as this is committed, and its values are gone.',
  },
  examples: [
    { title: 'a table', bad: 'DROP TABLE visits', flags: 'DROP TABLE' },
    { title: 'a column', bad: 'ALTER TABLE orders DROP COLUMN region', flags: 'DROP COLUMN region' },
    { title: 'a database', bad: 'DROP DATABASE IF EXISTS shop', flags: 'DROP DATABASE' },
    {
      title: 'several columns, reported once',
      bad: 'ALTER TABLE orders DROP COLUMN region CASCADE, DROP weight',
      flags: 'DROP COLUMN region',
    },
    {
      title: 'a table that is created anew',
      good: 'DROP TABLE IF EXISTS visits; CREATE TABLE visits (id bigint PRIMARY KEY);',
    },
    {
      title: 'a database that is created anew',
      good: 'DROP DATABASE IF EXISTS shop; CREATE DATABASE shop;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE load (id int); DROP TABLE load;',
    },
    { title: 'a constraint', good: 'ALTER TABLE orders DROP CONSTRAINT positive' },
    {
      title: 'the old table after a swap',
      good: 'BEGIN; ALTER TABLE counts RENAME TO counts_old; ALTER TABLE counts_new RENAME TO counts; COMMIT; DROP TABLE counts_old;',
    },
    {
      title: 'a detached partition',
      good: 'ALTER TABLE counts DETACH PARTITION counts_2023 CONCURRENTLY; DROP TABLE counts_2023;',
    },
    { title: 'a view', good: 'DROP VIEW report' },
  ],
  check(context) {
    const { statement, file, report } = context;
    if (statement.kind === 'AlterTableStmt') {
      const alter = readAlterTable(statement);
      if (!alter || !tableInUse(alter.table, context)) return;
      const earlier = file.earlier(alter.table.name);
      const gone = alter.commands.filter(({ subtype, name = '' }) => {
        const readded = alter.commands.some(({ def }) => def?.fields.colname === name);
        // A column this file has added, or one being made anew.
        return subtype === 'AT_DropColumn' && !readded && !earlier.some(other => addsColumn(other, name));
      });
      const [first] = gone;
      if (!first) return;
      const at = first.fields.behavior === 'DROP_CASCADE' ? withoutLastWord(statement.text, first.range) : first.range;
      report({ at, message: 'column', values: { name: gone.map(({ name }) => name).join(', ') } });
      return;
    }
    const drop = unwrap(statement.tree)?.fields;
    if (statement.kind === 'DropdbStmt') {
      const name = String(drop?.dbname ?? '');
      if (file.later(TOPICS.change).some(({ tree }) => isCreationOf(name, tree))) return;
      report({ at: leadingWords(statement.text, /^drop\s+database\b/i), message: 'database', values: { name } });
      return;
    }
    if (drop?.removeType !== 'OBJECT_TABLE') return;
    const gone = list(drop.objects)
      .map(object => list(object).map(stringValue))
      .map(parts => ({ name: parts.at(-1) ?? '', schema: parts.at(-2) }))
      .filter(table => tableInUse(table, context) && !isReplaced(table.name, file) && !wasSetAside(table.name, file));
    if (gone.length === 0) return;
    const at = leadingWords(statement.text, /^drop\s+(?:foreign\s+)?table\b/i);
    report({ at, message: 'table', values: { name: gone.map(({ name }) => name).join(', ') } });
  },
});

function isCreationOf(database: string, tree: unknown): boolean {
  const made = unwrap(tree);
  return made?.type === 'CreatedbStmt' && made.fields.dbname === database;
}

/** The range without its CASCADE, which another rule speaks of. */
function withoutLastWord(text: string, { start, end }: SourceRange): SourceRange {
  return { start, end: start + text.slice(start, end).replace(/\s+\w+$/, '').length };
}

function addsColumn(statement: Parameters<typeof readAlterTable>[0], name: string): boolean {
  const commands = readAlterTable(statement)?.commands ?? [];
  return commands.some(({ subtype, def }) => subtype === 'AT_AddColumn' && def?.fields.colname === name);
}

/** True if something of the name is made afterwards. */
function isReplaced(name: string, file: FileContext): boolean {
  return file.later(name).some(({ kind, tree }) => {
    const isMade = kind === 'CreateStmt' || kind === 'CreateTableAsStmt' || kind === 'ViewStmt';
    return isMade || unwrap(tree)?.fields.newname === name;
  });
}

/** True if the file took it out of use before: by a rename, or by detaching it. */
function wasSetAside(name: string, file: FileContext): boolean {
  return file.earlier(name).some(statement => {
    const isDetached = readAlterTable(statement)?.commands.some(({ subtype }) =>
      subtype.startsWith('AT_DetachPartition'),
    );
    return isDetached || unwrap(statement.tree)?.fields.newname === name;
  });
}
