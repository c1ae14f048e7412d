import * as assert from 'node:assert/strict';
import pg from 'pg';
import { adviseWorkload } from '../../src/core/advisor/indexes/adviseWorkload';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { CostEstimator } from '../../src/core/ports';
import { loadGrammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openCostEstimator } from '../../src/database/whatIf';
import { DEVICE_INDEX, DEVICE_SQL, startWithHypoPG } from './hypopgServer';
import type { SystemPostgres } from './systemServer';

const SCHEMA = `
  create extension hypopg;
  create table reading (id int primary key, device int not null, taken date not null, data jsonb);
  insert into reading select i, i % 500, date '2024-01-01' + i / 100, '{}' from generate_series(1, 50000) i;
  analyze reading`;

describe('database/whatIf/hypopg', () => {
  let server: SystemPostgres | undefined;
  let client: pg.Client;
  let db: PostgresDatabase;
  let catalog: Catalog;
  let estimator: CostEstimator;

  before(async function () {
    server = await startWithHypoPG(this);
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(SCHEMA);
    db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    catalog = await db.readCatalog();
    estimator = await openCostEstimator(db, catalog, { method: 'hypopg' });
  });

  after(async () => {
    await estimator?.dispose();
    await db?.dispose();
    await client?.end();
    await server?.stop();
  });

  const serverCost = async (): Promise<number> => {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
      `explain (format json) ${DEVICE_SQL}`,
    );
    return rows[0]!['QUERY PLAN'][0].Plan['Total Cost'];
  };

  it('plans with an index that is not there as with one that is', async () => {
    const before = await estimator.cost(DEVICE_SQL, []);
    assert.equal(before.totalCost, await serverCost());
    const planned = await estimator.cost(DEVICE_SQL, [DEVICE_INDEX]);
    assert.deepEqual(planned.usedIndexes, [0]);
    await client.query('create index real_index on reading (device)');
    try {
      const real = await serverCost();
      assert.ok(Math.abs(planned.totalCost / real - 1) < 0.01, `${planned.totalCost} for ${real}`);
    } finally {
      await client.query('drop index real_index');
    }
  });

  it('leaves nothing behind', async () => {
    await estimator.cost(DEVICE_SQL, [DEVICE_INDEX]);
    assert.equal((await estimator.cost(DEVICE_SQL, [])).totalCost, await serverCost());
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pg_index where indrelid = 'reading'::regclass`,
    );
    assert.equal(rows[0]!.count, '1');
  });

  it('refuses alone what HypoPG cannot imagine, and does without it among others', async () => {
    const gin: IndexDefinition = { ...DEVICE_INDEX, method: 'gin', keys: ['data'] };
    await assert.rejects(estimator.cost(DEVICE_SQL, [gin]), { kind: 'unsupported' });
    assert.deepEqual((await estimator.cost(DEVICE_SQL, [gin, DEVICE_INDEX])).usedIndexes, [1]);
  });

  it('advises on a workload', async () => {
    const grammar = await loadGrammar();
    const statements = [DEVICE_SQL, `select * from reading where data @> '{"a": 1}'`].map((sql, position) => ({
      id: position + 1,
      sql,
      statement: parseStatement(grammar, sql),
      weight: 1,
    }));
    const advice = await adviseWorkload({ statements, catalog, estimator });
    assert.equal(advice.whatIf, 'what-if (hypopg)');
    assert.deepEqual(
      advice.indexes.map(({ columns, queries }) => [columns, queries]),
      [[['device'], [1]]],
    );
    assert.deepEqual(advice.skipped, []);
  });
});
