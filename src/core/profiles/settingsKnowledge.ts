import { BLOCK_BYTES } from '../base/units';
import { formatSettingBytes, parseSettingValue } from './settingValue';
import type { ServerFacts } from './profile';

/** What we know of one setting: `pg_settings.unit` and context, and how its value follows from the machine. */
export interface SettingKnowledge {
  readonly unit: string | null;
  /** `pg_settings.context` is `postmaster`. */
  readonly restart: boolean | ((facts: ServerFacts) => boolean);
  /** Computes the value and says why. Absent: the guide's value is taken as it is. */
  readonly compute?: (facts: ServerFacts) => { readonly value: string; readonly reason: string };
  /** A reason not to apply the guide's value at all. */
  readonly refuse?: (value: string, facts: ServerFacts) => string | undefined;
}

const MIB = 1024 ** 2;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
/** Whole MiB below 1 GiB, whole multiples of 256 MiB above, so that the value reads well. */
const roundBytes = (bytes: number): number =>
  bytes >= 1024 * MIB ? Math.floor(bytes / (256 * MIB)) * 256 * MIB : Math.max(1, Math.floor(bytes / MIB)) * MIB;

const plain = { unit: null, restart: false } as const;

/** Settings the profiles speak of. Contexts as in PostgreSQL 15 to 18. */
export const SETTINGS: Readonly<Record<string, SettingKnowledge>> = {
  shared_buffers: {
    unit: '8kB',
    restart: true,
    // 25 % of RAM is the manual's starting point (Resource Consumption, shared_buffers).
    compute: facts => ({
      value: formatSettingBytes(roundBytes(facts.ramBytes / 4)),
      reason: '25 % of RAM, the manual’s starting point for a dedicated server',
    }),
  },
  effective_cache_size: {
    unit: '8kB',
    restart: false,
    compute: facts => ({
      value: formatSettingBytes(roundBytes(facts.ramBytes * 0.75)),
      reason: '75 % of RAM: shared buffers plus what the operating system caches',
    }),
  },
  work_mem: {
    unit: 'kB',
    restart: false,
    compute: facts => ({
      value: formatSettingBytes(workMemBytes(facts)),
      reason: `a quarter of RAM shared by ${facts.connections} connections, so that one sort or hash each fits beside shared buffers`,
    }),
  },
  maintenance_work_mem: {
    unit: 'kB',
    restart: false,
    compute: facts => ({
      value: formatSettingBytes(roundBytes(clamp(facts.ramBytes / 16, 64 * MIB, 2048 * MIB))),
      reason: 'one sixteenth of RAM, at most 2 GB: each autovacuum worker may use as much',
    }),
  },
  max_connections: {
    unit: null,
    restart: true,
    compute: facts => ({ value: String(facts.connections), reason: 'the connections asked for; pool above that' }),
  },
  max_worker_processes: {
    unit: null,
    restart: true,
    compute: facts => ({ value: String(Math.max(8, facts.cores)), reason: 'at least the default 8, one a core' }),
  },
  max_parallel_workers: {
    unit: null,
    restart: false,
    compute: facts => ({ value: String(Math.max(2, facts.cores)), reason: 'no more parallel workers than cores' }),
  },
  max_parallel_workers_per_gather: {
    unit: null,
    restart: false,
    compute: facts => ({
      value: String(clamp(Math.floor(facts.cores / 2), 1, 8)),
      reason: 'half the cores for one query at most',
    }),
  },
  max_parallel_maintenance_workers: {
    unit: null,
    restart: false,
    compute: facts => ({
      value: String(clamp(Math.floor(facts.cores / 2), 1, 4)),
      reason: 'half the cores, at most 4',
    }),
  },
  wal_buffers: {
    unit: '8kB',
    restart: true,
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
    unit: 'MB',
    restart: false,
    compute: facts => ({
      value: formatSettingBytes(roundBytes(clamp(facts.ramBytes / 4, 1024 * MIB, 16 * 1024 * MIB))),
      reason: 'room for several minutes of writes between checkpoints; needs that much disk',
    }),
  },
  min_wal_size: { unit: 'MB', restart: false },
  random_page_cost: {
    unit: null,
    restart: false,
    compute: facts => ({
      value: facts.storage === 'hdd' ? '4' : '1.1',
      reason:
        facts.storage === 'hdd'
          ? 'the default suits spinning disks'
          : 'on SSD a random read costs about as much as a sequential one',
    }),
  },
  effective_io_concurrency: {
    unit: null,
    restart: false,
    compute: facts => ({
      value: facts.storage === 'hdd' ? '2' : facts.storage === 'san' ? '300' : '200',
      reason: 'requests the storage answers side by side',
    }),
  },
  autovacuum_max_workers: { unit: null, restart: facts => facts.serverVersion < 18 },
  autovacuum_naptime: { unit: 's', restart: false },
  checkpoint_timeout: { unit: 's', restart: false },
  archive_timeout: { unit: 's', restart: false },
  log_min_duration_statement: { unit: 'ms', restart: false },
  checkpoint_completion_target: {
    ...plain,
    compute: () => ({ value: '0.9', reason: 'spreads a checkpoint over the interval; the default since 14' }),
    refuse: value =>
      Number(value) < 0.9
        ? 'below the default 0.9 since PostgreSQL 14: checkpoints would write in shorter bursts'
        : undefined,
  },
  shared_preload_libraries: {
    unit: null,
    restart: true,
    refuse: value =>
      /\bpgcrypto\b/.test(value)
        ? 'pgcrypto is not a library to preload; set with ALTER SYSTEM as one string the server does not start'
        : 'replaces the libraries the server loads now; add to the present list by hand, then restart',
  },
  log_statement: {
    ...plain,
    refuse: value =>
      value === 'all'
        ? 'logs every statement with its values: heavy in production and leaks data; log_min_duration_statement finds the slow ones'
        : value === 'mod'
          ? 'logs every modification with its values; log_min_duration_statement finds the slow ones'
          : undefined,
  },
  synchronous_standby_names: {
    ...plain,
    refuse: () => 'every commit waits for a standby of that name: without one, all commits hang',
  },
  archive_mode: {
    unit: null,
    restart: true,
    refuse: () => 'needs an archive_command that works; not a tuning setting',
  },
  archive_command: { ...plain, refuse: () => 'a relative path without %f archives nothing and WAL piles up' },
};

/** Bytes of work_mem so that all connections together take at most a quarter of RAM; between 1 MB and 256 MB. */
export function workMemBytes(facts: ServerFacts): number {
  return roundBytes(clamp(facts.ramBytes / 4 / facts.connections, 1 * MIB, 256 * MIB));
}
