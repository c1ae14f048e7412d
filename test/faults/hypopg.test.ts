import assert from 'node:assert/strict';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openCostEstimator } from '../../src/database/whatIf';
import { DEVICE_INDEX, DEVICE_SQL, startWithHypoPG } from '../database/hypopgServer';
import type { SystemPostgres } from '../database/systemServer';
import { FaultProxy } from './faultProxy';
import { failureOf, until } from './faultServer';

const SETUP = `
  create extension hypopg;
  create table reading (id int primary key, device int not null);
  insert into reading select i, i % 500 from generate_series(1, 50000) i;
  analyze reading`;

describe('HypoPG, whose connection is cut', () => {
  let server: SystemPostgres | undefined;
  let proxy: FaultProxy | undefined;
  let owner: PostgresDatabase | undefined;
  let database: PostgresDatabase | undefined;

  before(async function () {
    server = await startWithHypoPG(this);
    const settings = await resolveConnection({ url: server.url, env: {}, cwd: '/' });
    proxy = await FaultProxy.start(settings.port);
    owner = await openDatabase({ ...settings, applicationName: 'owner' });
    database = await openDatabase({ ...settings, port: proxy.port, applicationName: 'Query Tuner' });
    await owner.withSession(session => session.execute(SETUP));
  });
  after(async () => {
    await database?.dispose();
    await owner?.dispose();
    await proxy?.stop();
    await server?.stop();
  });

  it('leaves no transaction and no index, and plans the next time', async () => {
    const estimator = await openCostEstimator(database!, await database!.readCatalog(), { method: 'hypopg' });
    const { totalCost } = await estimator.cost(DEVICE_SQL, []);
    await owner!.withSession(async session => {
      await session.execute('begin; lock table reading in access exclusive mode');
      const failed = failureOf(estimator.cost(DEVICE_SQL, [DEVICE_INDEX]));
      await until(
        async () => (await session.query('select from pg_locks where not granted')).length > 0,
        'it never waits',
      );
      proxy!.cut();
      assert.equal((await failed).kind, 'connection');
    });
    const left = `select from pg_stat_activity where application_name = 'Query Tuner' and xact_start is not null`;
    await until(async () => (await owner!.query(left)).length === 0, 'a transaction is left');
    assert.equal((await owner!.query(`select from pg_index where indrelid = 'reading'::regclass`)).length, 1);
    assert.equal((await estimator.cost(DEVICE_SQL, [])).totalCost, totalCost);
    assert.deepEqual((await estimator.cost(DEVICE_SQL, [DEVICE_INDEX])).usedIndexes, [0]);
    await estimator.dispose();
  });
});
