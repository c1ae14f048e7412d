import * as assert from 'node:assert/strict';
import { adviceJson, forecastCosts } from '../../../src/core/advisor/partitions';
import type { PartitionFacts } from '../../../src/core/advisor/partitions/partitionFacts';
import { growthAlong, rowsBetween } from '../../../src/core/advisor/partitions/rowsPerPeriod';
import { plannedEntries } from '../../../src/core/workload/planningTexts';
import { WorkloadCollector } from '../../../src/core/workload/workload';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { advisePartitions, type PartitionsRequest } from '../../../src/database/partitions/advisePartitions';
import { openDatabase } from '../../../src/database/connect';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { readPartitionFacts } from '../../../src/database/partitions/readPartitionFacts';
import { onEachServer } from '../servers';
import { buildTestWorker, WORKER_FILE } from '../whatIfWorker';

/** Rows come five times as fast in the last 60 of 300 days. */
const SETUP = `
create sequence counter;
create table readings (id bigint generated always as identity primary key, "At" timestamptz not null, day date not null,
  local timestamp, ms bigint not null, seven uuid not null, four uuid not null, amount int not null,
  serial bigint not null default nextval('counter'));
insert into readings ("At", day, local, ms, seven, four, amount, serial)
select at, at::date, case when g % 10 > 0 then at end, (extract(epoch from at) * 1000)::bigint,
  (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(g::text), 14))::uuid,
  (substr(md5(g::text), 1, 12) || '4' || substr(md5(g::text), 14))::uuid, g % 100, 1000000000 + g
from (select g, timestamptz '2025-01-01 00:00+00'
  + case when g < 100000 then g * interval '207 seconds' else interval '240 days' + (g - 100000) * interval '41 seconds' end as at
  from generate_series(0, 225000) g) r;
create index on readings ("At");
create table alarms (reading_id bigint references readings, what text)`;

describe('database/partitions: facts and advice', function () {
  this.timeout(120_000);

  onEachServer(SETUP, server => {
    let facts: PartitionFacts;

    before(async function () {
      this.timeout(120_000);
      await buildTestWorker();
      await server().run('vacuum analyze readings');
      facts = await readPartitionFacts(server().db, await server().db.readCatalog());
    });

    it('knows the sizes, and who refers to the table', async () => {
      const [table] = facts.tables;
      assert.equal(facts.tables.length, 1);
      const [size] = await server().db.query<{ t: string; i: string }>(
        `select pg_table_size('readings')::text as t, pg_indexes_size('readings')::text as i`,
      );
      assert.deepEqual([table!.tableBytes, table!.indexBytes], [Number(size!.t), Number(size!.i)]);
      assert.deepEqual(table!.referencedBy, [
        { table: 'alarms', constraint: 'alarms_reading_id_fkey', columns: ['id'] },
      ]);
      assert.equal(facts.memorySource, 'effective_cache_size');
    });

    it('tells times from other numbers, whatever their type', () => {
      assert.deepEqual(
        facts.tables[0]!.keys.map(({ column, kind, endsFrom }) => `${column}: ${kind} (${endsFrom})`),
        [
          'At: timestamptz (index)',
          'day: date (statistics)',
          'local: timestamp (statistics)',
          'ms: epoch milliseconds (statistics)',
          'seven: uuid v7 (statistics)',
        ],
      );
      assert.ok(Math.abs(facts.tables[0]!.keys.find(({ column }) => column === 'local')!.nullFraction - 0.1) < 0.02);
    });

    it('estimates rows of a period within a few percent, and that they come faster lately', async () => {
      const [table] = facts.tables;
      for (const [from, to] of [
        ['2025-02-01', '2025-03-01'],
        ['2025-09-10', '2025-09-20'],
        ['2025-01-01', '2026-01-01'],
      ] as const) {
        const [counted] = await server().db.query<{ n: number }>(
          `select count(*)::int as n from readings where "At" >= '${from} 00:00+00' and "At" < '${to} 00:00+00'`,
        );
        for (const key of table!.keys.filter(
          ({ kind }) => kind === 'timestamptz' || kind === 'uuid v7' || kind === 'epoch milliseconds',
        )) {
          const estimated = rowsBetween(
            table!,
            key,
            Date.parse(`${from}T00:00Z`) / 1000,
            Date.parse(`${to}T00:00Z`) / 1000,
          );
          assert.ok(
            Math.abs(estimated / counted!.n - 1) < 0.05,
            `${key.column} ${from}: ${estimated} for ${counted!.n}`,
          );
        }
      }
      const growth = growthAlong(table!, table!.keys[0]!, Date.parse('2025-12-01') / 1000);
      assert.ok(growth.recentRows > 2 * growth.meanRows, JSON.stringify(growth));
    });

    it('reads the same whatever time zone and date style the role has', async () => {
      await server().run(
        `alter role postgres set timezone = 'Asia/Ho_Chi_Minh'; alter role postgres set datestyle = 'SQL, DMY'`,
      );
      const db = await openDatabase(await resolveConnection({ url: server().url, env: {}, cwd: '/' }));
      try {
        const again = await readPartitionFacts(db, await db.readCatalog());
        assert.equal(again.timeZone, 'Asia/Ho_Chi_Minh');
        const times = ({ tables }: PartitionFacts): unknown =>
          tables[0]!.keys.map(({ column, kind, first, last, bounds }) => [column, kind, first, last, bounds]);
        assert.deepEqual(times(again), times(facts));
      } finally {
        await db.dispose();
        await server().run(`alter role postgres reset all`);
      }
    });

    const advise = async (statements: readonly (readonly [string, number])[], more: Partial<PartitionsRequest>) => {
      const collector = new WorkloadCollector();
      for (const [sql, calls] of statements) collector.add({ sql, calls });
      const entries = plannedEntries(await loadGrammar(), collector.entries());
      const request = { statements: entries, shadow: { workerFile: WORKER_FILE }, ...more };
      return advisePartitions(server().db, await server().db.readCatalog(), request);
    };
    const WORKLOAD = [
      [`select count(*) from readings where "At" >= '2025-10-01 00:00+00' and "At" < '2025-10-02 00:00+00'`, 50],
      [`select avg(amount) from readings where "At" >= '2025-03-01 00:00+00' and "At" < '2025-04-01 00:00+00'`, 20],
      ['select * from readings where id = 5', 10],
    ] as const;

    it('refuses to cut a small table, with its size', async () => {
      const { tables } = await advise(WORKLOAD, {});
      assert.match(
        tables[0]!.advice.reasons.join(),
        /it has [\d.]+ MB \(225,\d{3} rows\), less than the \d.* of memory/,
      );
    });

    it('weighs by cost what the server plans, and says what it does not', async () => {
      const { skipped, engines } = await advise([...WORKLOAD, ['select * from gone where id = 1', 5]], {});
      assert.deepEqual(
        skipped.map(({ id, reason }) => `${id}: ${reason}`),
        ['4: relation "gone" does not exist'],
      );
      assert.deepEqual(engines, []);
    });

    it('forecasts what each statement costs, and how many partitions it reads', async () => {
      const thresholds = {
        leastBytes: 1,
        floorBytes: 1,
        wantedPartitionBytes: 4_000_000,
        leastPartitionBytes: 100_000,
      };
      const { tables } = await advise(WORKLOAD, { whatIf: true, thresholds });
      const { advice, forecast, notes } = tables[0]!;
      assert.ok(advice.verdict === 'partition', advice.reasons.join());
      assert.equal(advice.weighedBy, 'cost');
      assert.deepEqual(notes, []);
      const read = forecast.map(each => ('reason' in each ? each.reason : `${each.scanned} of ${each.total}`));
      const scheme = advice.scheme as { period: string };
      assert.equal(scheme.period, 'week');
      assert.deepEqual(read, ['1 of 45', '6 of 45', '45 of 45']);
      const costs = forecastCosts(advice, forecast)!;
      assert.ok(costs.costAfter > 0 && costs.costBefore > 0);
      const json = JSON.parse(JSON.stringify(adviceJson(advice, forecast))) as {
        queries: { partitionsRead: number }[];
      };
      assert.deepEqual(
        json.queries.map(({ partitionsRead }) => partitionsRead),
        [1, 6, 45],
      );
      assert.match(advice.losses.join('\n'), /alarms_reading_id_fkey of alarms/);
    });
  });
});
