import { messageOf } from '../../base/messageOf';
import { throwIfCancelled } from '../../base/cancelSignal';
import type { Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { costedQueries, type WorkloadRequest } from './adviseWorkload';
import { alternativeForms, type AlternativeForm } from './alternatives';
import { indexIdentity, type Candidate } from './candidates';
import { Planner, type CostedQuery } from './costedQuery';
import { describeAdvice, type WorkloadAdvice } from './describeAdvice';
import { endsRun } from './endsRun';

export type DesignRequest = Pick<
  WorkloadRequest,
  'statements' | 'catalog' | 'estimator' | 'signal' | 'onProgress' | 'budgetBytes'
>;

/** Another form of an index of a design, with what the whole workload costs if it takes the index's place. */
export interface PlannedForm {
  readonly index: IndexDefinition;
  readonly differences: readonly string[];
  readonly estimatedBytes: number;
  /** Planner cost of all statements, with upkeep. */
  readonly costAfter: number;
}

export interface PlannedForms {
  /** Cost of the workload without the index at all, and with it as it is. */
  readonly costWithout: number;
  readonly costWith: number;
  readonly estimatedBytes: number;
  /** The cheapest for the workload first, of equals the smallest. */
  readonly forms: readonly PlannedForm[];
}

/** A workload planned anew for sets of indexes that somebody else chose. */
export class Design {
  private readonly sizes = new Map<Candidate, number>();

  private constructor(
    private readonly request: DesignRequest,
    private readonly planner: Planner,
    private readonly queries: readonly CostedQuery[],
    private readonly skipped: WorkloadAdvice['skipped'],
  ) {}

  /** Plans each statement as the database is. Statements that cannot be planned are left out, with the reason. */
  static async open(request: DesignRequest): Promise<Design> {
    const { statements, catalog, estimator, signal, onProgress } = request;
    const planner = new Planner(estimator, signal, catalog.settings);
    const queries: CostedQuery[] = [];
    const skipped: { id: number; reason: string }[] = [];
    for (const [position, statement] of statements.entries()) {
      throwIfCancelled(signal);
      onProgress?.({ text: `planning statement ${statement.id}`, fraction: position / statements.length });
      try {
        queries.push(...(await costedQueries(statement, catalog, planner)).map(({ query }) => query));
      } catch (error) {
        if (endsRun(error)) throw error;
        skipped.push({ id: statement.id, reason: messageOf(error) });
      }
    }
    return new Design(request, planner, queries, skipped);
  }

  /** The advice as it would be if these indexes had been chosen, in their order. */
  async describe(indexes: readonly IndexDefinition[]): Promise<WorkloadAdvice> {
    const { catalog, estimator, budgetBytes = Infinity } = this.request;
    const chosen = indexes.map(index => this.candidateOf(index));
    for (const candidate of chosen) await this.sizeOf(candidate);
    return describeAdvice({
      catalog,
      budgetBytes,
      relations: [...new Set([...this.accesses(), ...chosen].map(({ relation }) => relation))],
      estimator,
      planner: this.planner,
      queries: this.queries,
      chosen,
      pool: this.sizes,
      skipped: this.skipped,
    });
  }

  /**
   * Other forms of one index of the set, planned in its place; those the planner cannot try here are left out.
   * @param also a form to tell of in any case, as the one that was advised
   */
  async formsOf(indexes: readonly IndexDefinition[], position: number, also?: IndexDefinition): Promise<PlannedForms> {
    const chosen = indexes.map(index => this.candidateOf(index));
    const own = chosen[position];
    if (!own) throw new RangeError(`no index at ${position}`);
    const others = chosen.filter(candidate => candidate !== own);
    const listed = alternativeForms(own, [...this.accesses()], this.request.catalog, indexes);
    const advised = also === undefined ? undefined : this.candidateOf(also);
    const offered = advised === undefined ? listed : withAdvised(own, advised, listed);
    const forms: PlannedForm[] = [];
    for (const { candidate, differences } of offered) {
      throwIfCancelled(this.request.signal);
      this.request.onProgress?.({ text: `planning form ${forms.length + 1} of ${offered.length}` });
      if (!(await this.canTry(candidate))) continue;
      forms.push({
        index: candidate.index,
        differences,
        estimatedBytes: await this.sizeOf(candidate),
        costAfter: await this.total([...others, candidate]),
      });
    }
    return {
      costWithout: await this.total(others),
      costWith: await this.total(chosen),
      estimatedBytes: await this.sizeOf(own),
      forms: forms.sort((a, b) => a.costAfter - b.costAfter || a.estimatedBytes - b.estimatedBytes),
    };
  }

  private *accesses() {
    for (const { accesses } of this.queries) yield* accesses;
  }

  private candidateOf(index: IndexDefinition): Candidate {
    return { index, relation: relationOf(index, this.request.catalog.relations) };
  }

  private async sizeOf(candidate: Candidate): Promise<number> {
    const known = this.sizes.get(candidate);
    if (known !== undefined) return known;
    const bytes = await this.request.estimator.estimateBytes(candidate.index);
    this.sizes.set(candidate, bytes);
    return bytes;
  }

  /** Beside others an index that cannot be planned with is only not used; alone it is refused. */
  private async canTry(candidate: Candidate): Promise<boolean> {
    try {
      const begun = this.planner.calls;
      for (const query of this.queries) {
        await query.cost([candidate]);
        // one plan tells; the others find what can be planned
        if (this.planner.calls > begun) break;
      }
      if (!this.planner.canPlanWith(candidate)) return false;
      await this.sizeOf(candidate);
      return true;
    } catch (error) {
      if (endsRun(error)) throw error;
      return false;
    }
  }

  private async total(set: readonly Candidate[]): Promise<number> {
    let total = 0;
    for (const query of this.queries) total += query.weight * ((await query.cost(set)) + query.upkeep(set));
    return total;
  }
}

/** The form that was advised is told of as that, and in any case, but where the index is that form. */
function withAdvised(own: Candidate, advised: Candidate, listed: readonly AlternativeForm[]): AlternativeForm[] {
  const id = indexIdentity(advised.index);
  const others = listed.filter(({ candidate }) => indexIdentity(candidate.index) !== id);
  return indexIdentity(own.index) === id ? others : [{ candidate: advised, differences: ['as advised'] }, ...others];
}

function relationOf({ schema, relation }: IndexDefinition, relations: readonly Relation[]): Relation {
  const found = relations.find(each => each.schema === schema && each.name === relation);
  if (!found) throw new Error(`the table ${schema}.${relation} is no longer there; advise again`);
  return found;
}
