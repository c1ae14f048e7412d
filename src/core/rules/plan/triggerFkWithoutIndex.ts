import type { Catalog } from '../../catalog/catalog';
import { formatCount, formatMs } from '../../base/units';
import type { SqlStep } from '../../plan/nextStep';
import type { PlanTree, PlanTrigger } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { exampleCatalog } from './support/exampleCatalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { percent } from './support/words';

/** ExplainSQL's threshold for foreign key triggers. */
const LEAST_SHARE = 0.2;

const plan = (
  verb: string,
) => `${verb} on customers  (cost=0.00..9.00 rows=0 width=0) (actual time=0.01..1.0 rows=0 loops=1)
  ->  Seq Scan on customers  (cost=0.00..9.00 rows=4 width=6) (actual time=0.01..0.9 rows=4 loops=1)
Trigger for constraint orders_customer_id_fkey on customers: time=80.000 calls=4
Execution Time: 90.000 ms`;

export const triggerFkWithoutIndex = definePlanRule({
  id: 'plan/trigger-fk-without-index',
  since: '0.1.0',
  title: 'Foreign key check without an index',
  docs: {
    problem: 'Deleting or changing referenced rows spends its time in the trigger of a foreign key.',
    why: 'For each row PostgreSQL looks for rows that refer to it; without an index on the referring columns it reads the whole table.',
    thresholds: 'Trigger >= 20 % of the execution time (ExplainSQL). Silent if the catalog shows a fitting index.',
    whenToIgnore: 'Referenced rows are deleted so rarely that the index would cost more than it gives.',
  },
  examples: [
    {
      title: 'a DELETE that looks through the referring table for each row',
      bad: plan('Delete'),
      says: 'The foreign key orders_customer_id_fkey takes 89 % of the time.',
    },
    { title: 'an INSERT, which looks up the primary key', good: plan('Insert') },
    {
      title: 'a referring table that has the index',
      good: plan('Delete'),
      catalog: exampleCatalog('orders', ['customer_id'], {
        indexes: [
          {
            name: 'orders_customer_id_idx',
            method: 'btree',
            unique: false,
            primary: false,
            valid: true,
            keys: ['customer_id'],
            include: [],
            definition: 'CREATE INDEX orders_customer_id_idx ON orders (customer_id)',
          },
        ],
        constraints: [
          { name: 'orders_customer_id_fkey', kind: 'foreign key', columns: ['customer_id'], validated: true },
        ],
      }),
    },
  ],
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
        steps: key ? [indexStep(key)] : [],
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

function indexStep({ schema, relation, columns }: ForeignKey): SqlStep {
  const table = quoteQualified(schema === 'public' ? undefined : schema, relation);
  const sql = `CREATE INDEX CONCURRENTLY ON ${table} (${columns.map(quoteIdentifier).join(', ')});`;
  return { kind: 'sql', what: 'index', title: `Create the index on ${relation}`, sql: [sql] };
}

interface ForeignKey {
  readonly schema: string;
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
    return { schema: relation.schema, relation: relation.name, columns: constraint.columns, indexed };
  }
  return undefined;
}
