import assert from 'node:assert/strict';
import type { Change } from '../../src/core/advisor/suggestion';
import type { FailureData } from '../../src/protocol/server';
import { FaultServer, SETUP, TERMINATE_WAITING, until } from './faultServer';
import { ServerProcess } from './serverProcess';

const BUILD: Change = {
  sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
  runsInTransaction: false,
  locks: '',
  inverse: ['DROP INDEX CONCURRENTLY public.readings_camera'],
};

type Failure = Error & { readonly data?: FailureData };

describe('an editor that goes away, and many of them', function () {
  this.timeout(60_000);
  let server: FaultServer;
  const editors: ServerProcess[] = [];

  before(async function () {
    server = await FaultServer.start(this, { settings: { max_connections: '90' } });
    await server.run(SETUP);
  });
  afterEach(async () => {
    await Promise.all(editors.splice(0).map(editor => editor.stop()));
    await server.assertNothingLeft();
  });
  after(() => server?.stop());

  async function start(): Promise<ServerProcess> {
    const editor = await ServerProcess.start();
    await editor.request('queryTuner/connections/connect', { connectionId: 'test', target: { url: server.url } });
    return editor;
  }
  async function open(): Promise<ServerProcess> {
    const editor = await start();
    editors.push(editor);
    return editor;
  }
  const explain = (editor: ServerProcess, sql = 'select * from readings where camera = 7') =>
    editor.request('queryTuner/explain/run', {
      connectionId: 'test',
      sql,
      analyze: true,
      title: '',
      connection: 'test',
    });
  const apply = (editor: ServerProcess) =>
    editor.request('queryTuner/change/apply', { connectionId: 'test', progressToken: 'build', change: BUILD });
  const isBuilding = (): Promise<void> =>
    until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
  /** Beside a session that has written to the table a build must wait. */
  async function whileWriting(work: () => Promise<void>): Promise<void> {
    const writer = await server.open({ applicationName: 'writer' });
    await writer.withSession(async session => {
      await session.execute('begin; update readings set noted = noted where id = 1');
      await work();
      await session.execute('rollback');
    });
    await writer.dispose();
  }

  it('is killed while an index is built: the session ends, and the next one is told what is left', async () => {
    const editor = await start();
    await whileWriting(async () => {
      const building = assert.rejects(apply(editor));
      await isBuilding();
      await editor.kill();
      await building;
      await until(async () => (await server.sessions()).length === 0, 'the build goes on without anybody');
    });
    const next = await ServerProcess.start();
    editors.push(next);
    const info = await next.request('queryTuner/connections/connect', {
      connectionId: 'test',
      target: { url: server.url },
    });
    assert.deepEqual(info.invalidIndexes, ['public.readings_camera']);
    const view = await next.request('queryTuner/advice/run', {
      connectionId: 'test',
      progressToken: 'advice',
      source: { kind: 'none' },
      whatIf: 'shadow',
    });
    const found = view.existing.find(({ problem }) => problem === 'invalid');
    assert.match(found?.change?.sql[0] ?? found?.alternative?.sql[0] ?? '', /^(?:DROP|REINDEX) INDEX CONCURRENTLY/);
    await server.run('drop index readings_camera');
  });

  it('is killed while a statement is measured, and the statement ends', async () => {
    const editor = await start();
    const measuring = assert.rejects(explain(editor, 'select pg_sleep(50)'));
    await until(async () => (await server.sessions(`query like '%pg_sleep%'`)).length > 0, 'it never ran');
    await editor.kill();
    await measuring;
  });

  it('is closed while an index is built, and nothing is left of it', async () => {
    const editor = await start();
    const writer = await server.open({ applicationName: 'writer' });
    const watcher = await server.open({ applicationName: 'watcher' });
    const begun = await writer.withSession(async session => {
      await session.execute('begin; update readings set noted = noted where id = 1');
      const building = assert.rejects(apply(editor));
      await isBuilding();
      const stopping = editor.stop();
      // An editor that ends waits a moment only, so this looks over a connection that is there.
      const isCancelled = async (): Promise<boolean> =>
        (await watcher.query(`select from pg_stat_activity where query like 'CREATE INDEX%' and state = 'active'`))
          .length === 0;
      await until(isCancelled, 'the build goes on');
      await session.execute('rollback');
      return { building, stopping };
    });
    await begun.stopping;
    await begun.building;
    await Promise.all([writer.dispose(), watcher.dispose()]);
    assert.deepEqual(await server.invalidIndexes(), []);
  });

  it('closes the connection while a statement is measured, and the statement ends', async () => {
    const editor = await open();
    const measuring = assert.rejects(explain(editor, 'select pg_sleep(50)'));
    await until(async () => (await server.sessions(`query like '%pg_sleep%'`)).length > 0, 'it never ran');
    await editor.request('queryTuner/connections/close', { connectionId: 'test' });
    await measuring;
    await until(async () => (await server.sessions()).length === 0, 'sessions are left');
  });

  it('has the index changed by somebody else before it is undone', async () => {
    const editor = await open();
    const { created } = await apply(editor);
    await server.run('drop index readings_camera; create index readings_camera on readings (noted)');
    const undo = editor.request('queryTuner/change/undo', {
      connectionId: 'test',
      progressToken: 'undo',
      change: BUILD,
      expected: created,
    });
    await assert.rejects(undo, (error: Failure) => {
      assert.equal(error.data?.kind, 'changed');
      assert.match(error.message, /readings_camera is no longer the index that was created; nothing was undone/);
      return true;
    });
    await server.run('drop index readings_camera');
    await assert.rejects(
      editor.request('queryTuner/change/undo', {
        connectionId: 'test',
        progressToken: 'undo',
        change: BUILD,
        expected: created,
      }),
      (error: Failure) => error.data?.kind === 'changed' && /already gone/.test(error.message),
    );
  });

  it('has the server crash between a build and its undo', async () => {
    const editor = await open();
    const { created } = await apply(editor);
    await server.server.restart('crash');
    await editor.request('queryTuner/change/undo', {
      connectionId: 'test',
      progressToken: 'undo',
      change: BUILD,
      expected: created,
    });
    assert.deepEqual(await server.run(`select from pg_indexes where indexname = 'readings_camera'`), []);
  });

  it('is ended by the server while it advises, and says so once', async () => {
    const editor = await open();
    const locker = await server.open({ applicationName: 'locker' });
    await locker.withSession(async session => {
      await session.execute('begin; lock table pg_catalog.pg_statistic_ext in access exclusive mode');
      const advising = editor.request('queryTuner/advice/run', {
        connectionId: 'test',
        progressToken: 'advice',
        source: { kind: 'text', name: 'a.sql', text: 'select * from readings where camera = 7;' },
        whatIf: 'shadow',
      });
      const failed = assert.rejects(advising, (error: Failure) => {
        assert.equal(error.data?.kind, 'connection');
        assert.match(error.message, /^the connection to .* was lost: terminating connection/);
        return true;
      });
      let isOver = false;
      const over = failed.finally(() => (isOver = true));
      // Whatever waits for the lock: what reads the fingerprint of the schema first is done without.
      await until(async () => {
        await session.query(TERMINATE_WAITING);
        return isOver;
      }, 'it goes on');
      await over;
    });
    await locker.dispose();
    assert.equal((await explain(editor)).failed, false);
  });

  it('is one of ten, which work at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, open));
    let most = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        most = Math.max(most, (await server.sessions()).length);
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    })();
    const outcomes = await Promise.all(
      editors.flatMap(editor =>
        Array.from({ length: 6 }, (_, i) => explain(editor, `select * from readings where camera = ${i}`)),
      ),
    );
    isOver = true;
    await watching;
    assert.ok(outcomes.every(({ failed }) => !failed));
    console.log(`      10 editors, 60 statements at once: at most ${most} connections`);
    // Three queries and three statements each.
    assert.ok(most <= 60, `${most} connections`);
    await until(async () => (await server.sessions()).length <= 20, 'more than two each are kept');
  });
});
