import { identifierOf, quoteIdentifier } from '../../sql/identifiers';
import type { Relation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import type { Fix } from '../finding';
import { readAlterTable } from '../support/alterTable';
import type { AlterTable, TableCommand } from '../support/alterTable';
import { existingTable, insertion, spelledName } from '../support/existingTable';
import { asColumn, contains, list, stringValue } from '../support/expressions';

export const setNotNullScan = defineRule({
  id: 'ddl/set-not-null-scan',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'SET NOT NULL that reads the whole table under a lock',
  docs: {
    problem: 'Reads and writes of the table wait until every row has been looked at for a NULL.',
    why: 'Since PostgreSQL 12 a validated `CHECK (column IS NOT NULL)` proves it without the scan; it can be added NOT VALID and validated while others go on. PostgreSQL 18 has the same for NOT NULL itself: `ADD CONSTRAINT name NOT NULL column NOT VALID`.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    scans:
      'Reads and writes of {table} wait while all rows are checked; with a validated CHECK ({column} IS NOT NULL) nothing has to be read.',
  },
  examples: [
    {
      title: 'a column of a live table',
      bad: 'ALTER TABLE orders ALTER COLUMN region SET NOT NULL',
      flags: 'ALTER COLUMN region SET NOT NULL',
      fixed:
        'ALTER TABLE orders ADD CONSTRAINT orders_region_present CHECK (region IS NOT NULL) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_region_present;\nALTER TABLE orders ALTER COLUMN region SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT orders_region_present',
    },
    {
      title: 'a NOT NULL constraint of PostgreSQL 18',
      bad: 'ALTER TABLE orders ADD CONSTRAINT region_present NOT NULL region',
      flags: 'ADD CONSTRAINT region_present NOT NULL region',
    },
    {
      title: 'a primary key over columns that may be NULL',
      schema:
        'CREATE TABLE farms (id bigint, name text); CREATE UNIQUE INDEX farms_id ON farms (id); -- farms: 900000 rows',
      bad: 'ALTER TABLE farms ADD CONSTRAINT farms_pkey PRIMARY KEY USING INDEX farms_id',
      flags: 'ADD CONSTRAINT farms_pkey PRIMARY KEY USING INDEX farms_id',
    },
    {
      title: 'a primary key over columns that are NOT NULL',
      schema: 'CREATE TABLE farms (id bigint NOT NULL); CREATE UNIQUE INDEX farms_id ON farms (id);',
      good: 'ALTER TABLE farms ADD CONSTRAINT farms_pkey PRIMARY KEY USING INDEX farms_id',
    },
    {
      title: 'proven by a CHECK of the same file',
      good: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (region IS NOT NULL) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c; ALTER TABLE orders ALTER region SET NOT NULL; ALTER TABLE orders DROP CONSTRAINT c;',
    },
    {
      title: 'after validating a constraint of an earlier migration',
      good: 'ALTER TABLE orders VALIDATE CONSTRAINT region_present; ALTER TABLE orders ALTER region SET NOT NULL;',
    },
    {
      title: 'and dropping the constraint that proves it',
      good: 'ALTER TABLE orders ALTER region SET NOT NULL, DROP CONSTRAINT region_present',
    },
    {
      title: 'a column that is NOT NULL already',
      schema: 'CREATE TABLE orders (region text NOT NULL);',
      good: 'ALTER TABLE orders ALTER region SET NOT NULL',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (region text); ALTER TABLE orders ALTER region SET NOT NULL;',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (name text);',
      good: 'ALTER TABLE zones ALTER name SET NOT NULL',
    },
    { title: 'not validated yet', good: 'ALTER TABLE orders ADD CONSTRAINT region_present NOT NULL region NOT VALID' },
  ],
  check(context) {
    const { statement, file, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing) return;
    for (const command of alter.commands) {
      const column = columnsMadeNotNull(command, existing.relation).find(
        name => !isProven(name, alter, existing.relation, file),
      );
      if (column === undefined) continue;
      report({
        at: command.range,
        message: 'scans',
        values: { table: existing.name, column },
        ...existing.size,
        fixes: withCheck(statement, alter, command, file),
      });
    }
  },
});

function columnsMadeNotNull({ subtype, name, def }: TableCommand, relation: Relation | undefined): readonly string[] {
  if (subtype === 'AT_SetNotNull') return name === undefined ? [] : [name];
  if (subtype !== 'AT_AddConstraint') return [];
  const { contype, indexname, keys, skip_validation: skipped } = def?.fields ?? {};
  if (contype === 'CONSTR_NOTNULL') return skipped === true ? [] : list(keys).flatMap(key => stringValue(key) ?? []);
  // PRIMARY KEY USING INDEX: the index is built, but its columns become NOT NULL now.
  if (contype !== 'CONSTR_PRIMARY' || indexname === undefined) return [];
  return relation?.indexes.find(index => index.name === indexname)?.keys.map(identifierOf) ?? [];
}

/** True if a constraint that the catalog or the file shows may save the scan. */
function isProven(column: string, alter: AlterTable, relation: Relation | undefined, file: FileContext): boolean {
  if (relation?.columns.some(({ name, notNull }) => name === column && notNull)) return true;
  // Which condition a CHECK has the catalog does not say; one over this column alone is most likely it.
  const isCheck = ({ kind, columns, validated }: Relation['constraints'][number]): boolean =>
    kind === 'check' && validated && columns.length === 1 && columns[0] === column;
  if (relation?.constraints.some(isCheck)) return true;
  const dropsConstraint = ({ commands }: AlterTable): boolean =>
    commands.some(({ subtype }) => subtype === 'AT_DropConstraint');
  const earlier = alterTables(file.earlier(alter.table.name), alter);
  return (
    dropsConstraint(alter) ||
    alterTables(file.later(alter.table.name), alter).some(dropsConstraint) ||
    earlier.some(({ commands }) => commands.some(command => provesNotNull(command, column)))
  );
}

function alterTables(statements: readonly ParsedStatement[], { table }: AlterTable): AlterTable[] {
  return statements
    .flatMap(statement => readAlterTable(statement) ?? [])
    .filter(other => other.table.name === table.name);
}

function provesNotNull({ subtype, def }: TableCommand, column: string): boolean {
  if (subtype === 'AT_ValidateConstraint') return true;
  if (subtype !== 'AT_AddConstraint' || def?.fields.contype !== 'CONSTR_CHECK') return false;
  return (
    def.fields.skip_validation !== true &&
    contains(
      def.fields.raw_expr,
      (type, { nulltesttype, arg }) =>
        type === 'NullTest' && nulltesttype === 'IS_NOT_NULL' && asColumn(arg)?.name === column,
    )
  );
}

/** The four steps, for a plain name and an action that stands alone. */
function withCheck(
  statement: ParsedStatement,
  alter: AlterTable,
  { subtype, name, range }: TableCommand,
  file: FileContext,
): Fix[] {
  if (subtype !== 'AT_SetNotNull' || name === undefined || alter.commands.length > 1 || file.inTransaction) return [];
  const table = `ALTER TABLE ${spelledName(statement, alter.table)}`;
  const check = quoteIdentifier(`${alter.table.name}_${name}_present`);
  return [
    {
      title: 'Prove it with a CHECK first',
      // More steps that can fail on their own.
      safe: false,
      edits: [
        insertion(
          0,
          `${table} ADD CONSTRAINT ${check} CHECK (${quoteIdentifier(name)} IS NOT NULL) NOT VALID;\n` +
            `${table} VALIDATE CONSTRAINT ${check};\n`,
        ),
        insertion(Math.max(range.end, statement.text.length), `;\n${table} DROP CONSTRAINT ${check}`),
      ],
    },
  ];
}
