import { comparePlans } from '../../core/plan/comparePlans';
import type { PlanNode } from '../../core/plan/planTree';
import { choose, type CommandLine } from '../arguments';
import { print, printJson, progress } from '../io';
import { reportedProblem } from '../planFigures';
import { problemText, readSavedPlans, type SavedPlans } from '../savedPlans';
import { terminalText } from '../terminalText';
import { UsageError } from '../usage';

const MARKS = { same: ' ', changed: '~', added: '+', removed: '-' } as const;

/** `query-tuner diff BEFORE AFTER`: compares the first plan of two files. */
export async function diff({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [beforeFile, afterFile] = operands;
  if (beforeFile === undefined || afterFile === undefined || operands.length > 2) {
    throw new UsageError('diff needs two files: the plan before and the plan after.');
  }
  if (beforeFile === '-' && afterFile === '-') throw new UsageError('only one of the two files can be standard input.');
  const before = readSavedPlans(beforeFile);
  const after = readSavedPlans(afterFile);
  const comparison = comparePlans(before.first, after.first);
  const cautions = [...cautionsOf(beforeFile, before), ...cautionsOf(afterFile, after), ...comparison.cautions];
  const rows = comparison.rows.map(row => ({
    change: row.change,
    depth: row.depth,
    before: row.before ? describe(row.before) : null,
    after: row.after ? describe(row.after) : null,
  }));
  if (format === 'json') {
    printJson({
      version: 1,
      verdict: comparison.verdict,
      sentence: comparison.sentence,
      cautions,
      measure: comparison.measure,
      speedUp: comparison.speedUp ?? null,
      blocksRatio: comparison.blocksRatio ?? null,
      costRatio: comparison.costRatio ?? null,
      rows,
      problems: {
        before: before.reading.problems.map(reportedProblem),
        after: after.reading.problems.map(reportedProblem),
      },
    });
    return 0;
  }
  const lines = [
    ...rows.map(row => `${MARKS[row.change]} ${'  '.repeat(row.depth)}${row.after ?? row.before}`),
    `${comparison.verdict}: ${comparison.sentence}`,
    ...cautions.map(caution => `caution: ${caution}`),
  ];
  print(terminalText(lines.join('\n')));
  tellProblems(beforeFile, before);
  tellProblems(afterFile, after);
  return 0;
}

/** The files themselves may be compared only in part. */
function cautionsOf(file: string, { reading }: SavedPlans): string[] {
  const { length } = reading.plans;
  return length === 1 ? [] : [`${file} has ${length} plans; the first is compared`];
}

function tellProblems(file: string, { reading }: SavedPlans): void {
  for (const problem of reading.problems) progress(terminalText(`${file}: ${problemText(problem)}`));
}

function describe(node: PlanNode): string {
  return [node.nodeType, node.index && `using ${node.index}`, node.relation && `on ${node.relation}`]
    .filter(Boolean)
    .join(' ');
}
