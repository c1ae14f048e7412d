import { formatBytes, formatCost } from '../../base/units';
import type { Candidate } from './candidates';
import type { Catalog } from '../../catalog/catalog';
import type { CostedQuery } from './costedQuery';
import { indexInWords } from './describeIndex';
import { MIN_GAIN } from './greedy';
import { sharesRead } from './sharesRead';
import { coveredInWords, nothingToTry, refuseOutright } from './refusals';

interface Chosen {
  readonly queries: readonly CostedQuery[];
  readonly catalog: Catalog;
  readonly chosen: readonly Candidate[];
  readonly pool: ReadonlyMap<Candidate, number>;
  readonly budgetBytes: number;
}

/** Below this a gain is within what the planner itself takes for equal. */
export const NOTEWORTHY = 0.01;

/** Why a statement got no index, with figures. */
export async function whyUnserved(query: CostedQuery, advice: Chosen): Promise<string> {
  const { queries, catalog, chosen, pool, budgetBytes } = advice;
  const { accesses, costBefore } = query;
  const outright = accesses.map(({ relation }) => refuseOutright(relation));
  if (outright.length > 0 && outright.every(refusal => refusal)) return outright[0]!.reason;
  const own = [...pool.keys()].filter(candidate => query.concerns(candidate));
  const used = [...(await query.used(own))];
  const best = await query.cost(own);
  if (used.length === 0 || best > costBefore * (1 - NOTEWORTHY)) {
    if (own.length === 0 && !query.hasCandidates) return nothingToTry(accesses, catalog, query.planBefore);
    const covered = coveredInWords(accesses);
    if (own.length === 0 && covered) return covered;
    return `no index helps: of those the planner would use, none lowers the cost of ${formatCost(costBefore)} by 1 %${sharesRead(query.planBefore, catalog)}`;
  }
  const wanted = used.map(({ index }) => indexInWords(index)).join(' and ');
  const gain = `${wanted} would lower the cost from ${formatCost(costBefore)} to ${formatCost(best)}`;
  const sizes = (set: readonly Candidate[]): number => set.reduce((sum, one) => sum + (pool.get(one) ?? 0), 0);
  const missing = used.filter(candidate => !chosen.includes(candidate));
  if (sizes(chosen) + sizes(missing) > budgetBytes)
    return `${gain}, but takes ${formatBytes(sizes(missing))} of which the budget has ${formatBytes(Math.max(0, budgetBytes - sizes(chosen)))} left`;
  const saved = query.weight * (costBefore - best);
  const upkeep = queries.reduce((sum, each) => sum + each.weight * each.upkeep(used), 0);
  if (upkeep >= saved)
    return `${gain}, but the workload's writes would pay ${formatCost(upkeep)} for it, more than the ${formatCost(saved)} it saves`;
  const share = saved / queries.reduce((sum, each) => sum + each.weight * each.costBefore, 0);
  if (share < MIN_GAIN)
    return `${gain}, less than ${MIN_GAIN * 100} % of the workload's cost: without what costs so much it would be proposed`;
  return `${gain}, but other statements gain more by other indexes, or are made slower by it`;
}
