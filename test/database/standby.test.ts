import assert from 'node:assert/strict';
import type { HealthResult } from '../../src/core/health/check';
import { applyChange } from '../../src/database/changes';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import type { EmbeddedServer } from '../../src/database/embedded';
import { readHealth } from '../../src/database/health/readHealth';
import { readChecklist } from '../../src/database/health/readChecklist';
import { reviewIndexHealth } from '../../src/database/health/reviewIndexHealth';
import { readMaintenance } from '../../src/database/maintenance/readMaintenance';
import { DatabaseError } from '../../src/core/ports';
import { onEachServer } from './servers';
import { startStandby } from './standbyServer';

describe('database on a standby', function () {
  this.timeout(60_000);

  onEachServer(
    `create extension pg_stat_statements;
     create table counts (id int primary key, n int); insert into counts select i, i from generate_series(1, 1000) i;
     analyze counts`,
    primary => {
      let copy: EmbeddedServer | undefined;
      let standby: PostgresDatabase;

      before(async () => {
        copy = await startStandby(primary(), 'copy');
        standby = await openDatabase(await resolveConnection({ url: copy.url, env: {}, cwd: '/' }));
      });
      after(async () => {
        await standby?.dispose();
        await copy?.stop();
      });

      const lagOf = async (db: PostgresDatabase): Promise<HealthResult> => {
        const { results } = await readHealth(db, { only: new Set(['replication-lag']) });
        return results[0]!;
      };
      const lagThat = async (db: PostgresDatabase, holds: (lag: HealthResult) => boolean): Promise<HealthResult> => {
        let lag = await lagOf(db);
        for (let look = 0; look < 300 && !holds(lag); look++) {
          await new Promise(resolve => setTimeout(resolve, 50));
          lag = await lagOf(db);
        }
        assert.ok(holds(lag), JSON.stringify(lag));
        return lag;
      };

      it('sees the standby from the primary, and no lag where nothing is to be replayed', async () => {
        const seen = await lagThat(primary().db, ({ detail }) => detail.includes('streaming'));
        assert.match(seen.detail, /^copy: .* behind, /);
        assert.equal(seen.status, 'ok');
        const own = await lagThat(standby, ({ value }) => value === 0);
        assert.match(own.detail, /^this standby: 0 ms behind, 0 B to replay, streaming$/);
      });

      it('measures the lag of a standby that has stopped to replay, from both sides', async () => {
        // Time is told by the last commit replayed; a standby that has replayed none knows no time.
        await primary().run('create table replayed ()');
        const replayed = `select to_regclass('replayed') is not null as done`;
        while (!(await standby.query<{ done: boolean }>(replayed))[0]?.done) await new Promise(r => setTimeout(r, 20));
        await standby.query('select pg_wal_replay_pause()');
        const paused = `select pg_get_wal_replay_pause_state() = 'paused' as paused`;
        // It pauses between two records, so there has to be one.
        await primary().run('insert into counts select i, i from generate_series(1001, 2000) i');
        while (!(await standby.query<{ paused: boolean }>(paused))[0]?.paused)
          await new Promise(r => setTimeout(r, 20));
        await primary().run('insert into counts select i, i from generate_series(2001, 20000) i');
        const own = await lagThat(standby, ({ detail }) => /[1-9][\d.]* [kM]B to replay/.test(detail));
        assert.ok(own.value! > 0, own.detail);
        await lagThat(primary().db, ({ items }) => /[1-9][\d.]* [kM]B to go, streaming/.test(items[0]?.detail ?? ''));
        await standby.query('select pg_wal_replay_resume()');
        await lagThat(standby, ({ value }) => value === 0);
      });

      it('answers every check and reads catalog and plans', async () => {
        const catalog = await standby.readCatalog();
        assert.ok(catalog.relations.some(({ name }) => name === 'counts'));
        const report = await readHealth(standby);
        assert.equal(report.server.isStandby, true);
        const results = [...report.results, ...(await reviewIndexHealth(standby, catalog, report.server))];
        const failed = results.filter(
          ({ status, detail }) => status === 'unknown' && !/counted|asked for/.test(detail),
        );
        assert.deepEqual(failed, []);
        assert.equal((await readChecklist(standby, { ...report, results })).length, 14);
        const request = { sql: 'select * from counts where id = $1', parameters: ['7'], writes: false };
        for (const analyze of [false, true]) {
          const { plan } = await standby.explain({ ...request, analyze });
          assert.ok(plan[0]?.['Plan']);
        }
        assert.ok((await standby.explain({ ...request, parameters: [], analyze: false })).plan[0]);
      });

      it('refuses to write, and says where to', async () => {
        const refusal = (error: unknown): boolean => {
          assert.ok(error instanceof DatabaseError, String(error));
          assert.match(`${error.message}; ${error.hint}`, /recovery|read-only transaction/);
          assert.match(error.hint ?? '', /replica; connect to the primary/);
          return true;
        };
        const change = { inverse: [], locks: '' };
        const index = 'create index counts_n on counts (n)';
        const concurrently = 'create index concurrently counts_n on counts (n)';
        await assert.rejects(applyChange(standby, { ...change, sql: [index], runsInTransaction: true }), refusal);
        for (const sql of [concurrently, 'VACUUM (ANALYZE) public.counts', 'ANALYZE public.counts']) {
          await assert.rejects(applyChange(standby, { ...change, sql: [sql], runsInTransaction: false }), refusal);
        }
        await assert.rejects(readMaintenance(standby), /maintained by its primary/);
        const request = { sql: 'update counts set n = 0', parameters: [], analyze: true, writes: true };
        await assert.rejects(standby.explain(request), refusal);
      });

      it('does not take a standby that has lost its primary for one without lag', async () => {
        await standby.withSession(async session => {
          await session.query(`alter system set primary_conninfo = 'host=127.0.0.1 port=1'`);
          await session.query('select pg_reload_conf()');
        });
        const lag = await lagThat(standby, ({ detail }) => detail.includes('not connected to a primary'));
        assert.ok(lag.value! > 0, lag.detail);
      });
    },
    () => ({ wal_keep_size: '256MB' }),
  );
});
