import * as assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import { DatabaseError } from '../../src/core/ports';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { startEmbedded } from '../../src/database/embedded';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openSession, type Session } from '../../src/database/session';
import { openCostEstimator } from '../../src/database/whatIf';
import { openShadow, type ShadowEstimator } from '../../src/database/whatIf/shadow';
import { leaseShadow } from '../../src/database/whatIf/shadowPool';
import { onEachServer } from './servers';
import { buildTestWorker, openTestShadow, WORKER_FILE } from './whatIfWorker';

const SETUP = `
create extension file_fdw;
create table cameras (id int primary key, site text not null, mail text);
insert into cameras select g, 'site ' || g % 10, 'user' || g || '@example.com' from generate_series(1, 3000) g;
create table counts (id int primary key, camera_id int not null references cameras, at timestamptz not null, n int);
insert into counts select g, 1 + g % 3000, timestamptz '2025-01-01' + g * interval '1 minute', g % 60 from generate_series(1, 60000) g;
create schema many;
do $$ begin for i in 1..300 loop execute format('create table many.t%s (id int primary key, x int)', i); end loop; end $$;
create server files foreign data wrapper file_fdw;
create foreign table remote (id int) server files options (filename '/dev/null');
create table secrets (id int, owner name);
alter table secrets enable row level security;
create policy own on secrets using (owner = current_user);
create function checksum(text) returns int language internal immutable strict as 'hashtext';
create role reader login;
revoke create on schema public from public;
revoke temporary on database postgres from public;
grant usage on schema public, many to reader;
grant select on all tables in schema public, many to reader;
vacuum analyze;
`;

const STATEMENT = "select * from counts where at > '2025-02-01' and camera_id = 7";
const INDEX: IndexDefinition = {
  schema: 'public',
  relation: 'counts',
  method: 'btree',
  keys: ['camera_id', 'at'],
  include: [],
};
const LOWER: IndexDefinition = {
  schema: 'public',
  relation: 'cameras',
  method: 'btree',
  keys: ['lower(mail)'],
  include: [],
};

describe('database/whatIf touches nothing and survives everything', function () {
  this.timeout(120_000);

  onEachServer(SETUP.replace('vacuum analyze;', ''), server => {
    let owner: Session;
    let reader: PostgresDatabase;

    before(async () => {
      await buildTestWorker();
      await server().run('vacuum analyze');
      owner = await openSession(await resolveConnection({ url: server().url, env: {}, cwd: '/' }));
      const url = server().url.replace('postgres@', 'reader@');
      reader = await openDatabase(await resolveConnection({ url, env: {}, cwd: '/' }));
    });

    after(async () => {
      await reader?.dispose();
      await owner?.end();
    });

    const one = async <T>(sql: string): Promise<T> => Object.values((await owner.query(sql))[0] ?? {})[0] as T;

    it('gives a role that may only read everything, and writes nothing', async () => {
      if (server().major >= 15) await server().run('create extension if not exists pg_walinspect');
      const nextTransaction = () => one<string>('select pg_snapshot_xmax(pg_current_snapshot())::text');
      const position = () => one<string>('select pg_current_wal_insert_lsn()::text');
      const before = { next: await nextTransaction(), position: await position() };

      const shadow = await openTestShadow(reader, await reader.readCatalog());
      const today = await shadow.cost(STATEMENT, []);
      const withIndex = await shadow.cost(STATEMENT, [INDEX]);
      const expression = await shadow.cost("select * from cameras where lower(mail) = 'user5@example.com'", [LOWER]);
      await shadow.estimateBytes(INDEX);
      assert.ok(today.relativeError! < 0.01, String(today.relativeError));
      assert.deepEqual([withIndex.usedIndexes, expression.usedIndexes], [[0], [0]]);
      assert.ok(withIndex.totalCost < 0.5 * today.totalCost);
      assert.equal(expression.plan['Plan Rows'], 1);
      console.log(
        `      memory of the worker: ${Math.round((await shadow.memoryBytes()) / 1e6)} MB; ${shadow.describe()}`,
      );
      await shadow.dispose();

      // whoever writes a row, a catalog or a sequence gets a transaction number first
      assert.equal(await nextTransaction(), before.next);
      const now = await position();
      if (server().major < 15 || now === before.position) return;
      // only what is flushed can be read, and a switch flushes
      await owner.query('select pg_switch_wal()');
      const records = `pg_get_wal_records_info('${before.position}', '${now}')`;
      assert.equal(await one(`select count(*)::int from ${records} where xid::text <> '0'`), 0);
    });

    it('copies only what a statement needs', async () => {
      const catalog = await server().db.readCatalog();
      const shadow = await openTestShadow(server().db, catalog);
      const { shadow: shared, release } = leaseShadow(server().db, WORKER_FILE);
      await shadow.cost('select * from many.t7 where x = 3', []);
      assert.equal(shared.relationCount, 1);
      await shadow.cost(STATEMENT, []);
      assert.equal(shared.relationCount, 2);
      release();
      await shadow.dispose();
    });

    it('keeps up with the server: rows, statistics and indexes that come and go', async () => {
      const fresh = async (): Promise<{ error: number; cost: number }> => {
        const shadow = await openTestShadow(server().db, await server().db.readCatalog());
        const { totalCost, relativeError } = await shadow.cost(STATEMENT, []);
        await shadow.dispose();
        return { error: relativeError!, cost: totalCost };
      };
      const { shadow, release } = leaseShadow(server().db, WORKER_FILE);
      const first = await fresh();
      const { generation } = shadow.thread;

      await server().run(
        "insert into counts select g, 7, timestamptz '2025-03-01', 1 from generate_series(100001, 130000) g",
      );
      const larger = await fresh();
      await server().run('analyze counts');
      const analyzed = await fresh();
      assert.equal(shadow.thread.generation, generation, 'new statistics need no new worker');
      await server().run('create index counts_camera_idx on counts (camera_id)');
      const indexed = await fresh();
      await server().run('drop index counts_camera_idx; delete from counts where id > 100000');
      await server().run('vacuum analyze counts');
      const before = await fresh();
      release();

      const all = [first, larger, analyzed, indexed, before];
      for (const { error } of all) assert.ok(error < 0.01, JSON.stringify(all));
      assert.ok(larger.cost > first.cost && indexed.cost < analyzed.cost, JSON.stringify(all));
    });

    const refused: readonly (readonly [sql: string, said: RegExp])[] = [
      ['select * from remote where id = 5', /cannot model public\.remote: it is a foreign table/],
      ['select * from secrets where id = 5', /cannot model public\.secrets: row security filters it for this role/],
      ["select * from cameras where checksum('x') = id", /the function checksum is written in internal/],
    ];
    for (const [sql, said] of refused) {
      it(`says why not: ${sql}`, async () => {
        const shadow = await openTestShadow(reader, await reader.readCatalog());
        await server().run('grant select on remote, secrets to reader');
        await assert.rejects(shadow.cost(sql, []), (error: DatabaseError) => said.test(error.message));
        assert.ok((await shadow.cost(STATEMENT, [])).totalCost > 0);
        await shadow.dispose();
      });
    }

    it('fetches what statements need together, and tells each of them its own reason', async () => {
      const { db } = server();
      const shadow = await openTestShadow(db, await db.readCatalog());
      const { shadow: shared, release } = leaseShadow(db, WORKER_FILE);
      const [one, other] = ['select * from many.t11 where x = 3', 'select * from many.t12 where x = 3'] as const;
      await shadow.anticipate([one, other]);
      const count = shared.relationCount;
      await shadow.cost(one, []);
      await shadow.cost(other, []);
      assert.equal(shared.relationCount, count, 'both were there');
      const [sql, said] = refused[0]!;
      await shadow.anticipate(['select * from many.t13 where x = 3', sql]);
      await assert.rejects(shadow.cost(sql, []), (error: DatabaseError) => said.test(error.message));
      assert.ok((await shadow.cost(STATEMENT, [])).totalCost > 0);
      release();
      await shadow.dispose();
    });

    it('plans with a stand-in for a function whose value is not needed', async () => {
      const shadow = await openTestShadow(reader, await reader.readCatalog());
      const { relativeError } = await shadow.cost('select checksum(site), count(*) from cameras group by 1', []);
      assert.ok(relativeError! < 0.05, String(relativeError));
      await shadow.dispose();
    });

    it('refuses a statement it is not to be trusted with', async () => {
      const catalog = await server().db.readCatalog();
      const options = { workerFile: WORKER_FILE };
      const strict = openShadow(server().db, catalog, { ...options, trustedError: -1 });
      await assert.rejects(strict.cost(STATEMENT, []), { name: 'DatabaseError', kind: 'unsupported' });
      await strict.dispose();
      const auto = await openCostEstimator(server().db, catalog, { ...options, method: 'auto' });
      assert.ok((await auto.cost(STATEMENT, [])).relativeError! < 0.01);
      assert.match(auto.describe?.() ?? '', /copy of the server's statistics; the cost of today's plan is .* off/);
      await auto.dispose();
    });

    describe('when it is interrupted', () => {
      let db: PostgresDatabase;
      let shadow: ShadowEstimator;

      beforeEach(async () => {
        db = await openDatabase(await resolveConnection({ url: server().url, env: {}, cwd: '/' }));
        shadow = await openTestShadow(db, await db.readCatalog());
      });

      afterEach(async () => {
        await shadow.dispose();
        await db.dispose();
      });

      /** Starts a question, and calls `then` once the server makes it wait for a lock on a system catalog. */
      async function whileWaiting<T>(ask: () => Promise<T>, then: (processId: number) => Promise<void>): Promise<T> {
        await owner.execute('begin; lock table pg_catalog.pg_statistic_ext in access exclusive mode');
        try {
          const answer = ask();
          answer.catch(() => undefined);
          const waits = `select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'Query Tuner' and datname = current_database()`;
          let rows: { pid: number }[] = [];
          while (rows.length === 0) rows = await owner.query<{ pid: number }>(waits);
          await then(rows[0]!.pid);
          // the lock is still held: nothing but the interruption can have ended it
          return await answer;
        } finally {
          await owner.execute('rollback');
        }
      }

      const openTransactions = () =>
        one<number>(
          `select count(*)::int from pg_stat_activity where pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'`,
        );

      it('ends at once by a cancel', async () => {
        const controller = new AbortController();
        await assert.rejects(
          whileWaiting(
            () => shadow.cost(STATEMENT, [], controller.signal),
            async () => controller.abort(),
          ),
          CancelledError,
        );
        // the caller is free at once; the server is told by a second connection
        while ((await openTransactions()) > 0);
        assert.ok((await shadow.cost(STATEMENT, [])).totalCost > 0);
      });

      it('reports a connection that was cut, and takes a new one', async () => {
        const cut = async (processId: number): Promise<void> => {
          await owner.query('select pg_terminate_backend($1)', [processId]);
        };
        await assert.rejects(
          whileWaiting(() => shadow.cost(STATEMENT, []), cut),
          (error: DatabaseError) => error instanceof DatabaseError && error.kind === 'connection',
        );
        // the client hears of it before the backend is gone
        while ((await openTransactions()) > 0);
        assert.ok((await shadow.cost(STATEMENT, [])).totalCost > 0);
      });

      it('begins anew after its worker was lost', async () => {
        const { totalCost } = await shadow.cost(STATEMENT, []);
        const { shadow: shared, release } = leaseShadow(db, WORKER_FILE);
        const lost = shadow.cost(STATEMENT, [INDEX]);
        await shared.thread.end(new DatabaseError('unsupported', 'the shadow planner ended with code 1'));
        await lost.catch((error: Error) => assert.ok(error instanceof DatabaseError, error.stack));
        assert.equal(await openTransactions(), 0);
        assert.equal((await shadow.cost(STATEMENT, [])).totalCost, totalCost);
        release();
      });
    });
  });

  describe('a server that stops', () => {
    it('is a lost connection', async () => {
      await buildTestWorker();
      const stopping = await startEmbedded();
      const db = await openDatabase(await resolveConnection({ url: stopping.url, env: {}, cwd: '/' }));
      await db.withSession(session => session.execute('create table t (id int primary key)'));
      const shadow = await openTestShadow(db, await db.readCatalog());
      await shadow.cost('select * from t where id = 1', []);
      await stopping.stop();
      await assert.rejects(shadow.cost('select * from t where id = 2', []), (error: DatabaseError) => {
        assert.ok(error instanceof DatabaseError, String(error));
        return error.kind === 'connection';
      });
      await shadow.dispose();
      await db.dispose();
    });
  });
});
