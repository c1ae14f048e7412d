import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import type { Fix } from '../finding';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import type { AlterTable, TableCommand } from '../support/alterTable';
import { existingTable, insertion, spelledName } from '../support/existingTable';
import { list, stringValue } from '../support/expressions';
import { isActionSaidBefore } from '../support/saidBefore';
import { volatileCall } from '../support/volatileDefault';

export const constraintBuildsIndex = defineRule({
  id: 'ddl/constraint-builds-index',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'Constraint that builds its index under an exclusive lock',
  docs: {
    problem:
      'Reads and writes of the table wait until the index of the UNIQUE, PRIMARY KEY or EXCLUDE constraint is built.',
    why: 'ALTER TABLE holds an ACCESS EXCLUSIVE lock meanwhile. Build the unique index with `CREATE UNIQUE INDEX CONCURRENTLY` first and make a constraint of it `USING INDEX`, which takes a moment. There is no such way for EXCLUDE.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    blocks:
      'Reads and writes of {table} wait while the index is built; build it CONCURRENTLY first and add the constraint USING INDEX.',
    exclusion:
      'Reads and writes of {table} wait while the index is built; an exclusion constraint cannot be added otherwise.',
  },
  examples: [
    {
      title: 'a unique constraint',
      bad: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)',
      flags: 'ADD CONSTRAINT users_email_key UNIQUE (email)',
      fixed:
        'CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key',
    },
    {
      title: 'a primary key without a name',
      bad: 'ALTER TABLE farm.visits ADD PRIMARY KEY (id)',
      flags: 'ADD PRIMARY KEY (id)',
    },
    {
      title: 'a new unique column',
      bad: 'ALTER TABLE users ADD COLUMN handle text UNIQUE',
      flags: 'ADD COLUMN handle text UNIQUE',
    },
    {
      title: 'an exclusion',
      bad: 'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)',
      flags: 'ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)',
    },
    {
      title: 'with an index built before',
      good: 'CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email); ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE users (id int, email text); ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id);',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int);',
      good: 'ALTER TABLE zones ADD PRIMARY KEY (id)',
    },
    {
      title: 'a partitioned table, where USING INDEX is refused',
      schema: 'CREATE TABLE events (id int) PARTITION BY RANGE (id);',
      good: 'ALTER TABLE events ADD PRIMARY KEY (id)',
    },
    {
      title: 'a numbered column, which rewrites the table anyway',
      good: 'ALTER TABLE visits ADD COLUMN id bigserial PRIMARY KEY',
    },
    {
      title: 'a new key that is filled row by row, which rewrites the table',
      good: 'ALTER TABLE visits ADD COLUMN id uuid DEFAULT gen_random_uuid() PRIMARY KEY',
    },
    { title: 'a new ordinary column', good: 'ALTER TABLE users ADD COLUMN handle text' },
  ],
  check(context) {
    const { statement, catalog, file, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing || existing.relation?.kind === 'partitioned table') return;
    if (isActionSaidBefore(file, command => indexKind(command, catalog) !== undefined)) return;
    for (const command of alter.commands) {
      const kind = indexKind(command, catalog);
      if (kind === undefined) continue;
      const common = { at: command.range, values: { table: existing.name }, ...existing.size };
      if (kind === 'CONSTR_EXCLUSION') report({ ...common, message: 'exclusion' });
      else report({ ...common, message: 'blocks', fixes: usingIndex(statement, alter, command, file) });
    }
  },
});

const WITH_INDEX: ReadonlySet<unknown> = new Set(['CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION']);

/** The kind of a constraint that builds an index; undefined for all others and for one made USING INDEX. */
function indexKind({ subtype, def }: TableCommand, catalog: Catalog | undefined): unknown {
  if (subtype === 'AT_AddConstraint') {
    return def?.fields.indexname === undefined && WITH_INDEX.has(def?.fields.contype) ? def?.fields.contype : undefined;
  }
  if (subtype !== 'AT_AddColumn') return undefined;
  const constraints = list(def?.fields.constraints).map(constraint => unwrap(constraint)?.fields);
  const kinds = constraints.map(constraint => constraint?.contype);
  const type = stringValue(list((def?.fields.typeName as NodeFields | undefined)?.names).at(-1)) ?? '';
  // A column that numbers the rows, or fills each in its own way, rewrites the table, which another rule says.
  const value = constraints.find(constraint => constraint?.contype === 'CONSTR_DEFAULT')?.raw_expr;
  const isFilled = value !== undefined && volatileCall(value, catalog) !== undefined;
  if (kinds.includes('CONSTR_IDENTITY') || type.includes('serial') || isFilled) return undefined;
  return kinds.find(kind => WITH_INDEX.has(kind));
}

/** Two statements for a named constraint over plain columns. */
function usingIndex(
  statement: ParsedStatement,
  alter: AlterTable,
  { subtype, def, range }: TableCommand,
  file: FileContext,
): Fix[] {
  const name = def?.fields.conname;
  const text = statement.text.slice(range.start, range.end);
  const keys = /\b(?:unique|primary\s+key)(\s*)(\([^()]*\))\s*$/i.exec(text);
  if (subtype !== 'AT_AddConstraint' || typeof name !== 'string' || alter.commands.length > 1) return [];
  if (file.inTransaction || !keys) return [];
  const index = quoteIdentifier(name);
  const table = spelledName(statement, alter.table);
  const listStart = range.start + keys.index + keys[0].indexOf(keys[2]!);
  return [
    {
      title: 'Build the index CONCURRENTLY first',
      // Another step that can fail, and one that cannot run in a transaction.
      safe: false,
      edits: [
        insertion(0, `CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${table} ${keys[2]!};\n`),
        {
          range: { start: listStart, end: listStart + keys[2]!.length },
          newText: `${keys[1] === '' ? ' ' : ''}USING INDEX ${index}`,
        },
      ],
    },
  ];
}
