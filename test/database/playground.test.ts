import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import pg from 'pg';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { settingsFromFields } from '../../src/database/connectionSettings';
import { openPlayground, type Playground } from '../../src/database/playground/openPlayground';
import { takeFolder } from '../../src/database/playground/playgroundFolder';

const SAMPLE = path.join(__dirname, '..', '..', 'media', 'playground');
/** It runs for minutes unless it is ended, and calls nothing that could be asked to stop. */
const ENDLESS = 'select count(*) from generate_series(1, 10000) a, generate_series(1, 100000) b';
const LATEST = `select id, captured_at from counting_results
  where camera_id = 187 and captured_at >= timestamptz '2025-03-01' order by captured_at desc limit 20`;

describe('the playground', () => {
  const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-playground-'));
  const clients: pg.Client[] = [];
  let playground: Playground;
  let db: PostgresDatabase;

  const open = (keep: boolean): Promise<Playground> =>
    openPlayground({ storage, keep, setupFile: path.join(SAMPLE, 'setup.sql') });
  const connect = async (changed: Partial<pg.ClientConfig> = {}): Promise<pg.Client> => {
    const client = new pg.Client({ ...playground.address, ...changed });
    clients.push(client);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  before(async () => {
    playground = await open(false);
    const { address } = playground;
    db = await openDatabase(await settingsFromFields({ ...address, tls: { mode: 'disable' } }));
  });

  afterEach(() => Promise.all(clients.splice(0).map(client => client.end().catch(() => undefined))));

  after(async () => {
    await db?.dispose();
    await playground?.close();
    fs.rmSync(storage, { recursive: true, force: true });
  });

  it('is a PostgreSQL like any other to the catalog, to EXPLAIN and to changes', async () => {
    const catalog = await db.readCatalog();
    assert.ok(catalog.relations.some(({ name, kind }) => name === 'counting_results' && kind === 'table'));
    const explain = async (): Promise<{ node: string; ms: number }> => {
      const request = { sql: LATEST, parameters: [], analyze: true, writes: false };
      const { plan } = await db.explain(request);
      const tree = plan[0] as unknown as { Plan: { Plans?: { 'Node Type': string }[] }; 'Execution Time': number };
      return { node: tree.Plan.Plans?.[0]?.['Node Type'] ?? '', ms: tree['Execution Time'] };
    };
    const before = await explain();
    const name = 'counting_results_camera_id_captured_at_idx';
    const seen: string[] = [];
    await applyChange(
      db,
      {
        sql: [`CREATE INDEX CONCURRENTLY ${name} ON counting_results (camera_id, captured_at)`],
        runsInTransaction: false,
        locks: 'SHARE UPDATE EXCLUSIVE',
        inverse: [`DROP INDEX CONCURRENTLY ${name}`],
      },
      { onProgress: ({ text }) => seen.push(text) },
    );
    const after = await explain();
    assert.equal(before.node, 'Sort');
    assert.match(after.node, /^Index/);
    assert.ok(after.ms < before.ms);
    assert.ok(seen.length > 0);
    await db.withSession(session => session.execute(`drop index ${name}`));
  });

  it('holds statements of its tour that PostgreSQL runs', async () => {
    const script = new Script(await loadGrammar(), fs.readFileSync(path.join(SAMPLE, 'playground.sql'), 'utf8'));
    const client = await connect();
    assert.ok(script.statements.length >= 4);
    for (const { statement } of script.statements) await client.query(`explain ${statement.text}`);
  });

  it('makes the same rows each time', async () => {
    const [row] = await db.query(`select sum(hashtext(c::text)::bigint)::text as sum from counting_results c`);
    assert.equal(row?.['sum'], '-346224590722');
  });

  it('lets nobody in without the password', async () => {
    await assert.rejects(connect({ password: 'guess' }), /wrong password/);
    await assert.rejects(connect({ password: `${playground.address.password}x` }), /wrong password/);
    assert.equal(playground.address.host, '127.0.0.1');
  });

  it('closes on whoever speaks another protocol', async () => {
    const socket = net.connect(playground.address.port, playground.address.host);
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise(resolve => socket.once('close', resolve).resume());
  });

  it('tells errors with their place, and goes on', async () => {
    const client = await connect();
    await assert.rejects(client.query('select 1 frm alerts'), { code: '42601', position: '14' });
    await client.query('begin');
    await assert.rejects(client.query('select 1 / 0'), { code: '22012' });
    await assert.rejects(client.query('select 1'), { code: '25P02' });
    await client.query('rollback');
    assert.deepEqual((await client.query('select $1::int + 1 as sum', [1])).rows, [{ sum: 2 }]);
  });

  it('gives connections turns: transactions are not mixed, settings are each one’s own', async () => {
    const [first, second] = [await connect({ application_name: 'first' }), await connect()];
    await first.query(`set work_mem = '7MB'`);
    await first.query('begin');
    await first.query('create table only_mine (id int)');
    const count = second.query(`select count(*)::int as n from pg_class where relname = 'only_mine'`);
    await first.query('rollback');
    assert.deepEqual((await count).rows, [{ n: 0 }]);
    assert.deepEqual((await second.query('show work_mem')).rows, [{ work_mem: '4MB' }]);
    assert.deepEqual((await first.query('show work_mem')).rows, [{ work_mem: '7MB' }]);
    assert.deepEqual((await first.query('show application_name')).rows, [{ application_name: 'first' }]);
    const both = await Promise.all([first, second, first, second].map(client => client.query('select 1 as one')));
    assert.deepEqual(
      both.map(({ rows }) => rows as unknown),
      [1, 2, 3, 4].map(() => [{ one: 1 }]),
    );
  });

  it('says that another connection holds the one session, for as long as it does', async () => {
    const [first, second] = [await connect(), await connect()];
    await first.query('create temporary table mine (id int)');
    await assert.rejects(second.query('select 1'), /one session/);
    await first.query('drop table mine');
    await second.query('select 1');
    await first.query('begin');
    await assert.rejects(second.query('select 1'), { code: '55P03' });
    await first.end();
    await second.query('select 1');
  });

  it('cancels a statement that never looks up, and keeps what was committed', async () => {
    const client = await connect();
    await client.query('create table kept as select 1 as id');
    const abort = new AbortController();
    const work = db.withSession(session => session.query(ENDLESS, [], { signal: abort.signal }));
    const ended = assert.rejects(work, { name: 'CancelledError' });
    // who comes in now comes after the statement
    const other = await connect();
    abort.abort();
    await ended;
    assert.deepEqual((await other.query('table kept')).rows, [{ id: 1 }]);
    await client.query('drop table kept');
  });

  it('cancels by the protocol’s own request, with the right key only', async () => {
    const client = await connect();
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const unharmed = client.query('select count(*)::int as n from generate_series(1, 1000000)');
    await sendCancel(playground, processID, secretKey + 1);
    assert.deepEqual((await unharmed).rows, [{ n: 1_000_000 }]);
    const work = assert.rejects(client.query(ENDLESS), { code: '57014', message: /user request/ });
    await sendCancel(playground, processID, secretKey);
    await work;
    await client.query('select 1');
  });

  it('keeps statement_timeout, which PGlite does not', async () => {
    const client = await connect();
    await client.query('begin; set local statement_timeout = 50');
    await assert.rejects(client.query(ENDLESS), { code: '57014', message: /statement timeout/ });
    await client.query('rollback');
    await client.query('select count(*) from counting_results');
  });

  it('brings a result larger than a message', async () => {
    const client = await connect();
    const { rows } = await client.query<{ text: string }>(
      `select repeat('x', 1000) || n as text from generate_series(1, 20000) n`,
    );
    assert.equal(rows.length, 20_000);
    assert.equal(rows.at(-1)?.text, `${'x'.repeat(1000)}20000`);
  });

  it('refuses in words what it cannot do', async () => {
    const client = await connect();
    await assert.rejects(client.query('copy alerts from stdin'), { code: '0A000' });
    await assert.rejects(client.query('/* a */ create database other'), { code: '0A000', hint: /schema/ });
    await client.query('select 1');
  });
});

describe('the folder of the playground', () => {
  let storage: string;
  beforeEach(() => (storage = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-folder-'))));
  afterEach(() => fs.rmSync(storage, { recursive: true, force: true }));

  it('goes with its process unless it is to be kept', () => {
    const folder = takeFolder(storage, { keep: false });
    fs.mkdirSync(folder.dataDir);
    folder.markFilled();
    folder.release();
    assert.deepEqual(fs.readdirSync(storage), []);
  });

  it('is filled the next time if it is kept, and made anew if the filling was interrupted', () => {
    const first = takeFolder(storage, { keep: true });
    fs.mkdirSync(first.dataDir);
    first.release();
    assert.equal(fs.existsSync(takeFolder(storage, { keep: true }).dataDir), false);
    const second = takeFolder(storage, { keep: true });
    fs.mkdirSync(second.dataDir);
    second.markFilled();
    second.release();
    const third = takeFolder(storage, { keep: true });
    assert.equal(third.isFilled, true);
    assert.equal(fs.existsSync(third.dataDir), true);
    assert.equal(takeFolder(storage, { keep: true, isFresh: true }).isFilled, false);
  });

  it('is not shared by two living processes', () => {
    takeFolder(storage, { keep: true }, process.pid);
    const other = takeFolder(storage, { keep: true }, process.ppid);
    assert.equal(other.isKeptElsewhere, true);
    assert.match(other.dataDir, new RegExp(`window-${process.ppid}`));
  });

  it('is removed when its process is gone', () => {
    const GONE = 2 ** 30;
    takeFolder(storage, { keep: true }, GONE);
    takeFolder(storage, { keep: false }, GONE);
    const taken = takeFolder(storage, { keep: true });
    assert.equal(taken.isKeptElsewhere, false);
    assert.deepEqual(fs.readdirSync(storage), ['kept']);
    assert.equal(fs.statSync(path.join(storage, 'kept')).mode & 0o077, 0);
  });
});

async function sendCancel({ address }: Playground, processId: number, secret: number): Promise<void> {
  const message = Buffer.alloc(16);
  [16, 80877102, processId, secret].forEach((number, at) => message.writeInt32BE(number | 0, 4 * at));
  const socket = net.connect(address.port, address.host);
  socket.write(message);
  await new Promise(resolve => socket.once('close', resolve).resume());
}
