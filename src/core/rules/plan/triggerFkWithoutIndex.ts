import type { Catalog } from '../../catalog/catalog';
import { formatCount, formatMs } from '../../base/units';
import type { PlanTree, PlanTrigger } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { percent } from './words';

/** ExplainSQL's threshold for foreign key triggers. */
const LEAST_SHARE = 0.2;

export const triggerFkWithoutIndex = definePlanRule({
  id: 'plan/trigger-fk-without-index',
  title: 'Foreign key check without an index',
  docs: {
    problem: 'Deleting or changing referenced rows spends its time in the trigger of a foreign key.',
    why: 'For each row PostgreSQL looks for rows that refer to it; without an index on the referring columns it reads the whole table.',
    thresholds: 'Trigger >= 20 % of the execution time (ExplainSQL). Silent if the catalog shows a fitting index.',
  },
  check({ tree, catalog, wholeMs, report }) {
    if (!removesOrChanges(tree)) return;
    for (const trigger of tree.triggers) {
      if (trigger.constraint === undefined || trigger.ms < LEAST_SHARE * wholeMs) continue;
      const key = catalog && foreignKey(catalog, trigger);
      if (key?.indexed) continue;
      const where = key ? `${key.relation} (${key.columns.join(', ')})` : 'the referring columns';
      report({
        message: `The foreign key ${trigger.constraint} takes ${percent(trigger.ms / wholeMs)} of the time.`,
        evidence: `${formatMs(trigger.ms)} in ${formatCount(trigger.calls)} calls${key ? `, no index starts with ${key.columns.join(', ')} on ${key.relation}` : ''}`,
        savesMs: trigger.ms,
        nextStep: `Create an index on ${where}.`,
      });
    }
  },
});

/** Inserts look up the referenced key, which always has an index. */
function removesOrChanges(tree: PlanTree): boolean {
  return tree.nodes.some(
    node => node.nodeType === 'ModifyTable' && ['Delete', 'Update', 'Merge'].includes(String(node.raw['Operation'])),
  );
}

interface ForeignKey {
  readonly relation: string;
  readonly columns: readonly string[];
  readonly indexed: boolean;
}

function foreignKey(catalog: Catalog, trigger: PlanTrigger): ForeignKey | undefined {
  for (const relation of catalog.relations) {
    const constraint = relation.constraints.find(
      candidate => candidate.kind === 'foreign key' && candidate.name === trigger.constraint,
    );
    if (!constraint) continue;
    const wanted = new Set(constraint.columns);
    const indexed = relation.indexes.some(
      index =>
        index.valid && index.predicate === undefined && index.keys.slice(0, wanted.size).every(key => wanted.has(key)),
    );
    return { relation: relation.name, columns: constraint.columns, indexed };
  }
  return undefined;
}
