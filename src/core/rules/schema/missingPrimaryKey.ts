import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const missingPrimaryKey = defineRule({
  id: 'schema/missing-primary-key',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt'],
  needs: ['file'],
  title: 'Table without a primary key',
  docs: {
    problem: 'The table has no primary key and no unique key.',
    why: 'The same row can be stored twice and then not be told apart, logical replication cannot apply updates and deletes, and tools that edit rows cannot address one.',
    whenToIgnore: 'An append-only log or a staging table that nothing refers to.',
  },
  messages: {
    missing: '{table} has no primary key: equal rows cannot be told apart, and logical replication cannot update them.',
    partitioned:
      '{table} has no primary key: duplicates are accepted, and a search by id reads every partition. Use PRIMARY KEY (id, {key}).',
  },
  examples: [
    {
      title: 'a table of orders',
      bad: 'CREATE TABLE orders (id bigint, customer_id bigint, total numeric)',
      flags: 'orders',
    },
    {
      title: 'a partitioned table',
      bad: 'CREATE TABLE counting_results (id bigserial, camera_id int, result_timestamp timestamptz NOT NULL) PARTITION BY RANGE (result_timestamp)',
      flags: 'counting_results',
    },
    { title: 'in the column', good: 'CREATE TABLE orders (id bigint PRIMARY KEY)' },
    {
      title: 'added later, as pg_dump does',
      good: 'CREATE TABLE public.orders (id bigint NOT NULL); ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);',
    },
    { title: 'a unique key', good: 'CREATE TABLE flags (name text NOT NULL UNIQUE, value boolean)' },
    {
      title: 'a unique index made later',
      good: 'CREATE TABLE member (group_id int, user_id int); CREATE UNIQUE INDEX ON member (group_id, user_id);',
    },
    {
      title: 'a partition',
      good: "CREATE TABLE results_2024 PARTITION OF results FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
    { title: 'a temporary table', good: 'CREATE TEMP TABLE found (id bigint)' },
    { title: 'an unlogged staging table', good: 'CREATE UNLOGGED TABLE import_lines (line text)' },
    { title: 'columns and keys of another table', good: 'CREATE TABLE orders_new (LIKE orders INCLUDING ALL)' },
    {
      title: 'a key made of an index',
      good: 'CREATE TABLE orders (id bigint); ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id;',
    },
    { title: 'a list', good: 'CREATE TABLE lines (line text)' },
    {
      title: 'an exclusion',
      good: 'CREATE TABLE bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&))',
    },
    {
      title: 'a key added further down in a body',
      good: 'DO $$ BEGIN CREATE TABLE visits (id bigint, at timestamptz); ALTER TABLE visits ADD PRIMARY KEY (id); END $$',
    },
  ],
  check({ statement, file, body, find, rangeOf, report }) {
    // A later statement of the body may add the key.
    if (body) return;
    const fields = unwrap(statement.tree)?.fields;
    const relation = fields?.relation as NodeFields | undefined;
    if (!fields || !relation || relation.relpersistence !== 'p') return;
    const name = asTable(relation);
    const isKnown =
      find('TableLikeClause').length > 0 || fields.inhRelations !== undefined || fields.ofTypename !== undefined;
    const isExclusive = find('Constraint').some(({ fields: { contype } }) => contype === 'CONSTR_EXCLUSION');
    // A single column is a list of lines to be loaded more often than a table of things.
    if (isKnown || isExclusive || find('ColumnDef').length < 2) return;
    const table = knownTable(name, { file, catalog: undefined }, { statement, later: true });
    if (!table || table.keys.some(({ unique, predicate }) => unique && predicate === undefined)) return;
    if (file.indexesOn(name.name, name.schema).some(({ unique, partial }) => unique && !partial)) return;
    if (file.later(name.name).some(addsKeyFromIndex)) return;
    const at = rangeOf(find('RangeVar')[0]!);
    const key = table.partitionBy?.flatMap(column => column ?? []).join(', ');
    if (key) report({ at, message: 'partitioned', values: { table: name.name, key } });
    else report({ at, message: 'missing', values: { table: name.name } });
  },
});

function addsKeyFromIndex({ tree, kind }: { readonly tree?: unknown; readonly kind?: string }): boolean {
  if (kind === 'DropStmt') return true;
  if (kind !== 'AlterTableStmt') return false;
  return list(unwrap(tree)?.fields.cmds).some(item => {
    const contype = unwrap(unwrap(item)?.fields.def)?.fields.contype;
    return contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_EXCLUSION';
  });
}
