import * as assert from 'node:assert/strict';
import { foreignShards, type ForeignShards } from '../../../src/core/advisor/partitions/distribution/foreignShards';
import { migrationScript, stepStatements } from '../../../src/core/advisor/migration/migrationScript';
import type { MigrationPlan } from '../../../src/core/advisor/migration/migrationPlan';
import { findRelation } from '../../../src/core/catalog/catalog';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanNode } from '../../../src/core/plan/planTree';
import { openDatabase, type PostgresDatabase } from '../../../src/database/connect';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { startEmbedded, type EmbeddedServer } from '../../../src/database/embedded';
import { onEachServer } from '../servers';
import { column } from './maintained';

const SETUP = `create schema "Shop"; create table "Shop".orders (id bigint generated always as identity primary key,
  customer_id int not null, placed_at timestamptz not null default now(), amount numeric default 1.5, twice numeric generated always as (amount * 2) stored);
  create index on "Shop".orders (customer_id, placed_at)`;

describe('database/partitions: partitions on other servers by postgres_fdw', function () {
  this.timeout(60_000);

  onEachServer(SETUP, server => {
    const others: { server: EmbeddedServer; db: PostgresDatabase }[] = [];
    let made: ForeignShards;

    before(async function () {
      this.timeout(120_000);
      for (let i = 0; i < 2; i++) {
        const started = await startEmbedded({ major: server().major, settings: { autovacuum: 'off' } });
        others.push({
          server: started,
          db: await openDatabase(await resolveConnection({ url: started.url, env: {}, cwd: '/' })),
        });
      }
      const catalog = await server().db.readCatalog();
      made = foreignShards({
        relation: findRelation(catalog, 'orders', 'Shop')!,
        parent: 'all_orders',
        clause: 'RANGE (placed_at)',
        servers: others.map(({ server: { url } }, i) => {
          const { hostname, port } = new URL(url);
          return { name: `Shard ${i}`, host: hostname, port: Number(port), database: 'postgres', user: 'postgres' };
        }),
        shards: [2024, 2025].map((year, i) => ({
          name: `orders_${year}`,
          bound: `FOR VALUES FROM ('${year}-01-01 00:00+00') TO ('${year + 1}-01-01 00:00+00')`,
          server: `Shard ${i}`,
          check: `placed_at >= '${year}-01-01 00:00+00' AND placed_at < '${year + 1}-01-01 00:00+00'`,
        })),
      });
      await runAll();
    });

    after(async function () {
      this.timeout(60_000);
      for (const { db, server: other } of others) {
        await db.dispose();
        await other.stop();
      }
    });

    const run = async (db: PostgresDatabase, plan: MigrationPlan): Promise<void> => {
      for (const step of plan.steps)
        for (const sql of stepStatements(step)) await db.withSession(session => session.execute(sql));
    };
    const runAll = async (): Promise<void> => {
      for (const [i, { plan }] of made.shards.entries()) await run(others[i]!.db, plan);
      await run(server().db, made.parent);
    };
    const explain = async (sql: string): Promise<PlanNode> => {
      const { plan } = await server().db.explain({
        sql,
        analyze: false,
        parameters: [],
        writes: false,
        options: { verbose: true },
      });
      return parsePlan(plan)[0]!.root;
    };
    const foreignScans = (node: PlanNode): PlanNode[] => [
      ...(node.nodeType === 'Foreign Scan' ? [node] : []),
      ...node.children.flatMap(foreignScans),
    ];

    it('runs again without harm', () => runAll());

    it('sends rows to the server they belong to', async () => {
      await server().run(`insert into "Shop".all_orders (customer_id, placed_at, amount)
        select g % 50, timestamptz '2024-01-01 00:00+00' + g * interval '1 hour', g from generate_series(0, 17000) g`);
      assert.deepEqual(
        await Promise.all(
          [2024, 2025].map((year, i) =>
            others[i]!.db.query<{ n: number }>(`select count(*)::int as n from "Shop".orders_${year}`).then(
              rows => rows[0]!.n,
            ),
          ),
        ),
        [8784, 8217],
      );
      assert.deepEqual(await column(server(), 'select count(*)::int from "Shop".all_orders'), [17001]);
      assert.deepEqual(await column(server(), 'select twice::int from "Shop".all_orders where amount = 7'), [14]);
      await assert.rejects(
        others[0]!.db.withSession(session =>
          session.execute(`insert into "Shop".orders_2024 (id, customer_id, placed_at) values (1, 1, '2030-01-01')`),
        ),
      );
    });

    it('asks one server for a time that lies on it, and the plan tells what it asks', async () => {
      for (const step of made.parent.steps.filter(({ id }) => id === 'statistics'))
        for (const sql of step.sql) await server().run(sql);
      const scans = foreignScans(
        await explain(`select * from "Shop".all_orders where placed_at >= '2025-03-01' and placed_at < '2025-04-01'`),
      );
      assert.equal(scans.length, 1);
      assert.match(String(scans[0]!.raw['Remote SQL']), /FROM "Shop"\.orders_2025 WHERE .*placed_at/);
    });

    it('asks both servers at the same time', async () => {
      const scans = foreignScans(await explain(`select * from "Shop".all_orders where customer_id = 7`));
      assert.deepEqual(
        scans.map(({ raw }) => raw['Async Capable']),
        [true, true],
      );
    });

    it('has no password in its scripts, and says where one goes', () => {
      const scripts = [made.parent, ...made.shards.map(({ plan }) => plan)].map(migrationScript).join('\n');
      const statements = scripts.split('\n').filter(line => !line.startsWith('--'));
      assert.doesNotMatch(statements.join('\n'), /password/i);
      assert.match(scripts, /ADD password \.\.\./);
    });

    it('is taken back', async () => {
      for (const step of [...made.parent.steps].reverse()) for (const sql of step.inverse) await server().run(sql);
      assert.deepEqual(await column(server(), `select count(*)::int from pg_foreign_server`), [0]);
      assert.deepEqual(await column(server(), `select to_regclass('"Shop".all_orders')`), [null]);
    });
  });
});
