import { cutToUtf8 } from '../../base/utf8';
import type { Catalog, Relation } from '../../catalog/catalog';
import { list, functionName } from '../../rules/support/expressions';
import { MAX_NAME_BYTES } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { readAggregation, type Aggregation } from '../materializedViews/aggregation';
import { periodOf, type Unit } from '../materializedViews/periods';
import type { AdvisedStatement } from './keyUse';

/** A view that TimescaleDB keeps up to date: an aggregation by buckets of time. */
export interface ContinuousAggregate {
  readonly schema: string;
  readonly name: string;
  /** `1 hour` */
  readonly bucket: string;
  /** Whose midnight begins a bucket of days or more; absent for shorter ones, which begin at the same instants everywhere. */
  readonly timeZone?: string;
  /** Columns it is grouped by besides the time. */
  readonly groupBy: readonly string[];
  /** With their names: `sum(amount) AS sum_amount`. */
  readonly aggregates: readonly string[];
  /** Buckets older than this are not refreshed any more: `3 days`. */
  readonly refreshBack: string;
  /** Statements of the workload it is made for. */
  readonly statements: readonly number[];
}

/** Units that time_bucket has, with how far back late rows are still taken up. Our own choice. */
const REFRESH_BACK: Readonly<Partial<Record<Unit, string>>> = {
  minute: '3 hours',
  hour: '3 days',
  day: '14 days',
  week: '8 weeks',
  month: '6 months',
};

/** How a bucket is written: the grid of months and more begins where the calendar's does. */
const IS_SHORT: ReadonlySet<Unit> = new Set(['minute', 'hour']);

/**
 * Aggregations of one table by periods of its time that the workload repeats: each with what its statements group by
 * and aggregate, as long as these can be put together from parts (no median, no count of distinct values).
 */
export function continuousAggregates(
  relation: Relation,
  timeColumn: string,
  timeZone: string,
  statements: readonly AdvisedStatement[],
  catalog: Catalog,
): ContinuousAggregate[] {
  const found = new Map<
    string,
    { unit: Unit; groupBy: string[]; aggregates: Map<string, string>; statements: number[] }
  >();
  for (const statement of statements) {
    const aggregation = readAggregation(statement, catalog);
    const grouping = 'reason' in aggregation ? undefined : readGrouping(aggregation, relation, timeColumn);
    if (!grouping || 'reason' in aggregation) continue;
    const key = [grouping.unit, ...grouping.groupBy].join();
    const known = found.get(key) ?? { ...grouping, aggregates: new Map<string, string>(), statements: [] };
    found.set(key, known);
    known.statements.push(statement.id);
    const aliases = new Map(aggregation.instances.map(({ id }) => [id, relation.name]));
    for (const { rolledUp } of aggregation.aggregates)
      for (const measure of rolledUp.measures) known.aggregates.set(measure.text(aliases), measure.words);
  }
  return [...found.values()].map(({ unit, groupBy, aggregates, statements: ids }) => ({
    schema: relation.schema,
    name: cutToUtf8([relation.name, 'by', unit, ...groupBy].join('_'), MAX_NAME_BYTES),
    bucket: `1 ${unit}`,
    ...(IS_SHORT.has(unit) ? {} : { timeZone }),
    groupBy,
    aggregates: named(aggregates),
    refreshBack: REFRESH_BACK[unit]!,
    statements: ids,
  }));
}

/** Undefined unless it groups the one table by periods of its time and plain columns, and filters by these alone. */
function readGrouping(
  { instances, groups, conditions }: Aggregation,
  relation: Relation,
  timeColumn: string,
): { readonly unit: Unit; readonly groupBy: string[] } | undefined {
  if (instances.length !== 1 || instances[0]!.relation !== relation) return undefined;
  let unit: Unit | undefined;
  const groupBy: string[] = [];
  for (const { node, columns } of groups) {
    const [only] = columns;
    if (columns.length !== 1 || !only) return undefined;
    const period = node.type === 'ColumnRef' ? undefined : (periodOf(node) ?? bucketOf(node));
    if (node.type === 'ColumnRef') groupBy.push(only.column.name);
    else if (!unit && period?.of.type === 'ColumnRef' && only.column.name === timeColumn) unit = period.unit;
    else return undefined;
  }
  if (!unit || !(unit in REFRESH_BACK)) return undefined;
  const known = new Set([...groupBy, timeColumn]);
  const isKept = conditions.every(({ expression }) => expression.columns.every(({ column }) => known.has(column.name)));
  return isKept ? { unit, groupBy: groupBy.sort() } : undefined;
}

/** `time_bucket('1 hour', t)` in workloads that use TimescaleDB already. */
function bucketOf({
  type,
  fields,
}: {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}): ReturnType<typeof periodOf> {
  if (type !== 'FuncCall' || functionName(fields) !== 'time_bucket') return undefined;
  const [width, value] = list(fields['args']);
  const unit = /"1 (minute|hour|day|week|month)s?"/.exec(JSON.stringify(width))?.[1] as Unit | undefined;
  const of = unwrap(value);
  return unit && of && { unit, of };
}

function named(aggregates: ReadonlyMap<string, string>): string[] {
  const taken = new Set<string>();
  return [...aggregates].map(([text, words]) => {
    let name =
      words
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_|_$/g, '')
        .slice(0, 50) || 'value';
    while (taken.has(name)) name += '_';
    taken.add(name);
    return `${text} AS ${name}`;
  });
}
