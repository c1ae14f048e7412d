import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEachServer } from './servers';
import { runCli } from '../support/cli';

const SETUP = `
  create table counts (id int primary key, camera_id int not null, captured_at timestamptz not null, n int not null);
  insert into counts
    select i, i % 500, timestamptz '2026-01-01' + i * interval '1 minute', i % 7 from generate_series(1, 60000) i;
  create index counts_captured on counts (captured_at);
  create index counts_captured_again on counts (captured_at);
  analyze counts;`;

interface Advice {
  readonly indexes: readonly {
    readonly columns: readonly string[];
    readonly sql: string;
    readonly queries: readonly number[];
  }[];
  readonly timeLimitReached?: boolean;
  readonly skipped: readonly { readonly reason: string }[];
  readonly workload?: {
    readonly source: string;
    readonly queries: readonly {
      readonly id: number;
      readonly calls: number;
      readonly totalMs?: number;
      readonly meanMs?: number;
      readonly place?: string;
    }[];
  };
  readonly existing?: {
    readonly findings: readonly {
      readonly problem: string;
      readonly index: string;
      readonly change: { readonly sql: string[] };
    }[];
  };
}

describe('cli advise', function () {
  this.timeout(120_000);
  let folder = '';
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-advise-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const run = (...args: string[]) => {
      const method = args.includes('--existing') ? [] : ['--what-if', 'trial'];
      return runCli(['advise', ...method, '--connection', server().url, ...args], { cwd: folder });
    };
    const runJson = (...args: string[]): Advice => {
      const { status, stdout, stderr } = run('--format', 'json', ...args);
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout) as Advice;
    };

    it('takes a folder, and counts statements that are written twice', () => {
      mkdirSync(join(folder, 'app', 'deep'), { recursive: true });
      file('app/a.sql', 'select n from counts where camera_id = 7;\nselect n from counts where camera_id = 7;\n');
      file('app/deep/b.sql', '\nselect id from counts where camera_id = 9 order by captured_at;\n');
      for (const place of ['app', 'app/**/*.sql']) {
        const { indexes, workload } = runJson('--workload', place);
        assert.equal(indexes[0]?.columns[0], 'camera_id');
        assert.deepEqual(
          workload?.queries.map(({ id, calls, place: where }) => [id, calls, where]),
          [
            [1, 2, 'a.sql:1'],
            [3, 1, 'b.sql:2'],
          ],
        );
      }
    });

    it('says why statements get no index or are not planned, those of one reason together', () => {
      const texts = [
        'select n from counts where id = 5',
        'select top 5 n from counts',
        'vacuum counts',
        'analyze counts',
      ];
      const mixed = file('mixed.sql', `${texts.join(';\n')};\nselect id from counts where n >= 1;\n`);
      const { status, stdout, stderr } = run('--workload', mixed);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^no index would make this workload noticeably cheaper$/m);
      assert.match(stdout, /^statement 1: no (?:new index on counts: id is already covered|index helps)/m);
      assert.match(stdout, /^statement 2: skipped: syntax error at or near "5"\. TOP is SQL Server’s/m);
      assert.match(stdout, /^statements 3, 4: skipped: not a query/m);
      assert.match(stdout, /^statement 5: no index helps: .* rows of counts \(8\d %\)$/m);
      assert.ok(stderr.split('\n').length < 15, stderr);
    });

    it('takes a log, most expensive statements first', () => {
      const line = (ms: number, sql: string): string =>
        `2026-01-01 10:00:00 UTC [7] LOG:  duration: ${ms} ms  statement: ${sql}\n`;
      const log = file(
        'postgresql.log',
        line(1, 'select 1 from counts where id = 5') + line(90, 'select n from counts where camera_id = 3').repeat(3),
      );
      const { workload, indexes } = runJson('--workload', log, '--top', '1');
      assert.equal(workload?.source, 'log postgresql.log');
      assert.deepEqual(
        workload?.queries.map(({ calls, totalMs, meanMs }) => [calls, totalMs, meanMs]),
        [[3, 270, 90]],
      );
      assert.equal(indexes[0]?.columns[0], 'camera_id');
      const { stdout } = run('--workload', log);
      assert.match(stdout, /statement 1: 270 ms in 3 calls, cost [\d,]+ -> [\d.,]+: select n from counts/);
    });

    it('takes what pg_stat_statements counted', async () => {
      const missing = run('--statements');
      assert.equal(missing.status, 2);
      assert.match(missing.stderr, /pg_stat_statements is not installed .* Hint: CREATE EXTENSION/);
      await server().run('create extension pg_stat_statements; select pg_stat_statements_reset()');
      for (let i = 0; i < 3; i++) await server().db.query('select n from counts where camera_id = $1', [i]);
      const { workload, indexes } = runJson('--statements', '--by', 'calls', '--top', '5');
      assert.match(workload?.source ?? '', /^pg_stat_statements since /);
      assert.equal(workload?.queries[0]?.calls, 3);
      assert.equal(indexes[0]?.columns[0], 'camera_id');
    });

    it('ends at the time limit with what it has', () => {
      const { timeLimitReached, skipped } = runJson('--time-limit', '1ms', '--workload', 'app');
      assert.equal(timeLimitReached, true);
      assert.ok(skipped.every(({ reason }) => reason === 'not planned: the time limit was reached'));
      assert.equal(runJson('--time-limit', '10min', '--workload', 'app').timeLimitReached, false);
    });

    it('reviews the indexes there are', () => {
      const { existing, indexes } = runJson('--existing');
      assert.deepEqual(indexes, []);
      const duplicate = existing?.findings.find(({ problem }) => problem === 'duplicate');
      assert.equal(duplicate?.index, 'public.counts_captured_again');
      const sql = run('--existing', '--format', 'sql').stdout;
      assert.match(sql, /^DROP INDEX CONCURRENTLY public\.counts_captured_again;$/m);
      assert.match(sql, /^-- Undo: CREATE INDEX CONCURRENTLY counts_captured_again ON public\.counts .*;$/m);
      assert.match(run('--existing').stdout, /warning: duplicate: counts_captured_again is counts_captured once more/);
      assert.equal(run('--existing', '--fail-on', 'warning').status, 1);
    });

    it('gives a role that may only read the same advice, and leaves nothing behind', async () => {
      await server().run(`create role reader login; grant select on counts to reader;
        revoke create on schema public from public; revoke temporary on database postgres from public`);
      const queries = file(
        'queries.sql',
        'select n from counts where camera_id = 7;\nselect id from counts where n = 3;\n',
      );
      const state = async (): Promise<object | undefined> => {
        const [row] = await server().db.query(
          `select pg_snapshot_xmax(pg_current_snapshot())::text as transaction, (select count(*) from pg_class)::int as relations`,
        );
        return row;
      };
      const advice = (url: string): Advice => {
        const { status, stdout, stderr } = runCli(
          ['advise', '--connection', url, '--workload', queries, '--existing', '--format', 'json'],
          { cwd: folder },
        );
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout) as Advice;
      };
      const before = await state();
      const asReader = advice(server().url.replace('postgres@', 'reader@'));
      assert.deepEqual(await state(), before);
      const asOwner = advice(server().url);
      assert.deepEqual(asReader.indexes, asOwner.indexes);
      assert.equal(asReader.indexes[0]?.columns[0], 'camera_id');
      assert.ok(asReader.existing?.findings.some(({ problem }) => problem === 'duplicate'));
    });

    it('exits 2 with one line that says what is wrong', () => {
      const empty = file('empty.sql', '-- nothing\n');
      const cases: readonly (readonly [RegExp, ...string[]])[] = [
        [/needs --workload FILE, --statements or --existing/],
        [/not both/, '--statements', '--workload', 'app'],
        [/--top needs a workload/, '--existing', '--top', '5'],
        [/--fail-on needs --existing/, '--workload', 'app', '--fail-on', 'info'],
        [/--by must be total, mean/, '--statements', '--by', 'size'],
        [/--time-limit must be a time/, '--workload', 'app', '--time-limit', 'soon'],
        [/cannot read nothing\.sql: no such file/, '--workload', 'nothing.sql'],
        [/no files match nothing\/\*\.sql/, '--workload', 'nothing/*.sql'],
        [/empty\.sql has no statements/, '--workload', empty],
      ];
      for (const [message, ...args] of cases) {
        const { status, stdout, stderr } = run(...args);
        assert.equal(status, 2, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, message);
      }
    });
  });
});
