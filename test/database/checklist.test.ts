import assert from 'node:assert/strict';
import type { ChecklistResult } from '../../src/core/health/checklist/index';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { readChecklist } from '../../src/database/health/readChecklist';
import { readHealth } from '../../src/database/health/readHealth';
import { reviewIndexHealth } from '../../src/database/health/reviewIndexHealth';
import { ALL_MAJORS, onEachServer } from './servers';

describe('database/health checklist', function () {
  this.timeout(60_000);

  onEachServer(
    `create extension pg_stat_statements; create role ordinary login;
     create schema farm; create table farm."Large" as select i from generate_series(1, 20000) i;
     create materialized view farm.locking as select count(*) from farm."Large"; analyze;
     create table farm.days (at date) partition by range (at)`,
    server => {
      const evaluate = async (user: string, application?: string): Promise<Map<string, ChecklistResult>> => {
        const url = new URL(server().url);
        url.username = user;
        if (application) url.searchParams.set('application_name', application);
        const db = await openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
        try {
          const report = await readHealth(db);
          const indexes = await reviewIndexHealth(db, await db.readCatalog(), report.server);
          const found = await readChecklist(db, { ...report, results: [...report.results, ...indexes] });
          return new Map(found.map(each => [each.id, each]));
        } finally {
          await db.dispose();
        }
      };

      it('finds what this server shows', async () => {
        const found = await evaluate('postgres', 'postgres_exporter');
        const verdict = (id: string): string | undefined => found.get(id)?.verdict;
        assert.equal(verdict('shared-buffers'), process.platform === 'linux' ? 'fail' : 'cannot be seen');
        assert.equal(verdict('autovacuum'), 'fail');
        assert.match(found.get('autovacuum')!.figure, /autovacuum or track_counts is off/);
        assert.equal(verdict('partitioning'), 'fail');
        assert.match(found.get('partitioning')!.figure, /farm\."Large"/);
        assert.equal(verdict('materialized-views'), 'fail');
        assert.match(found.get('materialized-views')!.figure, /farm\.locking/);
        assert.equal(verdict('timescale'), 'not applicable');
        assert.equal(verdict('dashboards'), 'pass');
        assert.equal(verdict('maintenance'), 'cannot be seen');
        assert.equal(verdict('pooling'), 'cannot be seen');
        for (const { verdict: each, remedy, id } of found.values()) assert.ok(each !== 'fail' || remedy, id);
      });

      it('says to an ordinary role what it cannot see', async () => {
        const found = await evaluate('ordinary');
        for (const id of ['shared-buffers', 'slow-queries', 'pooling', 'dashboards']) {
          assert.equal(found.get(id)?.verdict, 'cannot be seen', id);
        }
        assert.equal(found.get('partitioning')?.verdict, 'fail');
      });
    },
    () => ({ shared_preload_libraries: 'pg_stat_statements', effective_cache_size: '256kB', shared_buffers: '1MB' }),
    ALL_MAJORS,
  );
});
