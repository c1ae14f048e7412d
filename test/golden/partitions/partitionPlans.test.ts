import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { migrationScript } from '../../../src/core/advisor/migration/migrationScript';
import type { MigrationPlan } from '../../../src/core/advisor/migration/migrationPlan';
import {
  advisePartitioning,
  chooseDistribution,
  continuousAggregates,
  enginePlans,
  citusPlan,
  foreignShards,
  maintenancePlan,
  partmanPlan,
  timescalePlan,
  type MaintenanceSpec,
} from '../../../src/core/advisor/partitions';
import { usesOf } from '../../../src/core/advisor/partitions/keyUse';
import type { PartitionFacts } from '../../../src/core/advisor/partitions/partitionFacts';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { catalogOf, column, table } from '../../unit/advisor/advisorFixtures';
import {
  EVENTS,
  evenKey,
  factsOf,
  GB,
  primaryKey,
  statementsOf,
} from '../../unit/advisor/partitions/partitionFixtures';

const SPEC: MaintenanceSpec = {
  schema: 'public',
  table: 'events',
  scheme: {
    method: 'range',
    column: 'created_at',
    keyKind: 'timestamptz',
    period: 'month',
    timeZone: 'Asia/Ho_Chi_Minh',
  },
  ahead: 3,
  keep: '24 months',
  retirement: { action: 'archive', schema: 'archive' },
};

/** Compares with the file; UPDATE_GOLDEN=1 writes it. Every statement is one that PostgreSQL's own grammar takes. */
async function expectScript(name: string, plans: readonly MigrationPlan[]): Promise<void> {
  const file = path.join(__dirname, `${name}.sql`);
  const script = plans.map(migrationScript).join('\n');
  const grammar = await loadGrammar();
  for (const plan of plans)
    for (const sql of plan.steps.flatMap(step => [...step.sql, ...step.inverse]))
      assert.equal(grammar.parse(sql).error?.message, undefined, sql);
  if (process.env['UPDATE_GOLDEN']) fs.writeFileSync(file, script);
  assert.equal(script, fs.readFileSync(file, 'utf8'));
}

const planOf = (made: { readonly plan: MigrationPlan } | { readonly refusal: string }): MigrationPlan => {
  assert.ok('plan' in made, 'refusal' in made ? made.refusal : '');
  return made.plan;
};

const RECENT = [
  [`SELECT avg(id) FROM events WHERE camera_id = $1 AND created_at > now() - interval '1 day'`, 90],
  ['SELECT * FROM events WHERE id = $1', 10],
] as const;

const AGGREGATED = [
  [
    `SELECT camera_id, date_trunc('hour', created_at), count(*), avg(id) FROM events WHERE camera_id = $1 AND created_at > now() - interval '1 day' GROUP BY 1, 2`,
    5,
  ],
  [`SELECT date_trunc('hour', created_at) AS h, camera_id, max(id) FROM events GROUP BY h, camera_id`, 5],
  [`SELECT created_at::date, count(*) FROM events GROUP BY 1`, 5],
  // no view keeps these: the first needs every value, the second filters by what it does not group by
  [`SELECT date_trunc('day', created_at), count(DISTINCT camera_id) FROM events GROUP BY 1`, 5],
  [`SELECT date_trunc('week', created_at), count(*) FROM events WHERE kind = 'car' GROUP BY 1`, 5],
] as const;

async function timescale(version: string, facts: PartitionFacts): Promise<MigrationPlan> {
  const [events] = facts.tables;
  return planOf(
    timescalePlan({
      facts: { ...facts, extensions: [{ name: 'timescaledb', version }] },
      table: events!,
      scheme: { method: 'range', column: 'created_at', keyKind: 'timestamptz', period: 'day', timeZone: 'UTC' },
      uses: usesOf(events!.relation, await statementsOf(...RECENT), catalogOf(events!.relation)),
      keep: '2 years',
      aggregates: continuousAggregates(
        events!.relation,
        'created_at',
        'Asia/Ho_Chi_Minh',
        await statementsOf(...AGGREGATED),
        catalogOf(events!.relation),
      ),
    }),
  );
}

describe('golden/partitions', () => {
  it('maintenance with pg_cron', () =>
    expectScript('maintenance-cron', [maintenancePlan(SPEC, { extensions: [{ name: 'pg_cron', version: '1.6' }] })]));

  it('maintenance from another database of pg_cron, and without it', () =>
    expectScript('maintenance-schedules', [
      maintenancePlan(
        { ...SPEC, keep: '90 days', retirement: { action: 'drop' } },
        { extensions: [{ name: 'pg_cron', version: '1.6' }] },
        { database: 'cameras' },
      ),
      maintenancePlan({ ...SPEC, table: 'Odd "events"' }, { extensions: [] }),
    ]));

  it('pg_partman 5 and 4', () =>
    expectScript('pg-partman', [
      planOf(partmanPlan(SPEC, '5.2.4')),
      planOf(
        partmanPlan(
          { ...SPEC, scheme: { ...SPEC.scheme, keyKind: 'uuid v7' }, retirement: { action: 'drop' } },
          '5.2.4',
        ),
      ),
      planOf(partmanPlan({ ...SPEC, scheme: { ...SPEC.scheme, keyKind: 'epoch milliseconds' } }, '4.7.4')),
    ]));

  it('pg_partman says what it cannot do', () => {
    assert.match(
      JSON.stringify(partmanPlan({ ...SPEC, scheme: { ...SPEC.scheme, keyKind: 'uuid v7' } }, '5.1.0')),
      /5\.2 or newer/,
    );
    assert.match(JSON.stringify(partmanPlan({ ...SPEC, table: 'a.b' }, '5.2.0')), /a dot in a name/);
    assert.match(JSON.stringify(partmanPlan(SPEC, '3.1.0')), /too old/);
  });

  it('TimescaleDB 2.12 and 2.20', async () =>
    expectScript('timescaledb', [
      await timescale('2.12.2', factsOf(EVENTS, {})),
      await timescale('2.20.0', factsOf(EVENTS, { rows: 0, keys: [evenKey('created_at', 730)] })),
    ]));

  it('TimescaleDB takes shorter chunks the faster rows come and the less memory there is', async () => {
    const lengths = [];
    for (const memory of [8 * GB, 1 * GB, GB / 16])
      lengths.push(
        (await timescale('2.20.0', factsOf(EVENTS, {}, memory))).steps.find(({ id }) => id === 'hypertable')!.title,
      );
    assert.deepEqual(lengths, [
      'A hypertable with chunks of 14 days',
      'A hypertable with chunks of 2 days',
      'A hypertable with chunks of 2 hours',
    ]);
  });

  it('Citus by the customer that tables refer to', async () => {
    const references = (to: string, own: string) => ({
      name: `${own}_fkey`,
      kind: 'foreign key' as const,
      columns: [own],
      validated: true,
      references: { schema: 'public', relation: to, columns: ['id'] },
    });
    const customers = table('customers', [column('id', 'bigint', -1), column('name', 'text', -1)]);
    const orders = table(
      'orders',
      [column('id', 'bigint', -1), column('customer_id', 'bigint', 50_000), column('country', 'integer', 200)],
      { constraints: [references('customers', 'customer_id')] },
    );
    const items = table(
      'items',
      [column('order_id', 'bigint', -0.3), column('customer_id', 'bigint', 50_000), column('sku', 'text', 9_000)],
      {
        constraints: [references('customers', 'customer_id')],
        indexes: [primaryKey('items', 'customer_id', 'order_id', 'sku')],
      },
    );
    const countries = table('countries', [column('id', 'integer', 200)]);
    const facts = [customers, orders, items, countries].map(
      (relation, i) =>
        factsOf(relation, { rows: [5e6, 5e8, 2e9, 200][i]!, tableBytes: [1, 60, 200, 0.001][i]! * GB, keys: [] })
          .tables[0]!,
    );
    const statements = await statementsOf(
      [
        'SELECT * FROM orders o JOIN items i ON i.order_id = o.id AND i.customer_id = o.customer_id WHERE o.customer_id = $1',
        80,
      ],
      ['SELECT * FROM customers WHERE id = $1', 15],
      ['SELECT count(*) FROM orders', 5],
    );
    const distribution = chooseDistribution(facts, statements, catalogOf(customers, orders, items, countries))!;
    assert.equal(Math.round(distribution.singleNodeShare * 100), 95);
    await expectScript('citus', [
      planOf(citusPlan(distribution, [{ name: 'citus', version: '13.0-1' }])),
      planOf(citusPlan(distribution, [{ name: 'citus', version: '10.2' }])),
    ]);
    assert.match(JSON.stringify(citusPlan(distribution, [])), /not installed/);
  });

  it('engines that are installed, and none else', async () => {
    const catalog = catalogOf(EVENTS);
    const statements = await statementsOf(...RECENT);
    const with_ = (...names: string[]): PartitionFacts => ({
      ...factsOf(EVENTS, {}),
      extensions: names.map(name => ({ name, version: name === 'citus' ? '13.0' : '2.20.0' })),
    });
    const planned = (facts: PartitionFacts): string[] =>
      enginePlans(facts, advisePartitioning(facts, { statements, catalog }), { statements, catalog }).map(
        ({ engine, result }) => `${engine}: ${'plan' in result ? result.plan.title : result.refusal}`,
      );
    assert.deepEqual(planned(with_('pg_trgm')), []);
    assert.deepEqual(planned(with_('timescaledb')), [
      'timescaledb: Make public.events a hypertable of TimescaleDB 2.20.0',
    ]);
    assert.deepEqual(planned(with_('citus')), ['citus: Distribute public.events by Citus 13.0']);
  });

  it('postgres_fdw', async () => {
    const { parent, shards } = foreignShards({
      relation: {
        ...EVENTS,
        indexes: [
          {
            ...primaryKey('events', 'id'),
            definition: 'CREATE UNIQUE INDEX events_pkey ON public.events USING btree (id)',
          },
        ],
      },
      parent: 'all_events',
      clause: 'HASH (camera_id)',
      servers: ['north', 'south'].map((name, i) => ({
        name,
        host: `${name}.example`,
        port: 5432 + i,
        database: 'cameras',
        user: 'events',
      })),
      shards: ['north', 'south'].map((server, i) => ({
        name: `events_${server}`,
        server,
        bound: `FOR VALUES WITH (MODULUS 2, REMAINDER ${i})`,
      })),
    });
    await expectScript('postgres-fdw', [...shards.map(({ plan }) => plan), parent]);
    assert.throws(
      () =>
        foreignShards({
          relation: EVENTS,
          parent: 'p',
          clause: 'HASH (id)',
          servers: [],
          shards: [{ name: 's', server: 'west', bound: 'DEFAULT' }],
        }),
      /west, which is not given/,
    );
  });

  it('refuses schedules of six fields and keeps that are no length of time', () => {
    assert.throws(() => maintenancePlan(SPEC, { extensions: [] }, { schedule: '*/30 * * * * *' }), /has 6/);
    assert.throws(
      () => maintenancePlan({ ...SPEC, keep: 'forever' }, { extensions: [] }),
      /'90 days' or '24 months', not 'forever'/,
    );
    assert.throws(() => maintenancePlan({ ...SPEC, ahead: -1 }, { extensions: [] }), /whole number from 0/);
  });
});
