import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import { sum } from '../../base/sum';
import type { Candidate } from './candidates';
import type { CostedQuery } from './costedQuery';
import type { Objective } from './objective';

/** An index has to save this share of the workload's cost to be worth having. */
export const MIN_GAIN = 0.0005;
/** PostgreSQL takes paths within 1 % of each other for equal (STD_FUZZ_FACTOR), so smaller gains mean nothing. */
const FUZZ = 0.01;

export interface Search {
  readonly objective: Objective;
  readonly budgetBytes: number;
  readonly signal?: CancelSignal | undefined;
  /** True once the search should end with what it has. */
  readonly isOver: () => boolean;
  /** True once the search should no longer try to improve what it has. */
  readonly isLate: () => boolean;
  readonly onStep?: ((chosen: number) => void) | undefined;
}

interface Gain {
  /** What the plans made so far cannot rule out. */
  high: number;
  low: number;
  /** The statement about whose gain least is known. */
  open: CostedQuery | undefined;
}

/**
 * Adds the candidate with the largest benefit per byte^exponent until none fits or pays; after the idea of Extend
 * (Schlosser, Kossmann, Boissier, ICDE 2019). A benefit is only planned exactly when what is known of it leaves the
 * candidate in the lead, which is the lazy evaluation of Minoux (1978) with bounds for each statement.
 */
export async function greedy(
  search: Search,
  start: readonly Candidate[],
  exponent: number,
  excluded: ReadonlySet<Candidate> = new Set(),
): Promise<Candidate[]> {
  const { objective, budgetBytes, signal, isOver, onStep } = search;
  const chosen = [...start];
  const costs = new Map<CostedQuery, number>();
  for (const query of objective.queries) costs.set(query, await query.cost(chosen));
  let bytesLeft = budgetBytes - objective.bytesOf(chosen);
  const gains = new Map<Candidate, Gain>();
  let open = objective.candidates.filter(candidate => !excluded.has(candidate) && !chosen.includes(candidate));
  while (!isOver()) {
    throwIfCancelled(signal);
    onStep?.(chosen.length);
    open = open.filter(candidate => objective.bytes(candidate) <= bytesLeft);
    const worthwhile = MIN_GAIN * sum([...costs].map(([query, cost]) => query.weight * cost));
    for (const candidate of open) {
      const known = gains.get(candidate);
      // what was chosen last may have changed it
      if (!known || stale(objective, chosen.at(-1), candidate))
        gains.set(candidate, gain({ objective }, costs, chosen, candidate));
    }
    const next = await lead(search, costs, chosen, open, gains, exponent, worthwhile);
    if (!next) break;
    chosen.push(next);
    bytesLeft -= objective.bytes(next);
    open = open.filter(candidate => candidate !== next);
    for (const query of objective.concernedBy(next)) costs.set(query, query.bounds(chosen).upper);
  }
  return chosen;
}

/** The candidate whose least benefit per byte is at least what any other could have. */
async function lead(
  { objective, signal, isOver }: Search,
  costs: ReadonlyMap<CostedQuery, number>,
  chosen: readonly Candidate[],
  open: readonly Candidate[],
  gains: Map<Candidate, Gain>,
  exponent: number,
  worthwhile: number,
): Promise<Candidate | undefined> {
  const score = (candidate: Candidate): number =>
    gains.get(candidate)!.high / Math.pow(Math.max(1, objective.bytes(candidate)), exponent);
  for (;;) {
    throwIfCancelled(signal);
    if (isOver()) return undefined;
    let best: Candidate | undefined;
    let bestScore = 0;
    for (const candidate of open) {
      if (gains.get(candidate)!.high <= worthwhile) continue;
      const own = score(candidate);
      if (own > bestScore) [best, bestScore] = [candidate, own];
    }
    if (!best) return undefined;
    const known = gain({ objective }, costs, chosen, best);
    gains.set(best, known);
    if (score(best) < bestScore) continue;
    if (!known.open) return best;
    const cost = await known.open.cost([...chosen, best]);
    objective.learn(known.open, best, costs.get(known.open)! - cost);
    gains.set(best, gain({ objective }, costs, chosen, best));
  }
}

function gain(
  { objective }: Pick<Search, 'objective'>,
  costs: ReadonlyMap<CostedQuery, number>,
  chosen: readonly Candidate[],
  candidate: Candidate,
): Gain {
  const set = [...chosen, candidate];
  const upkeep = objective.upkeep(set) - objective.upkeep(chosen);
  const result: Gain = { high: -upkeep, low: -upkeep, open: undefined };
  let widest = 0;
  for (const query of objective.concernedBy(candidate)) {
    const now = costs.get(query)!;
    const bounds = query.bounds(set);
    // an index rarely gains by others being there
    const lower = Math.max(bounds.lower, Math.min(bounds.upper, now - objective.learned(query, candidate)));
    const { upper } = bounds;
    const [high, low] = [lower, upper].map(cost => (now - cost > FUZZ * now ? query.weight * (now - cost) : 0)) as [
      number,
      number,
    ];
    const risk =
      query.weight * (objective.penalty(query, bounds.risk) - objective.penalty(query, query.bounds(chosen).risk));
    result.high += high - risk;
    result.low += low - risk;
    if (upper - lower > FUZZ * upper && high - low > widest) {
      widest = high - low;
      result.open = query;
    }
  }
  return result;
}

function stale(objective: Objective, last: Candidate | undefined, candidate: Candidate): boolean {
  return last === undefined || last.relation === candidate.relation || sharesQuery(objective, last, candidate);
}

function sharesQuery(objective: Objective, a: Candidate, b: Candidate): boolean {
  const other = new Set(objective.concernedBy(b));
  return objective.concernedBy(a).some(query => other.has(query));
}
