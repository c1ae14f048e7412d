import assert from 'node:assert/strict';
import { readSchemaFingerprint } from '../../src/database/catalog/fingerprint';
import { onEachServer } from './servers';

const SETUP = `
  create table orders (id int primary key, state text, total numeric);
  create type mood as enum ('calm');
  create view v as select 1 as a;
  create function f() returns int language sql as 'select 1';`;

const CHANGES = [
  'create table other (id int)',
  'drop table other',
  'alter table orders add column note text',
  'alter table orders alter column note set not null',
  'alter table orders alter column note type varchar(20)',
  `alter table orders alter column note set default 'x'`,
  'alter table orders rename column note to remark',
  'alter table orders drop column remark',
  'create index concurrently orders_state on orders (state)',
  'drop index orders_state',
  'alter table orders add constraint positive check (total > 0) not valid',
  'alter table orders validate constraint positive',
  'alter table orders set (fillfactor = 70)',
  'alter table orders enable row level security',
  'create policy p on orders using (true)',
  'alter policy p on orders using (false)',
  'create statistics s on state, total from orders',
  'create or replace view v as select 2 as a',
  `create or replace function f() returns int language sql immutable as 'select 2'`,
  'drop function f()',
  `alter type mood add value 'sad'`,
  'create domain d as int',
  'create schema extra',
  'alter table orders set schema extra',
  'create extension pg_trgm',
];

const NO_CHANGES = [
  `insert into extra.orders select n, 'new', n from generate_series(1, 1000) n`,
  'analyze extra.orders',
  'vacuum (freeze, analyze) extra.orders',
  'vacuum pg_class',
  'vacuum pg_attribute',
  'update extra.orders set total = 5',
];

describe('database/catalogFingerprint', () => {
  onEachServer(SETUP, server => {
    it('changes with every kind of DDL', async () => {
      const { db, run } = server();
      let before = await readSchemaFingerprint(db);
      for (const change of CHANGES) {
        await run(change);
        const now = await readSchemaFingerprint(db);
        assert.notEqual(now, before, change);
        before = now;
      }
    });

    it('stays the same when only rows and statistics change', async () => {
      const { db, run } = server();
      const before = await readSchemaFingerprint(db);
      for (const statement of NO_CHANGES) {
        await run(statement);
        assert.equal(await readSchemaFingerprint(db), before, statement);
      }
    });

    it('does not see temporary tables', async () => {
      const { db } = server();
      const before = await readSchemaFingerprint(db);
      await db.withSession(async session => {
        await session.execute('create temp table scratch (id serial primary key, a text default 5 check (a > $$1$$))');
        assert.equal(await readSchemaFingerprint(db), before);
      });
    });
  });
});
