import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list, stringValue } from '../support/expressions';
import type { NodeFields } from '../nodeIndex';

export const addColumnNotNullWithoutDefault = defineRule({
  id: 'ddl/add-column-not-null-without-default',
  since: '0.1.0',
  severity: 'warning',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'New NOT NULL column without a default',
  docs: {
    problem: 'The statement fails as soon as the table has one row: the new column would be NULL there.',
    why: 'Give the column a default (since PostgreSQL 11 a constant one is stored once and no row is rewritten), or add it nullable, fill it in batches, and set NOT NULL afterwards.',
    whenToIgnore: 'The table is certainly empty.',
  },
  messages: { fails: 'This fails if {table} has any row: {column} would be NULL there. Give it a DEFAULT.' },
  examples: [
    {
      title: 'a mandatory column',
      bad: 'ALTER TABLE orders ADD COLUMN region text NOT NULL',
      flags: 'region text NOT NULL',
    },
    { title: 'with a default', good: "ALTER TABLE orders ADD COLUMN region text NOT NULL DEFAULT 'eu'" },
    { title: 'nullable', good: 'ALTER TABLE orders ADD COLUMN region text' },
    {
      title: 'an identity fills itself',
      good: 'ALTER TABLE orders ADD COLUMN n bigint NOT NULL GENERATED ALWAYS AS IDENTITY',
    },
    { title: 'a serial fills itself', good: 'ALTER TABLE orders ADD COLUMN n bigserial NOT NULL' },
    {
      title: 'a computed column',
      good: 'ALTER TABLE orders ADD COLUMN gross numeric NOT NULL GENERATED ALWAYS AS (net * 1.2) STORED',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE t (id int); ALTER TABLE t ADD COLUMN n int NOT NULL;',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const alter = unwrap(statement.tree)?.fields;
    const range = alter?.relation as NodeFields | undefined;
    if (!range || alter?.objtype !== 'OBJECT_TABLE') return;
    const table = asTable(range);
    if (file.isCreatedBefore(table.name, table.schema)) return;
    const relation = catalog && findRelation(catalog, table.name, table.schema);
    for (const column of find('ColumnDef')) {
      if (column.parent?.fields.subtype !== 'AT_AddColumn') continue;
      const kinds = list(column.fields.constraints).map(constraint => unwrap(constraint)?.fields.contype);
      if (!kinds.includes('CONSTR_NOTNULL') || kinds.some(kind => FILLING.has(String(kind)))) continue;
      const type = stringValue(list((column.fields.typeName as NodeFields | undefined)?.names).at(-1)) ?? '';
      if (/serial/.test(type)) continue;
      const rows = relation?.rowEstimate ?? 0;
      const name = String(column.fields.colname);
      const words = rangeOf(column);
      const rest = /^\s+null\b/i.exec(statement.text.slice(words.end));
      report({
        at: { start: words.start, end: words.end + (rest?.[0].length ?? 0) },
        message: 'fails',
        values: { table: table.name, column: name },
        ...(rows > 0 && { severity: 'error' as const, evidence: `${table.name}: about ${rows} rows` }),
      });
    }
  },
});

/** Constraints that give existing rows a value. */
const FILLING = new Set(['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED']);
