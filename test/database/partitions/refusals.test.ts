import assert from 'node:assert/strict';
import { planAttach } from '../../../src/core/advisor/partitions/migration/attachPlan';
import type { PeriodUnit } from '../../../src/core/advisor/partitions/scheme';
import { memoryStore } from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { readTableDefinition } from '../../../src/database/partitions/readTableDefinition';
import { onEachServer } from '../servers';
import { assertFinished, planFor, range, refusalsFor, value } from './support';

describe('database/partitions/refusals', function () {
  this.timeout(240_000);
  onEachServer('', server => {
    beforeEach(() => server().run('drop schema public cascade; create schema public'));

    it('says why it refuses', async () => {
      const { db, run, major } = server();
      await run(`create table parts (d date) partition by range (d);
        create table base (d date); create table inherits () inherits (base);
        create table bare (d date not null, id int);
        create table nulls (id int primary key, d date); insert into nulls values (1, null);
        create table excludes (id int primary key, d date not null, r int4range, exclude using gist (r with &&));
        create view seen as select * from bare; create materialized view kept as select 1 as d;
        create table typed (id int primary key, d date not null); create function f(typed) returns int language sql as 'select 1';
        create table far (id int primary key, d date not null); insert into far values (1, '0001-01-01');
        create table grouped (id int primary key, d date not null, name text);
        create view groups as select id, name from grouped group by id;
        create function watch() returns trigger language plpgsql as 'begin return null; end';
        create table watched (id int primary key, d date not null);
        create trigger w after insert on watched referencing new table as n for each row execute function watch();
        create table plain (id int primary key, d date not null); create role nobody_special;`);
      const say = async (table: string, period: PeriodUnit = 'month'): Promise<string> =>
        (await refusalsFor(db, table, range('d', 'date', period))).join('\n');
      assert.match(await say('parts'), /is partitioned already/);
      assert.match(await say('inherits'), /inherits or is inherited from \(public\.base\)/);
      assert.match(await say('bare'), /Add a primary key first/);
      assert.match(await say('nulls'), /Some rows have no d/);
      assert.match(
        await say('excludes'),
        major < 17 ? /before PostgreSQL 17; this is 14/ : /does not compare d by equality/,
      );
      assert.match(await say('seen'), /is a view/);
      assert.match(await say('kept'), /is a materialized view/);
      assert.match(await say('typed'), /cannot be bound to a new table: function public\.f\(/);
      assert.match(await say('far'), /would have more than 2000 partitions/);
      assert.match(await say('grouped'), /public\.groups groups by the primary key alone/);
      assert.match(await say('watched'), /The row trigger w reads transition tables/);
      assert.match(await say('pg_catalog.pg_class'), /belongs to the system/);
      assert.equal(await say('plain'), '');
      const { plan } = await planFor(db, 'plain', range('d', 'date'));
      assertFinished(await runMigration(db, plan, { store: memoryStore(), stopBefore: 'copy-rows' }));
      assert.match(await say('plain'), /another migration of it was begun/);
      await assert.rejects(readTableDefinition(db, 'nowhere.to_be_found'), /there is no table nowhere\.to_be_found/);
    });

    it('attaches an existing table by a validated CHECK', async () => {
      const { db, run } = server();
      await run(`create table "All" (id int, "When" timestamptz not null) partition by range ("When");
        create table "Ma'y" (id int, "When" timestamptz not null);
        insert into "Ma'y" select n, timestamptz '2024-05-01 00:00+00' + n * interval '1 hour' from generate_series(0, 743) n`);
      const plan = (to: string) =>
        planAttach({
          partitioned: { schema: 'public', name: 'All' },
          table: { schema: 'public', name: `Ma'y` },
          keyColumn: 'When',
          keyType: 'timestamp with time zone',
          bounds: { method: 'range', from: '2024-05-01 00:00:00+00', to },
        });
      const short = memoryStore();
      const outcome = await runMigration(db, plan('2024-05-31 00:00:00+00'), { store: short });
      assert.equal(outcome.kind === 'stopped' && outcome.stepId, 'validate-check');
      assertFinished(await undoMigration(db, { store: short }));
      const store = memoryStore();
      assertFinished(await runMigration(db, plan('2024-06-01 00:00:00+00'), { store }));
      assert.equal(await value(db, 'select count(*)::int from "All"'), 744);
      assert.equal(
        await value(
          db,
          `select count(*)::int from pg_constraint where contype = 'c' and conrelid = '"Ma''y"'::regclass`,
        ),
        0,
      );
      assertFinished(await undoMigration(db, { store }));
      assert.equal(await value(db, 'select count(*)::int from "All"'), 0);
    });
  });
});
