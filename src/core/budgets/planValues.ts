import type { PlanTree } from '../plan/planTree';
import { rawNumber } from '../plan/rawValue';
import { statementFigures } from '../plan/statementFigures';
import type { BudgetNames } from './budget';
import type { MetricName } from './metrics';

/** A value, or why there is none. */
export type Told = { readonly value: number } | { readonly reason: string };

const NOT_RUN = 'the statement was not run';
const NO_BUFFERS = 'EXPLAIN did not count blocks';

/**
 * The value of a metric in the plans of one statement, in the order of its runs. Times are the median of all runs but
 * the first, which finds the caches as they happen to be; everything else is that of the last run.
 */
export function planValue(metric: MetricName, runs: readonly PlanTree[], names?: BudgetNames): Told {
  const tree = runs.at(-1);
  if (!tree) return { reason: NOT_RUN };
  switch (metric) {
    case 'execution':
      return medianOf(runs, run => run.executionMs);
    case 'planning':
      return medianOf(runs, run => (run.analyzed ? run.planningMs : undefined));
    case 'total cost':
      return told(tree.root.figures.totalCost, 'the plan has no costs');
    case 'rows':
      return told(tree.analyzed ? (tree.root.figures.rowsActual ?? 0) : undefined, NOT_RUN);
    case 'partitions':
      return countPartitions(tree, names);
    case 'WAL bytes':
      return told(statementFigures(tree).wal?.bytes, tree.analyzed ? 'EXPLAIN did not count WAL' : NOT_RUN);
    default:
      return tree.analyzed ? blockValue(metric, tree) : { reason: NOT_RUN };
  }
}

type BlockMetric = Exclude<MetricName, 'execution' | 'planning' | 'total cost' | 'rows' | 'partitions' | 'WAL bytes'>;

function blockValue(metric: BlockMetric, tree: PlanTree): Told {
  const hit = blocks(tree, 'Shared Hit Blocks');
  const read = blocks(tree, 'Shared Read Blocks');
  if (hit === undefined || read === undefined) return { reason: NO_BUFFERS };
  switch (metric) {
    case 'shared hit':
      return { value: hit };
    case 'shared read':
      return { value: read };
    case 'shared dirtied':
      return told(blocks(tree, 'Shared Dirtied Blocks'), NO_BUFFERS);
    case 'temp written':
      return told(blocks(tree, 'Temp Written Blocks'), NO_BUFFERS);
    case 'hit ratio':
      return hit + read === 0 ? { value: 100 } : { value: (100 * hit) / (hit + read) };
    case 'buffers per row':
      return { value: (hit + read) / Math.max(1, tree.root.figures.rowsActual ?? 0) };
    case 'buffers':
      return { value: hit + read };
  }
}

const OWN_BLOCKS = {
  'Shared Hit Blocks': 'sharedHitBlocks',
  'Shared Read Blocks': 'sharedReadBlocks',
  'Shared Dirtied Blocks': 'sharedDirtiedBlocks',
  'Temp Written Blocks': 'tempWrittenBlocks',
} as const;

/** The root counts all below it, but not the writes of a CTE that go on after it: their own figures are added up. */
function blocks({ nodes, root }: PlanTree, key: keyof typeof OWN_BLOCKS): number | undefined {
  const own = OWN_BLOCKS[key];
  if (root.figures[own] === undefined) return undefined;
  const endsLater = nodes.some(
    ({ nodeType, subplanName = '' }) => nodeType === 'ModifyTable' && subplanName.startsWith('CTE '),
  );
  if (endsLater) return nodes.reduce((sum, { figures }) => sum + (figures[own] ?? 0), 0);
  return rawNumber(root.raw, key) ?? 0;
}

function medianOf(runs: readonly PlanTree[], read: (run: PlanTree) => number | undefined): Told {
  const counted = runs.length > 1 ? runs.slice(1) : runs;
  const values = counted.flatMap(run => read(run) ?? []).sort((a, b) => a - b);
  if (values.length === 0) return { reason: NOT_RUN };
  const middle = Math.floor(values.length / 2);
  return { value: values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2 };
}

function countPartitions({ nodes, analyzed }: PlanTree, names: BudgetNames | undefined): Told {
  if (!names) return { reason: 'the schema is not known' };
  const read = new Set<string>();
  for (const { relation, schema, figures } of nodes) {
    if (relation === undefined || (analyzed && figures.neverExecuted)) continue;
    const name = { name: relation, ...(schema !== undefined && { schema }) };
    if (names.isPartition(name)) read.add(`${schema ?? ''}.${relation}`);
  }
  return { value: read.size };
}

function told(value: number | undefined, reason: string): Told {
  return value === undefined ? { reason } : { value };
}
