/**
 * Builds an index where there is no space for it, in a mount namespace of its own: run by `unshare -rm`. Prints what
 * came of it as JSON.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../../src/core/ports';
import { applyChange } from '../../src/database/changes';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';

async function main(): Promise<object> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) return { skipped: `no small file system can be made: ${mounted.stderr.trim()}` };
  const server = await startEmbedded({ settings: { autovacuum: 'off' } });
  try {
    const database = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    const run = (sql: string) => database.withSession(session => session.execute(sql));
    await run(`create table readings as select n as id, 'note ' || n as noted from generate_series(1, 60000) n`);
    await run(`create tablespace small location '${folder}'`);
    // The folder that the tablespace makes for the database stays.
    const files = (): number =>
      fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length;
    const filesBefore = files();
    const change = {
      sql: ['CREATE INDEX CONCURRENTLY readings_noted ON readings (noted) TABLESPACE small'],
      runsInTransaction: false,
      locks: '',
      inverse: [],
    };
    const failure: unknown = await applyChange(database, change).catch((error: unknown) => error);
    const [left] = await database.query<{ n: number }>('select count(*)::int as n from pg_index where not indisvalid');
    await run('checkpoint');
    const outcome = {
      isDatabaseError: failure instanceof DatabaseError,
      ...(failure instanceof DatabaseError && {
        message: failure.message,
        hint: failure.hint,
        sqlState: failure.sqlState,
      }),
      invalid: left?.n,
      filesBefore,
      filesAfter: files(),
    };
    await database.dispose();
    return outcome;
  } finally {
    await server.stop();
    spawnSync('umount', [folder]);
    fs.rmdirSync(folder);
  }
}

main().then(
  outcome => console.log(JSON.stringify(outcome)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
