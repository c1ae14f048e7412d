import type { Relation } from '../../catalog/catalog';
import { parallelDivisor } from '../../plan/parallelDivisor';
import { childrenOf, costOf, rowsOf, typeOf, type PlanNode } from './planNode';
import { rowsFetched } from './rowsFetched';

/** What a plan's cost is made of beyond the plan itself. */
export interface CostFacts {
  readonly relationOf: (name: string) => Relation | undefined;
  /** A setting of the server, if it is known. */
  readonly setting: (name: string) => number | undefined;
}

/** cpu_tuple_cost, and with cpu_index_tuple_cost and cpu_operator_cost for a row found by an index. */
const ROW_COST = 0.01;
const ENTRY_COST = 0.0075;
/** An operator as EXPLAIN prints it between its operands. */
const COMPARISON = / (?:[-<>=~@&|!*+?#]+|IS|LIKE) /g;
/**
 * Finding, pinning and reading a page that lies in memory, in the planner's units: one that was just in use, one that
 * comes next in the table, one from anywhere. Ours, from tables in shared buffers: rows fetched in random order take
 * six times as long as those that a sequential scan passes by, twelve times where the table exceeds the processor's
 * caches: taken between the two.
 */
const PAGE_AGAIN = 0.01;
const PAGE_NEXT = 0.02;
const PAGE_ANYWHERE = 0.09;
/** Starting workers and passing a row between processes take less than the planner's 1000 and 0.1; measured likewise. */
const WORKERS_START = 200;
const ROW_PASSED = 0.02;

/**
 * The cost of a plan when all pages lie in memory, in planner units. The planner charges every page as if it came from a
 * disk: a sequential scan of a cached table looks dear, and an index that fetches its rows from all over the table, or
 * a plan on one process in place of several, looks cheaper than it is.
 */
export function memoryCost(plan: PlanNode, facts: CostFacts): number {
  return Math.max(0, costOf(plan) - overcharged(plan, facts));
}

/** As {@link memoryCost}, where the processes of a plan share one processor: what all of them do, counted together. */
export function memoryWork(plan: PlanNode, facts: CostFacts): number {
  return memoryCost(plan, facts) + workOfOthers(plan, facts);
}

/** The planner takes the work below a Gather as divided among the processes. */
function workOfOthers(node: PlanNode, facts: CostFacts): number {
  const below = childrenOf(node);
  const workers = Number(node['Workers Planned'] ?? 0);
  if (workers === 0) return below.reduce((sum, child) => sum + workOfOthers(child, facts), 0);
  return (parallelDivisor(workers) - 1) * below.reduce((sum, child) => sum + memoryCost(child, facts), 0);
}

/** How much of a node's cost, with what is below, memory does not take. Negative if it takes more. */
function overcharged(node: PlanNode, facts: CostFacts): number {
  const below = childrenOf(node);
  const own = ownCharge(node, facts);
  switch (typeOf(node)) {
    case 'Nested Loop':
      return below.reduce((sum, child, at) => sum + times(child, at === 1 ? loopsOf(child, below) : 1, facts), own);
    // reads only a part of what is below, or most of it once
    case 'Limit':
    case 'Memoize': {
      const whole = below.reduce((sum, child) => sum + costOf(child), 0);
      const share = whole > 0 ? Math.min(1, costOf(node) / whole) : 1;
      return own + share * below.reduce((sum, child) => sum + times(child, 1, facts), 0);
    }
    case 'Bitmap Heap Scan':
      return own;
    default:
      return own + below.reduce((sum, child) => sum + times(child, 1, facts), 0);
  }
}

/** How often the inner side of a nested loop is run; what is materialised is run once and then read again. */
function loopsOf(inner: PlanNode, [outer]: readonly PlanNode[]): number {
  return typeOf(inner) === 'Materialize' || !outer ? 1 : rowsOf(outer);
}

/** What is run once for each row is left as the planner has it: how often is not told. */
function times(child: PlanNode, loops: number, facts: CostFacts): number {
  return child['Parent Relationship'] === 'SubPlan' ? 0 : loops * overcharged(child, facts);
}

function ownCharge(node: PlanNode, facts: CostFacts): number {
  const type = typeOf(node);
  if (type === 'Gather' || type === 'Gather Merge') {
    const setup = facts.setting('parallel_setup_cost') ?? 1000;
    const perRow = facts.setting('parallel_tuple_cost') ?? 0.1;
    return Math.max(0, setup - WORKERS_START) + Math.max(0, perRow - ROW_PASSED) * rowsOf(node);
  }
  const relation = facts.relationOf(String(node['Relation Name']));
  // what a filter's subquery costs is in the scan's cost
  if (!relation || childrenOf(node).some(child => child['Parent Relationship'] === 'SubPlan')) return 0;
  return Math.min(runCost(node), scanCharge(node, relation, facts));
}

function scanCharge(node: PlanNode, relation: Relation, facts: CostFacts): number {
  switch (typeOf(node)) {
    case 'Seq Scan':
      return ((facts.setting('seq_page_cost') ?? 1) - PAGE_NEXT) * (relation.pages ?? 0);
    case 'Index Scan': {
      const rows = rowsFetched(node, relation);
      const each = ENTRY_COST + ROW_COST + pageCost(node, relation) + filterCost(node, facts);
      return rows === undefined ? 0 : runCost(node) - rows * each;
    }
    case 'Index Only Scan': {
      const rows = rowsFetched(node, relation);
      return rows === undefined ? 0 : Math.max(0, runCost(node) - rows * (ENTRY_COST + ROW_COST));
    }
    case 'Bitmap Heap Scan':
      return bitmapCharge(node, relation, facts);
    default:
      return 0;
  }
}

/** What a row has to be compared with before it counts as found, or is thrown away. */
function filterCost(scan: PlanNode, { setting }: CostFacts): number {
  const comparisons = String(scan['Filter'] ?? '').match(COMPARISON)?.length ?? 0;
  return comparisons * (setting('cpu_operator_cost') ?? 0.0025);
}

/** What the page of a row costs: little where rows that follow each other in the index do so in the table. */
function pageCost(scan: PlanNode, relation: Relation): number {
  const column = relation.columns.find(({ name }) => String(scan['Index Cond'] ?? '').includes(`(${name} `));
  const correlation = column?.statistics?.correlation ?? 0;
  return PAGE_AGAIN + (PAGE_ANYWHERE - PAGE_AGAIN) * (1 - correlation ** 2);
}

/** As `cost_bitmap_heap_scan` charges pages, and for a B-tree what reading the index costs. */
function bitmapCharge(scan: PlanNode, relation: Relation, { setting }: CostFacts): number {
  const [index] = childrenOf(scan);
  const pages = relation.pages ?? 0;
  if (!index || pages === 0) return 0;
  const rows = rowsOf(index);
  const fetched = Math.min(pages, (2 * pages * rows) / (2 * pages + rows));
  const [sequential, random] = [setting('seq_page_cost') ?? 1, setting('random_page_cost') ?? 4];
  const each = random - (random - sequential) * Math.sqrt(fetched / pages);
  const heap = Math.min(runCost(scan), fetched * (each - PAGE_NEXT));
  const ofIndex = typeOf(index) === 'Bitmap Index Scan' ? Math.max(0, costOf(index) - rows * ENTRY_COST) : 0;
  return heap + ofIndex;
}

function runCost(node: PlanNode): number {
  return Math.max(0, costOf(node) - Number(node['Startup Cost'] ?? 0));
}
