import type { Catalog } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import { asTable } from '../support/expressions';
import type { TableName } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import { partitionChange } from '../support/partitionBounds';
import { outerRange } from '../support/routineBody';

export const partitionMovedAttached = defineRule({
  id: 'ddl/partition-moved-attached',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['AlterObjectSchemaStmt', 'CreateFunctionStmt', 'DoStmt'],
  needs: ['file'],
  title: 'Archived partition that stays attached',
  docs: {
    problem: 'A partition is moved to another schema, but not detached from its table.',
    why: 'SET SCHEMA changes its name only. Queries of the partitioned table read it as before, its rows are in every count, and DROP of the table takes it along.',
    whenToIgnore: 'Partitions are kept in a schema of their own, and the table is to have all of them.',
  },
  messages: {
    attached: '{parent} still reads this partition: SET SCHEMA does not detach it. DETACH PARTITION first.',
    partitions:
      'The partitioned table still reads what is moved here: SET SCHEMA does not detach. DETACH PARTITION first.',
  },
  examples: [
    {
      title: 'an old year',
      schema:
        'CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE counts_2023 PARTITION OF counts DEFAULT;',
      bad: 'ALTER TABLE counts_2023 SET SCHEMA archive',
      flags: 'SET SCHEMA archive',
    },
    {
      title: 'what a job moves',
      bad: "CREATE FUNCTION archive_old() RETURNS void LANGUAGE plpgsql AS $$ DECLARE p record; BEGIN FOR p IN SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'counts'::regclass LOOP EXECUTE format('ALTER TABLE %s SET SCHEMA archive', p.name); END LOOP; END $$",
      flags: 'SET SCHEMA archive',
    },
    {
      title: 'detached first',
      schema:
        'CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE counts_2023 PARTITION OF counts DEFAULT;',
      good: 'ALTER TABLE counts DETACH PARTITION counts_2023; ALTER TABLE counts_2023 SET SCHEMA archive;',
    },
    { title: 'a table nothing is known of', good: 'ALTER TABLE counts_2023 SET SCHEMA archive' },
    {
      title: 'an ordinary table',
      schema: 'CREATE TABLE counts_2023 (at date);',
      good: 'ALTER TABLE counts_2023 SET SCHEMA archive',
    },
    {
      title: 'a schema that partitions live in',
      schema:
        'CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE counts_2023 PARTITION OF counts DEFAULT;',
      good: 'ALTER TABLE counts_2023 SET SCHEMA partitions',
    },
    {
      title: 'a job that detaches',
      good: "CREATE FUNCTION archive_old() RETURNS void LANGUAGE plpgsql AS $$ DECLARE p record; BEGIN FOR p IN SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'counts'::regclass LOOP EXECUTE format('ALTER TABLE counts DETACH PARTITION %s', p.name); EXECUTE format('ALTER TABLE %s SET SCHEMA archive', p.name); END LOOP; END $$",
    },
    {
      title: 'a job over other tables',
      good: "DO $$ DECLARE p record; BEGIN FOR p IN SELECT relname FROM pg_class WHERE relname LIKE 'old%' LOOP EXECUTE format('ALTER TABLE %I SET SCHEMA archive', p.relname); END LOOP; END $$",
    },
  ],
  check({ statement, catalog, file, body, report }) {
    // Those in a body are looked at with the body around them.
    if (body) return;
    if (statement.kind === 'AlterObjectSchemaStmt') {
      const moved = movedTable(statement.tree);
      const parent = moved && parentOf(moved, file, catalog);
      const at = wordsAt(statement.text);
      if (parent !== undefined && at) report({ at, message: 'attached', values: { parent } });
      return;
    }
    if (!/\bpg_(?:inherits|partition_tree)\b/i.test(statement.text) || /\bdetach\b/i.test(statement.text)) return;
    for (const inner of statement.inner) {
      const { kind, tree, text } = inner.statement;
      const at = wordsAt(text);
      if (kind === 'AlterObjectSchemaStmt' && movedTable(tree) && at) {
        report({ at: outerRange(inner, at), message: 'partitions' });
      }
    }
  },
});

/** Names of schemas for what is not wanted among the rest. */
const ARCHIVE = /archiv|histor|old|backup|cold|trash|retired/i;

/** A table that is moved among what is old. */
function movedTable(tree: unknown): TableName | undefined {
  const fields = unwrap(tree)?.fields;
  const isTable = fields?.objectType === 'OBJECT_TABLE' && fields.relation !== undefined;
  return isTable && ARCHIVE.test(String(fields.newschema)) ? asTable(fields.relation as NodeFields) : undefined;
}

/** The table a partition belongs to, unless the file detaches it. */
function parentOf(table: TableName, file: FileContext, catalog: Catalog | undefined): string | undefined {
  const detaches = [...file.earlier(table.name), ...file.later(table.name)].some(
    statement => partitionChange(statement)?.detaches,
  );
  return detaches ? undefined : knownTable(table, { file, catalog })?.partitionOf?.name;
}

function wordsAt(text: string): { readonly start: number; readonly end: number } | undefined {
  const words = /\bset\s+schema\s+(?:"[^"]+"|\w+)/i.exec(text);
  return words ? { start: words.index, end: words.index + words[0].length } : undefined;
}
