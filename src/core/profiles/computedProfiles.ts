import { GIB, MIB } from '../base/units';
import type { Computation, Profile, ProfileSetting, ServerFacts } from './profile';
import { formatSettingBytes } from './comparableValue';
import { clamp, roundBytes } from './sizes';

/** What a server mostly does, in the figures that its settings follow from. */
interface Workload {
  readonly id: string;
  readonly title: string;
  readonly connections: number;
  /** Of RAM; the rest is left to the system's cache, or to other programs. */
  readonly sharedBuffers: number;
  readonly cache: number;
  /** Sorts and hashes at the same time, as a share of the connections. */
  readonly sorting: number;
  readonly maintenance: number;
  readonly maxWal: number;
  readonly statisticsTarget: number;
  /** Of the cores, for one query. */
  readonly parallel: number;
  readonly further?: Readonly<Record<string, readonly [value: string, reason: string]>>;
  readonly assumes: { readonly ramBytes: number; readonly cores: number };
}

/**
 * Shares and WAL sizes follow pgtune's published table by kind of use (github.com/le0pard/pgtune) where it has one;
 * what is kept apart from it says why in the reason of the setting.
 */
const WORKLOADS: readonly Workload[] = [
  {
    id: 'computed-web',
    title: 'Computed from the machine: web application, many short reads',
    ...{ connections: 200, sharedBuffers: 1 / 4, cache: 3 / 4, sorting: 1 / 2, maintenance: 1 / 16 },
    ...{ maxWal: 4 * GIB, statisticsTarget: 100, parallel: 1 / 4 },
    assumes: { ramBytes: 8 * GIB, cores: 4 },
  },
  {
    id: 'computed-oltp',
    title: 'Computed from the machine: many short transactions',
    ...{ connections: 300, sharedBuffers: 1 / 4, cache: 3 / 4, sorting: 1 / 2, maintenance: 1 / 16 },
    ...{ maxWal: 8 * GIB, statisticsTarget: 100, parallel: 1 / 4 },
    assumes: { ramBytes: 16 * GIB, cores: 4 },
    further: {
      autovacuum_vacuum_scale_factor: ['0.05', 'tables that change all the time are cleaned in smaller portions'],
      autovacuum_analyze_scale_factor: ['0.02', 'and their statistics follow'],
    },
  },
  {
    id: 'computed-mixed',
    title: 'Computed from the machine: transactions and reports',
    ...{ connections: 100, sharedBuffers: 1 / 4, cache: 3 / 4, sorting: 1, maintenance: 1 / 16 },
    ...{ maxWal: 4 * GIB, statisticsTarget: 100, parallel: 1 / 2 },
    assumes: { ramBytes: 16 * GIB, cores: 4 },
  },
  {
    id: 'computed-analytics',
    title: 'Computed from the machine: data warehouse, few long queries',
    ...{ connections: 40, sharedBuffers: 1 / 4, cache: 3 / 4, sorting: 1, maintenance: 1 / 8 },
    ...{ maxWal: 16 * GIB, statisticsTarget: 500, parallel: 1 / 2 },
    assumes: { ramBytes: 64 * GIB, cores: 16 },
    further: {
      jit: ['on', 'long queries win back the time of compiling'],
      hash_mem_multiplier: ['4', 'hash tables may take four times work_mem before they go to disk'],
    },
  },
  {
    id: 'computed-time-series',
    title: 'Computed from the machine: time series, steady inserts and recent windows',
    ...{ connections: 100, sharedBuffers: 1 / 4, cache: 3 / 4, sorting: 1, maintenance: 1 / 16 },
    ...{ maxWal: 16 * GIB, statisticsTarget: 100, parallel: 1 / 2 },
    assumes: { ramBytes: 32 * GIB, cores: 8 },
    further: {
      wal_compression: ['on', 'inserts write many full pages after each checkpoint; compressing costs little CPU'],
      checkpoint_timeout: ['15min', 'fewer full pages in WAL; recovery after a crash takes longer'],
      autovacuum_vacuum_insert_scale_factor: ['0.02', 'recent rows become readable by index-only scans sooner'],
      max_locks_per_transaction: ['256', 'a query may touch hundreds of partitions or chunks'],
    },
  },
  {
    id: 'computed-container',
    title: 'Computed from the machine: small container, 2 GB or less',
    ...{ connections: 40, sharedBuffers: 1 / 4, cache: 1 / 2, sorting: 1, maintenance: 1 / 16 },
    ...{ maxWal: 1 * GIB, statisticsTarget: 100, parallel: 1 / 2 },
    assumes: { ramBytes: 1 * GIB, cores: 1 },
    further: {
      jit: ['off', 'compiling takes longer than short queries on few cores'],
      autovacuum_max_workers: ['2', 'each worker may take maintenance_work_mem'],
    },
  },
  {
    id: 'computed-development',
    title: 'Computed from the machine: development on a machine shared with other programs',
    ...{ connections: 20, sharedBuffers: 1 / 16, cache: 1 / 4, sorting: 1, maintenance: 1 / 64 },
    ...{ maxWal: 2 * GIB, statisticsTarget: 100, parallel: 1 / 2 },
    assumes: { ramBytes: 16 * GIB, cores: 8 },
    further: {
      log_min_duration_statement: ['100', 'slow statements show while they are written'],
      log_lock_waits: ['on', 'so do those that wait for each other'],
      log_temp_files: ['0', 'and those that sort on disk'],
      track_io_timing: ['on', 'EXPLAIN (ANALYZE, BUFFERS) then shows the time of reading'],
    },
  },
];

/** Settings that follow from the machine alike whatever the server does. */
const SHARED = [
  'max_connections',
  'max_worker_processes',
  'max_parallel_workers',
  'max_parallel_maintenance_workers',
  'random_page_cost',
  'effective_io_concurrency',
  'checkpoint_completion_target',
];

/** Profiles whose every value is computed from the machine. */
export const COMPUTED_PROFILES: readonly Profile[] = WORKLOADS.map(workload => ({
  id: workload.id,
  guide: null,
  title: workload.title,
  assumes: { ...workload.assumes, connections: workload.connections },
  settings: settingsOf(workload),
}));

function settingsOf(workload: Workload): ProfileSetting[] {
  const { sharedBuffers, cache, maintenance, maxWal, statisticsTarget, further = {} } = workload;
  const computed: Readonly<Record<string, Computation>> = {
    shared_buffers: ({ ramBytes }) => ({
      value: formatSettingBytes(roundBytes(ramBytes * sharedBuffers)),
      reason:
        sharedBuffers === 1 / 4
          ? '25 % of RAM, the manual’s starting point for a dedicated server'
          : `${percent(sharedBuffers)} of RAM: other programs need the rest`,
    }),
    effective_cache_size: ({ ramBytes }) => ({
      value: formatSettingBytes(roundBytes(ramBytes * cache)),
      reason: `${percent(cache)} of RAM: shared buffers plus what the operating system caches`,
    }),
    work_mem: facts => ({
      value: formatSettingBytes(sortMemory(workload, facts)),
      reason:
        `half of what shared buffers leave, shared by ${Math.ceil(facts.connections * workload.sorting)} sorts or hashes at a time; ` +
        'raise it for single roles or queries instead of for all',
    }),
    maintenance_work_mem: ({ ramBytes }) => ({
      value: formatSettingBytes(roundBytes(clamp(ramBytes * maintenance, 64 * MIB, 2 * GIB))),
      reason: `${percent(maintenance)} of RAM, at most 2 GB: each autovacuum worker may use as much`,
    }),
    max_wal_size: ({ ramBytes }) => ({
      // A quarter of the usual for a tiny machine, whose disk is as tiny.
      value: formatSettingBytes(ramBytes < 2 * GIB ? 1 * GIB : maxWal),
      reason: 'room for several minutes of writes between checkpoints; needs that much disk',
    }),
    max_parallel_workers_per_gather: ({ cores }) => ({
      value: String(clamp(Math.floor(cores * workload.parallel), cores === 1 ? 0 : 1, 8)),
      reason: cores === 1 ? 'a single core gains nothing' : `${percent(workload.parallel)} of the cores for one query`,
    }),
    default_statistics_target: () => ({
      value: String(statisticsTarget),
      reason: statisticsTarget === 100 ? 'PostgreSQL’s default' : 'finer histograms for large, skewed tables',
    }),
    ...Object.fromEntries(
      Object.entries(further).map(([name, [value, reason]]) => [name, () => ({ value, reason })] as const),
    ),
  };
  return [
    ...Object.entries(computed).map(([name, compute]) => ({ name, guideValue: null, compute })),
    ...SHARED.map(name => ({ name, guideValue: null })),
  ];
}

/** Bytes of work_mem, between PostgreSQL's smallest sensible 1 MB and 1 GB. */
function sortMemory({ sharedBuffers, sorting }: Workload, { ramBytes, connections }: ServerFacts): number {
  const free = ramBytes * (1 - sharedBuffers);
  return roundBytes(clamp(free / 2 / Math.ceil(connections * sorting), 1 * MIB, 1 * GIB));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
