import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import { findRelation, type Catalog } from '../../src/core/catalog/catalog';
import { openDatabase } from '../../src/database/connect';
import { irreversibleEffects } from '../../src/database/irreversibleEffects';
import { proposeValues } from '../../src/database/parameterProposals';
import { openSession } from '../../src/database/session';
import { onEachServer } from './servers';

const SETUP = `
  create schema sales;
  create table sales.customers (id int primary key, "Full Name" varchar(40) not null);
  create table orders (
    id bigserial primary key, customer_id int references sales.customers, state text default 'new', total numeric(10, 2),
    tags text[], check (total >= 0));
  create table untouched (a int);
  create table measures (noted date not null, value float8) partition by range (noted);
  create table measures_2025 partition of measures for values from ('2025-01-01') to ('2026-01-01');
  create view big_orders as select * from orders where total > 100;
  create materialized view totals as select state, sum(total) as total from orders group by state;
  insert into sales.customers select n, 'Customer ' || n from generate_series(1, 100) n;
  insert into orders (customer_id, state, total, tags)
    select case when n % 10 > 0 then 1 + n * n % 100 end, case when n % 100 = 0 then 'open' else 'done' end, n, array['a', 'b']
    from generate_series(1, 10000) n;
  insert into measures select date '2025-01-01' + n % 365, n from generate_series(1, 1000) n;
  create index orders_state on orders (state, lower(state) desc) include (total) where total > 10;
  create extension pg_trgm;`;

describe('database/catalog', () => {
  onEachServer(SETUP, server => {
    let catalog: Catalog;

    before(async () => {
      await server().run('analyze orders');
      await server().run('analyze measures');
      catalog = await server().db.readCatalog();
    });

    it('knows relations by kind, in and outside the search path', () => {
      const kinds = catalog.relations.map(relation => `${relation.schema}.${relation.name}: ${relation.kind}`);
      assert.deepEqual(kinds, [
        'public.big_orders: view',
        'public.measures: partitioned table',
        'public.measures_2025: table',
        'public.orders: table',
        'public.totals: materialized view',
        'public.untouched: table',
        'sales.customers: table',
      ]);
      assert.deepEqual(catalog.searchPath, ['public']);
      assert.equal(findRelation(catalog, 'customers'), undefined);
      assert.ok(findRelation(catalog, 'customers', 'sales'));
    });

    it('reads columns, defaults and statistics', () => {
      const columns = findRelation(catalog, 'orders')?.columns ?? [];
      const texts = columns.map(({ name, type, notNull, defaultExpression }) =>
        [name, type, notNull ? 'not null' : '', defaultExpression ?? ''].join(' ').trim(),
      );
      assert.deepEqual(texts, [
        `id bigint not null nextval('orders_id_seq'::regclass)`,
        'customer_id integer',
        `state text  'new'::text`,
        'total numeric(10,2)',
        'tags text[]',
      ]);
      const state = columns[2]?.statistics;
      assert.deepEqual(state?.mostCommonValues, ['done', 'open']);
      assert.deepEqual(state?.mostCommonFrequencies, [Math.fround(0.99), Math.fround(0.01)]);
      assert.equal(Math.fround(columns[1]?.statistics?.nullFraction ?? 0), Math.fround(0.1));
      assert.deepEqual(columns[4]?.statistics?.mostCommonValues, ['{a,b}']);
      assert.equal(columns[0]?.statistics?.distinct, -1);
    });

    it('says nothing where nothing was analysed', () => {
      const untouched = findRelation(catalog, 'untouched');
      assert.equal(untouched?.rowEstimate, undefined);
      assert.equal(untouched?.columns[0]?.statistics, undefined);
      assert.equal(findRelation(catalog, 'orders')?.rowEstimate, 10000);
    });

    it('reads statistics of partitioned tables, and their partitions', () => {
      const measures = findRelation(catalog, 'measures');
      assert.equal(measures?.partitionKey, 'RANGE (noted)');
      assert.equal(measures?.columns[0]?.statistics?.nullFraction, 0);
      assert.equal(findRelation(catalog, 'measures_2025')?.isPartition, true);
    });

    it('reads indexes as PostgreSQL prints them', () => {
      const index = findRelation(catalog, 'orders')?.indexes.find(each => each.name === 'orders_state');
      assert.deepEqual(
        { ...index, sizeBytes: (index?.sizeBytes ?? 0) > 8192, definition: '' },
        {
          name: 'orders_state',
          method: 'btree',
          unique: false,
          primary: false,
          valid: true,
          keys: ['state', 'lower(state)'],
          include: ['total'],
          predicate: 'total > 10::numeric',
          definition: '',
          sizeBytes: true,
          scans: 0,
        },
      );
      assert.match(index?.definition ?? '', /lower\(state\) DESC/);
    });

    it('reads constraints', () => {
      const constraints = findRelation(catalog, 'orders')?.constraints.map(({ name: _name, ...rest }) => rest) ?? [];
      assert.deepEqual(
        constraints.sort((a, b) => a.kind.localeCompare(b.kind)),
        [
          { kind: 'check', columns: ['total'], validated: true, expression: 'total >= 0::numeric' },
          {
            kind: 'foreign key',
            columns: ['customer_id'],
            references: { schema: 'sales', relation: 'customers', columns: ['id'] },
            validated: true,
            onDelete: 'no action',
          },
          { kind: 'primary key', columns: ['id'], validated: true },
        ],
      );
    });

    it('reads version, settings, extensions, activity and sizes', () => {
      assert.equal(Math.floor((catalog.serverVersion ?? 0) / 10000), server().major);
      assert.equal(catalog.settings['work_mem'], '4MB');
      assert.ok(catalog.extensions.some(each => each.name === 'pg_trgm'));
      const orders = findRelation(catalog, 'orders');
      assert.ok((orders?.sizeBytes ?? 0) >= (orders?.pages ?? 0) * 8192 && (orders?.pages ?? 0) > 50);
      assert.equal(typeof orders?.activity?.inserts, 'number');
    });

    it('does not wait for a table that is locked', async () => {
      const holder = await openSession(server().db.settings);
      await holder.execute('begin; lock table orders');
      const now = await server().db.readCatalog();
      await holder.end();
      assert.equal(findRelation(now, 'orders')?.sizeBytes, undefined);
      assert.equal(findRelation(now, 'orders')?.rowEstimate, 10000);
      assert.equal(findRelation(now, 'big_orders')?.query, undefined);
      assert.match(findRelation(catalog, 'big_orders')?.query ?? '', /total > 100::numeric$/);
    });

    it('reads what it may as a role without any rights', async () => {
      await server().run('create role stranger login');
      const { db } = server();
      const stranger = await openDatabase({ ...db.settings, user: 'stranger' });
      const seen = await stranger.readCatalog();
      await stranger.dispose();
      const withoutStatistics = (relations: Catalog['relations']): string[] =>
        relations.map(({ schema, name, columns }) => `${schema}.${name} ${columns.map(each => each.type).join()}`);
      assert.deepEqual(withoutStatistics(seen.relations), withoutStatistics(catalog.relations));
      assert.ok(catalog.relations.some(({ columns }) => columns.some(each => each.statistics)));
      assert.ok(seen.relations.every(({ columns }) => columns.every(each => each.statistics === undefined)));
    });

    it('stops when it is cancelled', async () => {
      const abort = new AbortController();
      const reading = server().db.readCatalog(abort.signal);
      abort.abort();
      await assert.rejects(reading, CancelledError);
      assert.ok((await server().db.readCatalog()).relations.length > 0);
    });

    it('proposes a common and a rare value, or a typical one', () => {
      const orders = findRelation(catalog, 'orders');
      assert.ok(orders);
      const state = proposeValues(orders, 'state').map(({ value, label }) => `${value}, ${label}`);
      assert.deepEqual(state, ['done, common: about 9,900 rows (99 %)', 'open, rare: about 100 rows (1 %)']);
      const id = proposeValues(orders, 'id');
      assert.deepEqual(
        id.map(({ frequency, rows }) => [frequency, rows]),
        [['typical', 1]],
      );
      assert.deepEqual(proposeValues(orders, 'nothing'), []);
    });

    it('knows that an insert uses up a sequence', () => {
      const text = `insert into orders (total) values (nextval('other_seq'))`;
      const tables = [{ name: 'orders', range: { start: 12, end: 18 }, use: 'insert' as const }];
      const effects = irreversibleEffects({ text, tables }, catalog);
      assert.deepEqual(
        effects.map(effect => effect.text),
        ['nextval uses up a sequence value', 'each inserted row uses up a value of the sequence of orders.id'],
      );
      assert.equal(text.slice(effects[0]?.range?.start, effects[0]?.range?.end), 'nextval');
    });

    it('knows that an insert uses up the sequence of an identity column', async () => {
      await server().run('create table numbered (n int generated always as identity, name text)');
      const text = `insert into numbered (name) values ('a')`;
      const tables = [{ name: 'numbered', range: { start: 12, end: 20 }, use: 'insert' as const }];
      assert.deepEqual(
        irreversibleEffects({ text, tables }, await server().db.readCatalog()).map(effect => effect.text),
        ['each inserted row uses up a value of the sequence of numbered.n'],
      );
    });
  });
});

describe('database/irreversibleEffects', () => {
  it('sees functions, not strings, names and comments', () => {
    const texts = (text: string): string[] => irreversibleEffects({ text }).map(effect => effect.text);
    assert.deepEqual(texts(`select dblink_exec('x', 'y'), 'setval(1)', "nextval" -- lo_export(1)`), [
      'dblink_exec acts on another server, in a transaction of its own',
    ]);
    assert.deepEqual(texts('select my_nextval(1), count(*) from t'), []);
    assert.deepEqual(texts(`copy t from program 'ls'`), ['COPY … PROGRAM runs a program on the server']);
  });
});
