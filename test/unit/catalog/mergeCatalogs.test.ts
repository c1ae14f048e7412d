import assert from 'node:assert/strict';
import { emptyCatalog, findRelation, findRoutines, type Catalog } from '../../../src/core/catalog/catalog';
import { catalogFromText } from '../../../src/core/catalog/catalogFromDdl';
import { mergeCatalogs } from '../../../src/core/catalog/mergeCatalogs';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';

describe('core/catalog/mergeCatalogs', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const written = (ddl: string): Catalog => catalogFromText(grammar, ddl, emptyCatalog('ddl'), 'file:///schema.sql');
  const onServer = (ddl: string, searchPath = ['public']): Catalog => {
    const catalog = catalogFromText(grammar, ddl, { ...emptyCatalog('server'), searchPath, serverVersion: 180000 });
    return { ...catalog, relations: catalog.relations.map(each => ({ ...each, rowEstimate: 5 })) };
  };

  it('adds what is not migrated yet', () => {
    const server = onServer('create table orders (id int primary key, state text); create index one on orders (state)');
    const both = mergeCatalogs(
      server,
      written(`create table orders (id bigint primary key, state text, total numeric);
        create index other_name on orders (state); create index fresh on orders (total);
        create table payments (id int references orders); create type mood as enum ('calm')`),
    );
    const orders = findRelation(both, 'orders');
    assert.deepEqual(
      orders?.columns.map(({ name, type }) => `${name} ${type}`),
      ['id integer', 'state text', 'total numeric'],
    );
    assert.deepEqual(
      orders?.indexes.map(({ name }) => name),
      ['orders_pkey', 'one', 'fresh'],
    );
    assert.equal(orders?.rowEstimate, 5);
    assert.equal(orders?.definedAt?.uri, 'file:///schema.sql');
    assert.equal(findRelation(both, 'payments')?.rowEstimate, undefined);
    assert.equal(both.types?.length, 1);
    assert.deepEqual([both.source, both.serverVersion], ['both', 180000]);
  });

  it('takes a table without a schema for the one on the search path', () => {
    const server = onServer('create table app.orders (id int)', ['app']);
    const both = mergeCatalogs(server, written('create table orders (id int); create table other.orders (id int)'));
    assert.deepEqual(
      both.relations.map(({ schema, name }) => `${schema}.${name}`),
      ['app.orders', 'other.orders'],
    );
    assert.ok(findRelation(both, 'orders')?.definedAt);
  });

  it('does not mix a table with a view of the same name', () => {
    const server = onServer('create table totals (id int)');
    const both = mergeCatalogs(server, written('create view totals as select 1 as other'));
    assert.deepEqual(findRelation(both, 'totals'), findRelation(server, 'totals'));
  });
});

describe('core/catalog/lookup', () => {
  let catalog: Catalog;
  before(async () => {
    const text = `create table orders (id int); create table app.orders (id int); create table app.only_app (id int);
      create function f(int) returns int language sql as 'select 1'; create function f(text) returns int language sql as 'select 1';
      create function app.f(int) returns int language sql as 'select 1'`;
    catalog = catalogFromText(await loadGrammar(), text, emptyCatalog('ddl'));
  });

  it('follows the search path', () => {
    const schemaOf = (name: string, searchPath: string[], schema?: string): string | undefined =>
      findRelation({ ...catalog, searchPath }, name, schema)?.schema;
    assert.equal(schemaOf('orders', ['public', 'app']), 'public');
    assert.equal(schemaOf('orders', ['app', 'public']), 'app');
    assert.equal(schemaOf('only_app', ['public']), undefined);
    assert.equal(schemaOf('only_app', ['public'], 'app'), 'app');
    assert.equal(schemaOf('constructor', ['public']), undefined);
  });

  it('prefers temporary tables and pg_catalog', () => {
    const [orders] = catalog.relations;
    const relations = ['public', 'pg_catalog', 'pg_temp_3'].map(schema => ({ ...orders!, schema }));
    assert.equal(findRelation({ ...catalog, relations }, 'orders')?.schema, 'pg_temp_3');
    assert.equal(findRelation({ ...catalog, relations }, 'orders', 'pg_temp')?.schema, 'pg_temp_3');
    const stored = relations.slice(0, 2);
    assert.equal(findRelation({ ...catalog, relations: stored }, 'orders')?.schema, 'pg_catalog');
    const searchPath = ['public', 'pg_catalog'];
    assert.equal(findRelation({ ...catalog, relations: stored, searchPath }, 'orders')?.schema, 'public');
  });

  it('finds every routine of a name', () => {
    assert.deepEqual(
      findRoutines(catalog, 'f').map(({ schema, parameters }) => `${schema} ${parameters[0]?.type}`),
      ['public integer', 'public text'],
    );
    assert.equal(findRoutines({ ...catalog, searchPath: ['app', 'public'] }, 'f').length, 3);
    assert.equal(findRoutines(catalog, 'f', 'app').length, 1);
    assert.deepEqual(findRoutines({ ...catalog, functions: undefined }, 'f'), []);
  });
});
