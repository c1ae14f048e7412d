import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationRecord } from '../../src/database/migration/migrationRecord';
import { openSession } from '../../src/database/session';
import { onEachServer } from '../database/servers';
import { CLI, runCli } from '../support/cli';

const SETUP = `
  create table "Log s" (id bigint primary key, at timestamptz not null, area text not null, note text);
  insert into "Log s" select n, timestamptz '2026-01-01 00:00+00' + n * interval '10 minutes',
    (array['north', 'south'])[1 + n % 2], repeat('x', 100) from generate_series(1, 20000) n;
  create index logs_at on "Log s" (at);
  create table refers (log_id bigint references "Log s");
  create table named (id int, name text primary key, at date);
  analyze;`;

describe('cli: partition', function () {
  this.timeout(300_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-partition-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const args = (more: readonly string[]): string[] => ['partition', '--connection', server().url, ...more];
    const run = (...more: string[]) => runCli(args(more), { cwd: folder });
    const kind = async (): Promise<unknown> =>
      (await server().db.query(`select relkind::text as kind from pg_class where oid = '"Log s"'::regclass`))[0]?.[
        'kind'
      ];
    const LOGS = ['--table', '"Log s"', '--key', 'at', '--drop-foreign-keys'];

    it('prints the plan, the script and the JSON, and changes nothing', async () => {
      const text = run(...LOGS, '--interval', 'month');
      assert.equal(text.status, 0, text.stderr);
      assert.match(text.stdout, /^Partition public\."Log s" by range \(at\), a partition for every 1 month\n/);
      assert.match(text.stdout, /- The primary key becomes \(id, at\)/);
      assert.match(text.stdout, /- DROPPED: the foreign key refers_log_id_fkey of public\.refers/);
      assert.match(
        text.stdout,
        /Locks: ACCESS EXCLUSIVE on public\."Log s" and locks on public\.refers: everybody waits/,
      );
      const sql = run(...LOGS, '--interval', 'week', '--format', 'sql');
      assert.match(sql.stdout, /^create table public\."Log s_p2026_w01" partition of/m);
      const json = JSON.parse(run(...LOGS, '--format', 'json').stdout) as {
        readonly version: number;
        readonly scheme: unknown;
        readonly plan: { readonly steps: readonly { readonly id: string }[] };
      };
      assert.equal(json.version, 1);
      assert.ok(json.plan.steps.some(step => step.id === 'swap'));
      assert.equal(await kind(), 'r');
    });

    it('chooses the interval by the data, the values of a list, and the key by a workload', () => {
      const own = JSON.parse(run(...LOGS, '--format', 'json').stdout) as { readonly reasons: readonly string[] };
      assert.match(own.reasons.join(), /^as asked for,a \w+ holds about [\d,]+ rows \(estimated from its histogram\)$/);
      const list = JSON.parse(
        run('--table', '"Log s"', '--key', 'area', '--method', 'list', '--drop-foreign-keys', '--format', 'json')
          .stdout,
      ) as { readonly scheme: unknown };
      assert.deepEqual(list.scheme, { method: 'list', column: 'area', values: ['north', 'south'] });
      writeFileSync(join(folder, 'workload.sql'), `select * from "Log s" where at > now() - interval '1 day';`);
      const small = run('--table', '"Log s"', '--workload', 'workload.sql');
      assert.equal(small.status, 2);
      assert.match(
        small.stderr,
        /partitioning public\."Log s" is not advised: it has .* To do it all the same, name the column with --key/,
      );
    });

    it('says what is wrong', () => {
      const wrong: readonly (readonly [readonly string[], RegExp])[] = [
        [[], /partition needs --table TABLE/],
        [['--table', 'nothing', '--key', 'at'], /there is no table nothing/],
        [['--table', '"Log s"'], /partition needs --key COLUMN, or a workload/],
        [['--table', '"Log s"', '--key', 'when'], /has no column "when"/],
        [['--table', '"Log s"', '--key', 'note'], /tell no time/],
        [['--table', '"Log s"', '--key', 'at'], /refers_log_id_fkey.*--drop-foreign-keys drops them/],
        [['--table', 'named', '--key', 'at', '--apply'], /--apply needs --state FILE/],
        [['--undo', '--state', 'none.json'], /there is no none\.json/],
        [['--undo', '--apply', '--state', 'x'], /exclude each other/],
        [
          ['--table', 'named', '--key', 'at', '--interval', 'hour'],
          /--interval must be day, week, month, quarter, year/,
        ],
      ];
      for (const [more, message] of wrong) {
        const { status, stderr } = run(...more);
        assert.equal(status, 2, more.join(' '));
        assert.match(stderr, message);
      }
      writeFileSync(join(folder, 'other.json'), '{"version": 3}');
      assert.match(run('--apply', '--state', 'other.json').stderr, /other\.json is no state of a migration/);
    });

    it('runs it, is interrupted, goes on, goes back, and finishes', async () => {
      const state = join(folder, `state${server().major}.json`);
      const reader = await openSession(server().db.settings);
      await reader.execute('begin; select count(*) from "Log s"');
      const first = spawn(process.execPath, [CLI, ...args([...LOGS, '--apply', '--state', state])], { cwd: folder });
      let said = '';
      first.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (!said.includes('a lock was not to be had') && (said + text).includes('a lock was not to be had'))
          first.kill('SIGINT');
        said += text;
      });
      const status = await new Promise(done => first.on('close', done));
      assert.equal(status, 2, said);
      assert.match(said, /stopped \(cancelled\) at "Put the partitioned table in the place of public\."Log s""/);
      assert.match(said, / {2}Done: Copy the rows\.\n/);
      assert.equal(await kind(), 'r');
      await reader.end();

      const second = run('--apply', '--state', state);
      assert.equal(second.status, 0, second.stderr);
      assert.match(second.stderr, /going on with: Partition public\."Log s"/);
      assert.equal(await kind(), 'p');
      const record = JSON.parse(readFileSync(state, 'utf8')) as MigrationRecord;
      assert.ok(record.finished.some(step => step.id === 'swap') && !JSON.stringify(record).includes('password'));

      const back = run('--undo', '--state', state);
      assert.equal(back.status, 0, back.stderr);
      assert.equal(await kind(), 'r');
      assert.equal(existsSync(state), false);

      assert.equal(run(...LOGS, '--apply', '--state', state).status, 0);
      const finish = run('--finish', '--state', state);
      assert.equal(finish.status, 0, finish.stderr);
      const [left] = await server().db.query(`select to_regclass('"Log s_unpartitioned"') is null as gone`);
      assert.deepEqual(left, { gone: true });
      const tooLate = run('--undo', '--state', state);
      assert.equal(tooLate.status, 2);
      assert.match(tooLate.stderr, /cannot be taken back: its rows are gone/);
    });
  });
});
