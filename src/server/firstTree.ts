import { parsePlan } from '../core/plan/parsePlan';
import type { PlanTree } from '../core/plan/planTree';
import { DatabaseError } from '../core/ports';
import type { RawPlan } from '../protocol/server';

/** The plan of the one statement that was explained. @throws DatabaseError if the server's answer has none */
export function firstTree(rawPlan: RawPlan): PlanTree {
  const [tree] = parsePlan(rawPlan);
  if (!tree) throw new DatabaseError('unsupported', 'the server sent a plan that cannot be read');
  return tree;
}
