import assert from 'node:assert/strict';
import pg from 'pg';
import { pgBouncerIni } from '../../src/core/profiles/exports/pgbouncer';
import { planPools } from '../../src/core/profiles/exports/poolSizes';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import { readHealth } from '../../src/database/health/readHealth';
import { debianPackagesOrSkip } from '../support/debianPackages';
import { startPgBouncer, type RunningPgBouncer } from '../support/pgBouncer';

/** A pool so small that every use of ours shares its connections with others. */
const POOLS = planPools({ cores: 2, connections: 20, storage: 'ssd' }, { clients: 50 });

describe('database through PgBouncer in transaction mode', function () {
  this.timeout(60_000);
  let server: EmbeddedServer | undefined;
  let bouncer: RunningPgBouncer | undefined;
  let db: PostgresDatabase;
  /** Another client of the pool, that must find its connections as it left them. */
  let other: pg.Client;

  before(async function () {
    const debian = await debianPackagesOrSkip(this, ['pgbouncer']);
    server = await startEmbedded({ settings: { autovacuum: 'off', max_connections: '20' } });
    const { hostname, port } = new URL(server.url);
    const ini = pgBouncerIni({ host: hostname, port: Number(port), database: 'postgres' }, POOLS);
    bouncer = await startPgBouncer(debian, ini);
    db = await openDatabase(await resolveConnection({ url: bouncer.url('postgres'), env: {}, cwd: '/' }));
    other = new pg.Client({ connectionString: bouncer.url('postgres') });
    await other.connect();
    await other.query(`create extension pg_stat_statements`);
    await other.query(`create table counts as select i as id, i as n from generate_series(1, 10000) i`);
    await other.query('analyze counts');
  });
  after(async () => {
    await db?.dispose();
    await other?.end();
    await bouncer?.stop();
    await server?.stop();
  });

  const console = async (command: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: bouncer!.url('pgbouncer') });
    await client.connect();
    try {
      // The console knows the simple protocol only.
      return (await client.query<Record<string, unknown>>(command)).rows;
    } finally {
      await client.end();
    }
  };

  it('starts with the exported file, every value of it in force', async () => {
    const shown = new Map((await console('SHOW CONFIG')).map(({ key, value }) => [String(key), String(value)]));
    const wanted = {
      pool_mode: 'transaction',
      max_client_conn: '50',
      default_pool_size: String(POOLS.poolSize),
      reserve_pool_size: String(POOLS.reserve),
      max_db_connections: String(POOLS.poolSize + POOLS.reserve),
      query_wait_timeout: '120',
      server_lifetime: '3600',
      server_idle_timeout: '600',
      ignore_startup_parameters: 'extra_float_digits,options',
      auth_type: 'scram-sha-256',
    };
    for (const [key, value] of Object.entries(wanted)) assert.equal(shown.get(key), value, key);
  });

  it('keeps to the size of the pool, however many clients there are', async () => {
    const clients = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const client = new pg.Client({ connectionString: bouncer!.url('postgres') });
        await client.connect();
        return client;
      }),
    );
    try {
      const processes = await Promise.all(
        clients.map(client => client.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)')),
      );
      assert.equal(processes.length, 30);
      const used = new Set(processes.map(({ rows }) => rows[0]!.pid)).size;
      assert.ok(used <= POOLS.poolSize + POOLS.reserve, `${used} connections`);
      assert.ok(used > 1, 'one connection only');
      const pool = (await console('SHOW POOLS')).find(({ database }) => database === 'postgres');
      assert.equal(pool?.['pool_mode'], 'transaction');
    } finally {
      await Promise.all(clients.map(client => client.end()));
    }
  });

  it('reads the catalog, health and plans, again and again', async () => {
    for (let round = 0; round < 3; round++) {
      assert.ok((await db.readCatalog()).relations.some(({ name }) => name === 'counts'));
      const { results } = await readHealth(db);
      const failed = results.filter(({ status, detail }) => status === 'unknown' && !/counted|asked for/.test(detail));
      assert.deepEqual(failed, []);
      const sql = 'select count(*) from counts where id < $1';
      for (const request of [
        { sql, parameters: [], analyze: false, writes: false },
        { sql, parameters: ['70'], analyze: false, writes: false },
        { sql, parameters: ['70'], analyze: true, writes: false },
        { sql: 'update counts set n = n + 1 where id < $1', parameters: ['70'], analyze: true, writes: true },
      ]) {
        const { plan } = await db.explain(request);
        assert.ok(plan[0]?.['Plan'], request.sql);
      }
    }
    const { rows } = await other.query(`select 1 from counts where n <> id`);
    assert.deepEqual(rows, []);
  });

  /** What a client finds on each connection of the pool that is not as a new connection has it. */
  const leftBehind = async (): Promise<Record<string, unknown>[]> => {
    const looks = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const client = new pg.Client({ connectionString: bouncer!.url('postgres') });
        await client.connect();
        try {
          const { rows } = await client.query<
            Record<string, unknown>
          >(`select current_setting('lock_timeout') as locks_ms,
            current_setting('statement_timeout') as statement_ms,
            (select count(*)::int from pg_prepared_statements) as prepared,
            (select count(*)::int from pg_locks where locktype = 'advisory') as advisory
            from pg_sleep(0.02)`);
          return rows;
        } finally {
          await client.end();
        }
      }),
    );
    const expected = { locks_ms: '0', statement_ms: '0', prepared: 0, advisory: 0 };
    return looks.flat().filter(row => JSON.stringify(row) !== JSON.stringify(expected));
  };

  it('leaves nothing on the connections that others get', async () => {
    for (const request of [
      { sql: 'select * from counts where id < $1', analyze: false },
      { sql: 'select pg_advisory_lock(7)', analyze: true },
    ]) {
      const explain = (): Promise<unknown> => db.explain({ ...request, parameters: [], writes: false });
      await Promise.all(Array.from({ length: 12 }, explain));
      assert.deepEqual(await leftBehind(), []);
    }
  });

  it('applies changes, in a transaction and outside of one, without a setting that stays', async () => {
    const index = (how: string, name: string): string => `create index ${how} ${name} on counts (n)`;
    for (const change of [
      { sql: [index('', 'counts_n')], runsInTransaction: true },
      { sql: [index('concurrently', 'counts_n_too'), 'VACUUM (ANALYZE) public.counts'], runsInTransaction: false },
    ]) {
      await applyChange(db, { ...change, locks: '', inverse: [] });
      assert.deepEqual(await leftBehind(), []);
    }
    const { rows } = await other.query(`select 1 from pg_indexes where indexname like 'counts_n%'`);
    assert.equal(rows.length, 2);
  });
});
