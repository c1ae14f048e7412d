import { formatCount, formatMs } from '../base/units';
import type { PlanComparison, PlanDifference, PlanNode } from './planTree';

/** More changes of shape than these are for the table below the sentence. */
const MOST_CHANGES = 3;

/** "12.4x less work: 48,211 -> 3,880 blocks, 95 ms -> 8 ms; the sort is gone". */
export function comparisonSentence(comparison: Omit<PlanComparison, 'sentence' | 'cautions'>): string {
  const changes = shapeChanges(comparison.rows);
  const shown = changes.slice(0, MOST_CHANGES);
  const more = changes.length - shown.length;
  if (more > 0) shown.push(`${more} more ${more === 1 ? 'change' : 'changes'}`);
  if (shown.length === 0) shown.push('the plan is the same');
  const figures = figuresOf(comparison);
  return `${headline(comparison)}${figures ? `: ${figures}` : ''}; ${shown.join(', ')}`;
}

function headline({
  measure,
  verdict,
  blocksRatio,
  speedUp,
  costRatio,
}: Omit<PlanComparison, 'sentence' | 'cautions'>): string {
  if (measure === 'nothing') return 'Nothing to compare by';
  if (verdict === 'same') return { blocks: 'The same work', time: 'No difference', cost: 'The same estimate' }[measure];
  const ratio = { blocks: blocksRatio, time: speedUp, cost: costRatio }[measure];
  const factor = ratio === undefined || ratio === 0 ? '' : `${factorOf(ratio)} `;
  const words = {
    blocks: ['less work', 'more work'],
    time: ['faster', 'slower'],
    cost: ['cheaper by the estimate', 'dearer by the estimate'],
  }[measure];
  const text = `${factor}${words[verdict === 'better' ? 0 : 1]}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "12.4x", always above 1. */
function factorOf(ratio: number): string {
  const factor = ratio >= 1 ? ratio : 1 / ratio;
  return `${formatCount(Number(factor.toFixed(factor < 10 ? 2 : factor < 100 ? 1 : 0)))}x`;
}

function figuresOf(comparison: Omit<PlanComparison, 'sentence' | 'cautions'>): string {
  const { beforeBlocks, afterBlocks, beforeMs, afterMs, beforeCost, afterCost, measure } = comparison;
  const parts: string[] = [];
  if (beforeBlocks !== undefined && afterBlocks !== undefined)
    parts.push(`${formatCount(beforeBlocks)} -> ${formatCount(afterBlocks)} blocks`);
  if (beforeMs !== undefined && afterMs !== undefined) parts.push(`${formatMs(beforeMs)} -> ${formatMs(afterMs)}`);
  if (measure === 'cost' && beforeCost !== undefined && afterCost !== undefined)
    parts.push(`cost ${formatCount(beforeCost)} -> ${formatCount(afterCost)}`);
  return parts.join(', ');
}

/** What is told of nodes that only serve another: they come and go with it. */
const SERVANTS = new Set(['Hash', 'Bitmap Index Scan', 'Materialize', 'Result', 'Subquery Scan']);

/** Gone, new and differently done work in words, each once. */
function shapeChanges(rows: readonly PlanDifference[]): string[] {
  const said = rows.flatMap(({ before, after, change }) => {
    if (change === 'same') return [];
    if (before && after) return [doneDifferently(before, after)];
    const node = before ?? after;
    if (!node || SERVANTS.has(node.nodeType)) return [];
    const name = node.relation === undefined ? node.nodeType.toLowerCase() : `${scanName(node)} of ${targetOf(node)}`;
    return [`the ${name} is ${before ? 'gone' : 'new'}`];
  });
  const counts = new Map<string, number>();
  for (const text of said) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
}

function doneDifferently(before: PlanNode, after: PlanNode): string {
  const target = targetOf(after);
  const [was, is] = [methodName(before), methodName(after)];
  if (target === undefined) return was === is ? `the ${is} works differently` : `${is} instead of ${was}`;
  return was === is ? `${target} is read differently` : `${target} by ${is} instead of ${was}`;
}

function targetOf({ relation, alias }: PlanNode): string | undefined {
  if (relation === undefined) return alias;
  return alias === undefined || alias === relation ? relation : `${relation} ${alias}`;
}

function scanName({ nodeType }: PlanNode): string {
  return nodeType.toLowerCase();
}

function methodName({ nodeType, index, raw }: PlanNode): string {
  const parallel = raw['Parallel Aware'] === true ? 'parallel ' : '';
  return `${parallel}${nodeType.toLowerCase()}${index === undefined ? '' : ` using ${index}`}`;
}
