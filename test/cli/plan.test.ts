import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../support/cli';

const SORTED = `Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
  Sort Key: a
  Buffers: shared hit=80 read=20
  ->  Seq Scan on t  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
        Buffers: shared hit=80 read=20
Planning Time: 0.250 ms
Execution Time: 10.000 ms
`;

const INDEXED = `Index Scan using t_a on t  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
  Buffers: shared hit=10
Planning Time: 0.250 ms
Execution Time: 2.000 ms
`;

const entry = (ms: number, query: string, plan: string): string =>
  `2026-03-01 10:00:00 UTC [1] LOG:  duration: ${ms} ms  plan:\n\tQuery Text: ${query}\n${plan.replace(/^(?=.)/gm, '\t')}`;

const LOG = [
  entry(8.5, 'select a from t order by a', SORTED.split('\n').slice(0, 5).join('\n')),
  '\n2026-03-01 10:00:01 UTC [1] LOG:  checkpoint starting: time\n',
  entry(1.5, 'select 1', 'Result  (cost=0.00..0.01 rows=1 width=4)\n'),
].join('');

describe('cli: saved plans', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-plan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(folder, name), content);
    return name;
  };
  const run = (args: readonly string[], input = '') => runCli(args, { cwd: folder, input });
  const json = <T>(args: readonly string[], input = ''): T => {
    const { stdout, stderr, status } = run([...args, '--format', 'json'], input);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as T;
  };

  interface PlanReport {
    readonly statements: readonly {
      readonly sql: string | null;
      readonly figures: { readonly executionMs: number | null; readonly nodes: number };
    }[];
    readonly problems: readonly { readonly message: string; readonly line: number | null; readonly text: string }[];
  }

  describe('plan', () => {
    it('takes the statement and the time from a log', () => {
      const { statements, problems } = json<PlanReport>(['plan', write('app.log', LOG)]);
      assert.deepEqual(
        statements.map(({ sql, figures }) => [sql, figures.executionMs, figures.nodes]),
        [
          ['select a from t order by a', 8.5, 2],
          ['select 1', 1.5, 1],
        ],
      );
      assert.deepEqual(problems, []);
      const { stdout } = run(['plan', 'app.log']);
      assert.match(stdout, /^select a from t order by a\nexecution 8\.5 ms by the log, cost 9\.5\nSort  \(/);
      assert.match(stdout, /\n\nselect 1\n/);
    });

    it('says what it did not understand, and where', () => {
      const damaged = SORTED.replace('Sort Key: a', 'Sort Key: a\n  Flavour of the day');
      const { problems, statements } = json<PlanReport>(['plan', '-'], damaged);
      assert.equal(statements[0]?.sql, null);
      assert.deepEqual(problems, [{ message: 'not understood', line: 3, text: 'Flavour of the day' }]);
      assert.match(run(['plan', '-'], damaged).stdout, /\nnot understood:\n {2}line 3: not understood: Flavour/);
      const page = run(['plan', '-', '--format', 'html'], damaged);
      assert.match(page.stdout, /<h2>Not understood<\/h2>\n<ul><li>line 3: not understood: Flavour of the day<\/li>/);
      assert.match(page.stderr, /^-: line 3: not understood: Flavour of the day\n$/);
    });

    it('reads what a Windows shell writes', () => {
      const file = write('utf16.txt', Buffer.from(`\ufeff${SORTED.replaceAll('\n', '\r\n')}`, 'utf16le'));
      assert.equal(json<PlanReport>(['plan', file]).statements[0]?.figures.executionMs, 10);
    });

    it('writes one page for all plans, in which nothing runs and nothing is asked for', () => {
      const { stdout, stderr } = run(['plan', write('app.log', LOG), '--format', 'html']);
      assert.equal(stderr, '');
      assert.match(stdout, /^<!DOCTYPE html>/);
      assert.equal([...stdout.matchAll(/<article id="plan-\d+">/g)].length, 2);
      assert.match(stdout, /<a href="#plan-2">select 1<\/a>: estimated cost 0, not executed/);
      assert.match(stdout, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/);
      assert.doesNotMatch(stdout, /<(?:script|link|img|iframe|object|base|form)\b|\b(?:src|href)="(?!#)| on\w+="/i);
    });

    it('writes Markdown for a pull request', () => {
      const { stdout } = run(['plan', write('a.explain', SORTED), '--format', 'markdown']);
      assert.match(stdout, /^### a\.explain\n\n\*\*ran 10 ms; 75 % of the time in Sort\*\*\n/);
    });

    it('lets no name command the terminal', () => {
      const { stdout } = run(['plan', '-'], SORTED.replace('on t', 'on "\u001b]0;x\u0007\u009b31m\u202e"'));
      assert.match(stdout, /Seq Scan on .*\[U\+001B\].*\[U\+0007\]\[U\+009B\]31m\[U\+202E\]/);
      assert.doesNotMatch(stdout, /[\u001b\u0007\u009b\u202e]/);
    });
  });

  describe('diff', () => {
    it('says in one sentence what became better, and what speaks against comparing', () => {
      const files = [write('before.explain', SORTED), write('after.explain', INDEXED)];
      const report = json<Record<string, unknown>>(['diff', ...files]);
      assert.equal(report['verdict'], 'better');
      assert.equal(report['measure'], 'blocks');
      assert.match(report['sentence'] as string, /100 -> 10 blocks/);
      assert.deepEqual(report['cautions'], []);
      const { stdout } = run(['diff', ...files]);
      assert.match(stdout, /^[-+~ ] /);
      assert.ok(stdout.endsWith(`\nbetter: ${report['sentence'] as string}\n`), stdout);
    });

    it('is careful about plans that cannot be compared', () => {
      const planned = SORTED.replace(/ \(actual[^)]*\)|.*Buffers.*\n|Execution.*\n/g, '');
      const { stdout } = run(['diff', write('log.txt', LOG), '-'], planned);
      assert.match(stdout, /\ncaution: log\.txt has 2 plans; the first is compared\n/);
      assert.equal([...stdout.matchAll(/^caution: /gm)].length >= 2, true, stdout);
    });

    it('tells what it did not understand of either', () => {
      const { stderr } = run(['diff', write('a.explain', INDEXED), '-'], SORTED.replace('Sort Key: a', 'Flavour'));
      assert.match(stderr, /^-: line 2: not understood: Flavour\n$/);
    });
  });

  it('says in one line what is wrong', () => {
    write('a.explain', SORTED);
    write('empty.txt', '');
    for (const [args, words] of [
      [['plan'], /needs one file/],
      [['plan', 'a.explain', 'a.explain'], /needs one file/],
      [['plan', 'missing.json'], /cannot read missing\.json: no such file/],
      [['plan', '.'], /cannot read \.: it is a folder/],
      [['plan', 'empty.txt'], /empty\.txt: The plan is empty\. Paste/],
      [['plan', '-'], /-: No plan found/],
      [['plan', 'a.explain', '--format', 'pdf'], /--format must be text, json, html, markdown; got "pdf"/],
      [['diff', 'a.explain'], /needs two files/],
      [['diff', '-', '-'], /only one/],
      [['diff', 'a.explain', 'empty.txt'], /empty\.txt: The plan is empty/],
    ] as const) {
      const { status, stdout, stderr } = run(args, 'nothing of the kind');
      assert.equal(status, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /^query-tuner: [^\n]+\n$/);
      assert.match(stderr, words);
    }
  });
});
