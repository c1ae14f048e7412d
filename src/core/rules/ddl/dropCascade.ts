import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import { readAlterTable } from '../support/alterTable';
import { tableInUse } from '../support/existingTable';
import { list, stringValue } from '../support/expressions';

export const dropCascade = defineRule({
  id: 'ddl/drop-cascade',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['DropStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'DROP ... CASCADE',
  docs: {
    problem:
      'Views, foreign keys, functions and columns that depend on it are dropped too, whichever they are on that server.',
    why: 'The file does not say what else goes. Without CASCADE PostgreSQL lists what depends on it and drops nothing; drop those by name.',
    whenToIgnore: 'The database is thrown away or built anew.',
  },
  messages: {
    unnamed: 'Whatever depends on {name} is dropped with it, unnamed; drop the dependent objects by name instead.',
    schema:
      'Everything in the schema {name} is dropped, and whatever depends on it elsewhere; drop its objects by name.',
  },
  examples: [
    { title: 'a table', bad: 'DROP TABLE customers CASCADE', flags: 'CASCADE' },
    { title: 'a column', bad: 'ALTER TABLE orders DROP COLUMN region CASCADE', flags: 'CASCADE' },
    { title: 'a schema', bad: 'DROP SCHEMA utils CASCADE', flags: 'CASCADE' },
    { title: 'a type', bad: 'drop type if exists mood cascade;', flags: 'cascade' },
    { title: 'without CASCADE', good: 'DROP TABLE customers' },
    {
      title: 'a schema file that begins anew',
      good: 'DROP TABLE IF EXISTS customers CASCADE; CREATE TABLE customers (id bigint PRIMARY KEY);',
    },
    {
      title: 'a whole schema that begins anew',
      good: 'DROP SCHEMA IF EXISTS farm CASCADE; CREATE SCHEMA farm;',
    },
    {
      title: 'a type that is created anew',
      good: 'DROP TYPE IF EXISTS span CASCADE; CREATE TYPE span AS (first int, last int);',
    },
    { title: 'a table created in the same file', good: 'CREATE TABLE load (id int); DROP TABLE load CASCADE;' },
    {
      title: 'a constraint that is added again',
      good: 'ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_pk CASCADE; ALTER TABLE orders ADD CONSTRAINT orders_pk PRIMARY KEY (id);',
    },
    { title: 'a trigger, on which nothing depends', good: 'DROP TRIGGER IF EXISTS touch ON orders CASCADE' },
    { title: 'rows', good: 'DELETE FROM customers WHERE id = 5' },
    {
      title: 'a function that is created anew',
      good: 'DROP FUNCTION IF EXISTS f(int) CASCADE; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN a;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    const isMadeAnew = (name: string): boolean =>
      [...file.later(name), ...file.earlier(name)].some(
        ({ kind = '' }) =>
          kind.startsWith('Create') || kind === 'ViewStmt' || kind === 'CompositeTypeStmt' || kind === 'DefineStmt',
      );
    if (statement.kind === 'AlterTableStmt') {
      const alter = readAlterTable(statement);
      if (!alter || !tableInUse(alter.table, context)) return;
      for (const { subtype, name = '', fields, range } of alter.commands) {
        if (!/^AT_Drop(Column|Constraint)$/.test(subtype) || fields.behavior !== 'DROP_CASCADE') continue;
        if (subtype === 'AT_DropConstraint' && isAddedAgain(alter.table.name, name, file)) continue;
        report({ at: lastWord(range.end), message: 'unnamed', values: { name } });
      }
      return;
    }
    const drop = unwrap(statement.tree)?.fields;
    if (drop?.behavior !== 'DROP_CASCADE' || context.body || NOTHING_DEPENDS.has(drop.removeType)) return;
    const names = list(drop.objects)
      .map(nameOf)
      .filter(name => name !== '' && !isMadeAnew(name));
    if (names.length === 0) return;
    const message = drop.removeType === 'OBJECT_SCHEMA' ? 'schema' : 'unnamed';
    report({ at: lastWord(statement.text.length), message, values: { name: names.join(', ') } });
  },
});

/** `DROP CONSTRAINT orders_pkey CASCADE` in a file that adds it again, as one that can be run twice does. */
function isAddedAgain(table: string, constraint: string, file: FileContext): boolean {
  return file
    .later(table)
    .flatMap(other => readAlterTable(other)?.commands ?? [])
    .some(({ subtype, def }) => subtype === 'AT_AddConstraint' && def?.fields.conname === constraint);
}

/** Nothing can depend on these, so CASCADE changes nothing. */
const NOTHING_DEPENDS: ReadonlySet<unknown> = new Set([
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
  'OBJECT_INDEX',
]);

function lastWord(end: number): { readonly start: number; readonly end: number } {
  return { start: end - 'cascade'.length, end };
}

/** The last part of what DROP lists: a name, a type, or a function with its arguments. */
function nameOf(object: unknown): string {
  const node = unwrap(object);
  const parts = node?.fields.names ?? node?.fields.objname ?? object;
  return stringValue(object) ?? list(parts).map(stringValue).at(-1) ?? '';
}
