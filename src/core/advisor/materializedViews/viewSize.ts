import { BLOCK_BYTES } from '../../base/units';
import type { Column, ColumnStatistics, Relation } from '../../catalog/catalog';
import type { PlanCost } from '../../ports';
import type { ViewDesign } from './design';
import { periodOf, UNIT_SECONDS } from './periods';

/** How large a view would be, estimated without building it. */
export interface ViewEstimate {
  readonly groups: number;
  /** Rows of the largest table it reads, as the statistics have them. */
  readonly baseRows: number;
  readonly bytes: number;
  /** Planner cost of filling it once: what each refresh costs at least. */
  readonly refreshCost: number;
  /** Planner cost of reading all of it and aggregating again: what a query over it costs at most. */
  readonly readCost: number;
}

/** Header and line pointer of a tuple, of a page (src/include/storage/bufpage.h, access/htup_details.h). */
const TUPLE_BYTES = 28;
const PAGE_BYTES = BLOCK_BYTES - 24;
/** seq_page_cost, cpu_tuple_cost, cpu_operator_cost as PostgreSQL sets them. */
const PAGE_COST = 1;
const TUPLE_COST = 0.01;
const OPERATOR_COST = 0.0025;

/**
 * From the planner's plan of the view's query. Its number of groups knows extended statistics, but takes a period for
 * as many groups as its column has values; that is bounded by the span of the histogram.
 */
export function estimateView(design: ViewDesign, planned: PlanCost): ViewEstimate {
  const { plan, totalCost } = planned;
  const relations = design.members[0]!.instances.map(({ relation }) => relation);
  const baseRows = Math.max(...relations.map(({ rowEstimate }) => rowEstimate ?? 0));
  const byPlanner = Number(plan['Plan Rows'] ?? 1);
  const groups = Math.max(1, Math.min(byPlanner, groupsByStatistics(design) ?? Infinity));
  const width = Number(plan['Plan Width'] ?? 8 * (design.dimensions.length + design.measures.length));
  const bytes = Math.ceil((groups * (width + TUPLE_BYTES)) / PAGE_BYTES) * BLOCK_BYTES;
  const work = design.measures.length + 2 * design.dimensions.length;
  return {
    groups: Math.round(groups),
    baseRows,
    bytes,
    refreshCost: totalCost,
    readCost: (bytes / BLOCK_BYTES) * PAGE_COST + groups * (2 * TUPLE_COST + OPERATOR_COST * work),
  };
}

/**
 * The product of the values of each dimension; undefined if those of one are not known. A column and its periods count
 * once: days say which months they are in.
 */
function groupsByStatistics({ dimensions }: ViewDesign): number | undefined {
  const byColumn = new Map<string, number>();
  for (const { expression } of dimensions) {
    const [only, ...others] = expression.columns;
    if (!only || others.length > 0) return undefined;
    const { relation, nullExtended, id } = only.instance;
    const isColumn = expression.node.type === 'ColumnRef';
    const values = isColumn ? valuesOf(only.column, relation) : periodsOf(expression, only.column);
    if (values === undefined) return undefined;
    const all = values + (only.column.notNull && !nullExtended ? 0 : 1);
    const column = `${id}.${only.column.name}`;
    byColumn.set(column, Math.max(all, byColumn.get(column) ?? 0));
  }
  return [...byColumn.values()].reduce((product, values) => product * values, 1);
}

function valuesOf({ statistics }: Column, { rowEstimate }: Relation): number | undefined {
  if (!statistics) return undefined;
  const { distinct } = statistics;
  return distinct >= 0 ? distinct : rowEstimate === undefined ? undefined : -distinct * rowEstimate;
}

function periodsOf({ node }: ViewDesign['dimensions'][number]['expression'], column: Column): number | undefined {
  const period = periodOf(node);
  if (period?.of.type !== 'ColumnRef') return undefined;
  const seconds = column.statistics && spanSeconds(column.statistics);
  return seconds === undefined ? undefined : seconds / UNIT_SECONDS[period.unit] + 1;
}

/** From the first to the last value that ANALYZE saw. */
function spanSeconds({ histogramBounds = [], mostCommonValues = [] }: ColumnStatistics): number | undefined {
  const times = [...histogramBounds, ...mostCommonValues].map(readTime).filter(Number.isFinite);
  if (times.length < 2) return undefined;
  return (times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b))) / 1000;
}

/** `2024-05-01 12:30:00.5+02`, in any zone: only differences are taken. */
function readTime(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?/.exec(text);
  return match ? Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}Z`) : NaN;
}
