import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { readSettings } from '../../src/database/settings/readSettings';
import { runCli } from '../support/cli';

/** Runs the built command line, as a script would. */
function run(...args: string[]) {
  const { status, stdout, stderr } = runCli(args, { cwd: tmpdir() });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, never> };
}

describe('cli', () => {
  let folder = '';
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-cli-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const SETUP = `create table counts (id int primary key, camera_id int not null, captured_at timestamptz not null, n int not null);
    insert into counts select i, i % 500, timestamptz '2026-01-01' + i * interval '1 minute', i % 7 from generate_series(1, 60000) i;
    analyze counts;`;

  it('prints findings as contracted and exits 1', () => {
    const { status, json } = run(
      'lint',
      '--format',
      'json',
      file('a.sql', 'select * from t where id not in (select x from u);'),
    );
    const report = json() as unknown as {
      version: number;
      files: { statements: number; findings: { rule: string }[] }[];
    };
    assert.equal(status, 1);
    assert.equal(report.version, 1);
    assert.equal(report.files[0]?.statements, 1);
    assert.ok(report.files[0]?.findings.some(f => f.rule === 'query/not-in-subquery'));
  });
  it('reports a syntax error as rule syntax', () => {
    const { status, stdout } = run('lint', '--format', 'json', file('b.sql', 'selec 1;'));
    assert.equal(status, 1);
    assert.match(stdout, /"rule": "syntax"/);
  });
  it('exits 2 with one line when the command line is wrong', () => {
    for (const args of [
      ['nope'],
      ['lint'],
      ['lint', '--bogus', 'x'],
      ['lint', 'missing.sql'],
      ['plan', file('c.txt', 'no plan here')],
    ]) {
      const { status, stdout, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /^query-tuner: [^\n]+\n$/, args.join(' '));
    }
  });
  it('explains with ANALYZE on a throwaway server', () => {
    const query = file('q.sql', 'select n from counts where camera_id = 7 order by captured_at desc limit 5;');
    const { status, stderr, json } = run(
      'explain',
      '--analyze',
      '--embedded',
      '--setup',
      file('s.sql', SETUP),
      '--format',
      'json',
      query,
    );
    assert.equal(status, 0, stderr);
    const report = json() as unknown as {
      version: number;
      server: string;
      statements: {
        figures: { executionMs: number; nodes: number };
        suggestions: { change: { sql: string[] }; evidence: { how: string } }[];
      }[];
    };
    assert.equal(report.version, 1);
    assert.match(report.server, /18/);
    const [statement] = report.statements;
    assert.ok((statement?.figures.executionMs ?? 0) > 0);
    assert.match(statement?.suggestions[0]?.change.sql[0] ?? '', /CREATE INDEX CONCURRENTLY .*camera_id/);
    assert.equal(statement?.suggestions[0]?.evidence.how, 'what-if (shadow)');
  });
  it('advises for a workload as contracted', () => {
    const workload = file(
      'w.sql',
      `select n from counts where camera_id = 7 order by captured_at desc limit 5;
       select count(*) from counts where camera_id = 9;`,
    );
    const { status, stderr, json } = run(
      'advise',
      '--workload',
      workload,
      '--embedded',
      '--setup',
      file('s.sql', SETUP),
      '--format',
      'json',
    );
    assert.equal(status, 0, stderr);
    const advice = json() as unknown as {
      version: number;
      indexes: { sql: string; columns: string[]; queries: number[]; estimatedBytes: number }[];
      workload: { costBefore: number; costAfter: number; queries: unknown[] };
    };
    assert.equal(advice.version, 1);
    assert.deepEqual(Object.keys(advice).sort(), [
      'elapsedMs',
      'indexes',
      'optimizerCalls',
      'redundant',
      'skipped',
      'version',
      'whatIf',
      'whatIfDetail',
      'workload',
    ]);
    assert.equal(advice.indexes[0]?.columns[0], 'camera_id');
    assert.ok(advice.workload.costAfter < advice.workload.costBefore);
    assert.equal(advice.workload.queries.length, 2);
  });
  it('lists, shows and refuses profiles', () => {
    const list = run('profile', 'list', '--format', 'json').json() as unknown as { profiles: { id: string }[] };
    assert.ok(list.profiles.length >= 5);
    const show = run('profile', 'show', 'camera-production', '--ram', '16GB', '--format', 'json');
    assert.match(show.stdout, /"guideValue": "2GB",\s+"value": "4GB"/);
    assert.equal(run('profile', 'show', 'nope').status, 2);
  });
  it('compares a profile with a server', () => {
    const { status, stderr, stdout } = run('profile', 'diff', 'camera-production', '--embedded', '--format', 'json');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /"state": "refused"/);
  });
  it('applies the part of a profile that needs no restart, and undoes it', async () => {
    const server = await startEmbedded({ major: 18 });
    try {
      const show = async () => {
        const database = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: folder }));
        const settings = await readSettings(database);
        await database.dispose();
        return [
          settings.get('work_mem')?.shown,
          settings.get('random_page_cost')?.shown,
          settings.get('log_statement')?.shown,
        ];
      };
      const before = await show();
      const undoFile = join(folder, 'undo.json');
      const common = ['--connection', server.url, '--ram', '8GB', '--cores', '4'];
      const applied = run('profile', 'apply', 'camera-production', '--undo-file', undoFile, ...common);
      assert.equal(applied.status, 0, applied.stderr);
      assert.deepEqual(await show(), ['10MB', '1.1', before[2]]);
      assert.equal(run('profile', 'apply', 'camera-production', '--undo-file', undoFile, ...common).status, 2);
      const undone = run('profile', 'undo', undoFile, ...common);
      assert.equal(undone.status, 0, undone.stderr);
      assert.deepEqual(await show(), before);
    } finally {
      await server.stop();
    }
  });
});
