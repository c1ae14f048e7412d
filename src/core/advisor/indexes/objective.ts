import type { Candidate } from './candidates';
import { indexIdentity } from './candidates';
import type { CostedQuery } from './costedQuery';
import type { PlanRisk } from './planRisk';

/** What a statement that gets slower counts by that alone, as a share of its cost: while searching, and in the end. */
const SLOWED = 0.3;
const SLOWED_IN_THE_END = 1;

/** The workload's cost under a set of indexes, and what the set takes. */
export class Objective {
  /** Candidates in a fixed order, so that the same workload always gets the same answer. */
  readonly candidates: readonly Candidate[];
  private readonly concerned = new Map<Candidate, readonly CostedQuery[]>();
  private readonly gains = new Map<CostedQuery, Map<Candidate, number>>();
  private readonly writers: readonly CostedQuery[];

  constructor(
    readonly queries: readonly CostedQuery[],
    private readonly pool: ReadonlyMap<Candidate, number>,
    private readonly slowedShare = SLOWED,
  ) {
    this.candidates = [...pool.keys()].sort(byIdentity);
    this.writers = queries.filter(query => query.writes.length > 0);
  }

  /**
   * The same, but hardly anything is worth a statement that gets slower. Who minds that much from the beginning gets
   * stuck between sets of which each slows another statement.
   */
  inTheEnd(): Objective {
    return new Objective(this.queries, this.pool, SLOWED_IN_THE_END);
  }

  /** The statements whose plans an index may change. */
  concernedBy(candidate: Candidate): readonly CostedQuery[] {
    let found = this.concerned.get(candidate);
    if (!found) this.concerned.set(candidate, (found = this.queries.filter(query => query.concerns(candidate))));
    return found;
  }

  bytesOf(set: readonly Candidate[]): number {
    return set.reduce((sum, candidate) => sum + this.bytes(candidate), 0);
  }

  bytes(candidate: Candidate): number {
    return this.pool.get(candidate) ?? 0;
  }

  /** Planner cost of all statements, of what their plans risk, and of the writes to the indexes. */
  async total(set: readonly Candidate[]): Promise<number> {
    let total = this.upkeep(set);
    for (const query of this.queries) total += await this.costOf(query, set);
    return total;
  }

  /**
   * Whether {@link total} of a set is more than `limit`. Planned is only what must be for the answer: a statement costs
   * at least what it costs with more indexes.
   */
  async exceeds(set: readonly Candidate[], limit: number): Promise<boolean> {
    let least = this.upkeep(set);
    const open: { readonly query: CostedQuery; readonly least: number; readonly unsure: number }[] = [];
    for (const query of this.queries) {
      const { lower, upper } = query.bounds(set);
      least += query.weight * lower;
      open.push({ query, least: query.weight * lower, unsure: query.weight * (upper - lower) });
    }
    for (const { query, least: known } of open.sort((a, b) => b.unsure - a.unsure)) {
      if (least > limit) return true;
      least += (await this.costOf(query, set)) - known;
    }
    return least > limit;
  }

  /** What a plan's risk counts for one run of a statement, in planner units. */
  penalty({ costBefore }: CostedQuery, { gamble, slowdown }: PlanRisk): number {
    return gamble + slowdown + (slowdown > 0 ? this.slowedShare * costBefore : 0);
  }

  private async costOf(query: CostedQuery, set: readonly Candidate[]): Promise<number> {
    return query.weight * ((await query.cost(set)) + this.penalty(query, await query.risk(set)));
  }

  /** The statements that the set would make slower. */
  async slowed(set: readonly Candidate[]): Promise<CostedQuery[]> {
    const found: CostedQuery[] = [];
    for (const query of this.queries) if ((await query.risk(set)).slowdown > 0) found.push(query);
    return found;
  }

  /** Notes what an index once gained for a statement: with more indexes there it will hardly gain more. */
  learn(query: CostedQuery, candidate: Candidate, gained: number): void {
    let gains = this.gains.get(query);
    if (!gains) this.gains.set(query, (gains = new Map()));
    gains.set(candidate, Math.max(gained, gains.get(candidate) ?? 0));
  }

  learned(query: CostedQuery, candidate: Candidate): number {
    const gains = this.gains.get(query);
    let least = gains?.get(candidate) ?? Infinity;
    // a larger index that the statement can use no further never gains more
    for (const other of query.usedAlike(candidate))
      if (this.bytes(other) <= this.bytes(candidate)) least = Math.min(least, gains?.get(other) ?? Infinity);
    return least;
  }

  upkeep(set: readonly Candidate[]): number {
    return this.writers.reduce((sum, query) => sum + query.weight * query.upkeep(set), 0);
  }
}

/** A fixed order of candidates. */
export function byIdentity(a: Candidate, b: Candidate): number {
  const left = indexIdentity(a.index);
  const right = indexIdentity(b.index);
  return left < right ? -1 : left > right ? 1 : 0;
}
