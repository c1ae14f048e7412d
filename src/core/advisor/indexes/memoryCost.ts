import type { Relation } from '../../catalog/catalog';
import { childrenOf, costOf, rowsOf, typeOf, type PlanNode } from './planNode';
import { conditionsIn, pagesFetched, parallelDivisor, rowsFetched } from './rowsFetched';

/** What a plan's cost is made of beyond the plan itself. */
export interface CostFacts {
  readonly relationOf: (name: string) => Relation | undefined;
  /** A setting of the server, if it is known. */
  readonly setting: (name: string) => number | undefined;
}

/*
 * What things take in memory, in the planner's units: fitted to the CPU time of 187 pairs of plans of 50 statements
 * with and without indexes, tables in shared buffers (PostgreSQL 18). A row that an index finds takes ten times as long
 * as one that a sequential scan passes by, which the planner hides behind the price of the pages.
 */
/** An entry of an index; the row it leads to, in a page that was just in use; more if the page is one from anywhere. */
const ENTRY = 0.02;
const ROW = 0.09;
const ROW_ANYWHERE = 0.12;
/** A row that the index alone answers. */
const ROW_OF_INDEX = 0.01;
const DESCENT = 0.35;
/** The next page of a table; one that a bitmap leads to, with its part of making the bitmap. */
const PAGE_NEXT = 0.05;
const PAGE_OF_BITMAP = 0.18;
/** Starting workers and passing a row between processes take less than the planner's 1000 and 0.1. */
const WORKERS_START = 200;
const ROW_PASSED = 0.01;
/** What a worker does beside the leader: the planner gives it a core of its own, which few servers have at hand. */
const WORKER = 0.5;

interface Context {
  readonly facts: CostFacts;
  readonly runs: number;
  readonly workers: number;
}

/**
 * The cost of a plan when all pages lie in memory, in planner units. The planner charges every page as if it came from a
 * disk: a sequential scan of a cached table looks dear, and an index that fetches its rows from all over the table, or
 * a plan on one process in place of several, looks cheaper than it is.
 */
export function memoryCost(plan: PlanNode, facts: CostFacts): number {
  return Math.max(0, costOf(plan) - overcharged(plan, { facts, runs: 1, workers: 0 }));
}

/** How much of a node's cost, with what is below, memory does not take. Negative if it takes more. */
function overcharged(node: PlanNode, above: Context): number {
  const below = childrenOf(node);
  const planned = node['Workers Planned'];
  const context = planned === undefined ? above : { ...above, workers: Number(planned) };
  const own = ownCharge(node, context);
  switch (typeOf(node)) {
    case 'Nested Loop':
      return below.reduce((sum, child, at) => sum + times(child, at === 1 ? loopsOf(child, below) : 1, context), own);
    // reads only a part of what is below, or most of it once
    case 'Limit':
    case 'Memoize': {
      const whole = below.reduce((sum, child) => sum + costOf(child), 0);
      const share = whole > 0 ? Math.min(1, costOf(node) / whole) : 1;
      return own + share * below.reduce((sum, child) => sum + times(child, 1, context), 0);
    }
    case 'Bitmap Heap Scan':
      return own;
    case 'Gather':
    case 'Gather Merge':
      return below.reduce((sum, child) => sum + sharedCharge(child, context), gatherCharge(node, context));
    default:
      return own + below.reduce((sum, child) => sum + times(child, 1, context), 0);
  }
}

/** How often the inner side of a nested loop is run; what is materialised is run once and then read again. */
function loopsOf(inner: PlanNode, [outer]: readonly PlanNode[]): number {
  return typeOf(inner) === 'Materialize' || !outer ? 1 : Math.max(1, rowsOf(outer));
}

/** What is run once for each row is left as the planner has it: how often is not told. */
function times(child: PlanNode, loops: number, context: Context): number {
  if (child['Parent Relationship'] === 'SubPlan') return 0;
  return loops * overcharged(child, { ...context, runs: context.runs * loops });
}

function ownCharge(node: PlanNode, context: Context): number {
  const { facts } = context;
  const relation = facts.relationOf(String(node['Relation Name']));
  // what a filter's subquery costs is in the scan's cost
  if (!relation || childrenOf(node).some(child => child['Parent Relationship'] === 'SubPlan')) return 0;
  switch (typeOf(node)) {
    case 'Seq Scan':
      return Math.min(runCost(node), ((facts.setting('seq_page_cost') ?? 1) - PAGE_NEXT) * (relation.pages ?? 0));
    case 'Index Scan':
    case 'Index Only Scan':
      return costOf(node) - indexScanCost(node, relation, context);
    case 'Bitmap Heap Scan':
      return bitmapCharge(node, relation, facts);
    default:
      return 0;
  }
}

function gatherCharge(node: PlanNode, { facts }: Context): number {
  const setup = facts.setting('parallel_setup_cost') ?? 1000;
  const perRow = facts.setting('parallel_tuple_cost') ?? 0.1;
  return Math.max(0, setup - WORKERS_START) + Math.max(0, perRow - ROW_PASSED) * rowsOf(node);
}

/** Of what several processes share: less, since they share cores as well. */
function sharedCharge(child: PlanNode, context: Context): number {
  const charge = overcharged(child, context);
  const inMemory = Math.max(0, costOf(child) - charge);
  return charge - inMemory * (parallelDivisor(context.workers) / (1 + WORKER * context.workers) - 1);
}

function indexScanCost(scan: PlanNode, relation: Relation, { facts, runs, workers }: Context): number {
  const correlation = correlationOf(scan, relation);
  const rows = rowsFetched(scan, relation, { setting: facts.setting, runs, workers, correlation });
  const fetch =
    typeOf(scan) === 'Index Only Scan' ? ROW_OF_INDEX : ROW_ANYWHERE - (ROW_ANYWHERE - ROW) * correlation ** 2;
  const filter = (facts.setting('cpu_operator_cost') ?? 0.0025) * conditionsIn(scan['Filter']);
  return DESCENT + rows * (ENTRY + fetch + filter);
}

/** Of the first column that the index is asked for: rows that follow each other in it do so in the table, or do not. */
function correlationOf(scan: PlanNode, relation: Relation): number {
  const condition = String(scan['Index Cond'] ?? '');
  const column = relation.columns.find(({ name }) => condition.includes(`(${name} `));
  return column?.statistics?.correlation ?? 0;
}

/** As `cost_bitmap_heap_scan` charges pages, and for a B-tree what reading the index costs. */
function bitmapCharge(scan: PlanNode, relation: Relation, { setting }: CostFacts): number {
  const [index] = childrenOf(scan);
  const pages = relation.pages ?? 0;
  if (!index || pages === 0) return 0;
  const rows = rowsOf(index);
  const fetched = pagesFetched(rows, pages);
  const [sequential, random] = [setting('seq_page_cost') ?? 1, setting('random_page_cost') ?? 4];
  const each = random - (random - sequential) * Math.sqrt(fetched / pages);
  const heap = Math.min(runCost(scan), fetched * (each - PAGE_OF_BITMAP));
  const ofIndex = typeOf(index) === 'Bitmap Index Scan' ? Math.max(0, costOf(index) - DESCENT - rows * ENTRY) : 0;
  return heap + ofIndex;
}

function runCost(node: PlanNode): number {
  return Math.max(0, costOf(node) - Number(node['Startup Cost'] ?? 0));
}
