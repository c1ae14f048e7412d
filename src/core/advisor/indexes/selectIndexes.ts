import type { Candidate } from './candidates';
import type { CostedQuery } from './costedQuery';
import { greedy, type Search } from './greedy';
import { byIdentity } from './objective';

/** An index is dropped again if the workload costs at most so much more without it. */
const USELESS = 0.0005;
/** Power of the bytes that a benefit is divided by: storage counts, but less than by the byte. */
const EXPONENT = 0.6;
/** Of the picks to start from: the next is tried if the set so far slows a statement. */
const FIRST_EXPONENTS = [EXPONENT, 1];
/** A swap has to save this share of the cost. */
const SWAP_GAIN = 0.0005;
const SWAP_ROUNDS = 3;
/** Indexes tried for one statement that became slower. */
const MOST_CURES = 3;

interface Solution {
  readonly set: readonly Candidate[];
  readonly total: number;
}

/**
 * Indexes for a workload under a budget: greedy, first by the benefit of the bytes and then by the benefit alone, or
 * everything the planner would like if that fits. The better of these is improved by doing without what slows
 * statements, by taking one index out at a time and by filling up again. Never worse than the best single candidate that
 * fits the budget.
 */
export async function selectIndexes(search: Search): Promise<Candidate[]> {
  const { objective } = search;
  const nothing: Solution = { set: [], total: await objective.total([]) };
  let best = nothing;
  for (const exponent of FIRST_EXPONENTS) {
    const found = await prune(search, await greedy(search, [], exponent));
    best = better(best, await prune(search, await greedy(search, found.set, 0)));
    if (search.isOver() || (await objective.slowed(best.set)).length === 0) break;
  }
  if (!search.isOver()) best = better(best, await fromEverything(search));
  best = await swap(search, await speedUp(search, best));
  if (!search.isOver()) best = await fillUp(search, await spareSlowed(search, best));
  if (best.set.length === 0) best = better(best, await bestSingle(search));
  return best.total < nothing.total ? [...best.set].sort(byIdentity) : [];
}

/** Improves a set that still slows statements once more, minding that as much as it is minded in the end. */
async function spareSlowed(search: Search, start: Solution): Promise<Solution> {
  if (search.isOver() || (await search.objective.slowed(start.set)).length === 0) return start;
  const objective = search.objective.inTheEnd();
  const strict = { ...search, objective };
  const valued = { set: start.set, total: await objective.total(start.set) };
  const { set } = await swap(strict, await speedUp(strict, valued));
  return { set, total: await search.objective.total(set) };
}

/** Adds what still gains and fits. What an index gained beside others than those chosen in the end counts no more. */
async function fillUp(search: Search, start: Solution): Promise<Solution> {
  const afresh = { ...search, objective: search.objective.inTheEnd() };
  const { set } = await prune(afresh, await greedy(afresh, start.set, EXPONENT));
  return better(start, { set, total: await search.objective.total(set) });
}

function better(a: Solution, b: Solution): Solution {
  return b.total < a.total ? b : a;
}

/** Drops indexes that the others have made useless, largest first. */
async function prune({ objective }: Search, set: readonly Candidate[]): Promise<Solution> {
  let kept = [...set].sort((a, b) => objective.bytes(b) - objective.bytes(a) || byIdentity(a, b));
  let total = await objective.total(kept);
  for (const candidate of [...kept]) {
    const without = kept.filter(other => other !== candidate);
    if (await objective.exceeds(without, total * (1 + USELESS))) continue;
    kept = without;
    total = await objective.total(without);
  }
  return { set: kept, total };
}

/** From all indexes the statements would use if everything were there, should the budget allow that. */
async function fromEverything(search: Search): Promise<Solution> {
  const { objective, budgetBytes } = search;
  const wanted = new Set<Candidate>();
  for (const query of objective.queries) {
    for (const candidate of await query.used(objective.candidates)) wanted.add(candidate);
    if (objective.bytesOf([...wanted]) > budgetBytes) return { set: [], total: Infinity };
  }
  return prune(search, [...wanted].sort(byIdentity));
}

/** Takes each index out in turn and fills up with others; keeps what is better. */
async function swap(search: Search, start: Solution): Promise<Solution> {
  const { objective } = search;
  let best = start;
  for (let round = 0; round < SWAP_ROUNDS; round++) {
    const before = best.total;
    const order = [...best.set].sort((a, b) => objective.bytes(b) - objective.bytes(a) || byIdentity(a, b));
    for (const candidate of order) {
      if (search.isOver() || search.isLate()) return best;
      if (!best.set.includes(candidate)) continue;
      const rest = best.set.filter(other => other !== candidate);
      const tried = await prune(search, await greedy(search, rest, EXPONENT, new Set([candidate])));
      if (tried.total < best.total * (1 - SWAP_GAIN)) best = tried;
    }
    if (best.total >= before) break;
  }
  return best;
}

/**
 * For statements that the set makes slower: does without the indexes that slow them, or with one more that keeps them
 * from being slower and mostly does the work of those, too.
 */
async function speedUp(search: Search, start: Solution): Promise<Solution> {
  const { objective, budgetBytes } = search;
  let best = start;
  const banned = new Set<Candidate>();
  for (const query of await objective.slowed(start.set)) {
    const { set } = best;
    const cures = await curesOf(search, query, set);
    const culprits = await culpritsOf(query, set);
    const rest = set.filter(one => !culprits.has(one));
    const without = await prune(search, await greedy(search, rest, EXPONENT, new Set([...banned, ...culprits])));
    if (without.total < best.total) {
      best = without;
      for (const culprit of culprits) banned.add(culprit);
    }
    for (const cure of cures) {
      if (search.isOver()) return best;
      if (objective.bytes(cure) > budgetBytes) continue;
      const fitting = await makeRoom(search, [...set, cure], cure);
      const cured = await prune(search, await greedy(search, fitting, EXPONENT, banned));
      if (cured.total >= best.total) continue;
      best = cured;
      break;
    }
  }
  return best;
}

/** Drops what is least worth its bytes until the rest fits the budget. */
async function makeRoom(
  { objective, budgetBytes }: Search,
  set: readonly Candidate[],
  kept: Candidate,
): Promise<readonly Candidate[]> {
  let left = set;
  while (objective.bytesOf(left) > budgetBytes) {
    const total = await objective.total(left);
    let next: { readonly without: readonly Candidate[]; readonly loss: number } | undefined;
    for (const candidate of left) {
      if (candidate === kept) continue;
      const without = left.filter(other => other !== candidate);
      const loss = ((await objective.total(without)) - total) / Math.max(1, objective.bytes(candidate));
      if (!next || loss < next.loss) next = { without, loss };
    }
    if (!next) break;
    left = next.without;
  }
  return left;
}

/** Those of its plan without any one of which the statement is not slower; all of its plan if it takes more than one. */
async function culpritsOf(query: CostedQuery, set: readonly Candidate[]): Promise<Set<Candidate>> {
  const used = [...(await query.used(set))];
  for (const candidate of used) {
    const { slowdown } = await query.risk(set.filter(other => other !== candidate));
    if (slowdown === 0) return new Set([candidate]);
  }
  return new Set(used);
}

/** What would spare one statement the slowdown, beside the others of the set; the smallest first. */
async function curesOf({ objective }: Search, query: CostedQuery, set: readonly Candidate[]): Promise<Candidate[]> {
  const smallestFirst = objective.candidates
    .filter(candidate => !set.includes(candidate) && query.concerns(candidate))
    .sort((a, b) => objective.bytes(a) - objective.bytes(b) || byIdentity(a, b));
  const cures: Candidate[] = [];
  for (const candidate of smallestFirst) {
    if ((await query.risk([...set, candidate])).slowdown === 0) cures.push(candidate);
    if (cures.length === MOST_CURES) break;
  }
  return cures;
}

async function bestSingle({ objective, budgetBytes }: Search): Promise<Solution> {
  let best: Solution = { set: [], total: Infinity };
  for (const candidate of objective.candidates) {
    if (objective.bytes(candidate) <= budgetBytes)
      best = better(best, { set: [candidate], total: await objective.total([candidate]) });
  }
  return best;
}
