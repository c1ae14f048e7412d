import * as assert from 'node:assert/strict';
import type { MaintenanceSpec } from '../../../src/core/advisor/partitions/maintenance/maintenanceSpec';
import type { DatabaseError } from '../../../src/core/ports';
import { onEachServer } from '../servers';
import { COUNTS, EVENTS, MILK } from './guideFunctions';
import { column, Maintained } from './maintained';

const fails = (sqlState: string) => (error: unknown) => (error as DatabaseError).sqlState === sqlState;

/** A specification without what a test does not care about. */
const monthly = (schema: string, table: string, key: string, more: Partial<MaintenanceSpec> = {}): MaintenanceSpec => ({
  schema,
  table,
  scheme: { method: 'range', column: key, keyKind: 'timestamp', period: 'month', timeZone: 'UTC' },
  ahead: 2,
  ...more,
});

describe('database/partitions: partition functions as the guides write them, and ours on the same clock', function () {
  this.timeout(60_000);

  onEachServer('', server => {
    describe('guide 000', () => {
      before(() =>
        server().run(`${COUNTS}; create table our_counts (id bigint generated always as identity,
        camera_id integer not null, created_at timestamp not null, primary key (id, created_at)) partition by range (created_at)`),
      );

      it('R5: passes a timestamp where a date is wanted, and fails at every call', async () => {
        await assert.rejects(server().run(`select make_counts_months('2024-05-15')`), fails('42883'));
      });

      it('R8: fails the second time it runs', async () => {
        await server().run(`select make_counts_months_cast('2024-05-15')`);
        await assert.rejects(server().run(`select make_counts_months_cast('2024-05-15')`), fails('42P07'));
      });

      it('R9: has no partition for a row of today', async () => {
        await assert.rejects(
          server().run(`insert into counts (camera_id, created_at) values (1, '2024-05-15')`),
          fails('23514'),
        );
      });

      it('W23: takes the same id twice', async () => {
        await server().run(
          `insert into counts (id, camera_id, created_at) select 7, 1, '2024-06-15' from generate_series(1, 2)`,
        );
        assert.deepEqual(await column(server(), 'select count(*)::int from counts where id = 7'), [2]);
      });

      it('ours makes this month and the next ones, runs again without harm, and takes a row of today', async () => {
        const ours = await new Maintained(server(), monthly('public', 'our_counts', 'created_at')).install();
        assert.equal((await ours.run('2024-05-15')).length, 3);
        assert.deepEqual(await ours.run('2024-05-15'), []);
        assert.deepEqual(await ours.partitions(), [
          `our_counts_p2024_05: '2024-05-01 00:00:00' to '2024-06-01 00:00:00'`,
          `our_counts_p2024_06: '2024-06-01 00:00:00' to '2024-07-01 00:00:00'`,
          `our_counts_p2024_07: '2024-07-01 00:00:00' to '2024-08-01 00:00:00'`,
        ]);
        await server().run(`insert into our_counts (camera_id, created_at) values (1, '2024-05-15')`);
        const twice = `insert into our_counts (id, camera_id, created_at) overriding system value
          select 7, 1, '2024-06-15' from generate_series(1, 2)`;
        await assert.rejects(server().run(twice), fails('23505'));
      });
    });

    describe('guide 001', () => {
      before(() =>
        server().run(`${EVENTS}; create table our_events (id int, at timestamp not null) partition by range (at)`),
      );

      it('W5: a partition from the 15th hides that the month begins on the 1st', async () => {
        await server().run(`select make_month('events', '2024-05-15')`);
        await server().run(`select make_month('events', '2024-05-01')`);
        await assert.rejects(server().run(`insert into events (at) values ('2024-05-03')`), fails('23514'));
      });

      it('ours fills the gaps around such a partition', async () => {
        await server().run(
          `create table our_events_y2024m05 partition of our_events for values from ('2024-05-15') to ('2024-06-15')`,
        );
        const ours = await new Maintained(server(), monthly('public', 'our_events', 'at', { ahead: 1 })).install();
        await ours.run('2024-05-03');
        assert.deepEqual(await ours.partitions(), [
          `our_events_p20240615_000000: '2024-06-15 00:00:00' to '2024-07-01 00:00:00'`,
          `our_events_p2024_05: '2024-05-01 00:00:00' to '2024-05-15 00:00:00'`,
          `our_events_y2024m05: '2024-05-15 00:00:00' to '2024-06-15 00:00:00'`,
        ]);
        await server().run(`insert into our_events values (1, '2024-05-03'), (2, '2024-05-20'), (3, '2024-06-30')`);
      });
    });

    describe('guide 002', () => {
      before(() =>
        server().run(`${MILK}; create schema kept;
          create table farm.our_milk (id bigint, on_day date not null, liters numeric, primary key (id, on_day)) partition by range (on_day);
          create table farm.our_milk_2023_01 partition of farm.our_milk for values from ('2023-01-01') to ('2023-02-01');
          create table farm.our_milk_2024_01 partition of farm.our_milk for values from ('2024-01-01') to ('2024-02-01');
          create table farm.our_milk_2026_01 partition of farm.our_milk for values from ('2026-01-01') to ('2026-02-01');
          insert into farm.our_milk values (1, '2023-01-05', 10), (2, '2024-01-20', 15), (3, '2026-01-05', 20)`),
      );

      const schemaOf = (name: string): Promise<unknown[]> =>
        column(server(), `select relnamespace::regnamespace::text from pg_class where relname = '${name}'`);

      it('W2: makes the partition in public, its name with a dot in it', async () => {
        await server().run(`select make_milk_months('2026-01-15')`);
        assert.deepEqual(await schemaOf('farm.milk_2026_12'), ['public']);
        assert.deepEqual(await schemaOf('milk_2026_12'), []);
      });

      it('W3, W4: archives partitions of the future by their names, and the parent still reads what is archived', async () => {
        await server().run(`select archive_milk('2026-01-15')`);
        assert.deepEqual(await schemaOf('farm.milk_2026_12'), ['archive']);
        assert.deepEqual(await schemaOf('milk_2023_01'), ['archive']);
        assert.deepEqual(await column(server(), 'select sum(liters)::int from farm.milk'), [30]);
      });

      it('ours archives what is older than two years by its bounds, takes it off, and leaves the future alone', async () => {
        const scheme = {
          method: 'range',
          column: 'on_day',
          keyKind: 'date',
          period: 'month',
          timeZone: 'UTC',
        } as const;
        const spec = { schema: 'farm', table: 'our_milk', scheme, ahead: 1, keep: '24 months' };
        const ours = await new Maintained(server(), {
          ...spec,
          retirement: { action: 'archive', schema: 'kept' },
        }).install();
        const did = await ours.run('2026-01-15');
        assert.deepEqual(
          did.filter(line => !line.startsWith('created')),
          ['archived farm.our_milk_2023_01 of 2023-01-01 00:00:00 to 2023-02-01 00:00:00'],
        );
        assert.deepEqual(await schemaOf('our_milk_2023_01'), ['kept']);
        assert.deepEqual(await column(server(), 'select sum(liters)::int from farm.our_milk'), [35]);
        assert.deepEqual(await column(server(), 'select sum(liters)::int from kept.our_milk_2023_01'), [10]);
        // the months that no run has made lie between the last partition and today, and every one of them is there now
        assert.equal((await ours.partitions()).length, 26);
        assert.deepEqual(await ours.run('2026-01-15'), []);
        assert.deepEqual(await schemaOf('our_milk_p2026_02'), ['farm']);
      });
    });
  });
});
