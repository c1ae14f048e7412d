import assert from 'node:assert/strict';
import { budgetNames } from '../../src/core/budgetNames';
import { findBudgets } from '../../src/core/budgets/findBudgets';
import { pinnedClauses } from '../../src/core/budgets/pinBudget';
import { summarizeResults } from '../../src/core/budgets/summarizeResults';
import type { Catalog } from '../../src/core/catalog/catalog';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { checkBudget, type CheckOptions } from '../../src/database/budgets/checkBudget';
import { onEachServer, type TestServer } from './servers';

const SETUP = `
  create table counts (id serial primary key, camera int not null, n int not null, note text);
  insert into counts (camera, n, note) select i % 500, i % 7, repeat('x', 100) from generate_series(1, 20000) i;
  create index counts_camera on counts (camera);
  create table visits (day date not null, camera int not null) partition by range (day);
  create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
  create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');
  create table visits_2027 partition of visits for values from ('2027-01-01') to ('2028-01-01');
  insert into visits select date '2025-01-01' + i % 1000, i % 400 from generate_series(1, 30000) i;
  create index visits_day on visits (day);
  create function slow() returns int language sql volatile as 'select 1 from pg_sleep(30)';
  analyze;`;

describe('database/budgets', function () {
  this.timeout(60_000);
  onEachServer(SETUP, current => {
    let grammar: Grammar;
    let catalog: Catalog;
    let server: TestServer;
    before(async () => {
      server = current();
      grammar = await loadGrammar();
      catalog = await server.db.readCatalog();
    });

    const check = async (said: string, sql: string, options?: CheckOptions) => {
      const text = `-- @budget ${said}\n${sql};`;
      const { budgets } = findBudgets(text, new Script(grammar, text).statements, budgetNames(catalog));
      const [budget] = budgets;
      assert.deepEqual(budget?.problems, []);
      const { statement, clauses } = budget;
      return checkBudget(server.db, grammar, catalog, { statement: statement.statement, clauses }, options);
    };
    const told = async (said: string, sql: string, options?: CheckOptions): Promise<string[]> => {
      const { results, obstacle } = await check(said, sql, options);
      return [...(obstacle === undefined ? [] : [obstacle]), ...results.map(r => `${r.outcome}: ${r.message}`)];
    };
    const figureless = (lines: readonly string[]): string[] => lines.map(line => line.replace(/\d[\d,.]*/g, '#'));

    it('measures what a statement costs', async () => {
      assert.deepEqual(
        figureless(
          await told(
            'execution < 60 s, planning < 60 s, total cost < 100000, rows = 40, buffers <= 60, buffers per row < 2, ' +
              'hit ratio = 100 %, shared read = 0, shared dirtied = 0, temp written = 0, uses counts_camera, no seq scan',
            'select * from counts where camera = 7',
          ),
        ),
        [
          'pass: execution # ms < # s',
          'pass: planning # ms < # s',
          'pass: total cost # < #',
          'pass: rows # = #',
          'pass: buffers # <= #',
          'pass: buffers per row # < #',
          'pass: hit ratio # % = # %',
          'pass: shared read # = #',
          'pass: shared dirtied # = #',
          'pass: temp written # = #',
          'pass: uses counts_camera',
          'pass: no seq scan',
        ],
      );
    });

    it('says by how much a limit is missed', async () => {
      const results = await told(
        'rows < 40, rows <= 39, buffers < 3, uses counts_pkey',
        'select * from counts where camera = 7',
      );
      assert.deepEqual(results.slice(0, 2), ['fail: rows 40 = 40', 'fail: rows 40 > 39']);
      assert.match(results[2] ?? '', /^fail: buffers \d+ > 3$/);
      assert.equal(results[3], 'fail: uses counts_camera, not counts_pkey');
      assert.deepEqual(await told('no seq scan on counts, no seq scan on visits', 'select * from counts where n = 3'), [
        'fail: seq scan on counts',
        'pass: no seq scan on visits',
      ]);
    });

    it('counts partitions, and knows their scans and indexes as those of the table', async () => {
      const day = `select * from visits where day = '2026-05-01'`;
      assert.deepEqual(await told('partitions <= 1, uses visits_day, no seq scan on visits', day), [
        'pass: partitions 1 <= 1',
        'pass: uses visits_day',
        'pass: no seq scan on visits',
      ]);
      const all = await told('partitions <= 1, no seq scan on visits', 'select count(*) from visits where camera = 3');
      assert.deepEqual(all, ['fail: partitions 3 > 1', 'fail: seq scan on visits_2025, visits_2026, visits_2027']);
    });

    it('judges sorts, estimates and the log of changes', async () => {
      const sort = (times: number) => `select note, n from counts, generate_series(1, ${times}) order by note, n`;
      assert.deepEqual(await told('no sort on disk', 'select n from counts order by n'), ['pass: no sort on disk']);
      const [disk, temp] = await told('no sort on disk, temp written = 0', sort(5));
      assert.equal(disk, 'fail: a sort went to disk');
      assert.match(temp ?? '', /^fail: temp written [\d,]+ > 0$/);
      const wrong = await told(
        'rows estimate within 2x',
        'select * from counts where n = 3 and n + 0 = 3 and n * 1 = 3',
      );
      assert.match(
        wrong[0] ?? '',
        /^fail: rows estimate [\d,.]+x > 2x: Seq Scan on counts gave 2,85\d rows, 1 expected$/,
      );
      assert.deepEqual(await told('rows estimate within 3x', 'select * from counts where n = 3'), [
        'pass: rows estimate within 3x',
      ]);
      const write = 'update counts set n = n + 1 where camera = 7';
      const [wal, dirtied] = await told('WAL bytes < 1 kB, shared dirtied > 0', write);
      assert.match(wal ?? '', /^fail: WAL bytes [\d.]+ kB > 1 kB$/);
      assert.match(dirtied ?? '', /^(?:pass|fail): shared dirtied/);
      assert.deepEqual(await server.db.query('select max(n) as n from counts where camera = 7'), [{ n: 6 }]);
      assert.deepEqual(await told('WAL bytes < 1 kB', 'select 1'), ['pass: WAL bytes 0 B < 1 kB']);
    });

    it('runs only what it must, and nothing if told so', async () => {
      const plan = await check('total cost < 1000000, no seq scan on visits', 'select slow()');
      assert.deepEqual(
        plan.results.map(({ outcome }) => outcome),
        ['pass', 'pass'],
      );
      assert.equal(plan.runs.length, 1);
      assert.deepEqual(
        await told('rows <= 1, no sort on disk, rows estimate within 2x', 'select n from counts order by n', {
          planOnly: true,
        }),
        [
          'unknown: rows cannot be told: the statement was not run',
          'unknown: no sort on disk cannot be told: the statement was not run (EXPLAIN without ANALYZE)',
          'unknown: rows estimate cannot be told: the statement was not run (EXPLAIN without ANALYZE)',
        ],
      );
      assert.equal((await check('rows = 1', 'select 1')).runs.length, 2);
      assert.equal((await check('planning < 60 s', 'select 1', { runs: 3 })).runs.length, 3);
    });

    it('does not run what leaves something behind, nor what lacks values', async () => {
      const insert = `insert into counts (camera, n) values (1, 1)`;
      const [why, clause] = await told('buffers < 1000', insert);
      assert.match(why ?? '', /^not run, as a rollback does not undo it: .*sequence of counts\.id$/);
      assert.equal(clause, 'unknown: buffers cannot be told: the statement was not run');
      assert.match((await told('buffers < 1000', insert, { allowEffects: true }))[0] ?? '', /^pass: buffers/);
      const query = 'select * from counts where camera = :camera and n = :n';
      assert.deepEqual((await told('rows = 1, uses counts_camera', query)).slice(0, 1), [
        'it needs values for camera, n',
      ]);
      assert.deepEqual(await told('uses counts_camera', query), ['pass: uses counts_camera']);
      assert.deepEqual(await told('rows > 0', query, { values: { camera: '7' } }), ['it needs a value for n']);
      assert.deepEqual(await told('rows >= 1', query, { values: { camera: '7', n: '3' } }), ['pass: rows 6 >= 1']);
    });

    it('tells what the server refuses, and gives up in time', async () => {
      assert.deepEqual(await told('rows = 1', 'select nothing from counts'), ['column "nothing" does not exist']);
      assert.deepEqual(await told('rows = 1', 'vacuum counts'), [
        'PostgreSQL has plans for SELECT, INSERT, UPDATE, DELETE and MERGE only',
      ]);
      const [slow] = await told('rows = 1', 'select slow()', { statementTimeoutMs: 100 });
      assert.match(slow ?? '', /statement timeout|100 ms|gave up/);
    });

    it('takes the options of an EXPLAIN as its own, and rolls back what it runs', async () => {
      const results = await told(
        'rows = 0, uses counts_camera',
        'explain (costs off) delete from counts where camera = 9',
      );
      assert.deepEqual(results, ['pass: rows 0 = 0', 'pass: uses counts_camera']);
      assert.deepEqual(await server.db.query('select count(*)::int as n from counts where camera = 9'), [{ n: 40 }]);
    });

    it('pins a plan that is met tomorrow, and notices another one', async () => {
      const sql = 'select * from counts where camera = 7';
      const { runs } = await check('buffers < 1000', sql);
      const pinned = pinnedClauses(runs.at(-1)!, budgetNames(catalog));
      assert.match(pinned.join(', '), /^buffers <= \d+, plan = [0-9a-f]{8}$/);
      assert.equal(summarizeResults((await check(pinned.join(', '), sql)).results).text, 'budget met, all 2');
      await server.run('drop index counts_camera');
      try {
        const { status, text } = summarizeResults((await check(pinned.join(', '), sql)).results);
        assert.equal(status, 'failed');
        assert.match(text, /^budget met 0\/2: buffers \d+ > \d+; plan is [0-9a-f]{8}, not [0-9a-f]{8}/);
      } finally {
        await server.run('create index counts_camera on counts (camera)');
      }
      const partitioned = await check('buffers < 1000', `select * from visits where day > '2026-12-30'`);
      assert.match(pinnedClauses(partitioned.runs.at(-1)!, budgetNames(catalog)).join(), /partitions <= 2,/);
    });
  });
});
