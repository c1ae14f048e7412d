import * as assert from 'node:assert/strict';
import pg from 'pg';
import { adviseWorkload, suggestIndexes } from '../../src/core/advisor/indexes';
import type { Catalog } from '../../src/core/catalog/catalog';
import { DatabaseError, type CostEstimator } from '../../src/core/ports';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import { openCostEstimator } from '../../src/database/whatIf';
import { openShadow } from '../../src/database/whatIf/shadow';
import { buildTestWorker, WORKER_FILE } from './whatIfWorker';

const SETUP = `
create table camera (id int primary key, name text not null, site text);
insert into camera select g, 'camera ' || g, 'site ' || g % 20 from generate_series(1, 500) g;
create table counting (
  id bigint generated always as identity primary key, camera_id int not null references camera,
  captured_at timestamptz not null, total int not null, status text not null, note text, data jsonb);
insert into counting (camera_id, captured_at, total, status, note, data)
select (g * 7919) % 500 + 1, timestamptz '2025-01-01 00:00+00' + g * interval '1 minute', g % 50,
  case when g % 1000 = 0 then 'failed' else 'ok' end, 'Note ' || g, jsonb_build_object('k', g % 100)
from generate_series(1, 200000) g;
create type mood as enum ('good', 'bad');
create domain percent as int check (value between 0 and 100);
create table sample (id int primary key, feeling mood, share percent, day date);
insert into sample select g, (array['good', 'bad'])[1 + g % 2]::mood, g % 100, date '2025-01-01' + g % 300 from generate_series(1, 30000) g;
create view busy as select camera_id, count(*) as n from counting where total > 40 group by camera_id;
create table event (id bigint, happened_at timestamptz not null, kind int) partition by range (happened_at);
create table event_a partition of event for values from ('2025-01-01') to ('2025-02-01');
create table event_b partition of event for values from ('2025-02-01') to ('2025-03-01');
insert into event select g, timestamptz '2025-01-01' + g * interval '50 seconds', g % 300 from generate_series(1, 90000) g;
create table tiny (id int, name text);
insert into tiny select g, 'n' from generate_series(1, 100) g;
`;

/** Statements over today's design; the shadow has to agree with the server on each. */
const PRESENT = [
  'select * from counting where id = 4711',
  'select * from counting where id between 1000 and 5000 order by id',
  "select count(*) from counting where captured_at >= '2025-02-01' and captured_at < '2025-02-02'",
  "select c.name, sum(k.total) from counting k join camera c on c.id = k.camera_id where k.status = 'failed' group by c.name",
  'select * from counting where total > $1 and camera_id = $2',
  "select * from sample where feeling = 'bad' and share < 10",
  'select c.name, b.n from busy b join camera c on c.id = b.camera_id',
  "select count(*) from event where happened_at >= '2025-02-03' and kind = 7",
  "update counting set note = 'x' where id = 5",
];

const LATEST = `select id, captured_at, total from counting
  where camera_id = 7 and captured_at >= '2025-03-01' order by captured_at desc limit 50`;

before(async function () {
  this.timeout(60_000);
  await buildTestWorker();
});

for (const major of [18, 14]) {
  describe(`database/whatIf on PostgreSQL ${major}`, function () {
    this.timeout(120_000);
    let server: EmbeddedServer;
    let owner: pg.Client;
    let db: PostgresDatabase;
    let catalog: Catalog;
    let grammar: Grammar;
    let estimator: CostEstimator;

    before(async () => {
      grammar = await loadGrammar();
      server = await startEmbedded({ major });
      owner = new pg.Client({ connectionString: server.url });
      await owner.connect();
      await owner.query(SETUP);
      await owner.query('vacuum analyze');
      db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
      catalog = await db.readCatalog();
      estimator = await openCostEstimator(db, catalog, {
        method: 'shadow',
        workerFile: WORKER_FILE,
      });
    });

    after(async () => {
      await estimator?.dispose();
      await db?.dispose();
      await owner?.end();
      await server?.stop();
    });

    const suggest = (sql: string, how = estimator) =>
      suggestIndexes({ statement: parseStatement(grammar, sql), sql, catalog, estimator: how });

    for (const sql of PRESENT) {
      it(`costs as the server does: ${sql.slice(0, 70)}`, async () => {
        const shadow = await estimator.cost(sql, []);
        const { plan } = await db.explain({
          sql,
          analyze: false,
          parameters: [],
          writes: false,
        });
        const cost = Number((plan[0]!['Plan'] as Record<string, unknown>)['Total Cost']);
        assert.ok(Math.abs(shadow.totalCost / cost - 1) < 0.03, `shadow ${shadow.totalCost}, server ${cost}`);
      });
    }

    it('models a foreign key to a table that was planned with before', async () => {
      const other = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
      // with rows enough for the check of the key to read the other's index
      await owner.query(`create table part (id int, counting_id bigint references counting);
        insert into part select g, g from generate_series(1, 90000) g; analyze part`);
      const fresh = openShadow(other, await other.readCatalog(), { workerFile: WORKER_FILE });
      try {
        await fresh.cost('select * from counting where id = 4711', []);
        await fresh.cost('select * from part p join counting k on k.id = p.counting_id', []);
        assert.deepEqual(fresh.notes, []);
      } finally {
        await fresh.dispose();
        await other.dispose();
        await owner.query('drop table if exists part');
      }
    });

    it('knows how far it is off', async () => {
      await estimator.cost(PRESENT[0]!, []);
      assert.ok(
        estimator.relativeError !== undefined && estimator.relativeError < 0.03,
        String(estimator.relativeError),
      );
    });

    it('suggests the index that the measured plan then uses, and predicts its cost', async () => {
      const { suggestions } = await suggest(LATEST);
      const [suggestion] = suggestions;
      assert.equal(suggestions.length, 1);
      assert.deepEqual(suggestion?.index?.keys, ['camera_id', 'captured_at']);
      assert.equal(suggestion.evidence.how, 'what-if (shadow)');
      try {
        for (const sql of suggestion.change.sql) await owner.query(sql);
        const { rows } = await owner.query(`explain (analyze, format json) ${LATEST}`);
        const plan = rows[0]['QUERY PLAN'][0].Plan;
        assert.match(JSON.stringify(plan), /counting_camera_id_captured_at_\w*idx/);
        const error = Math.abs(suggestion.evidence.costAfter! / plan['Total Cost'] - 1);
        assert.ok(error < 0.05, `predicted ${suggestion.evidence.costAfter}, is ${plan['Total Cost']}`);
      } finally {
        for (const sql of suggestion?.change.inverse ?? []) await owner.query(sql);
      }
    });

    it('estimates the size of an index within a third of the real one', async () => {
      for (const keys of [['camera_id'], ['captured_at'], ['camera_id', 'captured_at'], ['note']]) {
        const index = { schema: 'public', relation: 'counting', method: 'btree' as const, keys, include: [] };
        const bytes = await estimator.estimateBytes(index);
        await owner.query(`create index sized on counting (${keys.join(', ')})`);
        const { rows } = await owner.query(`select pg_relation_size('sized')::float8 as bytes`);
        await owner.query('drop index sized');
        assert.ok(Math.abs(bytes / rows[0].bytes - 1) < 1 / 3, `${keys}: estimated ${bytes}, is ${rows[0].bytes}`);
      }
    });

    it('writes nothing to the target', async () => {
      const objects = async () => (await owner.query('select count(*)::int as n from pg_class')).rows[0].n as number;
      const before = await objects();
      await suggest("select * from counting where status = 'failed' and total = 3");
      await suggest("select * from counting where lower(note) = 'note 5'");
      assert.equal(await objects(), before);
    });

    it('finds an expression index for a function of a column', async () => {
      const { suggestions } = await suggest("select * from counting where lower(note) = 'note 5'");
      assert.deepEqual(suggestions[0]?.index?.keys, ['lower(note)']);
      assert.match(suggestions[0]?.change.sql[1] ?? '', /^ANALYZE/);
    });

    it('indexes a partitioned table through its parent', async () => {
      const { suggestions } = await suggest('select * from event where kind = 17');
      assert.deepEqual(suggestions[0]?.index?.keys, ['kind']);
      assert.doesNotMatch(suggestions[0]?.change.sql[0] ?? '', /CONCURRENTLY/);
    });

    it('refuses with figures', async () => {
      const { suggestions, refusals } = await suggest('select * from tiny where id = 5');
      assert.deepEqual(suggestions, []);
      assert.equal(refusals[0]?.reason, 'no index on tiny: 100 rows, a scan reads 1 page');
    });

    it('says what an existing index already covers', async () => {
      const { refusals } = await suggest('select * from counting where id = 5');
      assert.match(refusals[0]?.reason ?? '', /covered by counting_pkey/);
    });

    it('says what it cannot plan and goes on', async () => {
      await assert.rejects(estimator.cost('select * from counting where nonsense = 1', []), DatabaseError);
      assert.ok((await estimator.cost(PRESENT[0]!, [])).totalCost > 0);
    });

    it('passes over an index it cannot have among those it can', async () => {
      const of = (keys: string[], method: 'btree' | 'gin' = 'btree') => ({
        ...{ schema: 'public', relation: 'counting', method, keys, include: [] },
      });
      const sql = 'select * from counting where total = 3 and camera_id = 7';
      await assert.rejects(estimator.cost(sql, [of(['total'], 'gin')]), { kind: 'unsupported' });
      assert.deepEqual((await estimator.cost(sql, [of(['total'], 'gin'), of(['camera_id'])])).usedIndexes, [1]);
    });

    it('advises one small set for a workload, within its budget, the same each time', async () => {
      const texts = [
        LATEST,
        "select sum(total) from counting where camera_id = 12 and captured_at >= '2025-04-01'",
        "select * from counting where status = 'failed'",
        'select c.name, k.total from camera c join counting k on k.camera_id = c.id where c.id = 9',
        'vacuum counting',
      ];
      const statements = texts.map((sql, i) => ({
        id: i + 1,
        sql,
        statement: parseStatement(grammar, sql),
        weight: 1,
      }));
      const advice = await adviseWorkload({ statements, catalog, estimator, budgetBytes: 20e6 });
      assert.ok(advice.workload.costAfter < 0.2 * advice.workload.costBefore, JSON.stringify(advice.workload));
      assert.ok(advice.indexes.reduce((sum, index) => sum + index.estimatedBytes, 0) <= 20e6);
      assert.ok(advice.indexes.length >= 1 && advice.indexes.length <= 3, JSON.stringify(advice.indexes));
      assert.deepEqual(
        advice.skipped.map(({ id }) => id),
        [5],
      );
      const again = await adviseWorkload({ statements, catalog, estimator, budgetBytes: 20e6 });
      assert.deepEqual(again, advice);
    });

    it('tries indexes for real when asked to, and leaves none behind', async () => {
      const trial = await openCostEstimator(db, catalog, { method: 'trial', trialAgreed: true });
      const index = {
        schema: 'public',
        relation: 'counting',
        method: 'btree' as const,
        keys: ['camera_id'],
        include: [],
      };
      const without = await trial.cost('select * from counting where camera_id = 7', []);
      const withIndex = await trial.cost('select * from counting where camera_id = 7', [index]);
      assert.deepEqual(withIndex.usedIndexes, [0]);
      assert.ok(withIndex.totalCost < without.totalCost);
      const { rows } = await owner.query("select from pg_class where relname like 'query_tuner_trial%'");
      assert.equal(rows.length, 0);
    });

    it('tries nothing on the server that nobody agreed to', async () => {
      await assert.rejects(openCostEstimator(db, catalog, { method: 'trial' }), /nobody agreed to that/);
    });

    it('says when HypoPG is not there', async () => {
      await assert.rejects(openCostEstimator(db, catalog, { method: 'hypopg' }), /hypopg is not installed/);
    });

    it('forgets an index whose question was cancelled while it was made', async () => {
      const sql = 'select * from counting where total = 77 and id > 5';
      const { totalCost } = await estimator.cost(sql, []);
      const controller = new AbortController();
      const index = { schema: 'public', relation: 'counting', method: 'btree' as const, keys: ['total'], include: [] };
      const running = estimator.cost(sql, [index], controller.signal);
      setImmediate(() => controller.abort());
      await running.catch(error => assert.equal(error.name, 'CancelledError'));
      assert.equal((await estimator.cost(sql, [])).totalCost, totalCost);
    });

    it('stops at once when cancelled, and works again afterwards', async () => {
      const controller = new AbortController();
      const running = estimator.cost(
        'select * from counting a, counting b where a.total = b.total',
        [],
        controller.signal,
      );
      controller.abort();
      await assert.rejects(running, { name: 'CancelledError' });
      assert.ok((await estimator.cost(PRESENT[0]!, [])).totalCost > 0);
    });
  });
}
