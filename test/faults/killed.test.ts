import assert from 'node:assert/strict';
import type { MigrationPlan } from '../../src/core/advisor/migration/migrationPlan';
import type { Change } from '../../src/core/advisor/suggestion';
import type { DatabaseError } from '../../src/core/ports';
import { applyChange } from '../../src/database/changes';
import type { PostgresDatabase } from '../../src/database/connect';
import { memoryStore } from '../../src/database/migration/migrationRecord';
import { runMigration } from '../../src/database/migration/runMigration';
import { explainOf, failureOf, FaultServer, LONG, SETUP, TERMINATE_WAITING, until } from './faultServer';

const BUILD: Change = {
  sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
  runsInTransaction: false,
  locks: '',
  inverse: [],
};

const STEP = { explanation: '', inverse: [], runsInTransaction: true, locks: '' };
const PLAN: MigrationPlan = {
  id: 'killed',
  title: 'A table in two steps',
  notes: [],
  steps: [
    { ...STEP, id: 'make', title: 'Make the table', sql: ['create table made (n int)'] },
    { ...STEP, id: 'fill', title: 'Fill the table', sql: ['insert into made select 1 from pg_sleep(0.4)'] },
  ],
};

for (const major of [18, 14]) {
  describe(`a server that is killed, PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let server: FaultServer;
    let database: PostgresDatabase;

    before(async function () {
      server = await FaultServer.start(this, { major });
      await server.run(SETUP);
    });
    beforeEach(async () => {
      database = await server.open();
    });
    afterEach(async () => {
      await database.dispose();
      await server.assertNothingLeft();
    });
    after(() => server?.stop());

    const works = async (): Promise<void> => {
      const { plan } = await database.explain(explainOf('select * from readings where camera = 7', true));
      assert.ok(plan[0]?.['Plan']);
    };
    const runs = (sql: string): Promise<void> =>
      until(
        async () => (await server.sessions(`state = 'active' and query like '%${sql}%'`)).length > 0,
        `${sql} never ran`,
      );
    const terminate = (sql: string): Promise<unknown> =>
      server.run(
        `select pg_terminate_backend(pid) from pg_stat_activity where query like '%${sql}%' and pid <> pg_backend_pid()`,
      );
    /** All processes at once, with nobody saying goodbye; the server recovers from its log. */
    const killServer = (): Promise<void> => server.server.restart('crash');

    /** While it recovers it says so, and lets nobody in. */
    const untilBack = (): Promise<void> =>
      until(
        () =>
          database.query('select').then(
            () => true,
            (error: DatabaseError) => {
              assert.equal(error.kind, 'connection');
              return false;
            },
          ),
        'it never came back',
      );

    it('ends the session of an explain', async () => {
      const failing = failureOf(database.explain(explainOf(LONG, true)));
      await runs('pg_sleep');
      await terminate('pg_sleep');
      const error = await failing;
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /was lost: terminating connection due to administrator command$/);
      assert.match(error.hint ?? '', /administrator or a restart .*; the next statement connects again$/);
      await works();
    });

    it('crashes in the middle of an explain', async () => {
      const failing = failureOf(database.explain(explainOf(LONG, true)));
      await runs('pg_sleep');
      await killServer();
      const error = await failing;
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /was lost: /);
      await works();
    });

    it('has one process killed, and resets all sessions', async () => {
      const failing = failureOf(database.explain(explainOf(LONG, true)));
      await runs('pg_sleep');
      const other = await server.open();
      const [victim] = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill(victim!.pid, 'SIGKILL');
      const error = await failing;
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /was lost: terminating connection because of crash of another server process$/);
      assert.match(error.hint ?? '', /the next statement connects again$/);
      await untilBack();
      await works();
    });

    it('crashes while nothing runs, and nobody hears of it', async () => {
      await works();
      await killServer();
      await works();
    });

    it('ends the session that builds an index', async () => {
      await withWriter(server, async () => {
        const failing = failureOf(applyChange(database, BUILD, { onProgress: () => undefined }));
        await until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
        await terminate('CREATE INDEX CONCURRENTLY');
        return failing;
      }).then(error => assert.match(error.message, /was lost: terminating connection/));
      assert.deepEqual(await server.invalidIndexes(), []);
      await works();
    });

    it('crashes in the middle of an index build, and the rest is removed once it is back', async () => {
      const error = await withWriter(server, async () => {
        const failing = failureOf(applyChange(database, BUILD, { onProgress: () => undefined }));
        await until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
        await killServer();
        return failing;
      });
      assert.match(error.message, /was lost: /);
      assert.deepEqual(await server.invalidIndexes(), []);
    });

    it('crashes in the middle of a change in a transaction, which leaves nothing', async () => {
      const change: Change = {
        ...BUILD,
        sql: ['create table half_done (n int)', 'insert into half_done select 1 from pg_sleep(30)'],
        runsInTransaction: true,
      };
      const failing = failureOf(applyChange(database, change));
      await runs('insert into half_done');
      await killServer();
      assert.match((await failing).message, /was lost: /);
      assert.deepEqual(await server.run(`select to_regclass('half_done')::text as name`), [{ name: null }]);
    });

    it('ends the session of a migration, which goes on where it was', async () => {
      const store = memoryStore();
      const running = runMigration(database, PLAN, { store });
      await runs('insert into made');
      await terminate('insert into made');
      const stopped = await running;
      assert.ok(stopped.kind === 'stopped' && stopped.reason === 'connection lost', JSON.stringify(stopped));
      assert.deepEqual(stopped.stands, [
        'Done: Make the table.',
        'Not done, its transaction left nothing: Fill the table.',
      ]);
      assert.equal((await runMigration(database, PLAN, { store })).kind, 'finished');
      assert.deepEqual(await server.run('select count(*)::int as n from made'), [{ n: 1 }]);
      await server.run('drop table made');
    });

    it('ends the session while the catalog is read', async () => {
      const locker = await server.open({ applicationName: 'locker' });
      await locker.withSession(async session => {
        await session.execute('begin; lock table pg_catalog.pg_index in access exclusive mode');
        const failing = failureOf(database.readCatalog());
        await until(async () => (await session.query(TERMINATE_WAITING)).length > 0, 'it never waited');
        await session.execute('rollback');
        assert.match((await failing).message, /was lost: terminating connection/);
      });
      await locker.dispose();
      assert.ok((await database.readCatalog()).relations.length > 0);
    });
  });
}

/** Runs work beside a session that has written to the table, so that a build of an index must wait. */
async function withWriter<T>(server: FaultServer, work: () => Promise<T>): Promise<T> {
  const writer = await server.open({ applicationName: 'writer' });
  const begun = writer.withSession(async session => {
    await session.execute('begin; update readings set noted = noted where id = 1');
    const working = work();
    // Where the server crashes, the writer is ended with it; else it ends itself once the clean-up waits for it.
    await Promise.race([working, until(async () => (await cleaning(server)) || session.lost, 'nobody cleans up')]);
    if (!session.lost) await session.execute('rollback');
    return working;
  });
  try {
    return await begun;
  } finally {
    await writer.dispose();
  }
}

async function cleaning(server: FaultServer): Promise<boolean> {
  try {
    return (await server.sessions(`query like 'drop index concurrently%'`)).length > 0;
  } catch {
    return false;
  }
}
