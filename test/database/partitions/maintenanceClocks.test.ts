import * as assert from 'node:assert/strict';
import type { KeyKind, PeriodUnit } from '../../../src/core/advisor/partitions/scheme';
import { onEachServer } from '../servers';
import { column, Maintained } from './maintained';

const ZONES = ['Asia/Ho_Chi_Minh', 'America/New_York'];

describe('database/partitions: maintenance on other clocks, names and keys', function () {
  this.timeout(60_000);

  onEachServer('create schema "Größe"', (server, major) => {
    const keyed = (
      table: string,
      keyKind: KeyKind,
      period: PeriodUnit,
      timeZone: string,
      ahead = 1,
    ): Promise<Maintained> =>
      new Maintained(server(), {
        schema: 'Größe',
        table,
        scheme: { method: 'range', column: 'Taken At', keyKind, period, timeZone },
        ahead,
      }).install();
    const create = (table: string, type: string): Promise<void> =>
      server()
        .run(`create table "Größe"."${table}" ("Taken At" ${type} not null, "Id" bigint, primary key ("Id", "Taken At"))
        partition by range ("Taken At")`);

    // 2024-02-29 is a leap day; clocks in New York go forward on 2024-03-10 and back on 2024-11-03
    const SEASONS = [
      { season: 'spring', days: ['2024-02-28', '2024-02-29', '2024-03-09', '2024-03-10'], hours: [23, 24] },
      { season: 'autumn', days: ['2024-10-30', '2024-11-02', '2024-11-03'], hours: [24, 25] },
    ];
    for (const timeZone of ZONES)
      for (const { season, days, hours } of SEASONS)
        it(`makes days of ${timeZone} in ${season} from sessions in any zone, without gap or overlap`, async () => {
          const table = `${timeZone} ${season}`;
          await create(table, 'timestamptz');
          const ours = await keyed(table, 'timestamptz', 'day', timeZone);
          for (const [i, day] of days.entries()) await ours.run(`${day} 12:00+00`, ZONES[i % ZONES.length]);
          const partitions = await ours.partitions(timeZone);
          const bounds = partitions.map(line => /: '(.*)' to '(.*)'/.exec(line)!);
          for (const [, from, to] of bounds) assert.match(`${from} ${to}`, /^\S+ 00:00:00\S+ \S+ 00:00:00\S+$/);
          const lengths = `select distinct extract(epoch from (upper_at - lower_at))::int / 3600 as hours
            from "Größe"."partitions_of_${table}"() order by 1`;
          assert.deepEqual(await column(server(), lengths), timeZone === 'America/New_York' ? hours : [24]);
          if (season === 'spring') assert.ok(partitions.some(line => line.includes('_p20240229: ')));
          // from the first day to the last one, every instant has its partition
          await server().run(`insert into "Größe"."${table}" select at, 1 from generate_series(
            timestamptz '${days[0]} 12:00+00', '${days.at(-1)} 23:00+00', interval '20 minutes') at`);
        });

    it('keeps months whole over the end of February in leap years and others', async () => {
      await create('Months', 'date');
      const ours = await keyed('Months', 'date', 'month', 'Asia/Ho_Chi_Minh');
      // in Hanoi the 1st of March has begun
      await ours.run('2023-02-28 18:00+00');
      await ours.run('2024-01-31 01:00+00');
      const partitions = await ours.partitions();
      assert.ok(partitions.includes(`Months_p2023_03: '2023-03-01' to '2023-04-01'`));
      assert.ok(partitions.includes(`Months_p2024_02: '2024-02-01' to '2024-03-01'`));
      assert.ok(!partitions.some(line => line.startsWith('Months_p2023_02')));
    });

    it('reads the clock of a key without time zone in the zone its values come from', async () => {
      await create('Local', 'timestamp');
      const ours = await keyed('Local', 'timestamp', 'month', 'Asia/Ho_Chi_Minh', 0);
      // the last hours of April in London are May in Hanoi, whatever zone the session has
      for (const zone of ZONES) await ours.run('2024-04-30 18:00+00', zone);
      assert.deepEqual(await ours.partitions(), [`Local_p2024_05: '2024-05-01 00:00:00' to '2024-06-01 00:00:00'`]);
    });

    const KEYS: readonly (readonly [KeyKind, string, string, string])[] = [
      ['epoch seconds', 'bigint', '1714521600', '1719792000'],
      ['epoch milliseconds', 'bigint', '1714521600000', '1719792000000'],
      ['epoch microseconds', 'bigint', '1714521600000000', '1719792000000000'],
      ['uuid v7', 'uuid', '018f3173-7000-0000-0000-000000000000', '01906b97-5c00-0000-0000-000000000000'],
    ];
    for (const [kind, type, first, end] of KEYS)
      it(`makes months of a key in ${kind}, and once only`, async () => {
        await create(kind, type);
        const ours = await keyed(kind, kind, 'month', 'UTC');
        assert.equal((await ours.run('2024-05-15')).length, 2);
        assert.deepEqual(await ours.run('2024-05-31 23:59:59+00'), []);
        const partitions = await ours.partitions();
        assert.equal(partitions.length, 2);
        assert.ok(
          partitions[0]!.includes(`FROM ('${first}')`) || partitions[0]!.includes(`: '${first}' to`),
          partitions[0],
        );
        assert.ok(partitions[1]!.endsWith(`to '${end}'`), partitions[1]);
      });

    // uuidv7() came with 18
    const itWithUuids = major < 18 ? () => undefined : it;
    itWithUuids('takes a new uuid of version 7 into the partition of its time', async function () {
      await create('Seven', 'uuid');
      const ours = await keyed('Seven', 'uuid v7', 'day', 'UTC');
      await ours.run(new Date().toISOString());
      await server().run(`insert into "Größe"."Seven" values (uuidv7(), 1)`);
    });

    it('makes weeks from Monday and quarters from their first month', async () => {
      await create('Weeks', 'timestamp');
      await create('Quarters', 'timestamp');
      await (await keyed('Weeks', 'timestamp', 'week', 'UTC', 0)).run('2025-01-01');
      await (await keyed('Quarters', 'timestamp', 'quarter', 'UTC', 0)).run('2024-05-31');
      const names = `select c.relname || pg_get_expr(c.relpartbound, c.oid) as line from pg_class c
        where c.relispartition and c.relkind = 'r' and c.relname ~ '^(Weeks|Quarters)' order by 1`;
      assert.deepEqual(await column(server(), names), [
        `Quarters_p2024q2FOR VALUES FROM ('2024-04-01 00:00:00') TO ('2024-07-01 00:00:00')`,
        `Weeks_p2025w01FOR VALUES FROM ('2024-12-30 00:00:00') TO ('2025-01-06 00:00:00')`,
      ]);
    });

    it('gives long names of many bytes a beginning of their own', async () => {
      const table = 'ö'.repeat(31);
      await create(table, 'date');
      await (await keyed(table, 'date', 'day', 'UTC')).run('2024-05-15');
      const sizes = await column(
        server(),
        `select c.relname from pg_class c where c.relispartition and c.relname like 'ööö%p2024051_'`,
      );
      assert.equal(sizes.length, 2);
    });
  });
});
