import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanReading } from '../../../src/core/plan/planTree';
import { readPlans } from '../../../src/core/plan/readPlans';

/** Over a thousand recorded plans, kept beside the repository where they are at hand. */
const CORPUS = join(process.cwd(), '../shared/corpora/plans');

interface Recorded {
  readonly file: string;
  readonly format: string;
  readonly framing: string;
  readonly nodes: number;
}

/** Node counts of the manifest, which a regular expression made, that the files themselves refute. */
const MANIFEST_ERRORS: Readonly<Record<string, { readonly nodes: number; readonly because: string }>> = {
  'pev2/from-text_18-plan.text': { nodes: 7, because: 'a part of a plan: the first arrow is its root, which was counted twice' },
  'pev2/from-text_23-plan.text': { nodes: 5, because: 'every line is quoted, so the arrows were not seen' },
  'pev2/from-text_24-plan.text': { nodes: 5, because: 'every line is quoted, so the arrows were not seen' },
  'pev2/from-text_37-plan.json': { nodes: 4, because: 'it is a text plan below psql prompts, not JSON' },
  'pev2/worker-actual-rows.spec.ts-0.text': { nodes: 1, because: 'the only node follows an arrow and was counted twice' },
  'postgres-17.11/updatable_views-L3136.text': { nodes: 7, because: 'a rule made two statements: two plans, two roots' },
  'generated-logs/auto_explain-l.json': { nodes: 304, because: 'only one of the four formats in the log was counted' },
  'generated-logs/auto_explain-l.csv.json': { nodes: 304, because: 'only one of the four formats in the log was counted' },
  'generated-logs/auto_explain-l.json.xml': { nodes: 304, because: 'only one of the four formats in the log was counted' },
};

/** What is not understood in the corpus, and rightly so. */
const REPORTED: Readonly<Record<string, RegExp>> = {
  'pev2/25-cleanup-source-backtracking.spec.ts-0.json': /ends before the plan does/,
};

function countNodes({ plans }: PlanReading): number {
  return plans.reduce((sum, tree) => sum + tree.nodes.length, 0);
}

describe('golden/plans/corpus', () => {
  const manifest = join(CORPUS, 'manifest.json');
  if (!existsSync(manifest)) {
    it.skip('is not beside this repository: shared/corpora/plans is kept apart from it', () => undefined);
    return;
  }
  const rows = JSON.parse(readFileSync(manifest, 'utf8')) as Recorded[];
  const readings = new Map<string, PlanReading>();

  before(() => {
    for (const { file } of rows) readings.set(file, readPlans(readFileSync(join(CORPUS, file), 'utf8')));
  });

  it('reads every file, to the node', () => {
    const wrong = rows.flatMap(({ file, nodes }) => {
      const reading = readings.get(file);
      const found = reading ? countNodes(reading) : 0;
      const expected = MANIFEST_ERRORS[file]?.nodes ?? nodes;
      return found === expected ? [] : [`${file}: ${found} nodes, expected ${expected}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('understands every line but the damaged ones', () => {
    const reported = rows.flatMap(({ file }) =>
      (readings.get(file)?.problems ?? []).map(({ message, text }) => ({ file, said: `${message} ${text ?? ''}` })),
    );
    assert.deepEqual(
      reported.filter(({ file, said }) => !REPORTED[file]?.test(said)),
      [],
    );
    assert.deepEqual(Object.keys(REPORTED).filter(file => !reported.some(each => each.file === file)), []);
  });

  it('keeps the statements of log entries', () => {
    const logs = rows.filter(({ file }) => file.startsWith('generated-logs/'));
    const plans = logs.flatMap(({ file }) => readings.get(file)?.plans ?? []);
    assert.ok(plans.length >= 300);
    assert.ok(plans.every(tree => tree.queryText !== undefined && tree.source?.loggedMs !== undefined));
  });

  after(() => {
    const figures = new Map<string, { files: number; plans: number; nodes: number }>();
    for (const { file, format, framing } of rows) {
      const reading = readings.get(file);
      if (!reading) continue;
      const key = `${format} ${framing}`;
      const sum = figures.get(key) ?? { files: 0, plans: 0, nodes: 0 };
      sum.files++;
      sum.plans += reading.plans.length;
      sum.nodes += countNodes(reading);
      figures.set(key, sum);
    }
    const lines = [...figures].sort().map(([key, { files, plans, nodes }]) => {
      return `      ${key.padEnd(48)} ${String(files).padStart(4)} files ${String(plans).padStart(5)} plans ${String(nodes).padStart(6)} nodes`;
    });
    console.log(lines.join('\n'));
  });
});
