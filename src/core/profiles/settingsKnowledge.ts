import { BLOCK_BYTES, GIB, MIB } from '../base/units';
import { formatSettingBytes, parseSettingValue } from './comparableValue';
import type { Computation, ServerFacts } from './profile';
import { clamp, roundBytes } from './sizes';

/** What we know of one setting beside what PostgreSQL says of it: how its value follows from the machine. */
export interface SettingKnowledge {
  /** Absent: the profile's value is taken as it is. */
  readonly compute?: Computation;
  /** A reason not to apply the value at all. */
  readonly refuse?: (value: string, facts: ServerFacts) => string | undefined;
}

/** Settings whose values depend on the machine, or do harm. */
export const SETTINGS: Readonly<Record<string, SettingKnowledge>> = {
  shared_buffers: {
    // 25 % of RAM is the manual's starting point (Resource Consumption, shared_buffers).
    compute: facts => ({
      value: formatSettingBytes(roundBytes(facts.ramBytes / 4)),
      reason: '25 % of RAM, the manual’s starting point for a dedicated server',
    }),
  },
  effective_cache_size: {
    compute: facts => ({
      value: formatSettingBytes(roundBytes(facts.ramBytes * 0.75)),
      reason: '75 % of RAM: shared buffers plus what the operating system caches',
    }),
  },
  work_mem: {
    compute: facts => ({
      value: formatSettingBytes(workMemBytes(facts)),
      reason: `a quarter of RAM shared by ${facts.connections} connections, so that one sort or hash each fits beside shared buffers`,
    }),
  },
  maintenance_work_mem: {
    compute: facts => ({
      value: formatSettingBytes(roundBytes(clamp(facts.ramBytes / 16, 64 * MIB, 2 * GIB))),
      reason: 'one sixteenth of RAM, at most 2 GB: each autovacuum worker may use as much',
    }),
  },
  max_connections: {
    compute: facts => ({ value: String(facts.connections), reason: 'the connections asked for; pool above that' }),
  },
  max_worker_processes: {
    compute: facts => ({ value: String(Math.max(8, facts.cores)), reason: 'at least the default 8, one a core' }),
  },
  max_parallel_workers: {
    compute: facts => ({ value: String(Math.max(2, facts.cores)), reason: 'no more parallel workers than cores' }),
  },
  max_parallel_workers_per_gather: {
    compute: facts => ({
      value: String(clamp(Math.floor(facts.cores / 2), 1, 8)),
      reason: 'half the cores for one query at most',
    }),
  },
  max_parallel_maintenance_workers: {
    compute: facts => ({
      value: String(clamp(Math.floor(facts.cores / 2), 1, 4)),
      reason: 'half the cores, at most 4',
    }),
  },
  wal_buffers: {
    refuse: (value, facts) => {
      // -1 means 1/32 of shared_buffers, at most one WAL segment of 16 MB.
      const automatic = Math.min(facts.ramBytes / 4 / 32, 16 * MIB);
      const asked = parseSettingValue(value, '8kB');
      return asked.kind === 'bytes' && asked.amount <= automatic + BLOCK_BYTES
        ? `the default (-1) already gives ${formatSettingBytes(automatic)} here`
        : undefined;
    },
  },
  max_wal_size: {
    compute: facts => ({
      value: formatSettingBytes(roundBytes(clamp(facts.ramBytes / 4, GIB, 16 * GIB))),
      reason: 'room for several minutes of writes between checkpoints; needs that much disk',
    }),
  },
  random_page_cost: {
    compute: facts => ({
      value: facts.storage === 'hdd' ? '4' : '1.1',
      reason:
        facts.storage === 'hdd'
          ? 'the default suits spinning disks'
          : 'on SSD a random read costs about as much as a sequential one',
    }),
  },
  effective_io_concurrency: {
    compute: facts => ({
      value: facts.storage === 'hdd' ? '2' : facts.storage === 'san' ? '300' : '200',
      reason: 'requests the storage answers side by side',
    }),
  },
  checkpoint_completion_target: {
    compute: () => ({ value: '0.9', reason: 'spreads a checkpoint over the interval; the default since 14' }),
    refuse: value =>
      Number(value) < 0.9
        ? 'below the default 0.9 since PostgreSQL 14: checkpoints would write in shorter bursts'
        : undefined,
  },
  shared_preload_libraries: {
    refuse: value =>
      /\bpgcrypto\b/.test(value)
        ? 'pgcrypto is not a library to preload; set with ALTER SYSTEM as one string the server does not start'
        : 'replaces the libraries the server loads now; add to the present list by hand, then restart',
  },
  log_statement: {
    refuse: value =>
      value === 'all'
        ? 'logs every statement with its values: heavy in production and leaks data; log_min_duration_statement finds the slow ones'
        : value === 'mod'
          ? 'logs every modification with its values; log_min_duration_statement finds the slow ones'
          : undefined,
  },
  synchronous_standby_names: {
    refuse: () => 'every commit waits for a standby of that name: without one, all commits hang',
  },
  archive_mode: {
    refuse: () => 'needs an archive_command that works; not a tuning setting',
  },
  archive_command: { refuse: () => 'a relative path without %f archives nothing and WAL piles up' },
};

/** Bytes of work_mem so that all connections together take at most a quarter of RAM; between 1 MB and 256 MB. */
export function workMemBytes(facts: ServerFacts): number {
  return roundBytes(clamp(facts.ramBytes / 4 / facts.connections, 1 * MIB, 256 * MIB));
}
