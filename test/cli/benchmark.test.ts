import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkResult } from '../../src/core/benchmark/benchmark';
import { runCli } from '../support/cli';

describe('cli/benchmark', function () {
  this.timeout(180_000);
  let folder = '';
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const run = (...args: string[]) => runCli(['benchmark', ...args], { cwd: folder });
  before(() => (folder = mkdtempSync(join(tmpdir(), 'query-tuner-benchmark-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('measures a file, keeps the result and compares the next one with it', () => {
    const setup = file(
      'setup.sql',
      'create table t (id int primary key); insert into t select generate_series(1, 100);',
    );
    const sql = file(
      'q.sql',
      'select * from t where id = :id;\ncreate table u (id int);\ninsert into t values (:more);\n',
    );
    const options = ['--embedded', '--setup', setup, '--runs', '40', '--warm-up', '0', '--clients', '2'];
    const params = ['--params', '{"id": 7, "more": 1000}'];
    const first = run(sql, ...options, ...params, '--save', 'plain', '--format', 'json');
    assert.equal(first.status, 0, first.stderr);
    const { version, result } = JSON.parse(first.stdout) as { version: number; result: BenchmarkResult };
    assert.equal(version, 1);
    assert.deepEqual([result.name, result.title, result.clients, result.rolledBack], ['plain', 'q.sql', 2, true]);
    // two clients that insert the same row wait for each other, and each sees its own gone again
    assert.equal(result.latencies.runs, 40);
    assert.match(first.stderr, /1 statement was left out/);
    const kept = JSON.parse(readFileSync(join(folder, '.query-tuner-benchmarks.json'), 'utf8')) as {
      results: unknown[];
    };
    assert.equal(kept.results.length, 1);
    const second = run(sql, ...options, ...params, '--compare', 'plain', '--save', 'again');
    assert.ok(second.status === 0 || second.status === 1, second.stderr);
    assert.match(second.stdout, /Before and after\n\n {2}Date .* TPS /);
    assert.equal(second.status, /Slower by more than noise/.test(second.stdout) ? 1 : 0);
    assert.match(run(sql, '--compare', 'nope').stderr, /no benchmark "nope" in .*; there are plain, again\./);
  });

  it('says in one line what is wrong, before anything runs', () => {
    const sql = file('one.sql', 'select 1');
    const ddl = file('ddl.sql', 'create table x (id int)');
    const wrong = file('wrong.sql', 'selec 1');
    const needs = file('needs.sql', 'select :a, :b');
    file('other.json', '{"a": 1}');
    for (const [args, reason] of [
      [[sql, '--clients', '0'], /--clients must be a positive whole number/],
      [[sql, '--seconds', '601'], /--seconds must be at most 600/],
      [[sql, '--seconds', '5', '--runs', '5'], /give one/],
      [[sql, '--isolation', 'chaos'], /--isolation must be read committed, repeatable read, serializable/],
      [[sql, '--compare', 'x', '--state', 'other.json'], /other\.json holds no benchmarks/],
      [[ddl], /no statement that can be measured/],
      [[wrong], /wrong\.sql: /],
      [[needs, '--params', '{"a": 1}'], /--params lacks a value for b/],
    ] as const) {
      const { status, stderr, stdout } = run(...args);
      assert.deepEqual([status, stdout], [2, ''], stderr);
      assert.match(stderr, reason);
    }
  });
});
