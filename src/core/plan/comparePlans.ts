import { comparisonCautions } from './comparisonCautions';
import type { RunCircumstances } from './comparisonCautions';
import { comparisonSentence } from './comparisonSentence';
import { differenceRows } from './differenceRows';
import { planShape } from './historyPlan';
import { matchNodes } from './matchNodes';
import type { PlanComparison, PlanTree } from './planTree';

export type { RunCircumstances } from './comparisonCautions';

/** Two runs of one plan differ by a few percent and some scheduling; less than this is called the same. */
const NOISE_SHARE = 0.1;
const NOISE_MS = 0.1;
/** Blocks repeat but for hint bits, visibility and a few catalog pages. */
const BLOCK_NOISE_SHARE = 0.05;
const BLOCK_NOISE = 8;
/** Costs are computed, not measured: only rounding and fresh statistics move them a little. */
const COST_NOISE_SHARE = 0.01;

const TIME_ALONE = 'Only the time differs: what else the machine did may explain it. Run it several times to know.';

type Verdict = PlanComparison['verdict'];

/**
 * Lays two plans of one statement side by side. The verdict rests on blocks if both runs counted them and they differ,
 * because blocks repeat; else on execution time if both were executed; else on total cost. Differences within the
 * noise are `same`, and so are two runs that differ in nothing but time.
 *
 * @param circumstances what the caller knows about the runs beside their plans
 */
export function comparePlans(before: PlanTree, after: PlanTree, circumstances: RunCircumstances = {}): PlanComparison {
  const matches = matchNodes(before, after);
  const rows = differenceRows(before, after, matches);
  const times = both(timeOf(before), timeOf(after));
  const blocks = both(before.root.figures.totalBlocks, after.root.figures.totalBlocks);
  const costs = both(before.root.figures.totalCost, after.root.figures.totalCost);
  const cautions = comparisonCautions(before, after, matches, circumstances);
  let { measure, verdict } = judge(blocks, times, costs);
  // Time decides where the blocks do not differ. Where nothing else does either, it tells of the machine, not of the plan.
  const isTimeAlone = blocks !== undefined && measure === 'time' && verdict !== 'same';
  if (isTimeAlone && cautions.length === 0 && planShape(before) === planShape(after)) {
    [measure, verdict] = ['blocks', 'same'];
    cautions.push(TIME_ALONE);
  }
  const figures = {
    rows,
    measure,
    verdict,
    speedUp: times && ratio(times),
    blocksRatio: blocks && ratio(blocks),
    costRatio: costs && ratio(costs),
    ...(times && { beforeMs: times[0], afterMs: times[1] }),
    ...(blocks && { beforeBlocks: blocks[0], afterBlocks: blocks[1] }),
    ...(costs && { beforeCost: costs[0], afterCost: costs[1] }),
  };
  return { ...figures, sentence: comparisonSentence(figures), cautions };
}

type Pair = readonly [before: number, after: number];

function both(before: number | undefined, after: number | undefined): Pair | undefined {
  return before === undefined || after === undefined ? undefined : [before, after];
}

function timeOf(tree: PlanTree): number | undefined {
  return tree.analyzed ? (tree.executionMs ?? tree.root.figures.totalMs) : undefined;
}

function judge(
  blocks: Pair | undefined,
  times: Pair | undefined,
  costs: Pair | undefined,
): Pick<PlanComparison, 'measure' | 'verdict'> {
  const byBlocks = blocks && compare(blocks, BLOCK_NOISE_SHARE, BLOCK_NOISE);
  if (byBlocks && byBlocks !== 'same') return { measure: 'blocks', verdict: byBlocks };
  if (times) return { measure: 'time', verdict: compare(times, NOISE_SHARE, NOISE_MS) };
  if (byBlocks) return { measure: 'blocks', verdict: byBlocks };
  if (costs) return { measure: 'cost', verdict: compare(costs, COST_NOISE_SHARE, 0) };
  return { measure: 'nothing', verdict: 'same' };
}

function compare([before, after]: Pair, share: number, least: number): Verdict {
  const noise = Math.max(least, share * Math.max(before, after));
  if (Math.abs(before - after) <= noise) return 'same';
  return after < before ? 'better' : 'worse';
}

/** Undefined instead of infinite: "infinitely faster" says nothing. */
function ratio([before, after]: Pair): number | undefined {
  if (after > 0) return before / after;
  return before === after ? 1 : undefined;
}
