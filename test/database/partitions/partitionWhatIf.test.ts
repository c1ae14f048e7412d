import * as assert from 'node:assert/strict';
import type { PartitionScheme } from '../../../src/core/advisor/partitions/scheme';
import type { PartitionLayout } from '../../../src/core/advisor/partitions/whatIf/layout';
import { quoteQualified } from '../../../src/core/sql/identifiers';
import { readPartitionFacts } from '../../../src/database/partitions/readPartitionFacts';
import { partitionsScanned, prunedCost } from '../../../src/database/whatIf/partitionScans';
import { planPartitioned, type PartitionedPlan } from '../../../src/database/whatIf/partitionWhatIf';
import { onEachServer, type TestServer } from '../servers';
import { buildTestWorker, WORKER_FILE } from '../whatIfWorker';

const TABLE = `create table orders (id bigint not null, customer_id int not null, region text not null,
  created_at timestamptz not null, amount numeric not null, note text)`;
const ROWS = `insert into orders select g, abs(hashint4(g) % 5000), (array['north', 'south', 'east', 'west'])[1 + abs(hashint4(-g) % 4)],
    timestamptz '2024-01-01 00:00+00' + g * interval '100 seconds', (g % 997) / 10.0, repeat('x', 20 + g % 60)
  from generate_series(1, 300000) g`;

const SETUP = `${TABLE}; ${ROWS};
  alter table orders add primary key (id);
  create index orders_created_idx on orders (created_at);
  create index orders_customer_idx on orders (customer_id, created_at);
  create table customers (id int primary key, name text not null);
  insert into customers select g, 'customer ' || g from generate_series(0, 4999) g`;

const BY_TIME = [
  `select count(*) from orders where created_at >= '2024-03-01 00:00+00' and created_at < '2024-04-01 00:00+00'`,
  `select sum(amount) from orders where created_at >= '2024-03-05 00:00+00' and created_at < '2024-03-06 00:00+00'`,
  `select * from orders where created_at > '2024-12-01 00:00+00'`,
  `select * from orders where customer_id = 42`,
  `select * from orders where customer_id = 42 and created_at >= '2024-06-01 00:00+00'`,
  `select * from orders where id = 77777`,
  `select * from orders order by created_at desc limit 20`,
  `select region, count(*) from orders group by region`,
  `select c.name, sum(o.amount) from orders o join customers c on c.id = o.customer_id
     where o.created_at between '2024-05-01 00:00+00' and '2024-05-31 00:00+00' group by c.name`,
  `select * from orders where created_at < '2024-02-01 00:00+00' and region = 'north'`,
  `select * from orders where created_at > timestamptz '2024-12-10 00:00+00' + (now() - now())`,
  `select * from orders where id between 1000 and 1100`,
];
const BY_VALUE = [
  `select count(*) from orders where region = 'north'`,
  `select count(*) from orders where region in ('north', 'east') and customer_id = 42`,
  `select * from orders where customer_id = 42`,
  `select * from orders where created_at >= '2024-06-01 00:00+00' and created_at < '2024-06-02 00:00+00'`,
];

interface Comparison {
  readonly sql: string;
  readonly error: number;
  readonly costs: string;
  readonly model: readonly string[];
  readonly real: readonly string[];
}

/** Builds the partitions for real, in a schema of their own, and plans each statement there. */
async function compare(
  server: TestServer,
  layout: PartitionLayout,
  plans: readonly PartitionedPlan[],
): Promise<Comparison[]> {
  const key = layout.column;
  await server.run(`drop schema if exists cut cascade; create schema cut; set search_path = cut, public;
    ${TABLE.replace('orders', 'cut.orders')} partition by ${layout.clause};
    ${layout.partitions.map(({ name, bound }) => `create table ${quoteQualified('cut', name)} partition of cut.orders ${bound}`).join(';')};
    alter table cut.orders add primary key (id, ${key});
    create index on cut.orders (created_at); create index on cut.orders (customer_id, created_at);
    insert into cut.orders select * from public.orders order by id`);
  await server.run('vacuum analyze cut.orders');
  const names = new Set(layout.partitions.map(({ name }) => name));
  return server.db.withSession(async session => {
    await session.execute('set search_path = cut, public');
    const found: Comparison[] = [];
    for (const plan of plans) {
      assert.ok('plan' in plan, 'reason' in plan ? plan.reason : '');
      const [row] = await session.query<{ 'QUERY PLAN': { Plan: Record<string, unknown> }[] }>(
        `explain (format json) ${plan.sql}`,
      );
      const real = row!['QUERY PLAN'][0]!.Plan;
      found.push({
        sql: plan.sql,
        costs: `${plan.costAfter} for ${prunedCost(real)}`,
        error: Math.abs(plan.costAfter / prunedCost(real) - 1),
        model: [...plan.scanned].sort(),
        real: partitionsScanned(real, names).sort(),
      });
    }
    return found;
  });
}

function report(title: string, comparisons: readonly Comparison[]): void {
  const errors = comparisons.map(({ error }) => error).sort((a, b) => a - b);
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const same = comparisons.filter(({ model, real }) => model.join() === real.join()).length;
  console.log(
    `      ${title}: ${comparisons.length} statements, ${same} read the same partitions; cost error median ` +
      `${percent(errors[Math.floor(errors.length / 2)]!)}, worst ${percent(errors.at(-1)!)}`,
  );
  for (const each of comparisons.filter(({ error }) => error > 0.05))
    console.log(`        ${percent(each.error)} ${each.costs} ${each.sql}`);
}

describe('database/whatIf: partitions planned before they are there, against real ones', function () {
  this.timeout(180_000);

  onEachServer(SETUP, (server, major) => {
    before(async function () {
      this.timeout(120_000);
      await buildTestWorker();
      await server().run('vacuum analyze orders');
      await server().run('vacuum analyze customers');
    });

    const plan = async (scheme: PartitionScheme, statements: readonly string[]) => {
      const catalog = await server().db.readCatalog();
      const facts = await readPartitionFacts(server().db, catalog, { tables: [{ schema: 'public', name: 'orders' }] });
      const [table] = facts.tables;
      return planPartitioned(
        server().db,
        catalog,
        { facts, table: table!, scheme, statements },
        { workerFile: WORKER_FILE },
      );
    };

    const CASES: readonly (readonly [string, PartitionScheme, readonly string[]])[] = [
      [
        'months',
        { method: 'range', column: 'created_at', keyKind: 'timestamptz', period: 'month', timeZone: 'UTC' },
        BY_TIME,
      ],
      [
        'weeks of New York',
        { method: 'range', column: 'created_at', keyKind: 'timestamptz', period: 'week', timeZone: 'America/New_York' },
        BY_TIME,
      ],
      ['a list', { method: 'list', column: 'region', values: ['north', 'south', 'east', 'west'] }, BY_VALUE],
      ['a hash', { method: 'hash', column: 'customer_id', modulus: 8 }, BY_VALUE],
    ];
    // the statistics of an older server are copied in the same way, whatever they are divided by
    for (const [title, scheme, statements] of major < 18 ? CASES.slice(0, 1) : CASES)
      it(`by ${title}: the same partitions, and nearly the same cost`, async function () {
        const { layout, plans, notes } = await plan(scheme, statements);
        for (const note of notes) console.log(`      note: ${note}`);
        const comparisons = await compare(server(), layout, plans);
        report(title, comparisons);
        for (const { sql, model, real } of comparisons) assert.deepEqual(model, real, sql);
        const errors = comparisons.map(({ error }) => error).sort((a, b) => a - b);
        assert.ok(errors[Math.floor(errors.length / 2)]! < 0.05, `median error ${errors.join()}`);
      });

    it('says what cannot be modelled, and models the rest', async () => {
      const scheme = { method: 'hash', column: 'customer_id', modulus: 4 } as const;
      const { plans } = await plan(scheme, [
        'select * from no_such_table',
        'select * from orders where customer_id = $1',
      ]);
      assert.match('reason' in plans[0]! ? plans[0].reason : '', /no_such_table/);
      assert.ok('isGeneric' in plans[1]! && plans[1].isGeneric);
    });
  });
});
