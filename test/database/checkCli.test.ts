import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CheckReport } from '../../src/core/report/checkReport';
import { runCli } from '../support/cli';
import { onEachServer } from './servers';

const SETUP = `
  create table counts (id serial primary key, camera int not null, n int not null);
  insert into counts (camera, n) select i % 500, i % 7 from generate_series(1, 20000) i;
  create index counts_camera on counts (camera);
  analyze counts;`;

const BUDGETS = `-- @budget buffers <= 60, uses counts_camera
select *
from counts where camera = 7;

-- @budget rows = 40
delete from counts where camera = 8 returning id;
`;

describe('cli: check', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-check-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return name;
  };

  onEachServer(SETUP, current => {
    const run = (...args: string[]) => runCli(['check', '--connection', current().url, ...args], { cwd: folder });

    it('passes while the budgets are met, and fails once an index is dropped', async () => {
      const file = write('a.sql', BUDGETS);
      const good = run(file);
      assert.equal(good.status, 0, good.stdout + good.stderr);
      assert.match(good.stdout, /^✓ a\.sql:2:1: select \* \.\.\.\n {4}budget met, all 2\n✓ a\.sql:6:1: delete/);
      assert.match(good.stdout, /budgets: 2 met in 1 file, on PostgreSQL \d+\.\d+\n$/);
      await current().run('drop index counts_camera');
      try {
        const bad = run(file);
        assert.equal(bad.status, 1, bad.stderr);
        assert.match(
          bad.stdout,
          /^✗ a\.sql:2:1: select \* \.\.\.\n {4}budget met 0\/2: buffers \d+ > 60; uses no index, not counts_camera$/m,
        );
        assert.ok(
          bad.stdout.includes(
            [
              'a.sql:1:27: error budget/not-met: uses no index, not counts_camera',
              '  1 | -- @budget buffers <= 60, uses counts_camera',
              '    |                           ^^^^^^^^^^^^^^^^^^',
            ].join('\n'),
          ),
          bad.stdout,
        );
        assert.match(
          bad.stdout,
          /There is no index counts_camera\.\n[^]*budgets: 1 met, 1 not met, 1 mistake in budgets in 1 file/,
        );
      } finally {
        await current().run('create index counts_camera on counts (camera)');
      }
      assert.deepEqual(await current().db.query('select count(*)::int as n from counts where camera = 8'), [{ n: 40 }]);
    });

    it('prints what scripts rely on', () => {
      const file = write('b.sql', `${BUDGETS}\n-- @budget rows > 40, rowz < 1\nselect 1;\n-- @budget rows < 2\n`);
      const { status, stdout, stderr } = run('--format', 'json', file);
      assert.equal(status, 1, stderr);
      const report = JSON.parse(stdout) as CheckReport;
      assert.equal(report.version, 1);
      assert.deepEqual(report.summary, { met: 2, failed: 1, error: 0, planned: 0, problems: 2 });
      const [checked] = report.files;
      assert.deepEqual(
        checked?.statements.map(({ status: each, runs, clauses }) => [
          each,
          runs,
          ...clauses.map(c => [c.text, c.outcome]),
        ]),
        [
          ['met', 2, ['buffers <= 60', 'pass'], ['uses counts_camera', 'pass']],
          ['met', 2, ['rows = 40', 'pass']],
          ['failed', 2, ['rows > 40', 'fail']],
        ],
      );
      assert.deepEqual(checked?.statements[2]?.clauses[0], {
        text: 'rows > 40',
        outcome: 'fail',
        message: 'rows 1 < 40',
        value: 1,
        limit: 40,
        start: { line: 8, column: 12, offset: 168 },
        end: { line: 8, column: 21, offset: 177 },
      });
      assert.deepEqual(
        checked?.problems.map(({ rule, start }) => `${rule} ${start.line}`),
        ['budget/malformed 8', 'budget/misplaced 10'],
      );
      assert.match(
        run('--format', 'github', file).stdout,
        /^::error file=b\.sql,line=8,col=12,endLine=8,endColumn=21,title=budget\/not-met::rows 1 < 40$/m,
      );
      assert.match(run('--format', 'sarif', file).stdout, /"ruleId": "budget\/not-met"/);
      assert.match(
        run('--format', 'junit', file).stdout,
        /<failure type="budget\/not-met" message="budget met 0\/1: rows 1 &lt; 40">/,
      );
    });

    it('takes values of parameters, and says which are missing', () => {
      const file = write('c.sql', '-- @budget rows = 40\nselect * from counts where camera = :camera;\n');
      assert.equal(run('--params', '{"camera": 3}', file).status, 0);
      const { status, stdout } = run(file);
      assert.equal(status, 1);
      assert.match(stdout, /it needs a value for camera: --params '\{"camera":"\.\.\."\}'/);
    });

    it('runs nothing if it is told so, and never what a rollback leaves behind', () => {
      const file = write('d.sql', '-- @budget rows = 5, uses counts_camera\nselect * from counts where camera = 1;\n');
      const planned = run('--plan-only', file);
      assert.equal(planned.status, 0, planned.stdout);
      assert.match(planned.stdout, /budgets: 0 met, 1 only planned in 1 file/);
      const writes = write('e.sql', '-- @budget buffers < 100\ninsert into counts (camera, n) values (1, 1);\n');
      const refused = run(writes);
      assert.equal(refused.status, 1);
      assert.match(refused.stdout, /not run, as a rollback does not undo it: .*sequence of counts\.id/);
      assert.equal(run('--run-effects', writes).status, 0);
    });

    it('looks into the SQL of other languages', () => {
      const file = write('f.ts', 'const q = sql`\n  -- @budget rows = 41\n  select * from counts where camera = 7`;\n');
      const { status, stdout } = run(file);
      assert.equal(status, 1);
      assert.match(stdout, /^f\.ts:2:14: error budget\/not-met: rows 40 < 41$/m);
    });
  });

  it('needs no server where there are no budgets, and refuses a wrong command line', () => {
    const run = (...args: string[]) => runCli(['check', ...args], { cwd: folder, input: 'select 1;' });
    const none = run('-', '--connection', 'postgresql://nobody@127.0.0.1:1/none');
    assert.equal(none.status, 0, none.stderr);
    assert.match(none.stdout, /^no budgets in 1 file/);
    const file = write('a.sql', BUDGETS);
    for (const args of [
      [],
      ['missing.sql'],
      [file, '--runs', '0'],
      [file, '--format', 'xml'],
      [file, '--plan-only', '--analyze'],
    ]) {
      const { status, stdout, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /^query-tuner: [^\n]+\n$/);
    }
    const lost = run(file, '--connection', 'postgresql://nobody@127.0.0.1:1/none');
    assert.equal(lost.status, 2);
    assert.match(lost.stderr, /query-tuner: [^\n]+\n$/);
  });
});
