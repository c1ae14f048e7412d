import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { Change } from '../../src/core/advisor/suggestion';
import { DatabaseError } from '../../src/core/ports';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { openSession, type Session } from '../../src/database/session';
import { explainOf, failureOf, FaultServer, LONG, SETUP, until } from './faultServer';

const SELECT = 'select * from readings where camera = 7';
const build = (name: string, on = 'readings (camera)'): Change => ({
  sql: [`CREATE INDEX CONCURRENTLY ${name} ON ${on}`],
  runsInTransaction: false,
  locks: '',
  inverse: [],
});

for (const major of [18, 14]) {
  describe(`a server with tight limits, PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let server: FaultServer;
    const opened: PostgresDatabase[] = [];

    before(async function () {
      server = await FaultServer.start(this, {
        major,
        settings: { max_connections: '12', superuser_reserved_connections: '3', temp_file_limit: '64' },
      });
      await server.run(SETUP);
      await server.run(`create role reader login; grant select on cameras to reader`);
      await server.run(`create role tight login; grant all on all tables in schema public to tight;
        grant all on schema public to tight; alter table readings owner to tight`);
      // A build that takes longer than the limits here.
      await server.run(`create function slow_key(n int) returns int immutable language plpgsql
          as 'begin perform pg_sleep(1.2); return n; end';
        create table one as select 1 as n; alter table one owner to tight`);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(database => database.dispose()));
      await server.run('alter role tight reset all');
      await server.assertNothingLeft();
    });
    after(() => server?.stop());

    async function open(user: string): Promise<PostgresDatabase> {
      const database = await openDatabase(server.settings({ user }));
      opened.push(database);
      return database;
    }
    async function tight(setting: string): Promise<PostgresDatabase> {
      await server.run(`alter role tight set ${setting}`);
      return open('tight');
    }
    /** Takes all slots that are not reserved. */
    async function takeSlots(): Promise<Session[]> {
      const taken: Session[] = [];
      for (;;) {
        try {
          taken.push(await openSession(server.settings({ user: 'reader', applicationName: 'crowd' })));
        } catch (error) {
          assert.ok(error instanceof DatabaseError && error.sqlState === '53300', String(error));
          return taken;
        }
      }
    }
    async function inCrowd(work: () => Promise<void>): Promise<void> {
      const crowd = await takeSlots();
      try {
        await work();
      } finally {
        await Promise.all(crowd.map(session => session.end()));
        await until(
          async () => (await server.run(`select from pg_stat_activity where application_name = 'crowd'`)).length === 0,
          'the crowd stays',
        );
      }
    }

    it('has no slot left to connect', async () => {
      await inCrowd(async () => {
        const error = await failureOf(open('reader'));
        assert.equal(error.kind, 'connection');
        assert.match(error.message, /^cannot connect to .*: (?:sorry, too many clients|remaining connection slots)/);
        assert.match(error.hint ?? '', /all connection slots are taken/);
      });
      await open('reader');
    });

    it('has no slot left when a statement is to be cancelled', async () => {
      const database = await open('tight');
      await inCrowd(async () => {
        const controller = new AbortController();
        const cancelled = assert.rejects(database.explain(explainOf(LONG, true), controller.signal), CancelledError);
        await until(
          async () => (await server.sessions(`query like '%pg_sleep%' and state = 'active'`)).length > 0,
          'x',
        );
        controller.abort();
        await cancelled;
        await until(async () => (await server.sessions(`state = 'active'`)).length === 0, 'it still runs');
      });
    });

    it('has no slot left to watch an index being built', async () => {
      const database = await open('tight');
      const texts: string[] = [];
      await inCrowd(() =>
        applyChange(database, build('unwatched'), { onProgress: progress => void texts.push(progress.text) }),
      );
      assert.ok(texts[0]?.startsWith('CREATE INDEX CONCURRENTLY unwatched'));
      await server.run('drop index unwatched');
    });

    it('has one slot for this user', async () => {
      await server.run('alter role reader connection limit 1');
      const crowd = await openSession(server.settings({ user: 'reader', applicationName: 'crowd' }));
      const error = await failureOf(open('reader'));
      assert.match(error.message, /too many connections for role "reader"$/);
      assert.match(error.hint ?? '', /all connection slots are taken/);
      await crowd.end();
      await server.run('alter role reader connection limit -1');
    });

    it('does not let a table be read', async () => {
      const database = await open('reader');
      const error = await failureOf(database.explain(explainOf(SELECT)));
      assert.equal(error.kind, 'permission');
      assert.match(error.message, /^permission denied for table readings$/);
      assert.match(error.hint ?? '', /GRANT/);
      assert.ok((await database.explain(explainOf('select * from cameras'))).plan[0]);
    });

    it('does not let a schema be used, and its tables are still known', async () => {
      await server.run('create schema hidden; create table hidden.secrets (id int primary key)');
      const database = await open('reader');
      const error = await failureOf(database.explain(explainOf('select * from hidden.secrets')));
      assert.equal(error.kind, 'permission');
      assert.match(error.message, /permission denied for schema hidden/);
      const catalog = await database.readCatalog();
      assert.ok(catalog.relations.some(({ name }) => name === 'secrets'));
      await server.run('drop schema hidden cascade');
    });

    it('does not let an index be created', async () => {
      const database = await open('reader');
      const error = await failureOf(applyChange(database, build('refused')));
      assert.equal(error.kind, 'permission');
      assert.match(error.message, /must be owner of table readings/);
      assert.match(error.hint ?? '', /only its owner.* connect as one, or hand it over as a migration/);
    });

    it('lets nothing be written', async () => {
      const database = await tight('default_transaction_read_only = on');
      assert.ok((await database.explain(explainOf(SELECT, true))).plan[0]);
      const error = await failureOf(applyChange(database, build('read_only')));
      assert.match(error.message, /read-only transaction/);
      assert.match(error.hint ?? '', /default_transaction_read_only is on, or the server is a replica/);
    });

    it('ends statements soon', async () => {
      const database = await tight(`statement_timeout = '1s'`);
      await applyChange(database, build('patient', 'one (slow_key(n))'));
      await server.run('drop index patient');
      const analyzed = { ...explainOf(LONG, true), statementTimeoutMs: 60 };
      const error = await failureOf(database.explain(analyzed));
      assert.equal(error.kind, 'timeout');
      assert.match(error.message, /statement timeout/);
      assert.match(error.hint ?? '', /statement_timeout/);
    });

    it('ends waits for locks soon', async () => {
      const database = await tight(`lock_timeout = '20ms'`);
      const locker = await openSession(server.settings({ applicationName: 'locker' }));
      await locker.execute('begin; lock table readings in access exclusive mode');
      const error = await failureOf(database.explain({ ...explainOf(SELECT), lockTimeoutMs: 50 }));
      assert.equal(error.kind, 'timeout');
      assert.match(error.hint ?? '', /another session holds the lock/);
      await locker.end();
      await database.explain(explainOf(SELECT));
    });

    it('ends idle sessions at once', async () => {
      const database = await tight(`idle_session_timeout = '1s'`);
      await until(async () => (await server.sessions()).length === 0, 'the idle session stays');
      assert.ok((await database.explain(explainOf(SELECT, true))).plan[0]);
    });

    it('ends transactions that idle at once', async () => {
      const database = await tight(`idle_in_transaction_session_timeout = '1s'`);
      assert.ok((await database.explain(explainOf('select pg_sleep(1.2)', true))).plan[0]);
      const error = await failureOf(
        database.inTransaction('begin', async session => {
          await until(() => session.lost, 'the server does not end it');
          await session.query('select 1 as one');
        }),
      );
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /was lost: terminating connection due to idle-in-transaction timeout/);
      assert.match(error.hint ?? '', /idle_in_transaction_session_timeout of this server is very short/);
      assert.ok((await database.explain(explainOf(SELECT, true))).plan[0]);
    });

    if (major >= 17) {
      it('ends transactions soon', async () => {
        const database = await tight(`transaction_timeout = '1s'`);
        const error = await failureOf(database.explain(explainOf(LONG, true)));
        assert.match(error.message, /transaction timeout/);
        assert.match(error.hint ?? '', /transaction_timeout of this server is shorter/);
        assert.ok((await database.explain(explainOf(SELECT))).plan[0]);
        await applyChange(database, build('no_hurry', 'one (slow_key(n))'));
        await server.run('drop index no_hurry');
      });
    }

    it('has no space for the temporary files of an index build', async () => {
      const database = await tight(`maintenance_work_mem = '1MB'`);
      await database.withSession(session => session.execute('set max_parallel_maintenance_workers = 0'));
      const error = await failureOf(applyChange(database, build('too_big', 'readings (noted, id, camera)')));
      assert.equal(error.sqlState, '53400');
      assert.match(error.message, /temporary file size exceeds "?temp_file_limit/);
      assert.match(error.hint ?? '', /maintenance_work_mem/);
      assert.deepEqual(await server.invalidIndexes(), []);
      const files = await server.run(`select name from pg_ls_tmpdir()`);
      assert.deepEqual(files, []);
    });

    it('loses the table between the advice and its use', async () => {
      await server.run('create table passing (n int)');
      const database = await open('postgres');
      await database.readCatalog();
      await server.run('drop table passing');
      const error = await failureOf(applyChange(database, build('passing_n', 'passing (n)')));
      assert.match(error.message, /relation "passing" does not exist/);
      assert.match(error.hint ?? '', /dropped or renamed meanwhile/);
    });

    it('has the name of the index taken meanwhile', async () => {
      await server.run('create index taken on readings (noted)');
      const database = await open('postgres');
      const error = await failureOf(applyChange(database, build('taken')));
      assert.match(error.message, /relation "taken" already exists/);
      assert.match(error.hint ?? '', /somebody took the name meanwhile/);
      assert.deepEqual(
        await server.run(`select indexdef like '%(noted)' as kept from pg_indexes where indexname = 'taken'`),
        [{ kept: true }],
      );
      await server.run('drop index taken');
    });
  });
}
