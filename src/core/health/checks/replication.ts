import { formatBytes, formatCount, formatMs, GIB } from '../../base/units';
import { quoteLiteral } from '../../sql/identifiers';
import { statusOf } from '../assess';
import { defineCheck, type HealthCheck } from '../check';

interface LagRow {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly state: string | null;
  readonly seconds: number | null;
  readonly bytes: number | null;
}

/** How far standbys are behind; asked of a primary for each standby, of a standby for itself. */
export const replicationLag = defineCheck<LagRow>({
  id: 'replication-lag',
  title: 'Replication lag',
  group: 'replication',
  unit: 's',
  limits: { worse: 'above', warning: 1, critical: 5 },
  source:
    'guide 002, 1.2: below 1 s, critical above 5 s; an idle primary does not count as lag, but for a standby that hears of none',
  guideline: { guide: '002', section: '1.2 Performance Targets' },
  hiddenFromOthers: 'the state of standbys',
  query: ({ isStandby }) =>
    isStandby
      ? `select 'this standby' as name, coalesce(r.status, 'not connected to a primary') as state,
           -- What was received last says nothing once nothing is received any more.
           case when r.status is not null
             and pg_catalog.pg_last_wal_receive_lsn() is not distinct from pg_catalog.pg_last_wal_replay_lsn() then 0
             else extract(epoch from clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) end::float8 as seconds,
           pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())::float8 as bytes
         from (select) one left join pg_catalog.pg_stat_wal_receiver r on true`
      : `select coalesce(nullif(application_name, ''), client_addr::text, 'standby') as name, state,
           coalesce(extract(epoch from replay_lag), 0)::float8 as seconds,
           pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)::float8 as bytes
         from pg_catalog.pg_stat_replication order by seconds desc`,
  assess(rows, limits, { isStandby }) {
    const [worst] = rows;
    if (!worst) return { value: null, status: 'ok', detail: 'no standby is connected' };
    const describe = ({ seconds, bytes, state }: LagRow): string =>
      [
        seconds === null ? 'time unknown' : `${formatMs(seconds * 1000)} behind`,
        bytes === null ? '' : `${formatBytes(bytes)} ${isStandby ? 'to replay' : 'to go'}`,
        state ?? '',
      ]
        .filter(Boolean)
        .join(', ');
    return {
      value: worst.seconds,
      detail: `${worst.name}: ${describe(worst)}`,
      items: rows.map(row => ({ name: row.name, detail: describe(row), status: statusOf(row.seconds, limits) })),
    };
  },
});

interface SlotRow {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly active: boolean;
  readonly bytes: number | null;
  readonly wal_status: string | null;
}

/** WAL kept for replication slots that nobody reads. */
export const replicationSlots = defineCheck<SlotRow>({
  id: 'replication-slots',
  title: 'WAL kept for replication slots',
  group: 'replication',
  unit: 'GB',
  limits: { worse: 'above', warning: 1, critical: 10 },
  source: 'own: a slot without a reader keeps WAL until the disk is full, unless max_slot_wal_keep_size ends it',
  query: ({ isStandby }) => `
    select slot_name::text as name, active, wal_status, pg_catalog.pg_wal_lsn_diff(
      ${isStandby ? 'pg_catalog.pg_last_wal_receive_lsn()' : 'pg_catalog.pg_current_wal_lsn()'}, restart_lsn)::float8 as bytes
    from pg_catalog.pg_replication_slots order by bytes desc nulls last`,
  assess(rows, limits) {
    if (rows.length === 0) return { value: 0, detail: 'there are no replication slots' };
    const [worst] = rows;
    return {
      value: Math.max(...rows.map(row => (row.bytes ?? 0) / GIB)),
      detail: `${formatCount(rows.length)} slots; ${worst!.name} keeps ${formatBytes(worst!.bytes ?? 0)}`,
      items: rows.map(row => ({
        name: row.name,
        detail: `keeps ${formatBytes(row.bytes ?? 0)}${row.active ? '' : ', nobody reads it'}${row.wal_status === 'lost' ? ', its WAL is gone: it can only be dropped' : ''}`,
        status: row.wal_status === 'lost' ? 'critical' : statusOf((row.bytes ?? 0) / GIB, limits),
        ...(!row.active && {
          step: {
            title: 'Show how to drop it',
            action: 'show sql' as const,
            sql: `-- A standby or subscriber that returns needs its slot: make sure that it is gone for good.\nSELECT pg_drop_replication_slot(${quoteLiteral(row.name)});`,
          },
        }),
      })),
    };
  },
});

export const REPLICATION_CHECKS: readonly HealthCheck[] = [replicationLag, replicationSlots];
