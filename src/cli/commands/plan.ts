import { comparePlans } from '../../core/plan/comparePlans';
import { parsePlan } from '../../core/plan/parsePlan';
import type { PlanTree } from '../../core/plan/planTree';
import { planText } from '../../core/report/planText';
import { findPlanFindings } from '../../core/rules/plan/index';
import { choose, type CommandLine } from '../arguments';
import { print, printJson, readInput } from '../io';
import { planFigures } from '../planFigures';
import { UsageError } from '../usage';

/** `query-tuner plan FILE`: reads a saved EXPLAIN. */
export async function plan({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [file] = operands;
  if (file === undefined || operands.length > 1) throw new UsageError('plan needs one file, or - for standard input.');
  const trees = readPlans(file);
  if (format === 'json') {
    printJson({
      version: 1,
      server: null,
      statements: trees.map(tree => ({
        sql: null,
        plan: [tree.raw],
        figures: planFigures(tree),
        findings: findPlanFindings(tree),
        suggestions: [],
      })),
    });
  } else {
    print(trees.map(tree => planText(tree, findPlanFindings(tree))).join('\n\n'));
  }
  return 0;
}

/** `query-tuner diff BEFORE AFTER`: compares the first plan of two files. */
export async function diff({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [before, after] = operands;
  if (before === undefined || after === undefined || operands.length > 2) {
    throw new UsageError('diff needs two files: the plan before and the plan after.');
  }
  const [left] = readPlans(before);
  const [right] = readPlans(after);
  if (!left || !right) throw new UsageError('one of the files has no plan.');
  const comparison = comparePlans(left, right);
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
      speedUp: comparison.speedUp ?? null,
      costRatio: comparison.costRatio ?? null,
      rows,
    });
  } else {
    const mark = { same: ' ', changed: '~', added: '+', removed: '-' } as const;
    print(rows.map(row => `${mark[row.change]} ${'  '.repeat(row.depth)}${row.after ?? row.before}`).join('\n'));
    print(`${comparison.verdict}${comparison.speedUp ? `, ${comparison.speedUp.toFixed(2)} times as fast` : ''}`);
  }
  return 0;
}

function describe(node: PlanTree['root']): string {
  return [node.nodeType, node.index && `using ${node.index}`, node.relation && `on ${node.relation}`]
    .filter(Boolean)
    .join(' ');
}

function readPlans(file: string): PlanTree[] {
  const text = readInput(file);
  try {
    return parsePlan(text);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}
