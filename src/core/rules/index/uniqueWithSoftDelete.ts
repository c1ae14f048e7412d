import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list, stringValue } from '../support/expressions';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const uniqueWithSoftDelete = defineRule({
  id: 'index/unique-with-soft-delete',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['IndexStmt', 'CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Unique key with a deletion time that is NULL',
  docs: {
    problem: 'A unique key contains the time of deletion, which is NULL for every row that is not deleted.',
    why: 'NULLs count as different from each other, so any number of live rows with the same values is accepted: the key enforces nothing where it matters.',
    whenToIgnore: 'Something else keeps live rows unique.',
  },
  messages: {
    null: '{column} is NULL in live rows and NULLs are all different, so duplicates of them are accepted; use a unique index WHERE {column} IS NULL.',
  },
  examples: [
    {
      title: 'one live user per address, as intended',
      bad: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz); CREATE UNIQUE INDEX users_email ON users (email, deleted_at);',
      flags: 'deleted_at',
    },
    {
      title: 'as a constraint',
      bad: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, UNIQUE (email, deleted_at))',
      flags: 'UNIQUE (email, deleted_at)',
    },
    {
      title: 'live rows only',
      good: 'CREATE TABLE users (email text, deleted_at timestamptz); CREATE UNIQUE INDEX ON users (email) WHERE deleted_at IS NULL;',
    },
    {
      title: 'NULLs taken as equal',
      good: 'CREATE TABLE users (email text, deleted_at timestamptz, UNIQUE NULLS NOT DISTINCT (email, deleted_at))',
    },
    {
      title: 'a column that is never NULL',
      good: "CREATE TABLE users (email text, deleted_at timestamptz NOT NULL DEFAULT 'infinity', UNIQUE (email, deleted_at))",
    },
    {
      title: 'another time',
      good: 'CREATE TABLE readings (sensor_id int, taken_at timestamptz, UNIQUE (sensor_id, taken_at))',
    },
    {
      title: 'not unique',
      good: 'CREATE TABLE users (email text, deleted_at timestamptz); CREATE INDEX ON users (email, deleted_at);',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!relation) return;
    const table = knownTable(asTable(relation), { file, catalog }, { statement });
    const isDeletion = (column: string | undefined): column is string =>
      column !== undefined &&
      /^(?:deleted|removed|archived)_(?:at|on)$/.test(column) &&
      table?.columns.get(column)?.notNull === false;
    const created = createdIndex(statement);
    if (created?.unique && created.predicate === undefined && created.keys.length > 1) {
      const key =
        created.fields.nulls_not_distinct === true ? undefined : created.keys.find(({ column }) => isDeletion(column));
      if (key?.column !== undefined) report({ at: key.range, message: 'null', values: { column: key.column } });
    }
    for (const constraint of find('Constraint')) {
      const { contype, keys, nulls_not_distinct: isEqual } = constraint.fields;
      const columns = list(keys).map(stringValue);
      const column = columns.length > 1 ? columns.find(isDeletion) : undefined;
      if (contype !== 'CONSTR_UNIQUE' || isEqual === true || column === undefined) continue;
      const { start } = rangeOf(constraint);
      report({ at: { start, end: statement.text.indexOf(')', start) + 1 }, message: 'null', values: { column } });
    }
  },
});
