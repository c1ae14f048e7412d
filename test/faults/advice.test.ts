import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CancellationTokenSource } from 'vscode-languageserver';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import { openDatabase } from '../../src/database/connect';
import { openCostEstimator } from '../../src/database/whatIf';
import type { AdviceView } from '../../src/protocol/advice';
import { CLI } from '../support/cli';
import { dyingWorker, letDie, type Death } from './dyingWorker';
import { FaultProxy } from './faultProxy';
import { failureOf, FaultServer, until } from './faultServer';
import { refusalOf, REQUEST_CANCELLED, ServerProcess } from './serverProcess';

const TABLES = ['doors', 'gates', 'lanes', 'paths'];
const SETUP = `
  ${TABLES.map(
    table => `create table ${table} (id int primary key, camera int not null, noted text not null);
      insert into ${table} select n, n % 500, 'note ' || n from generate_series(1, 10000) n;`,
  ).join('\n')}
  create function slow(int) returns int language plpgsql immutable as 'begin perform pg_sleep(0.02); return $1; end';
  create role reader login;
  grant select on all tables in schema public to reader;
  analyze`;
const WORKLOAD = TABLES.map(table => `select * from ${table} where camera = 7;`).join('\n');

const RUN_AGAIN = 'the advice changed nothing: run it again';

type Method = 'shadow' | 'trial';

for (const major of [18, 14]) {
  describe(`advice that is interrupted, PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let server: FaultServer;
    let proxy: FaultProxy;
    let editor: ServerProcess;
    let catalogBefore = '';
    const worker = dyingWorker();

    before(async function () {
      // A lock alone then takes no transaction number, which is how writing is told.
      server = await FaultServer.start(this, { major, settings: { wal_level: 'minimal', max_wal_senders: '0' } });
      await server.run(SETUP);
      proxy = await FaultProxy.start(server.port);
      editor = await ServerProcess.start({ nodeFlags: worker.flags });
      for (const user of ['reader', 'postgres']) {
        const target = { url: urlOf(user) };
        await editor.request('queryTuner/connections/connect', { connectionId: user, target });
      }
    });
    beforeEach(async () => {
      // the planner keeps what it has read of a schema, and reads another one anew
      await server.run('drop table if exists other; create table other ()');
      catalogBefore = await catalogs();
    });
    afterEach(async () => {
      await until(async () => (await server.sessions('xact_start is not null')).length === 0, 'a transaction is left');
      assert.equal(await catalogs(), catalogBefore);
    });
    after(async () => {
      await editor?.stop();
      await proxy?.stop();
      worker.remove();
      await server?.assertNothingLeft();
      await server?.stop();
    });

    const urlOf = (user: string): string => `postgresql://${user}@127.0.0.1:${proxy.port}/postgres`;
    const one = async (sql: string): Promise<unknown> => Object.values((await server.run(sql))[0] ?? {})[0];
    /** What there is, and who was the last to write anything at all. */
    const catalogs = async (): Promise<string> =>
      String(
        await one(`select md5(string_agg(each, ' ' order by each)) from (
          select format('%s %s %s', oid, relname, relfilenode) as each from pg_class
          union all select i::text from pg_index i
          union all select format('%s %s %s', starelid, staattnum, xmin) from pg_statistic) all_of_them`),
      );
    const nextTransaction = (): Promise<unknown> => one('select pg_snapshot_xmax(pg_current_snapshot())::text');

    const advise = (method: Method, cancel?: CancellationTokenSource): Promise<AdviceView> =>
      editor.request(
        'queryTuner/advice/run',
        {
          connectionId: method === 'trial' ? 'postgres' : 'reader',
          progressToken: 'advice',
          source: { kind: 'text', name: 'a.sql', text: WORKLOAD },
          whatIf: method,
        },
        cancel?.token,
      );
    const assertComplete = ({ indexes, skipped }: AdviceView): void => {
      assert.deepEqual(skipped, []);
      assert.deepEqual(
        indexes.map(({ relation }) => relation).sort(),
        TABLES.map(table => `public.${table}`),
      );
    };
    /** Advises, and calls `act` while the server, which reads for the planner, waits for a catalog nobody else reads. */
    async function midway(method: Method, act: () => Promise<void> | void, cancel?: CancellationTokenSource) {
      return server.beside('begin', async session => {
        await session.execute('lock table pg_catalog.pg_statistic_ext_data in access exclusive mode');
        const failed = refusalOf(advise(method, cancel));
        await until(
          async () => (await session.query('select from pg_locks where not granted')).length > 0,
          'it never waits',
        );
        await act();
        return failed;
      });
    }

    for (const method of ['shadow'] as const) {
      const faults: readonly (readonly [how: string, act: () => Promise<void> | void, said: RegExp])[] = [
        ['whose connection is cut', () => proxy.cut(), /was lost: the connection was closed by the other side$/],
        ['whose server crashes', () => server.server.restart('crash'), /was lost: terminating connection/],
      ];
      for (const [how, act, said] of faults) {
        // What the planner's worker has read again costs seconds; the way there is the same for all versions.
        if (method === 'shadow' && major !== 18 && how !== 'whose server crashes') continue;
        it(`by ${method}, ${how}: says so, and runs the next time`, async () => {
          const next = await nextTransaction();
          const error = await midway(method, act);
          assert.equal(error.data?.kind, 'connection', error.message);
          assert.match(error.message, said);
          assert.ok(error.data?.hint?.endsWith(RUN_AGAIN), error.data?.hint);
          if (method === 'shadow') assert.equal(await nextTransaction(), next, 'it wrote something');
          assertComplete(await advise(method));
        });
      }

      if (method === 'shadow' && major !== 18) continue;
      it(`by ${method}, cancelled: ends at once, and runs the next time`, async () => {
        const cancel = new CancellationTokenSource();
        const next = await nextTransaction();
        const error = await midway(method, () => cancel.cancel(), cancel);
        assert.deepEqual([error.code, error.message], [REQUEST_CANCELLED, 'cancelled']);
        if (method === 'shadow') assert.equal(await nextTransaction(), next, 'it wrote something');
        assertComplete(await advise(method));
      });
    }

    it('by a trial that builds for long, whose connection is cut: the build ends on the server', async () => {
      const database = await openDatabase(server.settings({ port: proxy.port }));
      const estimator = await openCostEstimator(database, await database.readCatalog(), {
        method: 'trial',
        trialAgreed: true,
      });
      const index: IndexDefinition = {
        schema: 'public',
        relation: 'doors',
        method: 'btree',
        keys: ['slow(camera)'],
        include: [],
      };
      const failed = failureOf(estimator.cost('select * from doors where slow(camera) = 7', [index]));
      const builds = async (): Promise<boolean> =>
        (await server.sessions(`state = 'active' and query like 'CREATE INDEX%'`)).length > 0;
      await until(builds, 'it builds nothing');
      proxy.cut();
      assert.equal((await failed).kind, 'connection');
      await until(async () => !(await builds()), 'the build goes on without anybody');
      await database.dispose();
    });

    if (major !== 18) return;

    describe('because the worker of its planner dies', () => {
      it('once: another one goes on, and nothing is missing', async () => {
        await letDie(editor.child, { after: 5 });
        assertComplete(await advise('shadow'));
      });

      it('again and again at one statement: it is left out with the reason, and has its chance the next time', async () => {
        await letDie(editor.child, { at: 'lanes' });
        const { indexes, skipped } = await advise('shadow');
        await letDie(editor.child);
        assert.equal(indexes.length, TABLES.length - 1);
        assert.deepEqual(
          skipped.map(({ id }) => id),
          [TABLES.indexOf('lanes') + 1],
        );
        assert.match(skipped[0]?.reason ?? '', /ended with code 1, and so did a second one; HypoPG, or a trial/);
        assertComplete(await advise('shadow'));
      });
    });

    describe('on the command line', () => {
      let folder = '';
      before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-fault-advice-'))));
      after(() => fs.rmSync(folder, { recursive: true, force: true }));

      function start(method: Method, death: Death = {}): { child: ChildProcess; ended: Promise<string[]> } {
        const file = path.join(folder, 'workload.sql');
        fs.writeFileSync(file, WORKLOAD);
        const url = urlOf(method === 'trial' ? 'postgres' : 'reader');
        const flags = ['advise', '--workload', file, '--what-if', method, '--format', 'json', '--connection', url];
        const child = spawn(process.execPath, [...worker.flags, CLI, ...flags], {
          env: { ...process.env, PGAPPNAME: 'Query Tuner', QUERY_TUNER_TEST_DEATH: JSON.stringify(death) },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const texts = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text: string) => (texts[0] += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (texts[1] += text));
        return { child, ended: once(child, 'close').then(([code]) => [String(code), ...texts]) };
      }

      it('loses the worker of its planner, and nothing is missing', async () => {
        const [code, out, err] = await start('shadow', { after: 5 }).ended;
        assert.equal(code, '0', err);
        const { indexes, skipped } = JSON.parse(out!) as { indexes: unknown[]; skipped: unknown[] };
        assert.deepEqual([indexes.length, skipped], [TABLES.length, []]);
      });

      /** While the lock is held, whoever plans for the command line waits. */
      async function whileItWaits(method: Method, act: (child: ChildProcess) => Promise<void> | void) {
        const lock = 'begin; lock table pg_catalog.pg_statistic_ext in access exclusive mode';
        return server.beside(lock, async session => {
          const { child, ended } = start(method);
          await until(async () => (await session.query('select from pg_locks where not granted')).length > 0, 'no');
          await act(child);
          return ended;
        });
      }

      it('loses the server, and says so once', async () => {
        const [code, out, err] = await whileItWaits('shadow', () => server.server.restart('crash'));
        assert.deepEqual([code, out], ['2', '']);
        assert.match(err!, /^query-tuner: the connection to \S+ .*was lost: terminating connection/m);
        assert.equal(err!.match(/^query-tuner: /gm)?.length, 1, err);
      });

      it('is killed, and nothing is left of it', async () => {
        await whileItWaits('trial', child => void child.kill('SIGKILL'));
        await until(async () => (await server.sessions(`query like '%trial%'`)).length === 0, 'the trial goes on');
      });
    });
  });
}
