import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import type { CostEstimator } from '../../ports';
import type { Candidate } from './candidates';
import { indexIdentity } from './candidates';

/** One costing the planner made: with the set offered, it used these. */
interface Costing {
  readonly offered: ReadonlySet<Candidate>;
  readonly used: ReadonlySet<Candidate>;
  readonly totalCost: number;
}

/** A statement of a workload, with what is known of its costs. */
export class CostedQuery {
  private readonly costings: Costing[] = [];
  calls = 0;

  constructor(
    readonly id: number,
    readonly sql: string,
    readonly weight: number,
    /** `schema.name` of the tables it mentions: only their indexes matter to it. */
    readonly relations: ReadonlySet<string>,
    /** Tables whose rows it writes, with how many index entries a run costs each index of theirs. */
    readonly writes: ReadonlyMap<string, number>,
    private readonly estimator: CostEstimator,
    private readonly signal: CancelSignal | undefined,
  ) {}

  concerns(candidate: Candidate): boolean {
    return this.relations.has(relationId(candidate));
  }

  /**
   * Planner cost with the indexes of `set`. A plan that used U of the offered set S is also the plan for every set
   * between U and S, which saves most calls.
   */
  async cost(set: readonly Candidate[]): Promise<number> {
    return (await this.costing(set)).totalCost;
  }

  async used(set: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
    return (await this.costing(set)).used;
  }

  private async costing(set: readonly Candidate[]): Promise<Costing> {
    const relevant = set.filter(candidate => this.concerns(candidate));
    const wanted = new Set(relevant);
    const known = this.costings.find(costing => isSubset(costing.used, wanted) && isSubset(wanted, costing.offered));
    if (known) return known;
    throwIfCancelled(this.signal);
    this.calls++;
    const planned = await this.estimator.cost(
      this.sql,
      relevant.map(candidate => candidate.index),
      this.signal,
    );
    const used = new Set(planned.usedIndexes.map(position => relevant[position]!));
    const costing: Costing = { offered: wanted, used, totalCost: planned.totalCost };
    this.costings.push(costing);
    return costing;
  }

  /** What keeping the indexes of `set` up to date adds to one run. */
  upkeep(set: readonly Candidate[]): number {
    let cost = 0;
    for (const candidate of set) cost += this.writes.get(relationId(candidate)) ?? 0;
    return cost;
  }

  async weighted(set: readonly Candidate[]): Promise<number> {
    return this.weight * ((await this.cost(set)) + this.upkeep(set));
  }
}

export function relationId(candidate: Candidate): string {
  return `${candidate.relation.schema}.${candidate.relation.name}`;
}

/** A fixed order, so that the same workload always gets the same answer. */
export function byIdentity(a: Candidate, b: Candidate): number {
  const left = indexIdentity(a.index);
  const right = indexIdentity(b.index);
  return left < right ? -1 : left > right ? 1 : 0;
}

function isSubset(part: ReadonlySet<Candidate>, whole: ReadonlySet<Candidate>): boolean {
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}
