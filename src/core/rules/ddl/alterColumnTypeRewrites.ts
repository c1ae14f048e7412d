import { defineRule } from '../defineRule';
import type { Catalog } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { asColumn } from '../support/expressions';
import { parseType, rewriteOf, typeOf } from '../support/typeChange';
import type { ColumnType } from '../support/typeChange';

export const alterColumnTypeRewrites = defineRule({
  id: 'ddl/alter-column-type-rewrites',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'Change of type that rewrites the table',
  docs: {
    problem: 'The table and all its indexes are written anew while reads and writes wait.',
    why: 'Only types stored alike are exchanged without a rewrite: a longer or unlimited varchar, varchar to text, a numeric with more digits and the same scale. For others add a second column, keep both in step with a trigger, fill it in batches and swap the names.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    rewrites:
      'Reads and writes of {table} wait while it is rewritten: {column} becomes {type}, which is stored differently.',
    wasRewritten:
      'Reads and writes of {table} wait while it is rewritten: {column} is {old}, and {type} is stored differently or must be checked.',
    using: 'Reads and writes of {table} wait while USING computes {column} anew for every row.',
    zone: 'Reads and writes of {table} wait while it is rewritten, unless TimeZone is UTC in this session: {old} becomes {type}.',
  },
  examples: [
    {
      title: 'a wider integer',
      bad: 'ALTER TABLE orders ALTER COLUMN id TYPE bigint',
      flags: 'ALTER COLUMN id TYPE bigint',
    },
    {
      title: 'a shorter text, which must be checked',
      schema: 'CREATE TABLE users (name varchar(100));',
      bad: 'ALTER TABLE users ALTER name TYPE varchar(50)',
      flags: 'ALTER name TYPE varchar(50)',
    },
    {
      title: 'another scale',
      schema: 'CREATE TABLE orders (total numeric(10,2));',
      bad: 'ALTER TABLE orders ALTER total TYPE numeric(12,4)',
      flags: 'ALTER total TYPE numeric(12,4)',
    },
    {
      title: 'a time zone',
      schema: 'CREATE TABLE counts (at timestamp);',
      bad: 'ALTER TABLE counts ALTER at TYPE timestamptz',
      flags: 'ALTER at TYPE timestamptz',
    },
    {
      title: 'computed values',
      bad: "ALTER TABLE counts ALTER at TYPE timestamptz USING at AT TIME ZONE 'Asia/Kolkata'",
      flags: "ALTER at TYPE timestamptz USING at AT TIME ZONE 'Asia/Kolkata'",
    },
    {
      title: 'a longer varchar',
      schema: 'CREATE TABLE users (name varchar(50));',
      good: 'ALTER TABLE users ALTER name TYPE varchar(100)',
    },
    {
      title: 'varchar to text',
      schema: 'CREATE TABLE users (name varchar(50));',
      good: 'ALTER TABLE users ALTER COLUMN name SET DATA TYPE text USING name::text',
    },
    {
      title: 'more digits',
      schema: 'CREATE TABLE orders (total numeric(10,2));',
      good: 'ALTER TABLE orders ALTER total TYPE numeric(12,2)',
    },
    { title: 'from a type nobody knows', good: 'ALTER TABLE users ALTER name TYPE text' },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (id int); ALTER TABLE orders ALTER id TYPE bigint;',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int);',
      good: 'ALTER TABLE zones ALTER id TYPE bigint',
    },
  ],
  check(context) {
    const { statement, catalog, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing) return;
    for (const { subtype, name = '', def, range } of alter.commands) {
      const typeName = def?.fields.typeName as NodeFields | undefined;
      if (subtype !== 'AT_AlterColumnType' || !def || !typeName) continue;
      const to = typeOf(typeName);
      if (to === undefined || isDomain(to, catalog)) continue;
      const old = existing.relation?.columns.find(column => column.name === name)?.type;
      const common = { at: range, ...existing.size };
      const values = { table: existing.name, column: name, type: printed(to) };
      if (computes(def.fields.raw_default, name, to)) {
        report({ ...common, message: 'using', values: { table: existing.name, column: name } });
        continue;
      }
      const rewrite = rewriteOf(old === undefined ? undefined : parseType(old), to);
      if (rewrite === 'unless UTC') report({ ...common, message: 'zone', values: { ...values, old: old ?? '' } });
      else if (rewrite === 'rewrite' && old === undefined) report({ ...common, message: 'rewrites', values });
      else if (rewrite === 'rewrite') {
        report({ ...common, message: 'wasRewritten', values: { ...values, old: old ?? '' } });
      }
    }
  },
});

/** True unless USING is the column itself or its cast to the new type, which is what happens without it. */
function computes(using: unknown, column: string, to: ColumnType): boolean {
  if (using === undefined) return false;
  const cast = unwrap(using);
  if (cast?.type !== 'TypeCast') return asColumn(using)?.name !== column;
  return typeOf(cast.fields.typeName as NodeFields)?.name !== to.name || asColumn(cast.fields.arg)?.name !== column;
}

function isDomain(type: ColumnType, catalog: Catalog | undefined): boolean {
  return catalog?.types?.some(({ name, kind }) => name === type.name && kind === 'domain') === true;
}

function printed({ name, modifiers, isArray }: ColumnType): string {
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(',')})` : ''}${isArray ? '[]' : ''}`;
}
