import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import type { CostEstimator, PlanCost } from '../../ports';
import { indexIdentity, type Candidate } from './candidates';
import { endsRun, withWayOn } from './endsRun';
import { NO_RISK, planRisk, riskFacts, type PlanRisk, type RiskFacts } from './planRisk';
import { mayUse, useOf } from './relevance';
import type { TableAccess } from './tableAccess';
import { upkeepCost, type Writes } from './upkeep';

/** One costing the planner made: with the set offered, it used these. Sets are bits, one for each candidate. */
interface Costing {
  readonly offered: bigint;
  readonly used: bigint;
  readonly totalCost: number;
  readonly risk: PlanRisk;
}

export interface CostBounds {
  readonly lower: number;
  readonly upper: number;
  /** Of its plan, if that is known. */
  readonly risk: PlanRisk;
}

/** What all statements of a workload share: the planner, and what it cannot plan with. */
export class Planner {
  calls = 0;
  private readonly refused = new Set<string>();
  private readonly accepted = new Set<string>();

  constructor(
    private readonly estimator: CostEstimator,
    private readonly signal: CancelSignal | undefined,
    /** The server's, as SHOW prints them. */
    readonly settings: Readonly<Record<string, string>> = {},
  ) {}

  /** False for an index the estimator has refused: HypoPG knows no GIN, a shadow may lack an operator class. */
  canPlanWith(candidate: Candidate): boolean {
    return !this.refused.has(indexIdentity(candidate.index));
  }

  /** Undefined if some candidate of the set turned out to be one the estimator refuses. */
  async plan(sql: string, set: readonly Candidate[]): Promise<PlanCost | undefined> {
    try {
      const planned = await this.ask(sql, set);
      for (const { index } of set) this.accepted.add(indexIdentity(index));
      return planned;
    } catch (error) {
      if (endsRun(error)) throw withWayOn(error);
      const unproven = set.filter(({ index }) => !this.accepted.has(indexIdentity(index)));
      let found = false;
      for (const candidate of unproven) found = (await this.refuses(sql, candidate)) || found;
      if (!found) throw error;
      return undefined;
    }
  }

  private async refuses(sql: string, candidate: Candidate): Promise<boolean> {
    const id = indexIdentity(candidate.index);
    try {
      await this.ask(sql, [candidate]);
      this.accepted.add(id);
      return false;
    } catch (error) {
      if (endsRun(error)) throw withWayOn(error);
      this.refused.add(id);
      return true;
    }
  }

  private ask(sql: string, set: readonly Candidate[]): Promise<PlanCost> {
    throwIfCancelled(this.signal);
    this.calls++;
    const indexes = set.map(candidate => candidate.index);
    return this.estimator.cost(sql, indexes, this.signal);
  }
}

/** A statement of a workload, with what is known of its costs. */
export class CostedQuery {
  private readonly costings: Costing[] = [];
  private readonly bits = new Map<Candidate, bigint>();
  private readonly byBit: Candidate[] = [];
  private readonly leadKeys = new Set<string>();
  /** Until the next costing. */
  private readonly knownBounds = new Map<bigint, CostBounds>();
  private readonly byUse = new Map<string, Candidate[]>();
  private readonly uses = new Map<Candidate, Candidate[]>();
  /** Cost with all that was offered to it at first: nothing is taken to do better. */
  private best = 0;
  private readonly facts: RiskFacts;
  /** Its plan without new indexes, once it was begun. */
  planBefore: Readonly<Record<string, unknown>> = {};
  writes: readonly Writes[] = [];
  /** Whether there was an index to try. */
  hasCandidates = false;

  constructor(
    readonly id: number,
    readonly sql: string,
    readonly weight: number,
    /** Its mentions of tables: what they ask for decides whether a plan could use an index at all. */
    readonly accesses: readonly TableAccess[],
    private readonly planner: Planner,
  ) {
    this.facts = riskFacts(accesses, planner.settings);
  }

  /** Plans it without any new index; gives the plan. */
  async begin(): Promise<Readonly<Record<string, unknown>>> {
    const planned = await this.planner.plan(this.sql, []);
    this.costings.push({ offered: 0n, used: 0n, totalCost: planned?.totalCost ?? 0, risk: NO_RISK });
    this.planBefore = planned?.plan ?? {};
    return this.planBefore;
  }

  /** Whether its cost may depend on the index. */
  concerns(candidate: Candidate): boolean {
    return this.leadKeys.has(leadKey(candidate)) && this.bitOf(candidate) !== 0n;
  }

  /**
   * Ends the picking: from now on only indexes matter to it that begin as one of those its plans took. `best` is its
   * cost when all were offered.
   */
  settle(picked: Iterable<Candidate>, best: number): void {
    for (const candidate of picked) this.leadKeys.add(leadKey(candidate));
    this.best = best;
    this.knownBounds.clear();
  }

  /** Cost of one run without new indexes. */
  get costBefore(): number {
    return this.costings[0]?.totalCost ?? 0;
  }

  /**
   * Planner cost with the indexes of `set`. A plan that used U of the offered set S is also the plan for every set
   * between U and S, which saves most calls.
   */
  async cost(set: readonly Candidate[]): Promise<number> {
    return (await this.costing(set)).totalCost;
  }

  /** What counts against the plan with these indexes. */
  async risk(set: readonly Candidate[]): Promise<PlanRisk> {
    return (await this.costing(set)).risk;
  }

  async used(set: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
    const { used } = await this.costing(set);
    return new Set(this.byBit.filter((_, position) => (used >> BigInt(position)) & 1n));
  }

  /**
   * What the plans made so far say of a set, without another one: a plan whose indexes are all in it can be had, and
   * nothing beats what the planner found when it was offered more.
   */
  bounds(set: readonly Candidate[]): CostBounds {
    const mask = this.maskOf(set);
    let known = this.knownBounds.get(mask);
    if (!known) this.knownBounds.set(mask, (known = this.findBounds(mask)));
    return known;
  }

  /** All candidates that its plans could use in the same way, this one among them. */
  usedAlike(candidate: Candidate): readonly Candidate[] {
    return this.bitOf(candidate) === 0n ? [] : this.uses.get(candidate)!;
  }

  /** What keeping the indexes of `set` up to date adds to one run. */
  upkeep(set: readonly Candidate[]): number {
    return this.writes.reduce((sum, writes) => sum + upkeepCost(writes, set), 0);
  }

  private findBounds(mask: bigint): CostBounds {
    let lower = this.best;
    let upper = Infinity;
    let known = NO_RISK;
    for (const { offered, used, totalCost, risk } of this.costings) {
      const isPossible = (used & ~mask) === 0n;
      const isOfMore = (mask & ~offered) === 0n;
      if (isPossible && totalCost < upper) upper = totalCost;
      if (isOfMore && totalCost > lower) lower = totalCost;
      if (isPossible && isOfMore) known = risk;
    }
    return { lower: Math.min(lower, upper), upper, risk: known };
  }

  private async costing(set: readonly Candidate[]): Promise<Costing> {
    for (;;) {
      const mask = this.maskOf(set);
      const known = this.costings.find(({ offered, used }) => (used & ~mask) === 0n && (mask & ~offered) === 0n);
      if (known) return known;
      const relevant = this.byBit.filter((_, position) => (mask >> BigInt(position)) & 1n);
      const planned = await this.planner.plan(this.sql, relevant);
      if (!planned) continue;
      const used = this.maskOf(planned.usedIndexes.map(position => relevant[position]!));
      const risk =
        used === 0n ? NO_RISK : planRisk(planned, { totalCost: this.costBefore, plan: this.planBefore }, this.facts);
      const costing: Costing = { offered: mask, used, totalCost: planned.totalCost, risk };
      this.costings.push(costing);
      this.knownBounds.clear();
      return costing;
    }
  }

  private maskOf(set: readonly Candidate[]): bigint {
    let mask = 0n;
    for (const candidate of set) {
      const bit = this.bitOf(candidate);
      if (bit !== 0n && this.planner.canPlanWith(candidate)) mask |= bit;
    }
    return mask;
  }

  /** Zero for a candidate no plan of this statement could use. */
  private bitOf(candidate: Candidate): bigint {
    let bit = this.bits.get(candidate);
    if (bit === undefined) {
      bit = mayUse(this.accesses, candidate) ? 1n << BigInt(this.byBit.length) : 0n;
      if (bit !== 0n) this.add(candidate);
      this.bits.set(candidate, bit);
    }
    return bit;
  }

  private add(candidate: Candidate): void {
    this.byBit.push(candidate);
    const use = useOf(this.accesses, candidate);
    const alike = this.byUse.get(use) ?? [];
    alike.push(candidate);
    this.byUse.set(use, alike);
    this.uses.set(candidate, alike);
  }
}

function leadKey({ relation, index }: Candidate): string {
  return `${relation.schema}.${relation.name}|${index.keys[0] ?? ''}`;
}

export function relationId(candidate: Candidate): string {
  return `${candidate.relation.schema}.${candidate.relation.name}`;
}
