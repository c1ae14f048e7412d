import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-languageserver';
import { indexChange } from '../../src/core/advisor/indexes/describeIndex';
import type { Change } from '../../src/core/advisor/suggestion';
import type { PostgresDatabase } from '../../src/database/connect';
import type { Session } from '../../src/database/session';
import type { ServerRequests } from '../../src/protocol/server';
import { FaultProxy } from './faultProxy';
import { FaultServer, SETUP, until } from './faultServer';
import { refusalOf, REQUEST_CANCELLED, ServerProcess } from './serverProcess';

const PARTITIONED = `
  create table visits (day int not null, camera int not null) partition by range (day);
  create table visits_1 partition of visits for values from (0) to (10);
  create table visits_2 partition of visits for values from (10) to (20);
  create table visits_3 partition of visits for values from (20) to (30);
  insert into visits select n % 30, n % 50 from generate_series(1, 3000) n;
  analyze visits`;

const BUILD: Change = {
  sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
  runsInTransaction: false,
  locks: '',
  inverse: ['DROP INDEX CONCURRENTLY public.readings_camera'],
};
const REMOVED = 'the unfinished index public.readings_camera was removed';
const CLEANING = `query like 'drop index concurrently%'`;

for (const major of [18, 14]) {
  describe(`an index that is being built, PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let server: FaultServer;
    let proxy: FaultProxy;
    let editor: ServerProcess;
    let watcher: PostgresDatabase;

    before(async function () {
      server = await FaultServer.start(this, { major });
      await server.run(SETUP);
      await server.run(PARTITIONED);
      proxy = await FaultProxy.start(server.port);
      editor = await start();
    });
    beforeEach(async () => {
      watcher = await server.open({ applicationName: 'watcher' });
    });
    afterEach(async () => {
      await watcher.dispose();
      assert.deepEqual(await server.invalidIndexes(), []);
      assert.deepEqual(await made(), []);
      // After a change the catalog is read again, beside the answer.
      await until(async () => (await server.sessions('xact_start is not null')).length === 0, 'a transaction is left');
    });
    after(async () => {
      await editor?.stop();
      await proxy?.stop();
      await server?.assertNothingLeft();
      await server?.stop();
    });

    async function start(): Promise<ServerProcess> {
      const process = await ServerProcess.start();
      await connect(process);
      return process;
    }
    const connect = (process: ServerProcess): Promise<ServerRequests['queryTuner/connections/connect']['result']> =>
      process.request('queryTuner/connections/connect', {
        connectionId: 'test',
        target: { url: server.url.replace(`:${server.port}/`, `:${proxy.port}/`) },
      });
    /** What the one who connects is told is INVALID: as soon as the build of the one before has ended. */
    async function toldOf(process: ServerProcess): Promise<readonly string[]> {
      let told: readonly string[] = [];
      await until(async () => (told = (await connect(process)).invalidIndexes ?? []).length > 0, 'nothing is told');
      return told;
    }
    const apply = (change: Change = BUILD, cancel?: CancellationTokenSource) => {
      const params = { connectionId: 'test', progressToken: 'build', change };
      return editor.request('queryTuner/change/apply', params, cancel?.token);
    };
    /** Every index that is not there from the beginning. */
    const made = async (): Promise<string[]> =>
      (
        await server.run<{ name: string }>(`select indexrelid::regclass::text as name from pg_index
          where indrelid >= 16384 and not indisprimary and indrelid not in (select oid from pg_class where relkind = 't')
          order by 1`)
      ).map(({ name }) => name);

    /** A build must wait for it at its end, when all is built; removing the index need not. */
    const besideSnapshot = <T>(work: () => Promise<T>): Promise<T> =>
      server.beside('begin isolation level repeatable read; select count(*) from cameras', async () => work());
    /** A build must wait for it at its beginning, and so must whoever removes the index. */
    const besideWriter = <T>(table: string, work: (writer: Session) => Promise<T>): Promise<T> =>
      server.beside(`begin; update ${table} set camera = camera`, work);

    const isIn = (phase: string): Promise<void> =>
      until(async () => {
        const rows = await watcher.query('select from pg_stat_progress_create_index where phase = $1', [phase]);
        return rows.length > 0;
      }, `it was never ${phase}`);
    const isCleaning = (): Promise<void> =>
      until(async () => (await server.sessions(CLEANING)).length > 0, 'nobody cleans up');

    describe('which waits at its end for an old snapshot', () => {
      const faults: readonly (readonly [how: string, fault: () => Promise<void> | void, said: RegExp])[] = [
        ['the connection is cut', () => proxy.cut(), /^the connection to \S+ .*was lost: /],
        [
          'its session is ended',
          () => server.run(`select pg_terminate_backend(pid) from pg_stat_progress_create_index`).then(() => undefined),
          /was lost: terminating connection due to administrator command/,
        ],
        [
          'its statement is cancelled on the server by somebody else',
          () => server.run(`select pg_cancel_backend(pid) from pg_stat_progress_create_index`).then(() => undefined),
          /^canceling statement due to user request/,
        ],
        ['the server crashes', () => server.server.restart('crash'), /was lost: /],
      ];
      for (const [how, fault, said] of faults) {
        it(`${how}: what was built is removed, and that is said`, async () => {
          const error = await besideSnapshot(async () => {
            const failing = refusalOf(apply());
            await isIn('waiting for old snapshots');
            await fault();
            return failing;
          });
          assert.match(error.message, said);
          assert.ok(error.message.endsWith(REMOVED), error.message);
          assert.ok(error.data?.hint, 'says what to do next');
          assert.deepEqual(await made(), []);
        });
      }

      it('the user cancels: what was built is removed, and that is said', async () => {
        const cancel = new CancellationTokenSource();
        const error = await besideSnapshot(async () => {
          const failing = refusalOf(apply(BUILD, cancel));
          await isIn('waiting for old snapshots');
          cancel.cancel();
          return failing;
        });
        assert.equal(error.code, REQUEST_CANCELLED);
        assert.equal(error.message, `cancelled; ${REMOVED}`);
      });

      it('the connection is cut again while it is cleaned up', async () => {
        const cancel = new CancellationTokenSource();
        const error = await besideWriter('readings', async writer => {
          const failing = refusalOf(apply(BUILD, cancel));
          await isIn('waiting for writers before build');
          cancel.cancel();
          await isCleaning();
          const [first] = await server.sessions(CLEANING);
          proxy.cut();
          await until(
            async () => (await server.sessions(CLEANING)).some(({ pid }) => pid !== first?.pid),
            'nobody tries again',
          );
          await writer.execute('rollback');
          return failing;
        });
        assert.equal(error.message, `cancelled; ${REMOVED}`);
      });
    });

    if (major === 18)
      it('cannot be removed after a cancel, and it is said how to', async () => {
        const cancel = new CancellationTokenSource();
        const error = await besideWriter('readings', async () => {
          const failing = refusalOf(apply(BUILD, cancel));
          await isIn('waiting for writers before build');
          cancel.cancel();
          return failing;
        });
        assert.match(error.message, /^the build was cancelled; the unfinished index public\.readings_camera could not/);
        const drop = /DROP INDEX CONCURRENTLY \S+$/.exec(error.data?.hint ?? '');
        assert.ok(drop, error.data?.hint);
        await server.run(drop[0]);
      });

    it('meets rows with the same key: nothing is left, and the key is named', async () => {
      const change = { ...BUILD, sql: ['CREATE UNIQUE INDEX CONCURRENTLY readings_camera ON readings (camera)'] };
      const error = await refusalOf(apply(change));
      assert.match(error.message, /could not create unique index .*Key \(camera\)=\(\d+\) is duplicated.*was removed$/);
      assert.match(error.data?.hint ?? '', /remove them/);
    });

    if (major === 18)
      it('loses the language server: the next one tells at once, and offers to make it whole or drop it', async () => {
        await besideWriter('readings', async () => {
          const building = refusalOf(apply());
          await isIn('waiting for writers before build');
          await editor.kill();
          await building;
          editor = await ServerProcess.start();
          assert.deepEqual(await toldOf(editor), ['public.readings_camera']);
        });
        const again = await refusalOf(apply());
        assert.match(again.message, /^public\.readings_camera is there already, INVALID/);
        const drop = /DROP INDEX CONCURRENTLY \S+$/.exec(again.data?.hint ?? '');
        assert.ok(drop, again.data?.hint);
        const health = await editor.request('queryTuner/health/read', { connectionId: 'test', withIndexes: true });
        const told = health.results.find(({ id }) => id === 'invalid-indexes');
        assert.match(JSON.stringify(told), /readings_camera/);
        await server.run(drop[0]);
        await apply();
        await server.run('drop index readings_camera');
      });

    describe('partition by partition', () => {
      const PARTLY_REMOVED = 'the unfinished index public.visits_2_camera_idx was removed';
      const NAMES = ['visits_1_camera_idx', 'visits_2_camera_idx', 'visits_3_camera_idx', 'visits_camera_idx'];
      const change = async (): Promise<Change> => {
        const catalog = await watcher.readCatalog();
        const visits = catalog.relations.find(({ name }) => name === 'visits');
        const index = { schema: 'public', relation: 'visits', method: 'btree' as const, keys: ['camera'], include: [] };
        return indexChange(index, visits!, catalog);
      };
      const halfWay = (): Promise<void> =>
        until(async () => (await server.invalidIndexes()).includes('visits_2_camera_idx'), 'the second was not begun');

      it('is cancelled half-way, and all of it is taken back', async () => {
        const cancel = new CancellationTokenSource();
        const wanted = await change();
        const error = await besideWriter('visits_2', async writer => {
          const failing = refusalOf(apply(wanted, cancel));
          await halfWay();
          cancel.cancel();
          await isCleaning();
          await writer.execute('rollback');
          return failing;
        });
        assert.equal(error.code, REQUEST_CANCELLED);
        assert.equal(error.message, `cancelled; ${PARTLY_REMOVED}; what was made until then was taken back`);
      });

      if (major === 18)
        it('cannot be taken back, and it is said how to', async () => {
          const wanted = await change();
          const error = await besideWriter('visits_1', async () =>
            besideWriter('visits_2', async writer => {
              const failing = refusalOf(apply({ ...wanted, sql: wanted.sql.filter(sql => !sql.includes('visits_1')) }));
              await halfWay();
              await server.run('select pg_cancel_backend(pid) from pg_stat_progress_create_index');
              await isCleaning();
              await writer.execute('rollback');
              return failing;
            }),
          );
          assert.match(
            error.message,
            /; what was made until then is still there: canceling statement due to lock timeout$/,
          );
          assert.match(
            error.data?.hint ?? '',
            /^when it can be taken back: DROP INDEX IF EXISTS public\.visits_camera_idx/,
          );
          for (const sql of (error.data?.hint ?? '').replace(/^.*?: /, '').split('; ')) await server.run(sql);
        });

      it('the server crashes half-way, and all of it is taken back once it is there again', async () => {
        const wanted = await change();
        const error = await besideWriter('visits_2', async () => {
          const failing = refusalOf(apply(wanted));
          await halfWay();
          await server.server.restart('crash');
          return failing;
        });
        assert.match(error.message, /was lost: /);
        assert.ok(
          error.message.endsWith(`; ${PARTLY_REMOVED}; what was made until then was taken back`),
          error.message,
        );
      });

      it('loses the language server half-way, and the next try goes on from there', async () => {
        const wanted = await change();
        await besideWriter('visits_2', async () => {
          const failing = refusalOf(apply(wanted));
          await halfWay();
          await editor.kill();
          await failing;
          editor = await ServerProcess.start();
          assert.deepEqual(await toldOf(editor), ['public.visits_2_camera_idx', 'public.visits_camera_idx']);
        });
        const rest = await change();
        assert.deepEqual(
          rest.sql.filter(sql => !sql.startsWith('ALTER INDEX')),
          [
            'DROP INDEX CONCURRENTLY IF EXISTS public.visits_2_camera_idx',
            'CREATE INDEX CONCURRENTLY visits_2_camera_idx ON public.visits_2 (camera)',
            'CREATE INDEX CONCURRENTLY visits_3_camera_idx ON public.visits_3 (camera)',
          ],
        );
        const stopped = await besideWriter('visits_3', async writer => {
          const failing = refusalOf(apply(rest));
          await isIn('waiting for writers before build');
          await server.run('select pg_cancel_backend(pid) from pg_stat_progress_create_index');
          await isCleaning();
          await writer.execute('rollback');
          return failing;
        });
        assert.match(stopped.message, /; what was built until then stays, and the next try goes on from there$/);
        const last = await change();
        const { created } = await apply(last);
        assert.deepEqual(await server.invalidIndexes(), []);
        assert.deepEqual(await made(), NAMES);
        const undo = { connectionId: 'test', progressToken: 'undo', change: last, expected: created };
        await editor.request('queryTuner/change/undo', undo);
      });
    });
  });
}
