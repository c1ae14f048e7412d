import assert from 'node:assert/strict';
import { emptyCatalog, findRelation, type Relation } from '../../../src/core/catalog/catalog';
import { catalogFromDdl, catalogFromText, DdlReader } from '../../../src/core/catalog/catalogFromDdl';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';

describe('core/catalog/catalogFromDdl', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const read = (ddl: string) => catalogFromDdl(new Script(grammar, ddl), emptyCatalog('ddl'));
  const relation = (ddl: string, name: string): Relation => {
    const found = findRelation(read(ddl), name);
    assert.ok(found, name);
    return found;
  };

  it('reads columns with their types and NOT NULL', () => {
    const { columns } = relation(
      'create table t (id bigint primary key, price numeric(12,2) not null, at timestamptz[])',
      't',
    );
    assert.deepEqual(
      columns.map(c => [c.name, c.type, c.notNull]),
      [
        ['id', 'bigint', true],
        ['price', 'numeric(12,2)', true],
        ['at', 'timestamp with time zone[]', false],
      ],
    );
  });
  it('knows the indexes behind keys and the targets of foreign keys', () => {
    const t = relation(
      'create table p (id int primary key); create table t (a int, b int, p_id int references p, unique (a, b), foreign key (a) references s.q (x))',
      't',
    );
    assert.deepEqual(
      t.indexes.map(i => [i.name, i.unique, i.keys]),
      [['t_a_b_key', true, ['a', 'b']]],
    );
    assert.deepEqual(
      t.constraints
        .filter(c => c.kind === 'foreign key')
        .map(c => [c.columns, c.references?.schema, c.references?.relation]),
      [
        [['p_id'], 'public', 'p'],
        [['a'], 's', 'q'],
      ],
    );
  });
  it('follows CREATE INDEX, ALTER TABLE and DROP', () => {
    const t = relation(
      `create table t (a int); alter table t add column b text, alter column a set not null;
       create index t_b on t using gin ((lower(b)) ) where a > 0; create index gone on t (a); drop index gone`,
      't',
    );
    assert.deepEqual(
      t.columns.map(c => [c.name, c.notNull]),
      [
        ['a', true],
        ['b', false],
      ],
    );
    assert.deepEqual(
      t.indexes.map(i => [i.name, i.method, i.keys, i.predicate]),
      [['t_b', 'gin', ['lower(b)'], 'a > 0']],
    );
    assert.equal(findRelation(read('create table t (a int); drop table t'), 't'), undefined);
  });
  it('passes over what it cannot read', () => {
    assert.equal(read('create tabel x (; create table y (a int); vacuum; select 1').relations.length, 1);
  });
  it('derives the columns of views and knows when it cannot', () => {
    const ddl = `create table cameras (id bigint, name text); create view v as select c.*, count(*) from cameras c group by 1, 2;
      create view w as select * from elsewhere; create materialized view m as select id, extra.* from cameras, extra`;
    const view = relation(ddl, 'v');
    assert.deepEqual(
      view.columns.map(c => [c.name, c.type]),
      [
        ['id', 'bigint'],
        ['name', 'text'],
        ['count', 'bigint'],
      ],
    );
    assert.equal(view.columnsKnown, undefined);
    assert.equal(relation(ddl, 'w').columnsKnown, false);
    assert.deepEqual([relation(ddl, 'm').columnsKnown, relation(ddl, 'm').columns.map(c => c.name)], [false, ['id']]);
  });
  it('passes over the noise of psql and pg_dump', () => {
    const dump = `\\restrict abc
SET statement_timeout = 0;
SET default_table_access_method = heap;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.orders (id bigint NOT NULL, state public.state);
ALTER TABLE public.orders OWNER TO app;
COPY public.orders (id, state) FROM stdin;
1	create table public.wrong (id int);
\\.
GRANT SELECT ON public.orders TO reader;
SELECT pg_catalog.setval('public.orders_id_seq', 17, true);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id) \\g
CREATE INDEX orders_state ON public.orders USING btree (state DESC);
\\unrestrict abc
`;
    for (const catalog of [read(dump), catalogFromText(grammar, dump, emptyCatalog('ddl'))]) {
      assert.deepEqual(catalog.searchPath, ['public']);
      assert.deepEqual(
        catalog.relations.map(({ name }) => name),
        ['orders'],
      );
      const orders = catalog.relations[0]!;
      assert.deepEqual(
        orders.indexes.map(each => each.definition),
        [
          'CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)',
          'CREATE INDEX orders_state ON public.orders USING btree (state DESC)',
        ],
      );
    }
  });
  it('finds unqualified names where the text has put them', () => {
    const catalog = read('create schema app; set search_path to app, public; create table orders (id int); reset all');
    assert.equal(findRelation(catalog, 'orders')?.schema, 'app');
  });
  it('says where things are defined', () => {
    const text = `-- first
create table "Orders" (id int); create type state as enum ('a'); create function f() returns int language sql as 'select 1';
/* größer */ create view app.v as select 1 as a;`;
    const catalog = catalogFromText(grammar, text, emptyCatalog('ddl'), 'file:///schema.sql');
    const places = [...catalog.relations, ...(catalog.types ?? []), ...(catalog.functions ?? [])].map(each => {
      const { uri, range } = each.definedAt!;
      return `${uri.slice(-10)} ${text.slice(range.start, range.end)}`;
    });
    assert.deepEqual(places, ['schema.sql "Orders"', 'schema.sql app.v', 'schema.sql state', 'schema.sql f']);
  });
  it('forgets temporary tables', () => {
    assert.deepEqual(
      read('create temp table x (a int); create table y (like x)').relations.map(r => r.name),
      ['y'],
    );
  });
  it('adds what a DO block may add, and takes nothing away', () => {
    const text = `do $$ begin create type mood as enum ('calm'); exception when duplicate_object then null; end $$;
      create table t (a int, b int);
      do $$ begin
        if true then drop table t; end if;
        alter table t drop column b;
        alter table t add constraint named check (a > 0);
      end $$`;
    for (const catalog of [read(text), catalogFromText(grammar, text, emptyCatalog('ddl'))]) {
      assert.deepEqual(
        catalog.types?.map(({ name }) => name),
        ['mood'],
      );
      const [t] = catalog.relations;
      assert.deepEqual([t?.columns.length, t?.constraints.map(({ name }) => name)], [2, ['named']]);
    }
  });
  it('names constraints and indexes apart', () => {
    const t = relation(
      `create table t (a int primary key, b int unique); alter table t rename to old;
       create table t (a int primary key, b int unique references old, c int, d int, check (c > 0), check (c > 1));
       create index on t (lower(c), d); create index on t (lower(c), d)`,
      't',
    );
    assert.deepEqual(
      [...new Set([...t.indexes, ...t.constraints].map(each => each.name))].sort(),
      ['t_pkey1', 't_b_fkey', 't_b_key1', 't_c_check', 't_c_check1', 't_lower_d_idx', 't_lower_d_idx1'].sort(),
    );
  });
  it('reads a large text without keeping it', () => {
    const table = (i: number): string => `create table t${i} (id bigint primary key, a int, b text not null);`;
    const text = Array.from({ length: 300 }, (_, i) => table(i)).join('\n');
    const reader = new DdlReader(grammar, emptyCatalog('ddl'));
    const offsets = [...reader.read(text)];
    assert.equal(offsets.length, 300);
    assert.equal(offsets.at(-1), text.length);
    assert.equal(reader.catalog().relations.length, 300);
  });
});
