import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { onEachServer } from './servers';
import { runCli } from '../support/cli';

const SETUP = `
  create table visits (id int primary key, shop int not null, at timestamp not null, spent int not null);
  insert into visits
    select i, i % 40, timestamp '2026-01-01' + i * interval '1 minute', i % 700 from generate_series(1, 150000) i;
  analyze visits;`;

const WORKLOAD = `
select shop, sum(spent) from visits group by shop order by shop;
select shop, count(*) from visits group by shop order by shop;
select id from visits where id = 7;
`;

describe('cli matviews', function () {
  this.timeout(120_000);
  let folder = '';
  let workload = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-matviews-'));
    workload = join(folder, 'report.sql');
    writeFileSync(workload, WORKLOAD);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const run = (...args: string[]) => {
      const { stdout, stderr, status } = runCli(
        ['matviews', ...args, '--connection', server().url, '--what-if', 'trial'],
        {
          env: { PATH: process.env['PATH'] },
        },
      );
      return { stdout, stderr, status };
    };

    it('tells of one view for both aggregations, in words', () => {
      const { stdout, status } = run('--workload', workload);
      assert.equal(status, 0, stdout);
      assert.match(stdout, /^materialized view public\.visits_by_shop$/m);
      assert.match(stdout, /statement 1 \(report\.sql:2\): planner cost .* at most .* over the view \(estimated\)/);
      assert.match(
        stdout,
        /select shop, sum\(sum_spent\)::bigint AS sum from visits_by_shop group by shop order by shop/,
      );
      assert.match(stdout, /pg_cron is not installed/);
    });

    it('gives the same as JSON', () => {
      const { stdout } = run(workload, '--format', 'json');
      const advice = JSON.parse(stdout) as {
        views: { name: string; statements: { id: number }[]; estimate: { groups: number } }[];
      };
      assert.deepEqual(
        advice.views.map(({ name, statements, estimate }) => [name, statements.map(({ id }) => id), estimate.groups]),
        [['visits_by_shop', [1, 2], 40]],
      );
    });

    it('measures by really building the view when told to, and leaves nothing', async () => {
      const { stdout, stderr } = run(workload, '--measure');
      assert.match(stdout, /measured: 40 rows, .* filled in .*; taken back/, stderr);
      const found = /statement 1 .*: measured ([\d.,]+ m?s) over the tables, ([\d.,]+) ms over the view/.exec(stdout);
      assert.ok(found, stdout);
      const [left] = await server().db.query<{ n: number }>(
        "select count(*)::int as n from pg_class where relkind = 'm'",
      );
      assert.equal(left?.n, 0);
    });

    it('writes a migration that runs', async () => {
      const { stdout } = run(workload, '--format', 'sql', '--schedule', '*/15 * * * *');
      assert.match(stdout, /\*\/15 \* \* \* \*/);
      const before = await server().db.query('select shop, sum(spent) from visits group by shop order by shop');
      const { statements } = new Script(await loadGrammar(), stdout);
      for (const { statement } of statements) await server().run(statement.text);
      await server().run('refresh materialized view concurrently visits_by_shop');
      const after = await server().db.query(
        'select shop, sum(sum_spent)::bigint as sum from visits_by_shop group by shop order by shop',
      );
      assert.deepEqual(after, before);
      await server().run('drop materialized view visits_by_shop');
    });

    it('says what is wrong with its arguments', () => {
      assert.match(run('--workload', workload, '--schedule', '*/30 * * * * *').stderr, /5 fields .* has 6/);
      assert.match(run().stderr, /matviews needs --workload FILE or --statements/);
      assert.match(run('--workload', join(folder, 'none.sql')).stderr, /none\.sql/);
    });
  });
});
