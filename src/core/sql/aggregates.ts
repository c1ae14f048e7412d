import { unwrap } from './walk';

/** The aggregates that PostgreSQL 14 to 18 has of its own (`prokind = 'a'` of pg_proc). */
export const AGGREGATES: ReadonlySet<string> = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank
  every json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique
  json_object_agg_unique_strict jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict
  jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode percent_rank percentile_cont percentile_disc
  range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
  regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg`.split(/\s+/),
);

/** What stands only in calls of aggregates, also of those that somebody made. */
const MARKS = ['agg_star', 'agg_distinct', 'agg_order', 'agg_filter', 'agg_within_group'];

/** True for a call of an aggregate that makes one row of many: not for one that is used as a window function. */
export function isAggregateCall(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  // JSON_ARRAYAGG and JSON_OBJECTAGG
  if (type === 'JsonArrayAgg' || type === 'JsonObjectAgg') return true;
  if (type !== 'FuncCall' || fields.over !== undefined) return false;
  if (MARKS.some(mark => mark in fields)) return true;
  const [last, schema, ...more] = ((fields.funcname ?? []) as readonly unknown[]).map(nameOf).reverse();
  if (more.length > 0 || (schema !== undefined && schema !== 'pg_catalog')) return false;
  return typeof last === 'string' && AGGREGATES.has(last);
}

function nameOf(part: unknown): unknown {
  return unwrap(part)?.fields.sval;
}
