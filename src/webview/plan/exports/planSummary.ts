import type { PlanFinding } from '../../../core/plan/planTree';
import type { PlanView } from '../../../protocol/planPanel';
import { nodeName } from '../nodeText';
import { hottestNodes } from '../treeRows';
import { count, ms, percent, times } from '../words';

/** What to say first about a plan, in one sentence without a full stop. */
export function planVerdict(view: PlanView): string {
  const [hottest] = hottestNodes(view.nodes, 1);
  const whole = view.analyzed
    ? measuredWhole(view)
    : view.totalCost === undefined
      ? 'estimated, not executed'
      : `estimated cost ${count(view.totalCost)}, not executed`;
  const share = hottest?.selfShare;
  if (!hottest || share === undefined) return whole;
  const of = view.analyzed ? 'of the time' : 'of the cost';
  return `${whole}; ${percent(share)} ${of} in ${nodeName(hottest).slice(0, 200)}`;
}

/** A plan may have been cut off above its last lines, or measured without times. */
function measuredWhole({ executionMs, nodes }: PlanView): string {
  const known = executionMs ?? nodes[0]?.totalMs;
  return known === undefined ? 'executed, times not measured' : `ran ${ms(known)}`;
}

/** "12× faster than before: 420 ms → 35 ms"; undefined without a comparison. */
export function comparisonVerdict({ comparison }: PlanView): string | undefined {
  if (!comparison) return undefined;
  const { verdict, speedUp, beforeMs, afterMs, beforeCost, afterCost } = comparison;
  if (speedUp !== undefined && beforeMs !== undefined && afterMs !== undefined) {
    const words =
      verdict === 'same'
        ? 'About as fast as before'
        : `${times(speedUp >= 1 ? speedUp : 1 / speedUp)} ${speedUp >= 1 ? 'faster' : 'slower'} than before`;
    return `${words}: ${ms(beforeMs)} → ${ms(afterMs)}`;
  }
  if (beforeCost === undefined || afterCost === undefined) return undefined;
  return `Estimated cost ${count(beforeCost)} → ${count(afterCost)}`;
}

const RANKS: Readonly<Record<PlanFinding['severity'], number>> = { error: 0, warning: 1, info: 2, hint: 3 };

/** What is worth most first: by what fixing could save, then by severity. */
export function rankedFindings(findings: readonly PlanFinding[]): PlanFinding[] {
  return [...findings].sort((a, b) => (b.savesMs ?? 0) - (a.savesMs ?? 0) || RANKS[a.severity] - RANKS[b.severity]);
}
