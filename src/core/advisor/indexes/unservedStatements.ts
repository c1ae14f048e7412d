import { formatBytes, formatCost } from '../../base/units';
import type { Candidate } from './candidates';
import type { Catalog } from '../../catalog/catalog';
import type { CostedQuery } from './costedQuery';
import { indexInWords } from './describeIndex';
import { sharesRead } from './sharesRead';
import { coveredInWords, nothingToTry, refuseOutright } from './refusals';

interface Chosen {
  readonly catalog: Catalog;
  readonly chosen: readonly Candidate[];
  readonly pool: ReadonlyMap<Candidate, number>;
  readonly budgetBytes: number;
}

/** Below this a gain is within what the planner itself takes for equal. */
export const NOTEWORTHY = 0.01;

/** Why a statement got no index, with figures. */
export async function whyUnserved(query: CostedQuery, { catalog, chosen, pool, budgetBytes }: Chosen): Promise<string> {
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
  return `${gain}: too little for the whole, or less than the writes to it would cost`;
}
