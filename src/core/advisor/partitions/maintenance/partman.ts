import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import type { MigrationPlan } from '../../migration/migrationPlan';
import { PERIOD_INTERVALS, type KeyKind, type PeriodUnit } from '../scheme';
import { checkSpec, type MaintenanceSpec } from './maintenanceSpec';

/** What pg_partman 4 calls an interval; 5 takes any interval instead. */
const INTERVALS_OF_4: Readonly<Record<PeriodUnit, string>> = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  quarter: 'quarterly',
  year: 'yearly',
};

const EPOCHS: Readonly<Partial<Record<KeyKind, string>>> = {
  'epoch seconds': 'seconds',
  'epoch milliseconds': 'milliseconds',
  'epoch microseconds': 'microseconds',
};

export type PartmanPlan = { readonly plan: MigrationPlan } | { readonly refusal: string };

/**
 * The same upkeep by the extension pg_partman (`create_parent` and `part_config`, as its own documentation has them for
 * 4.x and 5.x), or why it cannot be had.
 * @param version `extversion`, `5.2.4`.
 * @param extensionSchema where the extension was created, as its documentation does unless given.
 */
export function partmanPlan(spec: MaintenanceSpec, version: string, extensionSchema = 'partman'): PartmanPlan {
  checkSpec(spec);
  const refusal = refuse(spec, version);
  if (refusal) return { refusal };
  const parent = quoteLiteral(`${spec.schema}.${spec.table}`);
  const partman = quoteIdentifier(extensionSchema);
  const isNew = majorOf(version) >= 5;
  const { period, column, keyKind } = spec.scheme;
  const given = [
    `p_parent_table := ${parent}`,
    `p_control := ${quoteLiteral(column)}`,
    `p_type := '${isNew ? 'range' : 'native'}'`,
    `p_interval := '${isNew ? PERIOD_INTERVALS[period] : INTERVALS_OF_4[period]}'`,
    `p_premake := ${spec.ahead}`,
    ...(keyKind in EPOCHS ? [`p_epoch := '${EPOCHS[keyKind]}'`] : []),
    ...(keyKind === 'uuid v7'
      ? ['encoder', 'decoder'].map(each => `p_time_${each} := ${quoteLiteral(`${extensionSchema}.uuid7_time_${each}`)}`)
      : []),
  ];
  return {
    plan: {
      id: `pg-partman-${spec.schema}.${spec.table}`,
      title: `Keep the partitions of ${spec.schema}.${spec.table} by pg_partman ${version}`,
      notes: [
        'pg_partman makes partitions around today. Where the table has partitions for today that have other names or bounds, create_parent fails on the overlap: begin with p_start_partition after the last of them.',
        `Periods begin at midnight in the time zone of the session that runs the maintenance: have it be ${spec.scheme.timeZone}.`,
        `Maintenance: CALL ${partman}.run_maintenance_proc(), by pg_cron or by its background worker (pg_partman_bgw in shared_preload_libraries).`,
      ],
      steps: [
        {
          id: 'create-parent',
          title: 'Hand the table to pg_partman',
          explanation: 'Makes the partitions around today and, if there is none, a DEFAULT partition.',
          sql: [`SELECT ${partman}.create_parent(${given.join(', ')})`, ...configuration(spec, partman, parent)],
          inverse: [`DELETE FROM ${partman}.part_config WHERE parent_table = ${parent}`],
          runsInTransaction: true,
          locks: 'The table, against everybody, while partitions are made.',
        },
      ],
    },
  };
}

/** Retention, and partitions also for a table that gets no rows for a while. */
function configuration(spec: MaintenanceSpec, partman: string, parent: string): string[] {
  const set = ['infinite_time_partitions = true'];
  const retirement = spec.retirement ?? { action: 'drop' };
  if (spec.keep !== undefined) {
    set.push(`retention = ${quoteLiteral(spec.keep)}`, `retention_keep_table = ${retirement.action !== 'drop'}`);
    if (retirement.action === 'archive') set.push(`retention_schema = ${quoteLiteral(retirement.schema)}`);
  }
  return [`UPDATE ${partman}.part_config SET ${set.join(', ')} WHERE parent_table = ${parent}`];
}

function refuse({ schema, table, scheme }: MaintenanceSpec, version: string): string | undefined {
  if (majorOf(version) < 4) return `pg_partman ${version} is too old: 4 or newer knows native partitions`;
  if (schema.includes('.') || table.includes('.'))
    return 'pg_partman takes the table as schema.table without quotes: a dot in a name cannot be written';
  const needs52 = scheme.keyKind === 'uuid v7' || scheme.keyKind === 'epoch microseconds';
  if (needs52 && !isAtLeast52(version))
    return `pg_partman ${version} knows no ${scheme.keyKind} keys: 5.2 or newer does`;
  return undefined;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function isAtLeast52(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 2);
}
