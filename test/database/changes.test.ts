import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { Change } from '../../src/core/advisor/suggestion';
import type { DatabaseError } from '../../src/core/ports';
import { applyChange } from '../../src/database/changes';
import { parseConcurrentBuild } from '../../src/database/concurrentBuild';
import type { Progress } from '../../src/database/changeProgress';
import { openSession, type Session } from '../../src/database/session';
import { onEachServer, type TestServer } from './servers';

const SETUP = `
  create table readings (id int primary key, camera int not null, noted text not null);
  insert into readings select n, n % 50, 'note ' || n from generate_series(1, 20000) n;
  insert into readings values (20001, 1, 'note 1');
  create schema "Other Place";
  create table "Other Place"."Read ings" (id int);`;

const outside = (...sql: string[]): Change => ({ sql, runsInTransaction: false, locks: '', inverse: [] });
const inside = (...sql: string[]): Change => ({ sql, runsInTransaction: true, locks: '', inverse: [] });

async function indexes(server: TestServer): Promise<string[]> {
  const rows = await server.db.query<{ name: string }>(
    `select c.relname || case when i.indisvalid then '' else ' INVALID' end as name
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
     where t.relname in ('readings', 'Read ings') and not i.indisprimary order by 1`,
  );
  return rows.map(row => row.name);
}

/** A session with an open transaction that has written to the table: builds must wait for it. */
async function openWriter(server: TestServer): Promise<Session> {
  const writer = await openSession({ ...server.db.settings, applicationName: 'slow writer' });
  await writer.execute(`begin; update readings set noted = noted where id = 1`);
  return writer;
}

/** Resolves when a progress text matches. */
function progressUntil(wanted: RegExp): { onProgress: (progress: Progress) => void; seen: Promise<Progress> } {
  let onProgress = (_progress: Progress): void => undefined;
  const seen = new Promise<Progress>(resolve => {
    onProgress = progress => wanted.test(progress.text) && resolve(progress);
  });
  return { onProgress: progress => onProgress(progress), seen };
}

describe('database/changes', () => {
  describe('parseConcurrentBuild', () => {
    it('reads names, quoted or not', () => {
      const read = (rest: string): unknown => parseConcurrentBuild(`CREATE ${rest}`);
      assert.deepEqual(read('INDEX CONCURRENTLY A_b ON t (x)'), { index: 'a_b', relation: 't' });
      assert.deepEqual(read('unique index concurrently if not exists "A ""b" on only s."T" (x)'), {
        index: 'A "b',
        relation: 's."T"',
      });
      assert.deepEqual(read('INDEX CONCURRENTLY ON t (x)'), { relation: 't' });
      assert.equal(read('INDEX a ON t (x)'), undefined);
    });
  });

  onEachServer(SETUP, server => {
    afterEach(async () => {
      for (const name of await indexes(server())) {
        const qualified = name.startsWith('o') ? `"Other Place".${name}` : name.replace(' INVALID', '');
        await server().run(`drop index ${qualified}`);
      }
    });

    it('builds an index concurrently, tells how far it is, and drops it again', async () => {
      const texts: string[] = [];
      const create = outside('CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)', 'ANALYZE readings');
      await applyChange(server().db, create, { onProgress: progress => texts.push(progress.text) });
      assert.deepEqual(await indexes(server()), ['readings_camera']);
      assert.equal(texts[0], 'CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)');
      await applyChange(server().db, outside('DROP INDEX CONCURRENTLY readings_camera'));
      assert.deepEqual(await indexes(server()), []);
    });

    it('finds tables by quoted and qualified names', async () => {
      await applyChange(server().db, outside('CREATE INDEX CONCURRENTLY other ON "Other Place"."Read ings" (id)'));
      assert.deepEqual(await indexes(server()), ['other']);
    });

    it('names the session that it waits for, and goes on when that is done', async () => {
      const writer = await openWriter(server());
      const { onProgress, seen } = progressUntil(/waiting for session/);
      const create = outside('CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)');
      const applied = applyChange(server().db, create, { onProgress });
      const progress = await seen;
      assert.match(
        progress.text,
        new RegExp(`waiting for session ${writer.processId} \\(postgres, slow writer, idle in`),
      );
      await writer.end();
      await applied;
      assert.deepEqual(await indexes(server()), ['readings_camera']);
    });

    it('leaves no INVALID index after a cancel', async () => {
      const writer = await openWriter(server());
      const waiting = progressUntil(/waiting for session/);
      const removing = progressUntil(/removing the unfinished/);
      const onProgress = (progress: Progress): void => {
        waiting.onProgress(progress);
        removing.onProgress(progress);
      };
      const controller = new AbortController();
      const create = outside('CREATE INDEX CONCURRENTLY readings_camera ON readings (camera)');
      const applied = applyChange(server().db, create, { onProgress, signal: controller.signal });
      await waiting.seen;
      assert.deepEqual(await indexes(server()), ['readings_camera INVALID']);
      const cancelled = assert.rejects(applied, CancelledError);
      controller.abort();
      // The clean-up waits for the writer as well.
      await removing.seen;
      await writer.end();
      await cancelled;
      assert.deepEqual(await indexes(server()), []);
    });

    it('leaves no INVALID index after a failed build', async () => {
      const create = outside('CREATE UNIQUE INDEX CONCURRENTLY readings_noted ON readings (noted)');
      await assert.rejects(applyChange(server().db, create), (error: DatabaseError) => error.sqlState === '23505');
      assert.deepEqual(await indexes(server()), []);
      const unnamed = outside('CREATE UNIQUE INDEX CONCURRENTLY ON readings (noted)');
      await assert.rejects(applyChange(server().db, unnamed), (error: DatabaseError) => error.sqlState === '23505');
      assert.deepEqual(await indexes(server()), []);
    });

    it('says so when an INVALID index of that name is there already', async () => {
      await server()
        .run('create unique index concurrently readings_noted on readings (noted)')
        .catch(() => undefined);
      const create = outside('CREATE INDEX CONCURRENTLY IF NOT EXISTS readings_noted ON readings (noted)');
      await assert.rejects(applyChange(server().db, create), /is there already, INVALID/);
    });

    it('does all statements of a transaction or none', async () => {
      const change = inside(
        'CREATE INDEX readings_camera ON readings (camera)',
        'CREATE INDEX broken ON readings (nothing)',
      );
      await assert.rejects(applyChange(server().db, change), (error: DatabaseError) => error.sqlState === '42703');
      assert.deepEqual(await indexes(server()), []);
    });

    it('gives up at the lock timeout', async () => {
      const writer = await openWriter(server());
      const change = inside('CREATE INDEX readings_camera ON readings (camera)');
      await assert.rejects(
        applyChange(server().db, change, { lockTimeoutMs: 20 }),
        (error: DatabaseError) => error.kind === 'timeout',
      );
      await writer.end();
    });

    it('leaves the connection as it was', async () => {
      await applyChange(server().db, outside(`SET work_mem = '1MB'`));
      const [row] = await server().db.query<{ value: string }>(`select current_setting('work_mem') as value`);
      assert.equal(row?.value, '4MB');
    });
  });
});
