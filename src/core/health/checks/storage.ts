import { formatBytes, formatCount, MIB } from '../../base/units';
import { defineCheck, type HealthCheck, type HealthServer, type HealthStep } from '../check';

const HOUR = 3600;
const DAY = 24 * HOUR;
const OWN_DATABASE = 'pg_catalog.pg_stat_database where datname = current_database()';

interface TempRow {
  readonly [column: string]: unknown;
  readonly files: number;
  readonly bytes: number;
  readonly work_mem: string;
}

/** What sorts and hashes write to disk because `work_mem` is too small for them. */
export const temporaryFiles = defineCheck<TempRow>({
  id: 'temporary-files',
  title: 'Temporary files',
  group: 'storage',
  unit: 'MB/h',
  limits: { worse: 'above', warning: 1024, critical: 10_240 },
  source: 'own: 1 GB an hour, 10 GB an hour, on average since the counters were reset',
  query: () => `
    select temp_files::float8 as files, temp_bytes::float8 as bytes, current_setting('work_mem') as work_mem
    from ${OWN_DATABASE}`,
  assess([row], limits, server) {
    if (!row || row.files === 0) return { value: 0, detail: 'none written' };
    const value = row.bytes / MIB / hours(server);
    return {
      value,
      detail: `${formatCount(row.files)} files, ${formatBytes(row.bytes)} in all, ${formatBytes(row.bytes / row.files)} each; work_mem is ${row.work_mem}`,
      ...(value > limits.warning && {
        step: {
          title: 'Find the statements',
          action: 'show sql',
          sql: 'SELECT calls, temp_blks_written * 8 / calls AS kb_each, query FROM pg_stat_statements\nWHERE temp_blks_written > 0 ORDER BY temp_blks_written DESC LIMIT 20;\n-- More work_mem for the role that runs them is safer than more for all.',
        },
      }),
    };
  },
});

interface DeadlockRow {
  readonly [column: string]: unknown;
  readonly deadlocks: number;
}

/** Transactions that were ended because they waited for each other. */
export const deadlocks = defineCheck<DeadlockRow>({
  id: 'deadlocks',
  title: 'Deadlocks',
  group: 'sessions',
  unit: 'a day',
  limits: { worse: 'above', warning: 1, critical: 24 },
  source: 'own: more than one a day is worth a look, one an hour hurts',
  query: () => `
    select deadlocks::float8 from ${OWN_DATABASE}`,
  assess([row], _limits, server) {
    const count = row?.deadlocks ?? 0;
    if (count === 0) return { value: 0, detail: 'none since the counters were reset' };
    return {
      value: count / Math.max(server.countedSeconds / DAY, 1),
      detail: `${formatCount(count)} since the counters were reset; the server's log has the statements of each`,
    };
  },
});

interface CheckpointRow {
  readonly [column: string]: unknown;
  readonly timed: number;
  readonly requested: number;
  readonly max_wal_size: string;
}

/** Checkpoints forced by `max_wal_size`, before their time. */
export const requestedCheckpoints = defineCheck<CheckpointRow>({
  id: 'requested-checkpoints',
  title: 'Checkpoints forced by WAL',
  group: 'storage',
  unit: '%',
  limits: { worse: 'above', warning: 30, critical: 70 },
  source:
    'own: checkpoints should come by checkpoint_timeout; manual, 28.5 WAL Configuration, advises a larger max_wal_size otherwise',
  query: ({ version }) =>
    version >= 170000
      ? `select num_timed::float8 as timed, num_requested::float8 as requested, current_setting('max_wal_size') as max_wal_size
         from pg_catalog.pg_stat_checkpointer`
      : `select checkpoints_timed::float8 as timed, checkpoints_req::float8 as requested,
           current_setting('max_wal_size') as max_wal_size
         from pg_catalog.pg_stat_bgwriter`,
  assess([row], limits) {
    const all = row ? row.timed + row.requested : 0;
    if (!row || all < 10) {
      return { value: null, status: 'unknown', detail: `only ${formatCount(all)} checkpoints were counted yet` };
    }
    const value = (100 * row.requested) / all;
    return {
      value,
      detail: `${formatCount(row.requested)} of ${formatCount(all)} checkpoints came before their time; max_wal_size is ${row.max_wal_size}`,
      ...(value > limits.warning && {
        step: {
          title: 'Show how to raise max_wal_size',
          action: 'show sql' as const,
          sql: `-- The disk needs room for it; a larger one makes recovery after a crash take longer.\nALTER SYSTEM SET max_wal_size = '4GB'; -- now ${row.max_wal_size}\nSELECT pg_reload_conf();`,
        },
      }),
    };
  },
});

interface ArchiverRow {
  readonly [column: string]: unknown;
  readonly mode: string;
  readonly has_command: boolean | null;
  readonly archived: number;
  readonly failed: number;
  readonly failing: boolean | null;
  readonly last_failed: string | null;
}

const SHOW_ARCHIVING: HealthStep = {
  title: 'Show archive settings',
  action: 'show sql',
  sql: "SELECT name, setting FROM pg_settings WHERE name LIKE 'archive%';\nSELECT * FROM pg_stat_archiver;",
};

/** WAL that cannot be archived stays, until the disk is full. */
export const walArchiving = defineCheck<ArchiverRow>({
  id: 'wal-archiving',
  title: 'WAL archiving',
  group: 'storage',
  unit: 'failures',
  source: 'the last attempt failed; guide 002, 3.3 sets an archive_command that cannot work',
  guideline: { guide: '002', section: '3.3 Write-Ahead Logging (WAL) Optimization' },
  query: () => `
    select current_setting('archive_mode') as mode,
      -- Ordinary roles may not read these two.
      (select bool_or(setting <> '') from pg_catalog.pg_settings
        where name in ('archive_command', 'archive_library')) as has_command, archived_count::float8 as archived, failed_count::float8 as failed,
      last_failed_time > coalesce(last_archived_time, '-infinity') as failing, last_failed_wal as last_failed
    from pg_catalog.pg_stat_archiver`,
  assess([row]) {
    if (!row || row.mode === 'off') return { value: 0, status: 'ok', detail: 'archiving is off' };
    if (row.failing) {
      return {
        value: row.failed,
        status: 'critical',
        detail: `the last attempt failed, for ${row.last_failed ?? 'a file'}: WAL piles up until the disk is full`,
        step: SHOW_ARCHIVING,
      };
    }
    if (row.has_command === false) {
      return {
        value: 0,
        status: 'warning',
        detail: 'archive_mode is on, but there is no archive_command: WAL is kept and nothing is archived',
        step: SHOW_ARCHIVING,
      };
    }
    return { value: 0, status: 'ok', detail: `${formatCount(row.archived)} files archived` };
  },
});

interface WalRow {
  readonly [column: string]: unknown;
  readonly bytes: number;
  readonly full_page_images: number;
  readonly records: number;
  readonly buffers_full: number;
  readonly seconds: number;
}

/** How much WAL is written: what replicas, archives and checkpoints have to cope with. */
export const walVolume = defineCheck<WalRow>({
  id: 'wal-volume',
  title: 'WAL written',
  group: 'storage',
  unit: 'MB/h',
  source: 'for information: nobody can say how much is too much for your disks and replicas',
  query: () => `
    select wal_bytes::float8 as bytes, wal_fpi::float8 as full_page_images, wal_records::float8 as records,
      wal_buffers_full::float8 as buffers_full,
      extract(epoch from clock_timestamp() - stats_reset)::float8 as seconds
    from pg_catalog.pg_stat_wal`,
  assess([row]) {
    if (!row || row.seconds < 60) return { value: null, status: 'unknown', detail: 'counted for less than a minute' };
    return {
      value: row.bytes / MIB / (row.seconds / HOUR),
      status: 'ok',
      detail: `${formatBytes(row.bytes)} in ${formatCount(row.records)} records, ${formatCount(row.full_page_images)} full page images; wal_buffers were full ${formatCount(row.buffers_full)} times`,
    };
  },
});

export const STORAGE_CHECKS: readonly HealthCheck[] = [
  temporaryFiles,
  requestedCheckpoints,
  walVolume,
  walArchiving,
  deadlocks,
];

/** Hours counted, at least one: a young counter must not become an alarming rate. */
function hours({ countedSeconds }: HealthServer): number {
  return Math.max(countedSeconds / HOUR, 1);
}
