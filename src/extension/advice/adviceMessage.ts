import { formatBytes, formatCost } from '../../core/base/units';
import type { AdviceView } from '../../protocol/advice';
import { offeredChanges, type AdviceState } from './adviceState';

/** The line above the tree. */
export function adviceMessage(state: AdviceState): string {
  const { view, budgetBytes, checked } = state;
  const chosen = offeredChanges(view).filter(({ key, bytes }) => checked.has(key) && bytes > 0);
  const bytes = chosen.reduce((sum, each) => sum + each.bytes, 0);
  const over = budgetBytes !== undefined && bytes > budgetBytes ? 'over the' : 'of a';
  const budget = budgetBytes === undefined ? 'no budget' : `${over} budget of ${formatBytes(budgetBytes)}`;
  const size = `${formatBytes(bytes)} checked, ${budget}.`;
  if (view.source === null) return `${view.existing.length} findings about existing indexes. ${size}`;
  if (view.statements.length === 0) return `${view.source}: ${nothingPlanned(view)}.`;
  const limit = view.timeLimitReached ? ' The time limit was reached.' : '';
  return `${view.source}: ${costText(state)}. ${size}${limit}`;
}

/** Why there is no advice. */
export function nothingPlanned({ skipped }: AdviceView): string {
  if (skipped.length === 0) return 'it has no statements';
  return `of its ${skipped.length === 1 ? 'one statement' : `${skipped.length} statements`} none could be planned`;
}

function costText({ view, cost, advisedCost }: AdviceState): string {
  const how = view.whatIf ?? 'what-if';
  const before = formatCost(view.costBefore);
  if (cost === 'pending') return `cost ${before} → … (${how})`;
  if (cost !== 'known') return `cost ${before} → ? (${cost.problem})`;
  const [now, advised] = [formatCost(view.costAfter), formatCost(advisedCost)];
  return `cost ${before} → ${now} (${how}${now === advised ? '' : `; ${advised} as advised`})`;
}
