import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DatabaseError, Row } from '../../src/core/ports';
import { findEmbeddedBinaries, platformName } from '../../src/database/embeddedBinaries';
import { startEmbedded } from '../../src/database/embedded';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openSession } from '../../src/database/session';

async function dataFolder(url: string): Promise<string> {
  const session = await openSession(await resolveConnection({ url, env: {}, cwd: '/' }));
  const [row] = await session.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  await session.end();
  return row?.folder ?? '';
}

describe('database/embedded', function () {
  this.timeout(60_000);

  it('names the platform as the packages do', () => {
    assert.equal(platformName('win32', 'x64'), 'windows-x64');
    assert.equal(platformName('darwin', 'arm64'), 'darwin-arm64');
  });

  it('says plainly that there is none for this platform or version', () => {
    const none = new RegExp(`no embedded PostgreSQL for ${platformName()}; use --connection URL`);
    assert.throws(() => findEmbeddedBinaries(undefined, ['/']), none);
    assert.throws(
      () => findEmbeddedBinaries(9),
      (error: DatabaseError) => error.kind === 'unsupported' && /no embedded PostgreSQL 9/.test(error.message),
    );
  });

  it('starts with settings, and deletes its data when stopped', async () => {
    const server = await startEmbedded({ settings: { work_mem: '11MB' } });
    const folder = await dataFolder(server.url);
    assert.ok(fs.existsSync(folder));
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    assert.equal((await db.query<{ work_mem: string }>('show work_mem'))[0]?.work_mem, '11MB');
    assert.equal(Number.parseInt(db.serverText, 10), server.major);
    await db.dispose();
    await server.stop();
    await server.stop();
    assert.ok(!fs.existsSync(path.dirname(folder)));
  });

  it('restarts on the same port and data, also after a crash', async () => {
    const server = await startEmbedded();
    try {
      const ask = async <T extends Row>(sql: string): Promise<T[]> => {
        const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
        return db.withSession(session => session.query<T>(sql)).finally(() => db.dispose());
      };
      const started = () => ask<{ at: string }>('select pg_postmaster_start_time()::text as at');
      await ask('create table kept as select 7 as n');
      for (const how of [undefined, 'crash'] as const) {
        await ask('checkpoint');
        const before = await started();
        await server.restart(how);
        assert.notDeepEqual(await started(), before);
        assert.deepEqual(await ask('select n from kept'), [{ n: 7 }]);
      }
    } finally {
      await server.stop();
    }
  });

  it('reports the server’s own words when it does not start', async () => {
    await assert.rejects(startEmbedded({ settings: { shared_buffers: 'plenty' } }), /shared_buffers/);
  });

  it('ends the server and deletes the data when its parent is killed', async () => {
    const script = `
      const { startEmbedded } = require(${JSON.stringify(path.resolve('src/database/embedded'))});
      startEmbedded().then(server => { console.log(server.url); setInterval(() => {}, 1000); });`;
    const parent = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>(resolve =>
      parent.stdout.once('data', chunk => resolve(String(chunk).trim())),
    );
    const folder = path.dirname(await dataFolder(url));
    const gone = new Promise<void>(resolve => {
      const watcher = fs.watch(path.dirname(folder), () => {
        if (fs.existsSync(folder)) return;
        watcher.close();
        resolve();
      });
    });
    parent.kill('SIGKILL');
    await gone;
    const settings = await resolveConnection({ url, env: {}, cwd: '/' });
    await assert.rejects(openSession(settings), /nothing listens there/);
  });
});
