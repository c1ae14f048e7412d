import type { RawPlanNode } from './planTree';
import { isRawObject, rawObjects } from './rawValue';
import type { RawObject } from './rawValue';

/**
 * The plans that Citus puts into a node's fields instead of its children: those of its tasks on other servers, and of
 * the subplans it runs first. The text format shows them as nodes; so do we.
 */
export function distributedPlans(raw: RawObject): RawPlanNode[] {
  if (raw['Custom Plan Provider'] === undefined) return [];
  const subplans = rawObjects(raw, 'Subplans').map(subplan => {
    const { PlannedStmt: statements, ...fields } = subplan;
    return nodeOf('Distributed Subplan', fields, plansIn(statements));
  });
  const query = raw['Distributed Query'];
  const job = isRawObject(query) ? query['Job'] : undefined;
  const tasks = isRawObject(job) ? rawObjects(job, 'Tasks') : [];
  return [
    ...subplans,
    ...tasks.map(task => {
      const { 'Remote Plan': remote, ...fields } = task;
      return nodeOf('Task', fields, plansIn(remote));
    }),
    ...(isRawObject(job) ? dependentJobs(job) : []),
  ];
}

/** Jobs that bring rows to other nodes before a job can begin, and theirs. Older versions of Citus spell it otherwise. */
function dependentJobs(job: RawObject): RawPlanNode[] {
  return ['Dependent Jobs', 'Depended Jobs'].flatMap(key =>
    rawObjects(job, key).map(each => {
      const fields = Object.fromEntries(Object.entries(each).filter(([name]) => name !== key));
      return nodeOf('MapMergeJob', fields, dependentJobs(each));
    }),
  );
}

function nodeOf(type: string, fields: RawObject, plans: readonly RawPlanNode[]): RawPlanNode {
  const children = plans.map(plan => ({ ...plan, 'Parent Relationship': 'Member' }));
  return { ...fields, 'Node Type': type, 'Parent Relationship': 'Member', Plans: children };
}

/** Documents of EXPLAIN, in a list or in lists of lists. */
function plansIn(value: unknown): RawPlanNode[] {
  const documents: unknown[] = Array.isArray(value) ? (value as unknown[]).flat(2) : [value];
  return documents.flatMap((document): RawPlanNode[] => {
    const plan = isRawObject(document) ? document['Plan'] : undefined;
    return isRawObject(plan) && typeof plan['Node Type'] === 'string' ? [plan as RawPlanNode] : [];
  });
}
