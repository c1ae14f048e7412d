import * as assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';
import { onEachServer } from '../servers';
import { column } from './maintained';
import { runCli } from '../../support/cli';

const SETUP = `
create table visits (id bigint primary key, at timestamptz not null, shop int not null);
insert into visits select g, timestamptz '2025-01-01 00:00+00' + g * interval '3 minutes', g % 40 from generate_series(1, 150000) g;
analyze visits;
create table "Kept Apart" (at timestamptz not null) partition by range (at);
create table kept_2025_01 partition of "Kept Apart" for values from ('2025-01-01 05:00+00') to ('2025-02-01 05:00+00');
create table kept_2025_02 partition of "Kept Apart" for values from ('2025-02-01 05:00+00') to ('2025-03-01 05:00+00');
create table by_shop (shop int) partition by list (shop)`;

const WORKLOAD = `
select count(*) from visits where at >= '2025-03-01 00:00+00' and at < '2025-03-08 00:00+00';
select * from visits where id = 7;
`;

describe('cli partitions', function () {
  this.timeout(120_000);
  let folder = '';
  let workload = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-partitions-'));
    workload = join(folder, 'app.sql');
    writeFileSync(workload, WORKLOAD);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const run = (...args: string[]) => {
      const { stdout, stderr, status } = runCli(['partitions', ...args, '--connection', server().url], {
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      });
      return { stdout, stderr, status };
    };

    it('refuses to cut a small table, with figures', () => {
      const { stdout, status, stderr } = run('--workload', workload, '--what-if', 'none');
      assert.equal(status, 0, stderr);
      assert.match(
        stdout,
        /^public\.visits: do not partition\n {2}it has [\d.]+ MB \(150,000 rows\), less than the 4 GB of memory/,
      );
    });

    it('takes the memory that is given, and gives JSON', () => {
      const { stdout, stderr } = run('--workload', workload, '--what-if', 'none', '--ram', '1GB', '--format', 'json');
      const { memoryBytes, memoryFrom, tables } = JSON.parse(stdout || stderr) as {
        memoryBytes: number;
        memoryFrom: string;
        tables: { table: string; verdict: string; reasons: string[] }[];
      };
      assert.deepEqual([memoryBytes, memoryFrom], [1024 ** 3, 'given']);
      assert.deepEqual(
        tables.map(({ table, verdict }) => `${table}: ${verdict}`),
        ['visits: do not partition'],
      );
      assert.match(tables[0]!.reasons.join(), /less than the 1 GB of memory \(as given\)/);
    });

    it('writes routines for a table as it is partitioned: months of New York', async () => {
      await server().run(`alter database postgres set timezone = 'America/New_York'`);
      const { stdout, stderr, status } = run(
        '--upkeep',
        '--table',
        '"Kept Apart"',
        '--keep',
        '24 months',
        '--archive',
        'attic',
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, /A partition of each month begins at midnight in America\/New_York; 3 are kept ready/);
      assert.match(stdout, /A line for cron instead: 17 3 \* \* \* psql/);
      // statement by statement, as psql sends them: the first run commits in between
      for (const { statement } of new Script(await loadGrammar(), stdout).statements)
        await server().run(statement.text);
      const until = `select max(upper_at) > now()::timestamp + interval '2 months' from "partitions_of_Kept Apart"()`;
      assert.deepEqual(await column(server(), until), [true]);
    });

    it('says what it needs', () => {
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [[], /needs --workload FILE or --statements/],
        [['--upkeep'], /--upkeep needs --table/],
        [['--upkeep', '--table', 'nowhere'], /there is no table nowhere/],
        [['--upkeep', '--table', 'by_shop'], /is not partitioned by the range of one column/],
        [['--upkeep', '--table', 'visits'], /is not partitioned by the range of one column/],
        [['--upkeep', '--table', '"Kept Apart"', '--keep', 'long'], /like '90 days' or '24 months', not 'long'/],
        [['--upkeep', '--table', '"Kept Apart"', '--schedule', '* * * * * *'], /has 6/],
        [['--upkeep', '--table', '"Kept Apart"', '--by', 'pg_partman'], /pg_partman is not installed/],
        [['--workload', workload, '--ram', 'much'], /--ram must be a size/],
      ];
      for (const [args, message] of cases) {
        const { stderr, status } = run(...args);
        assert.match(stderr, message);
        assert.equal(status, 2);
      }
    });
  });
});
