import type { Relation } from '../../catalog/catalog';
import { conditionShare } from './conditionShare';
import { costOf, rowsOf, typeOf, type PlanNode } from './planNode';

/** What an index scan is part of. */
export interface ScanContext {
  /** A setting of the server, if it is known. */
  readonly setting: (name: string) => number | undefined;
  /** How often it is run: once for each row of the outer side of its nested loop. */
  readonly runs: number;
  /** Workers planned beside the leader, if it is part of a parallel plan. */
  readonly workers: number;
  /** How far the table lies in the order of the index: 1 or -1 if wholly so. */
  readonly correlation: number;
}

/** Entries in a leaf page: of eight bytes and their headers somewhat more, of texts fewer. */
const ENTRIES_PER_PAGE = 300;
/** Halvings of the interval in which the rows are looked for. */
const STEPS = 40;

/**
 * Rows of the table that one run of an index scan reads in each process, also those its filter removes, which EXPLAIN
 * does not tell: as many as the statistics of the columns compared say, but no more than make the planner's formula
 * (`cost_index`) arrive at the cost of the scan.
 */
export function rowsFetched(scan: PlanNode, relation: Relation, context: ScanContext): number {
  const least = rowsOf(scan);
  const most = relation.rowEstimate ?? 0;
  if (scan['Filter'] === undefined || most <= least) return least;
  const cost = costOf(scan) - Number(scan['Startup Cost'] ?? 0);
  let [low, high] = [least, most];
  for (let step = 0; step < STEPS && high - low > 0.5; step++) {
    const middle = (low + high) / 2;
    if (costOfRows(middle, scan, relation, context) < cost) low = middle;
    else high = middle;
  }
  const condition = scan['Index Cond'];
  const share = condition === undefined ? undefined : conditionShare(String(condition), relation);
  const byCost = (low + high) / 2;
  // many runs share pages, so that their cost says little; of few, the index may hold a part of the rows only
  const rows = share === undefined ? byCost : context.runs > 1 ? share * most : Math.min(byCost, share * most);
  return Math.max(least, rows / processes(scan, context));
}

/** Cost of an index scan without what its start costs, as `cost_index` and `genericcostestimate` have it. */
function costOfRows(rows: number, scan: PlanNode, relation: Relation, context: ScanContext): number {
  const { setting, runs, correlation } = context;
  const sequential = setting('seq_page_cost') ?? 1;
  const random = setting('random_page_cost') ?? 4;
  const row =
    (setting('cpu_index_tuple_cost') ?? 0.005) +
    (setting('cpu_tuple_cost') ?? 0.01) +
    (setting('cpu_operator_cost') ?? 0.0025) * (conditionsIn(scan['Index Cond']) + conditionsIn(scan['Filter']));
  const leaves = (random * rows) / ENTRIES_PER_PAGE;
  const cpuAndLeaves = (rows * row) / processes(scan, context) + leaves;
  if (typeOf(scan) === 'Index Only Scan') return cpuAndLeaves;
  const pages = relation.pages ?? 0;
  const together = (pages * rows) / Math.max(1, relation.rowEstimate ?? 0);
  const amortised = (fetches: number): number => (random * pagesFetched(fetches * runs, pages)) / runs;
  const most = amortised(rows);
  const least = runs > 1 ? amortised(together) : random + Math.max(0, together - 1) * sequential;
  return cpuAndLeaves + most + correlation ** 2 * (least - most);
}

/** Mackert and Lohman's approximation (`index_pages_fetched`), of a table that fits into the cache. */
export function pagesFetched(rows: number, pages: number): number {
  return Math.min(pages, (2 * pages * rows) / Math.max(1, 2 * pages + rows));
}

export function conditionsIn(clause: unknown): number {
  return clause === undefined ? 0 : String(clause).split(/ AND | OR /).length;
}

function processes(scan: PlanNode, { workers }: ScanContext): number {
  return scan['Parallel Aware'] === true ? parallelDivisor(workers) : 1;
}

/** As `get_parallel_divisor` has it: the leader has the less time the more workers it serves. */
export function parallelDivisor(workers: number): number {
  return workers + Math.max(0, 1 - 0.3 * workers);
}
