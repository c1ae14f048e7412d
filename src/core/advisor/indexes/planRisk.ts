import type { PlanCost } from '../../ports';
import { earlyStopCost } from './earlyStop';
import { memoryCost, memoryWork, type CostFacts } from './memoryCost';
import type { TableAccess } from './tableAccess';

export interface RiskFacts extends CostFacts {
  readonly isNew: (index: string) => boolean;
}

/** What is known of a statement's tables and of the server's settings, as SHOW prints them. */
export function riskFacts(accesses: readonly TableAccess[], settings: Readonly<Record<string, string>>): RiskFacts {
  const relations = accesses.map(({ relation }) => relation);
  return {
    relationOf: name => relations.find(relation => relation.name === name),
    isNew: name => !relations.some(({ indexes }) => indexes.some(index => index.name === name)),
    setting: name => {
      const value = Number(settings[name] ?? NaN);
      return Number.isNaN(value) ? undefined : value;
    },
  };
}

/**
 * Up to here two plans take the same time. To the planner costs within 1 % are equal (STD_FUZZ_FACTOR), and another
 * sample of ANALYZE moves them by about as much.
 */
const SAME_TIME = 1.02;
/** A statement that gets slower is minded more than one that does not get faster. */
const SLOWDOWN_WEIGHT = 5;

/** What counts against a plan with new indexes beyond its cost, in planner units. */
export interface PlanRisk {
  /** Rows that a LIMIT hopes to meet early may come late. */
  readonly gamble: number;
  /** With all pages in memory it takes longer than the plan of today, or more work to share a processor. */
  readonly slowdown: number;
}

export const NO_RISK: PlanRisk = { gamble: 0, slowdown: 0 };

/** Nothing if the plan beats that of today also where the planner is known to be too hopeful. */
export function planRisk(planned: PlanCost, before: Pick<PlanCost, 'totalCost' | 'plan'>, facts: RiskFacts): PlanRisk {
  const { plan, totalCost } = planned;
  // else the gain it does not surely have, and more
  const weigh = (excess: number): number =>
    excess > 0 ? Math.max(0, before.totalCost - totalCost) + SLOWDOWN_WEIGHT * excess : 0;
  const late = totalCost + earlyStopCost(plan, facts.isNew) - before.totalCost;
  // one that takes more processes is no faster where others need the processors
  const [longer, more] = [memoryCost, memoryWork].map(
    cost => cost(plan, facts) - SAME_TIME * cost(before.plan, facts),
  ) as [number, number];
  return { gamble: weigh(late), slowdown: weigh(Math.max(longer, more)) };
}
