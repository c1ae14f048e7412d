import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import type { Candidate } from './candidates';
import { byIdentity, type CostedQuery } from './workloadCosts';

/** An index has to save this share of the workload's cost to be worth having. */
const MIN_GAIN = 0.001;
/** An index is dropped again if the workload costs at most so much more without it. */
const USELESS = 0.0005;

export interface SelectionRequest {
  readonly queries: readonly CostedQuery[];
  /** Candidates with their estimated bytes. */
  readonly pool: ReadonlyMap<Candidate, number>;
  readonly budgetBytes: number;
  readonly signal?: CancelSignal | undefined;
  readonly onStep?: ((chosen: number) => void) | undefined;
}

/**
 * Greedy selection by benefit per byte, then by plain benefit, keeping the better of the two; after the idea of
 * Extend (Schlosser, Kossmann, Boissier, ICDE 2019), with a pass that drops what later choices made useless.
 * Never worse than the best single candidate that fits the budget.
 */
export async function selectIndexes(request: SelectionRequest): Promise<Candidate[]> {
  let best: { set: Candidate[]; total: number } | undefined;
  for (const exponent of [1, 0]) {
    const set = await prune(request, await greedy(request, [], exponent));
    const filled = await prune(request, await greedy(request, set, exponent));
    const total = await totalCost(request.queries, filled);
    if (!best || total < best.total) best = { set: filled, total };
  }
  for (const [candidate, bytes] of sorted(request.pool)) {
    if (bytes > request.budgetBytes) continue;
    const total = await totalCost(request.queries, [candidate]);
    if (best && total < best.total) best = { set: [candidate], total };
  }
  const nothing = await totalCost(request.queries, []);
  return best && best.total < nothing ? best.set.sort(byIdentity) : [];
}

async function greedy(request: SelectionRequest, start: readonly Candidate[], exponent: number): Promise<Candidate[]> {
  const { queries, pool, budgetBytes, signal, onStep } = request;
  const chosen = [...start];
  let total = await totalCost(queries, chosen);
  let bytesLeft = budgetBytes - bytesOf(pool, chosen);
  // a candidate's benefit only ever shrinks much as others are chosen: the last one known orders the next round
  const upper = new Map<Candidate, number>([...pool.keys()].map(candidate => [candidate, Infinity]));
  for (;;) {
    throwIfCancelled(signal);
    onStep?.(chosen.length);
    let best: { candidate: Candidate; score: number; benefit: number } | undefined;
    const open = sorted(pool).filter(([candidate, bytes]) => !chosen.includes(candidate) && bytes <= bytesLeft);
    const scoreOf = (benefit: number, bytes: number) => benefit / Math.pow(bytes, exponent);
    open.sort(([a, aBytes], [b, bBytes]) => {
      const left = scoreOf(upper.get(a)!, aBytes);
      const right = scoreOf(upper.get(b)!, bBytes);
      return left === right ? 0 : right > left ? 1 : -1;
    });
    for (const [candidate, bytes] of open) {
      if (best && scoreOf(upper.get(candidate)!, bytes) <= best.score) break;
      const benefit = await benefitOf(queries, chosen, candidate);
      upper.set(candidate, benefit);
      const score = scoreOf(benefit, bytes);
      if (benefit > MIN_GAIN * total && (!best || score > best.score)) best = { candidate, score, benefit };
    }
    if (!best) return chosen;
    chosen.push(best.candidate);
    total -= best.benefit;
    bytesLeft -= pool.get(best.candidate) ?? 0;
  }
}

async function benefitOf(
  queries: readonly CostedQuery[],
  chosen: readonly Candidate[],
  added: Candidate,
): Promise<number> {
  let benefit = 0;
  for (const query of queries) {
    if (query.concerns(added)) benefit += (await query.weighted(chosen)) - (await query.weighted([...chosen, added]));
  }
  return benefit;
}

/** Drops indexes that the others have made useless, largest first. */
async function prune(request: SelectionRequest, set: readonly Candidate[]): Promise<Candidate[]> {
  let kept = [...set].sort((a, b) => (request.pool.get(b) ?? 0) - (request.pool.get(a) ?? 0) || byIdentity(a, b));
  let total = await totalCost(request.queries, kept);
  for (const candidate of [...kept]) {
    const without = kept.filter(other => other !== candidate);
    const cost = await totalCost(request.queries, without);
    if (cost > total * (1 + USELESS)) continue;
    kept = without;
    total = cost;
  }
  return kept;
}

export async function totalCost(queries: readonly CostedQuery[], set: readonly Candidate[]): Promise<number> {
  let total = 0;
  for (const query of queries) total += await query.weighted(set);
  return total;
}

function bytesOf(pool: ReadonlyMap<Candidate, number>, set: readonly Candidate[]): number {
  return set.reduce((sum, candidate) => sum + (pool.get(candidate) ?? 0), 0);
}

function sorted(pool: ReadonlyMap<Candidate, number>): [Candidate, number][] {
  return [...pool].sort(([a], [b]) => byIdentity(a, b));
}
