import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { Change } from '../../src/core/advisor/suggestion';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection, type ConnectionSettings } from '../../src/database/connectionSettings';
import { memoryStore } from '../../src/database/migration/migrationRecord';
import { runMigration } from '../../src/database/migration/runMigration';
import { openSession } from '../../src/database/session';
import { Editor } from '../server/editor';
import { debianPackagesOrSkip } from '../support/debianPackages';
import { startPgBouncer, type RunningPgBouncer } from '../support/pgBouncer';
import { explainOf, FaultServer, LONG, PRODUCT, SETUP, until } from './faultServer';

const SETTINGS_LEFT = `select name, setting from pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'client_connection_check_interval') and setting <> '0'`;

describe('PgBouncer in transaction mode between', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let bouncer: RunningPgBouncer;
  let settings: ConnectionSettings;
  let database: PostgresDatabase;

  before(async function () {
    const debian = await debianPackagesOrSkip(this, ['pgbouncer']);
    server = await FaultServer.start(this);
    await server.run(SETUP);
    bouncer = await startPgBouncer(
      debian,
      [
        '[databases]',
        `* = host=127.0.0.1 port=${server.port}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        'listen_port = 1',
        'auth_type = plain',
        'auth_file = x',
        'pool_mode = transaction',
        'default_pool_size = 4',
        '',
      ].join('\n'),
    );
    settings = {
      ...(await resolveConnection({ url: bouncer.url('postgres'), env: {}, cwd: '/' })),
      applicationName: PRODUCT,
    };
  });
  beforeEach(async () => {
    database = await openDatabase(settings);
  });
  afterEach(async () => {
    await database.dispose();
    assert.deepEqual(await server.invalidIndexes(), []);
    // Whatever session of the server is lent out next, it is as it was.
    const sessions = await Promise.all(Array.from({ length: 4 }, () => openSession(settings)));
    for (const session of sessions) await session.execute('begin');
    for (const session of sessions) {
      assert.deepEqual(await session.query(SETTINGS_LEFT), []);
      assert.deepEqual(await session.query('select name from pg_prepared_statements'), []);
      assert.deepEqual(await session.query(`select from pg_locks where locktype = 'advisory'`), []);
    }
    for (const session of sessions) await session.end();
  });
  after(async () => {
    await bouncer?.stop();
    await server?.stop();
  });

  it('explains and measures', async () => {
    const { plan } = await database.explain(explainOf('select * from readings where camera = 7', true));
    assert.ok(plan[0]?.['Execution Time']);
  });

  it('plans for every value, again and again, wherever it is sent', async () => {
    const generic = explainOf('select * from readings where camera = $1');
    await Promise.all(Array.from({ length: 12 }, () => database.explain(generic)));
    for (let i = 0; i < 12; i++) assert.ok((await database.explain(generic)).plan[0]);
  });

  it('lets go of what a measured statement takes', async () => {
    await database.explain({ ...explainOf('select pg_advisory_lock(42)', true), writes: true });
  });

  it('cancels', async () => {
    const controller = new AbortController();
    const cancelled = assert.rejects(database.explain(explainOf(LONG, true), controller.signal), CancelledError);
    const running = `state = 'active' and query like '%pg_sleep(50)%' and pid <> pg_backend_pid()`;
    const count = async (): Promise<number> =>
      (await server.run(`select from pg_stat_activity where ${running}`)).length;
    await until(async () => (await count()) === 1, 'it never ran');
    controller.abort();
    await cancelled;
    await until(async () => (await count()) === 0, 'it still runs');
  });

  it('takes a statement for lost only when it is', async () => {
    await database.dispose();
    database = await openDatabase({ ...settings, lookEveryMs: 100 });
    assert.ok((await database.explain(explainOf('select pg_sleep(0.7)', true))).plan[0]);
  });

  it('builds an index, and removes it again', async () => {
    const change: Change = {
      sql: ['CREATE INDEX CONCURRENTLY pooled ON readings (camera)'],
      runsInTransaction: false,
      locks: '',
      inverse: [],
    };
    await applyChange(database, change, { onProgress: () => undefined });
    await applyChange(database, { ...change, sql: ['DROP INDEX CONCURRENTLY pooled'] });
    const controller = new AbortController();
    const writer = await openSession({ ...server.settings(), applicationName: 'writer' });
    await writer.execute('begin; update readings set noted = noted where id = 1');
    const cancelled = assert.rejects(applyChange(database, change, { signal: controller.signal }), CancelledError);
    await until(async () => (await server.invalidIndexes()).length === 1, 'no index was begun');
    controller.abort();
    await until(
      async () => (await server.run(`select from pg_stat_activity where query like 'drop index conc%'`)).length > 0,
      'nobody cleans up',
    );
    await writer.execute('rollback');
    await writer.end();
    await cancelled;
  });

  it('does not run a migration, which needs a session of its own, and says so', async () => {
    const store = memoryStore();
    const plan = { id: 'pooled', title: 'Nothing', notes: [], steps: [] };
    const outcome = await runMigration(database, plan, { store });
    assert.ok(outcome.kind === 'stopped' && outcome.reason === 'refused', JSON.stringify(outcome));
    assert.match(outcome.message, /a pooler .* connect to the server itself/);
  });

  it('advises on indexes through the language server', async () => {
    const editor = await Editor.start({ trusted: true });
    await editor.request('queryTuner/connections/connect', {
      connectionId: 'test',
      target: { url: bouncer.url('postgres') },
    });
    const view = await editor.request('queryTuner/advice/run', {
      connectionId: 'test',
      progressToken: 'advice',
      source: { kind: 'text', name: 'a.sql', text: 'select * from readings where camera = 7;' },
      whatIf: 'shadow',
    });
    assert.match(view.indexes[0]?.change.sql[0] ?? '', /ON (?:public\.)?readings \(camera/);
    await editor.dispose();
  });
});
