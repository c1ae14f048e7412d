import type { Catalog } from '../../../catalog/catalog';
import { contains, list, stringValue } from '../../../rules/support/expressions';
import type { NodeFields } from '../../../rules/nodeIndex';

/** Built-in functions that give another value at each call, or do something (`pg_proc.provolatile` is `v`). */
const VOLATILE: ReadonlySet<string> = new Set(
  `random random_normal setseed clock_timestamp timeofday nextval setval currval lastval set_config gen_random_uuid
  gen_random_bytes uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 txid_current query_to_xml
  table_to_xml cursor_to_xml schema_to_xml database_to_xml ts_rewrite notify currtid2`.split(/\s+/),
);
const EFFECTS = /^(?:pg_|dblink|lo_|http)/;

/** Built-in functions that are not, as far as people use them: a name beside these may be anybody's. */
const STEADY: ReadonlySet<string> = new Set(
  `abs age any_value array_agg array_append array_cat array_length array_position array_remove array_to_json
  array_to_string ascii avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cbrt ceil ceiling char_length
  chr concat concat_ws count cume_dist current_setting date date_bin date_part date_trunc decode degrees dense_rank div
  encode every exp extract first_value floor format gcd generate_series greatest initcap isfinite json_agg
  json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each
  json_extract_path json_extract_path_text json_object_agg json_typeof jsonb_agg jsonb_array_elements
  jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_extract_path
  jsonb_extract_path_text jsonb_object_agg jsonb_path_query jsonb_set jsonb_typeof justify_days justify_hours lag
  last_value lcm lead least left length like_escape ln localtime log lower lpad ltrim make_date make_interval make_time
  make_timestamp make_timestamptz max md5 min mod mode now nth_value ntile num_nonnulls num_nulls octet_length overlay
  percent_rank percentile_cont percentile_disc phraseto_tsquery plainto_tsquery position power radians range_agg rank
  regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right
  round row_number row_to_json rpad rtrim sign similar_to_escape similarity split_part sqrt statement_timestamp stddev
  stddev_pop stddev_samp string_agg string_to_array strpos substr substring sum timezone to_char to_date to_json
  to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trunc ts_rank ts_rank_cd
  unnest upper var_pop var_samp variance websearch_to_tsquery width_bucket`.split(/\s+/),
);

/**
 * True if an expression or query surely gives the same for the same rows however often it is evaluated, and does
 * nothing else: no volatile function, no function that nobody knows, no row locks.
 */
export function isSteady(node: unknown, catalog: Catalog | undefined): boolean {
  return !contains(
    node,
    (type, fields) => type === 'LockingClause' || (type === 'FuncCall' && mayVary(fields, catalog)),
  );
}

function mayVary(fields: NodeFields, catalog: Catalog | undefined): boolean {
  const parts = list(fields.funcname).map(stringValue);
  const name = parts.at(-1) ?? '';
  const own = catalog?.functions?.filter(routine => routine.name === name) ?? [];
  if (own.length > 0) return own.some(({ volatility }) => volatility !== 'immutable' && volatility !== 'stable');
  if (VOLATILE.has(name) || EFFECTS.test(name)) return true;
  // A server's catalog has all functions of users, so that any other name is PostgreSQL's own.
  const isComplete = catalog?.functions !== undefined && catalog.source !== 'ddl';
  return !(STEADY.has(name) || isComplete) || (parts.length > 1 && parts[0] !== 'pg_catalog' && !isComplete);
}

/** True for a name that PostgreSQL itself has a function of: one of those listed here. */
export function isBuiltIn(name: string): boolean {
  return STEADY.has(name) || VOLATILE.has(name);
}
