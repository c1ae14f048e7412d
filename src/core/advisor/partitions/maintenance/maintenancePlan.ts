import { formatCount } from '../../../base/units';
import type { Catalog } from '../../../catalog/catalog';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { whyNoSchedule } from '../../materializedViews/schedule';
import type { MigrationPlan, MigrationStep } from '../../migration/migrationPlan';
import { maintenanceRoutines, type MaintenanceRoutines } from './maintenanceRoutines';
import type { MaintenanceSpec } from './maintenanceSpec';

export interface ScheduleOptions {
  /** Minute, hour, day, month, weekday; at 03:17 every day unless given. */
  readonly schedule?: string;
  /**
   * The database to run in, where pg_cron is installed in another one: jobs are then made by
   * `cron.schedule_in_database` (pg_cron 1.4), from the database that has the extension.
   */
  readonly database?: string;
}

/** Daily, however long a period is: a run that finds nothing to do takes milliseconds, and one may fail. */
export const DAILY = '17 3 * * *';

/**
 * Installs the routines that keep a table's partitions, runs them once and has pg_cron run them, where that is
 * installed.
 * @throws RangeError for a specification or a schedule that makes no sense, saying what to write instead.
 */
export function maintenancePlan(
  spec: MaintenanceSpec,
  catalog: Pick<Catalog, 'extensions'>,
  options: ScheduleOptions = {},
): MigrationPlan {
  const schedule = options.schedule ?? DAILY;
  const problem = whyNoSchedule(schedule);
  if (problem) throw new RangeError(problem);
  const routines = maintenanceRoutines(spec);
  const table = quoteQualified(spec.schema, spec.table);
  const hasCron = catalog.extensions.some(({ name }) => name === 'pg_cron');
  return {
    id: `partition-maintenance-${spec.schema}.${spec.table}`,
    title: `Keep the partitions of ${table}`,
    notes: [
      `A partition of each ${spec.scheme.period} begins at midnight in ${spec.scheme.timeZone}; ${formatCount(spec.ahead)} are kept ready after the current one.`,
      ...retirementNotes(spec, routines),
      ...(hasCron
        ? []
        : [`pg_cron is not installed here. A line for cron instead: ${crontabLine(schedule, routines)}`]),
      `Watch: ${routines.monitor.replace(/\s+/g, ' ')}`,
    ],
    steps: [
      ...archiveSchema(spec),
      {
        id: 'routines',
        title: 'Routines that make and retire partitions',
        explanation:
          'They compare bounds, not names; a run may come late, early, twice, or while another one is under way.',
        sql: routines.create,
        inverse: routines.drop,
        runsInTransaction: true,
        locks: 'None on tables.',
      },
      firstRun(spec, routines),
      ...(hasCron ? [cronStep(spec, routines, schedule, options.database)] : []),
    ],
  };
}

/** A line of a crontab; `%` would be a line break to cron. */
export function crontabLine(schedule: string, routines: Pick<MaintenanceRoutines, 'callStepwise'>): string {
  const command = routines.callStepwise.replaceAll("'", `'\\''`).replaceAll('%', '\\%');
  return `${schedule} psql -X -v ON_ERROR_STOP=1 -d "service=YOUR_SERVICE" -c '${command}'`;
}

function retirementNotes(spec: MaintenanceSpec, routines: MaintenanceRoutines): string[] {
  if (spec.keep === undefined)
    return ['Nothing is retired: say how long rows are kept to have old partitions taken off.'];
  const { action } = spec.retirement ?? { action: 'drop' };
  const done = { drop: 'dropped', detach: 'detached', archive: 'detached and moved to the archive' }[action];
  return [
    `Partitions whose rows are all older than ${spec.keep} are ${done}.`,
    `Taking a partition off locks readers of the table out for a moment. DETACH ... CONCURRENTLY does not, but PostgreSQL ` +
      `runs it neither in a routine nor beside a DEFAULT partition: psql runs the statements of "${routines.listRetirements}" by \\gexec.`,
  ];
}

function archiveSchema({ retirement, keep }: MaintenanceSpec): MigrationStep[] {
  if (retirement?.action !== 'archive' || keep === undefined) return [];
  return [
    {
      id: 'archive-schema',
      title: `Schema ${retirement.schema} for what is archived`,
      explanation: 'It stays when the rest is taken back: it may hold partitions by then.',
      sql: [`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(retirement.schema)}`],
      inverse: [],
      runsInTransaction: true,
      locks: 'None.',
    },
  ];
}

function firstRun(spec: MaintenanceSpec, routines: MaintenanceRoutines): MigrationStep {
  const drops = spec.keep !== undefined && (spec.retirement ?? { action: 'drop' }).action === 'drop';
  return {
    id: 'first-run',
    title: 'The first run',
    explanation: 'Makes the partitions that are missing, each in a transaction of its own.',
    sql: [routines.callStepwise],
    inverse: [],
    runsInTransaction: false,
    locks:
      'For a moment, a new partition locks the table against other DDL and its DEFAULT partition against everybody; rows that wait there are moved while the table is locked.',
    ...(drops ? { irreversible: `partitions older than ${spec.keep} are dropped with their rows` } : {}),
  };
}

function cronStep(
  spec: MaintenanceSpec,
  routines: MaintenanceRoutines,
  schedule: string,
  database: string | undefined,
): MigrationStep {
  const job = quoteLiteral(`partitions of ${spec.schema}.${spec.table}`);
  const given = `${job}, ${quoteLiteral(schedule)}, ${quoteLiteral(routines.callStepwise)}`;
  return {
    id: 'schedule',
    title: 'A job of pg_cron',
    explanation:
      'pg_cron reads the schedule in the time zone cron.timezone (GMT unless set). A job of that name is replaced. Failures are in cron.job_run_details: watch it.',
    sql: [
      database === undefined
        ? `SELECT cron.schedule(${given})`
        : `SELECT cron.schedule_in_database(${given}, ${quoteLiteral(database)})`,
    ],
    inverse: [`SELECT cron.unschedule(${job})`],
    runsInTransaction: true,
    locks: 'None.',
    isDone: `SELECT EXISTS (SELECT FROM cron.job WHERE jobname = ${job})`,
    onlyWhen: 'pg_cron is installed',
  };
}
