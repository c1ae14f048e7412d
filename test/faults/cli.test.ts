import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { applyChange } from '../../src/database/changes';
import type { EmbeddedServer } from '../../src/database/embedded';
import { startStandby } from '../database/standbyServer';
import { CLI } from '../support/cli';
import { FaultProxy } from './faultProxy';
import { explainOf, failureOf, FaultServer, SETUP, until } from './faultServer';

describe('the command line, and a replica', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let folder = '';

  before(async function () {
    server = await FaultServer.start(this, { settings: { wal_level: 'replica', max_wal_senders: '3' } });
    await server.run(SETUP);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-fault-cli-'));
  });
  after(async () => {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }
  function start(sql: string, url: string, ...flags: readonly string[]) {
    const file = path.join(folder, 'query.sql');
    fs.writeFileSync(file, sql);
    const child = spawn(process.execPath, [CLI, 'explain', ...flags, '--connection', url, file], {
      env: { ...process.env, PGAPPNAME: 'Query Tuner', PGCONNECT_TIMEOUT: '2' },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, out, err }));
    return { child, ended };
  }
  function assertOneClearLine({ code, out, err }: Ended, wanted: RegExp): void {
    assert.equal(code, 2, err);
    assert.equal(out, '');
    assert.match(err, wanted);
    assert.doesNotMatch(err, /\n\s+at /);
    // Beside its progress, it speaks once.
    assert.equal(err.match(/^query-tuner: /gm)?.length, 1, err);
  }

  it('finds nothing that answers', async () => {
    const proxy = await FaultProxy.start(server.port);
    proxy.swallow();
    const url = `postgresql://postgres@127.0.0.1:${proxy.port}/postgres`;
    assertOneClearLine(await start('select 1;', url).ended, /cannot connect to .*: no answer in time\.? .*firewall/);
    await proxy.stop();
  });

  it('has its session ended', async () => {
    const { ended } = start('select pg_sleep(50);', server.url, '--analyze');
    await until(async () => (await server.sessions(`query like '%pg_sleep%'`)).length > 0, 'it never ran');
    await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(50)%'
      and pid <> pg_backend_pid()`);
    assertOneClearLine(await ended, /was lost: terminating connection due to administrator command/);
    await server.assertNothingLeft();
  });

  it('is killed while it measures, and the statement ends', async () => {
    const { child, ended } = start('select pg_sleep(50);', server.url, '--analyze');
    await until(async () => (await server.sessions(`query like '%pg_sleep%'`)).length > 0, 'it never ran');
    child.kill('SIGKILL');
    await ended;
    await server.assertNothingLeft();
  });

  it('is connected to a replica: reads, and says why it cannot change anything', async () => {
    const watcher: PostgresDatabase = await server.open({ applicationName: 'watcher' });
    let standby: EmbeddedServer | undefined;
    let database: PostgresDatabase | undefined;
    try {
      standby = await startStandby(
        { url: server.url, major: 18, db: watcher, run: sql => server.run(sql).then(() => undefined) },
        'faults',
      );
      const { port } = new URL(standby.url);
      database = await openDatabase(server.settings({ port: Number(port) }));
      assert.ok((await database.explain(explainOf('select * from readings where camera = 7', true))).plan[0]);
      const change = {
        sql: ['CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)'],
        runsInTransaction: false,
        locks: '',
        inverse: [],
      };
      const error = await failureOf(applyChange(database, change));
      assert.match(error.message, /cannot execute CREATE INDEX (?:in a read-only transaction|during recovery)/);
      assert.match(error.hint ?? '', /replica/);
      const writing = await failureOf(
        database.explain({ ...explainOf('update readings set camera = 1', true), writes: true }),
      );
      assert.match(writing.message, /recovery|read-only/);
      assert.match(writing.hint ?? '', /replica; connect to the primary to write/);
    } finally {
      await database?.dispose();
      await standby?.stop();
      await watcher.dispose();
    }
  });
});
