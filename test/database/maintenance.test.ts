import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  maintenanceScript,
  planMaintenance,
  type MaintenanceFacts,
  type MaintenancePlan,
} from '../../src/core/maintenance/index';
import { readMaintenance } from '../../src/database/maintenance/readMaintenance';
import { debianPostgresOrSkip, type DebianPostgres } from '../support/debianPostgres';
import { onEachServer } from './servers';

/** Names as nobody should give them, and everybody may. */
const ODD = `"It's $(x) ""odd"" \\ %name"`;

const SETUP = `
  create schema farm; create schema "Mixed Case";
  create table farm.events (id bigint, at date not null, n int) partition by range (at);
  create table farm.events_p1 partition of farm.events for values from ('2026-01-01') to ('2026-02-01');
  create table farm.events_rest partition of farm.events default;
  insert into farm.events select i, date '2026-01-01' + i % 60, i from generate_series(1, 5000) i;
  create procedure farm.run_maintenance_of_events(p_now timestamptz default now()) language plpgsql as $$ begin commit; end $$;
  create table "Mixed Case".${ODD} (id int primary key, n int);
  insert into "Mixed Case".${ODD} select i, i from generate_series(1, 3000) i;
  create materialized view farm.z_first as select n % 10 as k, count(*) from farm.events group by 1;
  create unique index on farm.z_first (k);
  create view farm.between_them as select * from farm.z_first;
  create materialized view farm.a_second as select sum(count) from farm.between_them;
  create materialized view farm.expression as select n from farm.events where n < 9;
  create unique index on farm.expression ((n + 1));
  create materialized view farm.empty as select 1 as one with no data;
  create unique index on farm.empty (one);
  create table broken as select 1 as n from generate_series(1, 2);
  create table off (n int) with (autovacuum_enabled = off);
  create table dead (id int primary key, n int);
  insert into dead select i, i from generate_series(1, 2000) i;
  analyze dead;
  delete from dead where id <= 1000;`;

describe('maintenance', function () {
  this.timeout(60_000);

  onEachServer(SETUP, (server, major) => {
    let facts: MaintenanceFacts;
    let plan: MaintenancePlan;

    before(async () => {
      await assert.rejects(server().run('create unique index concurrently broken_n on broken (n)'));
      // Counters reach the views a moment after the transaction that made them.
      const counted = (): boolean =>
        facts.tables.some(({ name, deadRows }) => name === 'public.dead' && deadRows === 1000) &&
        facts.partitioned.some(({ rows }) => rows === 5000) &&
        facts.tables.some(({ name, liveRows }) => name.startsWith('"Mixed') && liveRows === 3000);
      facts = await readMaintenance(server().db);
      for (let look = 0; look < 200 && !counted(); look++) {
        await new Promise(resolve => setTimeout(resolve, 50));
        facts = await readMaintenance(server().db);
      }
      assert.ok(counted(), JSON.stringify(facts.tables));
      // The servers of the tests have autovacuum off, for which the whole plan would be another one.
      assert.equal(facts.autovacuum, false);
      plan = planMaintenance({ ...facts, autovacuum: true });
    });

    const statementsOf = (id: string): readonly string[] => {
      const task = plan.tasks.find(each => each.id === id);
      assert.ok(task, `${id} is not among ${plan.tasks.map(each => each.id).join(', ')}`);
      return task.statements;
    };

    it('finds in the catalog what the plan is made of', () => {
      assert.deepEqual(
        facts.materializedViews.map(({ name, hasUniqueIndex, populated }) => [name, hasUniqueIndex, populated]),
        [
          ['farm.empty', true, false],
          ['farm.expression', false, true],
          ['farm.z_first', true, true],
          ['farm.a_second', false, true],
        ],
      );
      assert.deepEqual(facts.partitioned, [
        {
          ...facts.partitioned[0],
          name: 'farm.events',
          strategy: 'range',
          partitions: 2,
          hasDefault: true,
          upkeepCall: 'CALL farm.run_maintenance_of_events()',
          keptByPartman: false,
        },
      ]);
      assert.equal(facts.partitioned[0]!.defaultRows > 0, true);
      assert.equal(facts.tables.find(({ name }) => name === 'public.off')?.autovacuum, false);
      assert.equal(facts.tables.find(({ name }) => name === 'public.dead')?.vacuumThreshold, 450);
    });

    it('plans what this database needs, and nothing by the calendar alone', () => {
      assert.deepEqual(statementsOf('vacuum-overdue public.dead'), ['VACUUM (ANALYZE) public.dead']);
      assert.deepEqual(statementsOf('vacuum public.off'), ['VACUUM (ANALYZE) public.off']);
      assert.match(statementsOf('invalid-index public.broken_n')[0]!, /^(?:DROP|REINDEX) INDEX CONCURRENTLY/);
      assert.deepEqual(statementsOf('analyze-whole farm.events'), [
        major >= 18 ? 'ANALYZE ONLY farm.events' : 'ANALYZE farm.events',
      ]);
      assert.deepEqual(statementsOf('refresh farm.z_first'), ['REFRESH MATERIALIZED VIEW CONCURRENTLY farm.z_first']);
      assert.deepEqual(statementsOf('refresh farm.expression'), ['REFRESH MATERIALIZED VIEW farm.expression']);
      assert.deepEqual(statementsOf('refresh farm.empty'), ['REFRESH MATERIALIZED VIEW farm.empty']);
      const all = plan.tasks.flatMap(({ statements }) => statements).join('\n');
      assert.doesNotMatch(all, /VACUUM \(?FULL|_reset\(|^REINDEX (?!INDEX CONCURRENTLY)/m);
    });

    it('has only statements that run, each by itself', async () => {
      // What made the index invalid is put right first, as its reason says.
      assert.match(plan.tasks.find(({ id }) => id.startsWith('invalid-index'))!.reason, /duplicate|unique/i);
      await server().run('delete from broken where ctid = (select min(ctid) from broken)');
      const statements = plan.tasks.flatMap(task => task.statements);
      assert.ok(statements.length > 8, statements.join('\n'));
      for (const sql of statements) await server().db.withSession(session => session.query(sql));
      const [row] = await server().db.query<{ analyzed: number }>(
        `select count(*)::int as analyzed from pg_statistic s where starelid = 'farm.events'::regclass and stainherit`,
      );
      assert.ok(row!.analyzed > 0);
    });

    it('has queries whose rows are statements that run', async () => {
      const [query] = plan.tasks.flatMap(({ generatedBy }) => generatedBy ?? []);
      // No table of a new server is old; from an age of zero on every table is.
      const all = query!.replace(/0\.75 \*/, '-1 *');
      const rows = await server().db.query<{ format: string }>(all);
      assert.ok(rows.some(({ format }) => format === `VACUUM (FREEZE) "Mixed Case".${ODD}`));
      for (const { format } of rows) await server().db.withSession(session => session.query(format));
      assert.deepEqual(await server().db.query(query!), []);
    });

    describe('as a script', () => {
      let debian: DebianPostgres;
      let folder = '';
      before(async function () {
        debian = await debianPostgresOrSkip(this, ['postgresql-client-%']);
        folder = mkdtempSync(join(tmpdir(), 'query-tuner-maintenance-'));
      });
      after(() => folder && rmSync(folder, { recursive: true, force: true }));

      const runScript = (text: string, cadence: string) => {
        const file = join(folder, 'maintenance.sh');
        writeFileSync(file, text);
        const { hostname, port } = new URL(server().url);
        const own = {
          PGHOST: hostname,
          PGPORT: port,
          PGUSER: 'postgres',
          PATH: `${debian.bin}:${process.env['PATH']}`,
        };
        return spawnSync('bash', [file, cadence], { encoding: 'utf8', env: { ...debian.environment, ...own } });
      };

      it('is run by bash and psql, each cadence to its end', async () => {
        // With an age that every table has, for the rows that the query gives.
        const text = maintenanceScript(plan).replace('0.75 * current_setting', '-1 * current_setting');
        for (const cadence of ['daily', 'weekly', 'monthly']) {
          const { status, stdout, stderr } = runScript(text, cadence);
          assert.equal(stderr, '');
          assert.equal(status, 0, stdout);
          if (cadence === 'daily') assert.match(stdout, /Refresh farm\.z_first/);
        }
        const [row] = await server().db.query<{ frozen: boolean }>(
          `select relfrozenxid = (select max(relfrozenxid::text::bigint)::text::xid from pg_class where relkind = 'r') as frozen
             from pg_class where oid = ('"Mixed Case".' || $1)::regclass`,
          [ODD],
        );
        assert.equal(row?.frozen, true);
      });

      it('goes on after a command that fails, and ends with 1', async () => {
        const script = maintenanceScript(plan);
        await server().run('alter materialized view farm.empty rename to gone');
        try {
          const { status, stdout, stderr } = runScript(script, 'daily');
          assert.equal(status, 1);
          assert.match(stderr, /farm\.empty" does not exist[^]*failed: Refresh farm\.empty/);
          assert.match(stdout, /Refresh farm\.a_second/);
        } finally {
          await server().run('alter materialized view farm.gone rename to empty');
        }
        assert.equal(runScript(script, 'yearly').status, 2);
      });
    });
  });
});
