import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import { formatCost, formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import type { CostEstimator, PlanCost } from '../../ports';
import type { ParsedStatement } from '../../sql/statement';
import type { IndexDefinition, Refusal, Suggestion } from '../suggestion';
import { readAccessPaths } from './accessPaths';
import { candidateIndexes, indexIdentity, type Candidate } from './candidates';
import { estimateInWords, indexChange, indexCost, indexInWords } from './describeIndex';
import { endsRun } from './endsRun';
import { coveredInWords, nothingToTry, refuseOutright } from './refusals';
import { planRisk, riskFacts, type RiskFacts } from './planRisk';
import type { TableAccess } from './tableAccess';

export { adviseWorkload } from './adviseWorkload';

export interface IndexRequest {
  readonly statement: ParsedStatement;
  /** The statement with its placeholders as `$1`, `$2`... */
  readonly sql: string;
  readonly catalog: Catalog;
  readonly estimator: CostEstimator;
  readonly signal?: CancelSignal;
}

/** Widest key considered for a single statement. */
const MAX_WIDTH = 4;
/** Candidates costing at most so much more than the best one count as equally good; the simplest of them is taken. */
const AS_GOOD_AS = 1.02;
/** Below 10 % an estimate's own error is as large as its promise. */
const MIN_GAIN = 0.1;
/** A statement that joins several tables may need an index on each. */
const MAX_INDEXES = 3;
const LONGER = ', but may take longer: where the tables lie in memory, or where the rows asked for come late';
/** Candidates tried one by one; the planner's own choice among all of them is always tried as well. */
const MAX_CANDIDATES = 80;

/**
 * Indexes that would make one statement cheaper, tried against the planner. What is not suggested is explained.
 * @throws CancelledError, and whatever the estimator throws for a statement it cannot plan.
 */
export async function suggestIndexes(
  request: IndexRequest,
): Promise<{ suggestions: Suggestion[]; refusals: Refusal[] }> {
  const { statement, sql, catalog, estimator, signal } = request;
  const accesses = readAccessPaths(statement, catalog);
  const refusals: Refusal[] = [];
  const candidates = new Map<string, Candidate>();
  for (const access of accesses) {
    const refusal = refuseOutright(access.relation);
    if (refusal) {
      if (!refusals.some(known => known.reason === refusal.reason)) refusals.push(refusal);
      continue;
    }
    for (const candidate of candidateIndexes(access, catalog, { maxWidth: MAX_WIDTH }))
      candidates.set(indexIdentity(candidate.index), candidate);
  }
  const pool = [...candidates.values()].slice(0, MAX_CANDIDATES);
  if (pool.length === 0) {
    if (refusals.length === 0) {
      const { plan } = await estimator.cost(sql, [], signal);
      refusals.push({ reason: nothingToTry(accesses, catalog, plan) });
    }
    return { suggestions: [], refusals };
  }

  const search = new Search(sql, estimator, signal, riskFacts(accesses, catalog.settings));
  const before = await search.cost([]);
  const chosen = await chooseIndexes(search, pool, before);
  const suggestions: Suggestion[] = [];
  let costBefore = before.totalCost;
  for (let i = 0; i < chosen.length; i++) {
    const { index, relation } = chosen[i]!;
    const costAfter = (await search.cost(chosen.slice(0, i + 1))).totalCost;
    suggestions.push({
      kind: 'index',
      title: `Index on ${indexInWords(index)}`,
      change: indexChange(index, relation, catalog),
      evidence: { how: estimator.how, text: gainInWords(costBefore, costAfter, estimator), costBefore, costAfter },
      cost: indexCost(relation, await estimator.estimateBytes(index)),
      index,
    });
    costBefore = costAfter;
  }
  if (suggestions.length === 0)
    refusals.push({ reason: await nothingHelps(search, before.totalCost, accesses, pool.length) });
  return { suggestions, refusals };
}

/** Costs of one statement under sets of candidates, each asked for once. */
class Search {
  private readonly known = new Map<string, PlanCost>();
  best: { candidate: Candidate; totalCost: number; isRisky: boolean } | undefined;
  private readonly unusable = new Set<string>();

  constructor(
    private readonly sql: string,
    private readonly estimator: CostEstimator,
    private readonly signal: CancelSignal | undefined,
    private readonly facts: RiskFacts,
  ) {}

  async cost(set: readonly Candidate[]): Promise<PlanCost> {
    throwIfCancelled(this.signal);
    const id = set
      .map(candidate => indexIdentity(candidate.index))
      .sort()
      .join('\n');
    const known = this.known.get(id);
    if (known) return known;
    const cost = await this.estimator.cost(
      this.sql,
      set.map(candidate => candidate.index),
      this.signal,
    );
    this.known.set(id, cost);
    return cost;
  }

  /** Like {@link cost}; undefined for a candidate the planner cannot have (an operator class it lacks, say). */
  async tryCost(set: readonly Candidate[], added: Candidate): Promise<PlanCost | undefined> {
    if (this.unusable.has(indexIdentity(added.index))) return undefined;
    try {
      const cost = await this.cost([...set, added]);
      if (set.length === 0 && (!this.best || cost.totalCost < this.best.totalCost))
        this.best = { candidate: added, totalCost: cost.totalCost, isRisky: await this.isRisky(cost) };
      return cost;
    } catch (error) {
      throwIfCancelled(this.signal);
      if (endsRun(error)) throw error;
      this.unusable.add(indexIdentity(added.index));
      return undefined;
    }
  }

  /** The plan may well take longer than that of today, whatever it costs. */
  async isRisky(planned: PlanCost): Promise<boolean> {
    const { gamble, slowdown } = planRisk(planned, await this.cost([]), this.facts);
    return gamble > 0 || slowdown > 0;
  }

  usable(pool: readonly Candidate[]): Candidate[] {
    return pool.filter(candidate => !this.unusable.has(indexIdentity(candidate.index)));
  }

  estimateBytes(index: IndexDefinition): Promise<number> {
    return this.estimator.estimateBytes(index);
  }
}

async function chooseIndexes(search: Search, pool: readonly Candidate[], before: PlanCost): Promise<Candidate[]> {
  const chosen: Candidate[] = [];
  let cost = before.totalCost;
  while (chosen.length < MAX_INDEXES) {
    const next = await bestAddition(search, pool, chosen, cost);
    if (!next) break;
    chosen.push(next.candidate);
    cost = next.totalCost;
  }
  // two indexes may help only together (a join read from both sides): let the planner choose among all at once
  const rest = search.usable(pool);
  const together = chosen.length === 0 && rest.length > 1 ? await search.cost(rest) : undefined;
  if (together && together.totalCost <= before.totalCost * (1 - MIN_GAIN) && !(await search.isRisky(together))) {
    const used = [...new Set(together.usedIndexes)].map(position => rest[position]!);
    return used.length <= MAX_INDEXES ? used : [];
  }
  return chosen;
}

async function bestAddition(
  search: Search,
  pool: readonly Candidate[],
  chosen: readonly Candidate[],
  cost: number,
): Promise<{ candidate: Candidate; totalCost: number } | undefined> {
  const tried: { candidate: Candidate; totalCost: number }[] = [];
  for (const candidate of pool) {
    if (chosen.includes(candidate)) continue;
    const planned = await search.tryCost(chosen, candidate);
    if (planned?.usedIndexes.includes(chosen.length) && !(await search.isRisky(planned)))
      tried.push({ candidate, totalCost: planned.totalCost });
  }
  const lowest = Math.min(...tried.map(({ totalCost }) => totalCost));
  if (!(lowest <= cost * (1 - MIN_GAIN))) return undefined;
  // what is "equal" may not cost a tenth of the gain either
  const limit = Math.min(lowest * AS_GOOD_AS, cost * (1 - MIN_GAIN));
  const good = tried.filter(({ totalCost }) => totalCost <= limit);
  const sized = await Promise.all(
    good.map(async one => ({ ...one, bytes: await search.estimateBytes(one.candidate.index) })),
  );
  sized.sort(
    (a, b) =>
      complexity(a.candidate.index) - complexity(b.candidate.index) ||
      a.bytes - b.bytes ||
      a.totalCost - b.totalCost ||
      (indexIdentity(a.candidate.index) < indexIdentity(b.candidate.index) ? -1 : 1),
  );
  return sized[0];
}

/** Columns to maintain; a predicate counts half, since it saves writes but serves fewer statements. */
function complexity(index: IndexDefinition): number {
  return index.keys.length + index.include.length + (index.where ? 0.5 : 0);
}

async function nothingHelps(
  search: Search,
  before: number,
  accesses: readonly TableAccess[],
  tried: number,
): Promise<string> {
  const covered = coveredInWords(accesses);
  const best = search.best;
  const text = best
    ? `no index helps: the best of ${tried} tried, ${indexInWords(best.candidate.index)}, changes the cost from ${formatCost(before)} to ${formatCost(best.totalCost)}${best.isRisky ? LONGER : ''}`
    : `no index helps: none of ${tried} tried can be used by the planner`;
  return covered ? `${text}; ${covered.replace(/^no new index on /, '')}` : text;
}

function gainInWords(before: number, after: number, estimator: CostEstimator): string {
  const times = after > 0 ? before / after : Infinity;
  const factor = times >= 2 && Number.isFinite(times) ? `, ${formatCount(Math.round(times))} times less` : '';
  return `planner cost ${formatCost(before)} -> ${formatCost(after)}${factor}${estimateInWords(estimator.how, estimator.relativeError)}`;
}
