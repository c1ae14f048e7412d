import * as assert from 'node:assert/strict';
import { adviseMaterializedViews, type MaterializedViewAdvice } from '../../src/core/advisor/materializedViews/index';
import { stepStatements } from '../../src/core/advisor/migration/migrationScript';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { plannedEntries } from '../../src/core/workload/planningTexts';
import { collectScript } from '../../src/core/workload/scriptWorkload';
import { WorkloadCollector } from '../../src/core/workload/workload';
import { readReaders } from '../../src/database/materializedViews/readReaders';
import { openCostEstimator } from '../../src/database/whatIf/index';
import { onEachServer, type TestServer } from './servers';

const SETUP = `
create table region (id int primary key, name text not null);
insert into region select i, 'region ' || i from generate_series(1, 12) i;
create table sale (
  id bigint generated always as identity primary key, region_id int not null references region, product int,
  sold_at timestamp not null, status text not null, quantity int not null, amount numeric(12, 2) not null,
  weight real, paid boolean not null, note text);
insert into sale (region_id, product, sold_at, status, quantity, amount, weight, paid, note)
select 1 + (hashint4(i) & 1023) % 12, nullif(i % 31, 0), timestamp '2025-01-01' + (i % 120) * interval '1 day' + (i % 1440) * interval '1 minute',
  (array['paid', 'paid', 'open', 'void'])[1 + i % 4], i % 9, (i * 37 % 100000) / 100.0, (i % 100) / 8.0, i % 3 = 0,
  repeat('x', 60)
from generate_series(1, 120000) i;
create role reporting;
create role sales;
grant select on sale, region to reporting;
grant select on sale to sales;
create table secret (id int, kind int, amount int);
insert into secret select i, i % 5, i from generate_series(1, 200000) i;
alter table secret enable row level security;
analyze;
`;

/** Statements of a dashboard: each must give the same rows over the view. */
const DASHBOARD = `
SELECT date_trunc('day', sold_at) AS day, region_id, count(*), sum(amount) AS revenue, avg(quantity)
FROM sale WHERE status = 'paid' GROUP BY day, region_id ORDER BY day, region_id;

SELECT region_id, -- by region
  min(amount), max(sold_at), sum(quantity), count(product), avg(amount), bool_or(paid)
FROM sale WHERE status = 'paid' AND sold_at >= '2025-02-01' AND sold_at < '2025-03-01'
GROUP BY region_id HAVING count(*) > 10 ORDER BY region_id LIMIT 10;

SELECT count(*) AS n, sum(quantity) * 2 + count(*) FROM sale WHERE status = 'paid' AND region_id = 3;

SELECT s.sold_at::date, count(*) FILTER (WHERE s.paid) AS paid
FROM sale s WHERE s.status = 'paid' GROUP BY s.sold_at::date ORDER BY 1;
`;

const JOINED = `
SELECT r.name, s.status, sum(s.amount) AS total FROM sale s JOIN region r ON r.id = s.region_id
WHERE s.status IN ('paid', 'open') GROUP BY r.name, s.status ORDER BY r.name, s.status;
SELECT region.name, avg(sale.quantity) FROM region, sale WHERE sale.region_id = region.id
GROUP BY 1 ORDER BY 2 DESC, 1;
SELECT r.id, r.name, count(*) FROM region r JOIN sale s ON s.region_id = r.id GROUP BY r.id ORDER BY r.id;
`;

describe('materialized views', function () {
  this.timeout(120_000);
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  async function advise({ db }: TestServer, workload: string, schedule?: string): Promise<MaterializedViewAdvice> {
    const collector = new WorkloadCollector();
    collectScript(collector, grammar, workload, 'workload.sql');
    const catalog = await db.readCatalog();
    const estimator = await openCostEstimator(db, catalog, { method: 'shadow' });
    try {
      return await adviseMaterializedViews({
        statements: plannedEntries(grammar, collector.entries()),
        catalog,
        estimator,
        readersOf: relations => readReaders(db, relations),
        ...(schedule !== undefined && { schedule }),
      });
    } finally {
      await estimator.dispose();
    }
  }

  onEachServer(SETUP, server => {
    async function rowsOf(sql: string): Promise<string[]> {
      const rows = await server().db.query<{ row: string; types: string }>(
        `select t::text as row from (${sql.replace(/;\s*$/, '')}) t`,
      );
      return rows.map(({ row }) => row);
    }

    for (const [what, workload] of Object.entries({ dashboard: DASHBOARD, joined: JOINED })) {
      it(`gives the rows of the ${what} from views that refresh concurrently`, async () => {
        const { run } = server();
        const advice = await advise(server(), workload);
        const originals = workload
          .split(/;\n/)
          .map(text => text.trim())
          .filter(text => text !== '');
        assert.deepEqual(advice.refusals, []);
        assert.deepEqual(
          advice.views.flatMap(({ statements }) => statements.map(({ id }) => id)).sort(),
          originals.map((_, place) => place + 1),
        );
        for (const view of advice.views) {
          for (const step of view.plan.steps) for (const sql of stepStatements(step)) await run(sql);
          const compared = async (): Promise<void> => {
            for (const { id, rewritten } of view.statements) {
              assert.ok(rewritten.includes(view.name), rewritten);
              const original = originals[id - 1]!;
              assert.deepEqual(await rowsOf(rewritten), await rowsOf(original), rewritten);
              assert.deepEqual(await columnsOf(rewritten), await columnsOf(original), rewritten);
            }
          };
          await compared();
          await run(`insert into sale (region_id, product, sold_at, status, quantity, amount, paid)
            values (3, null, '2025-02-14 12:00', 'paid', 100, 12345.67, true)`);
          const [first] = view.statements;
          assert.notDeepEqual(await rowsOf(first!.rewritten), await rowsOf(originals[first!.id - 1]!));
          await run(`refresh materialized view concurrently ${view.schema}.${view.name}`);
          await compared();
          const [grant] = await server().db.query<{ may: boolean; mayNot: boolean }>(
            `select has_table_privilege('reporting', $1, 'select') as may,
               has_table_privilege('sales', $1, 'select') as "mayNot"`,
            [`${view.schema}.${view.name}`],
          );
          assert.equal(grant?.may, true);
          assert.equal(grant?.mayNot, what === 'dashboard');
          for (const step of view.plan.steps) {
            if (step.isDone === undefined) continue;
            const [done] = await server().db.query(step.isDone);
            assert.deepEqual(Object.values(done ?? {}), [true], step.id);
          }
          for (const step of [...view.plan.steps].reverse()) {
            if (step.undoObstacle !== undefined) {
              const [obstacle] = await server().db.query(step.undoObstacle);
              assert.deepEqual(Object.values(obstacle ?? {}), [null]);
            }
            for (const sql of step.inverse) await run(sql);
          }
          await run('delete from sale where amount = 12345.67');
        }
      });
    }

    it('estimates the rows of a view near what it has', async () => {
      const advice = await advise(server(), DASHBOARD);
      for (const view of advice.views) {
        const [counted] = await server().db.query<{ n: string }>(`select count(*) as n from (${view.query}) t`);
        const ratio = view.estimate.groups / Number(counted!.n);
        assert.ok(ratio > 0.2 && ratio < 5, `${view.name}: ${view.estimate.groups} estimated, ${counted!.n} counted`);
      }
    });

    const refused: readonly (readonly [what: string, workload: string, reason: RegExp])[] = [
      [
        'an index does it',
        'select sum(amount) from sale where id = 5; select sum(amount) from sale where id = 7',
        /an index does it|small as it is/,
      ],
      ['an index would do it', `${'select count(*) from sale where product = 7 and sold_at = timestamp \'2025-01-08 00:07\';\n'.repeat(3)}`, /an index does it: CREATE INDEX/], // prettier-ignore
      ['it runs once', 'select region_id, sum(amount) from sale group by region_id', /runs once/],
      [
        'nearly every row is a group',
        'select sold_at, product, quantity, amount, sum(weight) from sale group by 1, 2, 3, 4;\n'.repeat(2),
        /rows of 12\d,\d{3} \(estimated\)/,
      ],
      [
        'a window moves with the clock',
        "select region_id, sum(amount) from sale where sold_at > now() - interval '1 hour' or product = 4 group by 1;\n".repeat(
          2,
        ),
        /frozen/,
      ],
      ['a median', 'select region_id, percentile_cont(0.5) within group (order by amount) from sale group by 1;\n'.repeat(2), /put together from parts/], // prettier-ignore
      ['distinct values', 'select region_id, count(distinct product) from sale group by 1;\n'.repeat(2), /distinct/i],
      ['row security', 'select kind, sum(amount) from secret group by kind;\n'.repeat(2), /row security/],
    ];
    for (const [what, workload, reason] of refused) {
      it(`offers none where ${what}`, async () => {
        const advice = await advise(server(), workload);
        assert.deepEqual(advice.views, []);
        assert.match(advice.refusals.map(each => each.reason).join('\n'), reason);
      });
    }

    it('says what index does it where the guides keep the latest rows of a camera in a view', async () => {
      const latest = 'select * from sale where product = 3 order by sold_at desc limit 100;\n'.repeat(9);
      const { views, refusals } = await advise(server(), latest);
      assert.deepEqual(views, []);
      assert.match(
        refusals.map(({ reason }) => reason).join('\n'),
        /^it aggregates nothing, and an index does it: CREATE INDEX .*\(product, sold_at(?: DESC)?\) \(planner cost [\d,]+ -> [\d.,]+\)$/i,
      );
    });

    async function columnsOf(sql: string): Promise<unknown> {
      return server().db.withSession(async session => {
        await session.execute(`create temp view shape as ${sql.replace(/;\s*$/, '')}`);
        const columns = await session.query(
          "select attname, format_type(atttypid, null) as type from pg_attribute where attrelid = 'shape'::regclass and attnum > 0",
        );
        await session.execute('drop view shape');
        return columns;
      });
    }
  });
});
