/** What may come of a change, in a word and a sentence. */
export interface SettingRisk {
  readonly level: 'low' | 'medium' | 'high';
  readonly text: string;
}

const PLANNER: SettingRisk = {
  level: 'medium',
  text: 'the planner may choose other plans for every statement: try the profile on yours first',
};
const MEMORY: SettingRisk = { level: 'medium', text: 'memory that is taken here is missing elsewhere' };
const SERVER_MEMORY: SettingRisk = {
  level: 'medium',
  text: 'taken when the server starts: if the system cannot give it, the server does not start',
};
const LOG: SettingRisk = { level: 'low', text: 'the log grows' };
const DISK: SettingRisk = { level: 'low', text: 'needs that much more disk for WAL' };
const BACKGROUND: SettingRisk = { level: 'low', text: 'more reading and writing in the background' };

/** Settings with a risk of their own; the names of pg_settings. */
const RISKS: Readonly<Record<string, SettingRisk>> = {
  shared_buffers: SERVER_MEMORY,
  wal_buffers: SERVER_MEMORY,
  work_mem: { level: 'medium', text: 'counts for each sort and hash of each session, several times in one query' },
  hash_mem_multiplier: { level: 'medium', text: 'multiplies what each hash may take beyond work_mem' },
  maintenance_work_mem: MEMORY,
  autovacuum_work_mem: MEMORY,
  temp_buffers: MEMORY,
  max_connections: { level: 'medium', text: 'each connection takes memory, and many at work slow each other down' },
  max_locks_per_transaction: SERVER_MEMORY,
  max_wal_size: DISK,
  min_wal_size: DISK,
  wal_keep_size: DISK,
  checkpoint_timeout: { level: 'low', text: 'recovery after a crash takes longer' },
  synchronous_commit: { level: 'high', text: 'off loses the last commits in a crash' },
  fsync: { level: 'high', text: 'off loses the whole database in a crash' },
  full_page_writes: { level: 'high', text: 'off may leave torn pages after a crash' },
  wal_compression: { level: 'low', text: 'costs some CPU for each full page' },
  wal_level: { level: 'medium', text: 'less than replica ends replication and archiving' },
  shared_preload_libraries: { level: 'high', text: 'a library that cannot be loaded keeps the server from starting' },
  log_min_duration_statement: { level: 'low', text: 'the log grows, and holds the text of slow statements' },
  log_line_prefix: { level: 'low', text: 'programs that read the log must know the new prefix' },
  track_io_timing: { level: 'low', text: 'on a machine with a slow clock every read takes longer' },
  jit: PLANNER,
  max_parallel_workers_per_gather: { level: 'medium', text: 'each worker may take work_mem again' },
  default_statistics_target: { level: 'low', text: 'counts from the next ANALYZE on; planning takes a little longer' },
  autovacuum: { level: 'high', text: 'off lets tables bloat, and ends in a stop to prevent wraparound' },
};

/** By the beginnings of names that share a risk, the more special first. */
const FAMILIES: readonly (readonly [beginning: string, risk: SettingRisk])[] = [
  ['log_', LOG],
  ['autovacuum_', BACKGROUND],
  ['vacuum_', BACKGROUND],
  ['bgwriter_', BACKGROUND],
  ['enable_', PLANNER],
  ['cpu_', PLANNER],
  ['parallel_', PLANNER],
  ['jit_', PLANNER],
  ['min_parallel_', PLANNER],
];

const PLANNER_COSTS = ['random_page_cost', 'seq_page_cost', 'effective_cache_size'];

/** Null where nothing can go wrong beyond the setting having no effect. */
export function settingRisk(name: string): SettingRisk | null {
  const own = RISKS[name] ?? (PLANNER_COSTS.includes(name) ? PLANNER : undefined);
  return own ?? FAMILIES.find(([beginning]) => name.startsWith(beginning))?.[1] ?? null;
}
