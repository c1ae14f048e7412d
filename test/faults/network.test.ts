import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import type { ConnectionSettings } from '../../src/database/connectionSettings';
import { FaultProxy } from './faultProxy';
import { explainOf, failureOf, FaultServer, LONG, SETUP, until } from './faultServer';

const SELECT = 'select * from readings where camera = 7';

/** Short, so that a test need not wait; every one of them is met by a condition, none by the clock alone. */
const SHORT = { connectTimeoutMs: 700, lookEveryMs: 150 };

describe('a network that fails', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let proxy: FaultProxy;
  const opened: PostgresDatabase[] = [];

  before(async function () {
    server = await FaultServer.start(this);
    await server.run(SETUP);
  });
  beforeEach(async () => {
    proxy = await FaultProxy.start(server.port);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(database => database.dispose()));
    await proxy.stop();
    await server.assertNothingLeft();
  });
  after(() => server?.stop());

  const through = (more: Partial<ConnectionSettings> = {}): ConnectionSettings =>
    server.settings({ port: proxy.port, ...SHORT, ...more });
  async function open(more: Partial<ConnectionSettings> = {}): Promise<PostgresDatabase> {
    const database = await openDatabase(through(more));
    opened.push(database);
    return database;
  }
  async function works(database: PostgresDatabase): Promise<void> {
    const { plan } = await database.explain(explainOf(SELECT, true));
    assert.ok(plan[0]?.['Plan']);
  }
  const runs = (sql: string): Promise<void> =>
    until(
      async () => (await server.sessions(`state = 'active' and query like '%${sql}%'`)).length > 0,
      `${sql} never ran`,
    );

  it('accepts the connection and never answers', async () => {
    proxy.swallow();
    const error = await failureOf(openDatabase(through()));
    assert.equal(error.kind, 'connection');
    assert.match(
      error.message,
      /^cannot connect to postgresql:\/\/postgres@127\.0\.0\.1:\d+\/postgres .*no answer in time$/,
    );
    assert.match(error.hint ?? '', /firewall/);
    await until(() => proxy.open === 0, 'a connection is left');
  });

  it('breaks off during the login', async () => {
    proxy.cutAfter(5);
    const error = await failureOf(openDatabase(through({ tls: { mode: 'disable' } })));
    assert.match(error.message, /^cannot connect to .*: the other side ended it without a reason$/);
    await works(await open());
  });

  it('is slow, and nothing else', async () => {
    const database = await open();
    proxy.delay(60);
    await works(database);
  });

  for (const bytes of [0, 1, 4, 40, 300]) {
    it(`cuts the answer after ${bytes} bytes`, async () => {
      const database = await open();
      await works(database);
      proxy.cutAfter(bytes);
      const failure = database.query(`select repeat('x', 100000)`).then(
        () => undefined,
        (error: Error) => error,
      );
      const error = await failure;
      // Where it was cut before the statement was even sent, another connection was taken: nobody hears of it.
      if (error) assert.match(error.message, /^the connection to .* was lost: /);
      await works(database);
    });
  }

  it('resets the connection while a statement runs', async () => {
    const database = await open();
    const failing = failureOf(database.explain(explainOf(LONG, true)));
    await runs('pg_sleep');
    proxy.cut();
    const error = await failing;
    assert.equal(error.kind, 'connection');
    assert.match(error.message, /was lost: the connection was closed by the other side$/);
    assert.equal(error.hint, 'the next statement connects again');
    await works(database);
  });

  it('falls silent while a statement runs', async () => {
    const database = await open();
    const failing = failureOf(database.explain(explainOf(LONG, true)));
    await runs('pg_sleep');
    proxy.swallow();
    const error = await failing;
    assert.match(error.message, /was lost: no answer came, and the server no longer works on the statement/);
    proxy.pass();
    await works(database);
    await proxy.stop();
  });

  it('loses the answer to a statement that has ended', async () => {
    const database = await open();
    const failing = failureOf(database.explain(explainOf('select pg_sleep(0.5)', true)));
    await runs('pg_sleep');
    proxy.swallowAnswers();
    assert.match((await failing).message, /was lost: no answer came/);
    await works(database);
  });

  it('is sound, and a statement takes longer than several looks', async () => {
    const database = await open();
    await database.explain(explainOf('select pg_sleep(1.2)', true));
    assert.ok(proxy.accepted > 2, 'it was never looked');
    const looking = async (): Promise<boolean> => (await server.sessions(`application_name like '%check'`)).length > 0;
    await until(async () => !(await looking()), 'the sessions of the looks are left');
  });

  it('swallows what an idle connection would say', async () => {
    const database = await open();
    await works(database);
    proxy.swallow('pass');
    await works(database);
  });

  it('is silent when a statement is cancelled', async () => {
    const database = await open({ lookEveryMs: Infinity });
    const controller = new AbortController();
    const cancelled = assert.rejects(database.explain(explainOf(LONG, true), controller.signal), CancelledError);
    await runs('pg_sleep');
    proxy.swallow();
    controller.abort();
    await cancelled;
    proxy.pass();
    await works(database);
    // The server looks by itself whether its client is still there; behind a proxy that holds on, it is.
    await proxy.stop();
  });

  it('loses only the answers when a statement is cancelled', async () => {
    const database = await open();
    const controller = new AbortController();
    const cancelled = assert.rejects(database.explain(explainOf(LONG, true), controller.signal), CancelledError);
    await runs('pg_sleep');
    proxy.swallowAnswers();
    controller.abort();
    await cancelled;
    // It did arrive: the cancel goes its own way.
    await until(async () => (await server.sessions(`state = 'active'`)).length === 0, 'it still runs');
    await works(database);
  });

  it('is silent when everything is closed', async () => {
    const database = await open();
    await works(database);
    proxy.swallow();
    await database.dispose();
    await until(() => proxy.open === 0, 'a connection is left');
    await proxy.stop();
  });

  const garbage: readonly (readonly [string, Buffer])[] = [
    ['an unknown message', Buffer.from('!????????????????????', 'latin1')],
    ['a web page', Buffer.from('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')],
    ['a row whose length lies', Buffer.from([0x44, 0, 0, 0, 12, 0, 9, 0x7f, 0xff, 0xff, 0xff, 1])],
    ['a message that claims two gigabytes', Buffer.from([0x54, 0x7f, 0xff, 0xff, 0xff, 0, 1])],
    ['an unknown way to log in', Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99])],
    ['columns cut short', Buffer.from([0x54, 0, 0, 0, 6, 0x7f, 0xff])],
    ['an error without an end', Buffer.from([0x45, 0, 0, 0, 8, 0x53, 0x46, 0x41, 0x54])],
    ['zeros', Buffer.alloc(64)],
  ];
  for (const [name, bytes] of garbage) {
    it(`answers with ${name}`, async () => {
      const database = await open();
      const asking = database.withSession(session => {
        proxy.sendGarbage(bytes);
        return session.query('select 1 as one');
      });
      const error = await failureOf(asking);
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /^the connection to .* was lost: /);
      await works(database);
    });
    it(`answers the login with ${name}`, async () => {
      proxy.sendGarbage(bytes);
      const error = await failureOf(openDatabase(through({ tls: { mode: 'disable' } })));
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /^cannot connect to /);
    });
  }

  it('resets the connection while an index is built, and nothing is left of it', async () => {
    const database = await open();
    await server.run(`begin; lock table readings in row exclusive mode; commit`);
    const blocker = await server.open({ applicationName: 'blocker' });
    await blocker.withSession(async session => {
      await session.execute('begin; update readings set noted = noted where id = 1');
      const change = {
        sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
        runsInTransaction: false,
        locks: '',
        inverse: [],
      };
      const failing = failureOf(applyChange(database, change, { onProgress: () => undefined }));
      await runs('CREATE INDEX CONCURRENTLY');
      await until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
      proxy.cut();
      // Another session has what the clean-up needs as well, until it is seen to wait.
      await runs('drop index concurrently');
      await session.execute('rollback');
      assert.match((await failing).message, /was lost/);
    });
    assert.deepEqual(await server.invalidIndexes(), []);
  });

  it('is gone for good while an index is built, and it is said what may be left', async () => {
    const database = await open();
    const blocker = await server.open({ applicationName: 'blocker' });
    await blocker.withSession(async session => {
      await session.execute('begin; update readings set noted = noted where id = 1');
      const controller = new AbortController();
      const change = {
        sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
        runsInTransaction: false,
        locks: '',
        inverse: [],
      };
      const failing = failureOf(applyChange(database, change, { signal: controller.signal }));
      await until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
      await proxy.stop();
      // The server notices by itself, long before the build would have ended.
      await until(async () => (await server.sessions()).length === 0, 'the build goes on');
      // Whoever does not want to wait for the server to come back cancels.
      controller.abort();
      const error = await failing;
      assert.match(error.message, /the unfinished index may be left on readings/);
      assert.match(error.hint ?? '', /DROP INDEX CONCURRENTLY IF EXISTS "?readings_camera"?$/);
    });
    await server.run('drop index readings_camera');
  });
});
