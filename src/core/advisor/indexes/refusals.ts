import { formatCount } from '../../base/units';
import type { Catalog, Relation } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { IndexDefinition, Refusal } from '../suggestion';
import { coveringIndex, SMALL_TABLE_PAGES } from './candidates';
import { notImmutableInWords } from './notImmutable';
import { childrenOf, type PlanNode } from './planNode';
import type { TableAccess } from './tableAccess';

/** "no index on colours: 412 rows, a scan reads 5 pages": a table too small for any index. */
export function refuseOutright(relation: Relation): Refusal | undefined {
  if (relation.kind !== 'table' && relation.kind !== 'materialized view') return undefined;
  if (relation.pages === undefined || relation.pages >= SMALL_TABLE_PAGES) return undefined;
  const rows =
    relation.rowEstimate === undefined ? 'not analysed' : `${formatCount(Math.round(relation.rowEstimate))} rows`;
  if (relation.pages === 0 && relation.rowEstimate === undefined) return undefined;
  return {
    reason: `no index on ${relation.name}: ${rows}, a scan reads ${relation.pages} ${relation.pages === 1 ? 'page' : 'pages'}`,
  };
}

const NOTHING_TO_SERVE = 'no index: no condition, join, order or grouping an index could serve';

/** Why there is not even a candidate; the statement's plan tells more. */
export function nothingToTry(accesses: readonly TableAccess[], catalog: Catalog, plan: PlanNode): string {
  if (accesses.length === 0) {
    const read = tablesOf(plan);
    const isKnown = catalog.relations.some(({ name }) => read.includes(name));
    return isKnown ? NOTHING_TO_SERVE : 'no index: the statement reads no table the catalog knows';
  }
  return notImmutableInWords(plan, catalog) ?? coveredInWords(accesses) ?? NOTHING_TO_SERVE;
}

function tablesOf(node: PlanNode): string[] {
  const name = node['Relation Name'];
  return [...(typeof name === 'string' ? [name] : []), ...childrenOf(node).flatMap(tablesOf)];
}

/** "no new index on orders: id is already covered by orders_pkey" */
export function coveredInWords(accesses: readonly TableAccess[]): string | undefined {
  for (const { relation, equality, range, join, order } of accesses) {
    for (const column of [...equality.keys(), ...range, ...join, ...order.map(key => key.column)]) {
      const wanted: IndexDefinition = {
        schema: relation.schema,
        relation: relation.name,
        method: 'btree',
        keys: [quoteIdentifier(column)],
        include: [],
      };
      const existing = coveringIndex(relation, wanted);
      if (existing) return `no new index on ${relation.name}: ${column} is already covered by ${existing.name}`;
    }
  }
  return undefined;
}
