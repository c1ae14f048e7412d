import { formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { parallelDivisor } from '../../plan/parallelDivisor';
import { childrenOf, rowsOf, type PlanNode } from './planNode';

/** From a tenth of its rows on a table is mostly read as fast as a whole. */
const LARGE_SHARE = 0.1;

/** ": it reads 192,000 of the 200,000 rows of orders (96 %)" of scans that read much; empty if none does. */
export function sharesRead(plan: PlanNode, catalog: Catalog): string {
  const parts = new Set(largeScans(plan, catalog, 1));
  return parts.size === 0 ? '' : `: it reads ${[...parts].join(', ')}`;
}

function largeScans(node: PlanNode, catalog: Catalog, processes: number): string[] {
  const workers = Number(node['Workers Planned'] ?? 0);
  const below = workers > 0 ? parallelDivisor(workers) : processes;
  const parts = childrenOf(node).flatMap(child => largeScans(child, catalog, below));
  const relation = catalog.relations.find(({ name }) => name === node['Relation Name']);
  const all = relation?.rowEstimate ?? 0;
  if (!relation || all <= 0 || !/Scan$/.test(String(node['Node Type']))) return parts;
  const rows = Math.min(all, rowsOf(node) * (node['Parallel Aware'] === true ? processes : 1));
  const share = rows / all;
  if (share < LARGE_SHARE) return parts;
  const count = (value: number): string => formatCount(Math.round(value));
  return [`${count(rows)} of the ${count(all)} rows of ${relation.name} (${Math.floor(share * 100)} %)`, ...parts];
}
