import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Database } from '../../../core/ports';

export interface Setting extends Record<string, unknown> {
  readonly name: string;
  readonly value: string;
}

/** What the manual lists under query tuning, and the others that plans, costs or the text of statistics depend on. */
const SETTINGS = `
select name, setting as value from pg_settings
where (category like 'Query Tuning%' and name !~ '^jit' and name <> 'geqo_seed')
  or name in ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers_per_gather', 'parallel_leader_participation',
    'force_parallel_mode', 'debug_parallel_query', 'TimeZone', 'DateStyle', 'IntervalStyle', 'default_text_search_config',
    'standard_conforming_strings', 'transform_null_equals', 'array_nulls') order by name`;

/** Abilities that came with a version (their release notes): a server without them plans as if they were off. */
const NEWER: readonly (readonly [since: number, name: string, off: string])[] = [
  [130000, 'enable_incremental_sort', 'off'],
  [130000, 'hash_mem_multiplier', '1'],
  [140000, 'enable_memoize', 'off'],
  [140000, 'enable_async_append', 'off'],
  [160000, 'enable_presorted_aggregate', 'off'],
  [170000, 'enable_group_by_reordering', 'off'],
  [180000, 'enable_self_join_elimination', 'off'],
  [180000, 'enable_distinct_reordering', 'off'],
];

/** Settings of this connection, as the shadow has to have them to plan like this server. */
export async function readPlannerSettings(db: Database, signal?: CancelSignal): Promise<Setting[]> {
  const rows = await db.query<Setting>(SETTINGS, [], signal);
  return [
    // renamed in 16
    ...rows.map(row => (row.name === 'force_parallel_mode' ? { ...row, name: 'debug_parallel_query' } : row)),
    ...NEWER.filter(([since]) => db.serverVersion < since).map(([, name, value]) => ({ name, value })),
  ];
}
