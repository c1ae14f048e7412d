import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { formatCount } from '../../base/units';
import type { PlanNode } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { columnsIn } from './support/conditions';
import { condition, percent, rows } from './support/words';

/** Ours: fewer are soon read; and if most give rows, they are wanted. */
const LEAST_PARTITIONS = 4;
const EMPTY_SHARE = 0.7;

const HIDDEN = "(date_trunc('day'::text, at) = '2026-04-02'::date)";
const member = (month: number, kept: number, filter: string) => `
  ->  Seq Scan on readings_${month} readings_${month}  (cost=0.00..900.00 rows=50 width=40) (actual time=0.1..9.0 rows=${kept} loops=1)
        Filter: ${filter}
        Rows Removed by Filter: ${50_000 - kept}`;
const plan = (
  kept: readonly number[],
  filter = HIDDEN,
) => `Append  (cost=0.00..9000.00 rows=500 width=40) (actual time=0.1..40.0 rows=${kept.reduce((a, b) => a + b)} loops=1)${kept.map((rows, i) => member(i + 1, rows, filter)).join('')}
Execution Time: 41.0 ms`;

export const partitionsNotPruned = definePlanRule({
  id: 'plan/partitions-not-pruned',
  since: '0.2.0',
  title: 'Partitions read that hold none of the rows',
  docs: {
    problem: 'Most partitions were scanned, and all their rows failed the filter.',
    why: 'PostgreSQL leaves out partitions only if the bare partition key is compared with a value; a function or cast around the key hides it.',
    thresholds:
      'At least four partitions scanned with a filter on the key (without a catalog: on something computed), and 70 % of them gave no row (ours).',
    whenToIgnore: 'Without a connection: what is computed in the filter has nothing to do with the partition key.',
  },
  examples: [
    {
      title: 'a day that is hidden in date_trunc',
      bad: plan([0, 0, 0, 20, 0, 0]),
      says: '5 of 6 partitions were read for nothing.',
    },
    { title: 'rows in most partitions', good: plan([9, 12, 0, 20, 4, 7]) },
    { title: 'a condition on another column', good: plan([0, 0, 0, 20, 0, 0], '(device = 7)') },
    { title: 'two partitions', good: plan([0, 20]) },
  ],
  check({ tree, catalog, report }) {
    for (const node of tree.nodes) {
      if (node.nodeType !== 'Append' && node.nodeType !== 'Merge Append') continue;
      const scanned = node.children.map(scanOf).filter(scan => scan !== undefined);
      if (scanned.length < LEAST_PARTITIONS || !arePartitions(scanned, catalog)) continue;
      const empty = scanned.filter(({ figures }) => figures.rowsActual === 0 && (figures.rowsRemovedByFilter ?? 0) > 0);
      if (empty.length < EMPTY_SHARE * scanned.length) continue;
      const [scan] = empty;
      const key = partitionKey(scan, catalog);
      if (!scan || !isAboutKey(scan, key)) continue;
      const timed = empty.every(({ figures }) => figures.totalMs !== undefined);
      const counted = empty.every(({ figures }) => figures.totalBlocks !== undefined);
      const sum = (figure: 'totalMs' | 'totalBlocks' | 'rowsRemovedByFilter') =>
        empty.reduce((all, { figures }) => all + (figures[figure] ?? 0), 0);
      const filter = condition(scan, 'Filter');
      report({
        node,
        covers: scanned,
        message: `${formatCount(empty.length)} of ${formatCount(scanned.length)} partitions were read for nothing.`,
        evidence: `${rows(sum('rowsRemovedByFilter'))} removed by ${filter} in partitions without a match (${percent(empty.length / scanned.length)} of them)${key ? `; partitioned by ${key}` : ''}`,
        savesMs: timed ? sum('totalMs') : undefined,
        savesBlocks: counted ? sum('totalBlocks') : undefined,
        nextStep: `Compare the partition key${key ? ` (${key})` : ''} itself with a value or range, without a function or cast around it.`,
        steps: [{ kind: 'rewrite', title: 'How to write the condition', rule: 'query/function-on-column' }],
      });
    }
  },
});

/** `RANGE (at)` has the key's columns; where no catalog tells, only what is computed can be a key that is hidden. */
function isAboutKey(scan: PlanNode, key: string | undefined): boolean {
  const filter = condition(scan, 'Filter');
  if (key === undefined) return /\w\((?!SubPlan)|\)::/.test(filter.replace(/'(?:[^']|'')*'/g, '?'));
  const columns = columnsIn(key.replace(/^\w+ /, ''), scan);
  return columnsIn(filter, scan).some(column => columns.includes(column));
}

/** The scan of one partition, executed, with a filter. */
function scanOf(child: PlanNode): PlanNode | undefined {
  const scan = child.relation === undefined && child.children.length === 1 ? child.children[0]! : child;
  const isFiltered = condition(scan, 'Filter') !== '';
  return scan.relation !== undefined && isFiltered && !scan.figures.neverExecuted ? scan : undefined;
}

/** What UNION ALL appends are tables of their own: parts of one have conditions that differ in names alone, at most. */
function arePartitions(scans: readonly PlanNode[], catalog: Catalog | undefined): boolean {
  const bare = (scan: PlanNode) => condition(scan, 'Filter').replaceAll(`${scan.alias ?? ''}.`, '');
  const alike = scans.every(scan => bare(scan) === bare(scans[0]!));
  const known = scans.map(({ relation = '', schema }) => catalog && findRelation(catalog, relation, schema));
  return alike && known.every(relation => relation === undefined || relation.isPartition);
}

function partitionKey(scan: PlanNode | undefined, catalog: Catalog | undefined): string | undefined {
  const relation =
    catalog && scan?.relation !== undefined ? findRelation(catalog, scan.relation, scan.schema) : undefined;
  const [parent] = relation?.parents ?? [];
  return catalog && parent ? findRelation(catalog, parent.name, parent.schema)?.partitionKey : undefined;
}
