import type { CancelSignal } from '../base/cancelSignal';
import type { CostEstimator, PlanCost } from '../ports';
import { indexIdentity } from './indexes/candidates';
import type { IndexDefinition } from './suggestion';

interface Costing {
  readonly identities: readonly string[];
  readonly cost: PlanCost;
}

/**
 * An estimator that stops asking at a point in time. From then on a configuration costs what the best part of it is
 * known to cost: indexes that were not tried gain nothing, and a plan never gets dearer by an index more. The search
 * comes to its end with what it has; statements never planned fail.
 */
export class TimeLimitedEstimator implements CostEstimator {
  /** True once an answer was given without asking the planner. */
  isOver = false;
  private readonly known = new Map<string, Costing[]>();

  /** `isTimeUp` is asked before each planning. */
  constructor(
    private readonly inner: CostEstimator,
    private readonly isTimeUp: () => boolean,
  ) {}

  get how(): CostEstimator['how'] {
    return this.inner.how;
  }

  get relativeError(): number | undefined {
    return this.inner.relativeError;
  }

  async cost(sql: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost> {
    const identities = configuration.map(indexIdentity);
    const known = this.known.get(sql) ?? [];
    if (this.isTimeUp()) {
      this.isOver = true;
      return bestPart(known, identities);
    }
    const cost = await this.inner.cost(sql, configuration, signal);
    known.push({ identities, cost });
    this.known.set(sql, known);
    return cost;
  }

  estimateBytes(index: IndexDefinition): Promise<number> {
    return this.inner.estimateBytes(index);
  }

  describe(): string {
    return this.inner.describe?.() ?? this.inner.how;
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }
}

function bestPart(known: readonly Costing[], wanted: readonly string[]): PlanCost {
  let best: Costing | undefined;
  for (const costing of known) {
    const used = costing.cost.usedIndexes.map(position => costing.identities[position]!);
    if (!used.every(identity => wanted.includes(identity))) continue;
    if (!best || costing.cost.totalCost < best.cost.totalCost) best = costing;
  }
  if (!best) throw new Error('not planned: the time limit was reached');
  const { cost, identities } = best;
  return { ...cost, usedIndexes: cost.usedIndexes.map(position => wanted.indexOf(identities[position]!)) };
}
