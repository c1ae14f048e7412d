import { formatBytes, formatCount, MIB } from '../../base/units';
import type { MaintenanceFacts, TableFacts } from '../facts';
import type { MaintenanceTask } from '../task';

/** Overdue only after a day: autovacuum may just be busy elsewhere. */
const OVERDUE_HOURS = 24;

/** From here on the default 20 % of a table are many rows to clean at once: own. */
const LARGE_ROWS = 1_000_000;

/** A table that changes by autovacuum's default share (20 %) every day is cleaned every day, at whatever hour. */
const BUSY_SHARE = 0.2;
const BUSY_BYTES = 100 * MIB;

const GUIDE = { guide: '002', section: '9.2 Weekly Maintenance' } as const;
const LOCKS = 'None that readers or writers notice; it reads the whole table once.';

/** VACUUM by hand is for what autovacuum does not reach, or would do at the wrong hour; the rest it does by itself. */
export function vacuumTasks(facts: MaintenanceFacts): MaintenanceTask[] {
  if (!facts.autovacuum) return [withoutAutovacuum()];
  return facts.tables.flatMap(table => {
    if (!table.autovacuum) return [unattended(table)];
    return [...overdue(table), ...atQuietHours(table, facts), ...soonerByItself(table, facts)];
  });
}

function withoutAutovacuum(): MaintenanceTask {
  return {
    id: 'vacuum-all',
    cadence: 'daily',
    title: 'Vacuum and analyze everything, as autovacuum is off',
    reason:
      'autovacuum or track_counts is off for the whole server, so nobody removes dead rows, keeps statistics and freezes row ids. Switch both on again; then make a new plan.',
    basis: 'catalog',
    source: 'guides 002 and 004: autovacuum on',
    guideline: { guide: '002', section: '3.2 Autovacuum Tuning' },
    statements: ['VACUUM (ANALYZE)'],
    locks: LOCKS,
  };
}

function unattended(table: TableFacts): MaintenanceTask {
  return {
    id: `vacuum ${table.name}`,
    cadence: 'daily',
    title: `Vacuum ${table.name}, as autovacuum is off for it`,
    reason: `Nobody else removes its dead rows (${formatCount(table.deadRows)} of ${formatCount(table.deadRows + table.liveRows)}) and freezes its row ids. Better: switch autovacuum on again.`,
    basis: 'catalog',
    source: 'guide 002, 9.2 vacuums tables by name; needed only where autovacuum is off',
    guideline: GUIDE,
    statements: [`VACUUM (ANALYZE) ${table.name}`],
    locks: LOCKS,
  };
}

function overdue(table: TableFacts): MaintenanceTask[] {
  const { name, deadRows, vacuumThreshold, hoursSinceVacuum } = table;
  const isLate = hoursSinceVacuum === null || hoursSinceVacuum > OVERDUE_HOURS;
  if (deadRows <= vacuumThreshold || !isLate) return [];
  const last =
    hoursSinceVacuum === null ? 'never since the counters began' : `${formatCount(Math.round(hoursSinceVacuum))} h ago`;
  return [
    {
      id: `vacuum-overdue ${name}`,
      cadence: 'now',
      title: `Vacuum ${name}, which autovacuum has not reached`,
      reason: `${formatCount(deadRows)} dead rows, ${formatCount(Math.round(vacuumThreshold))} allowed; last vacuumed ${last}. If it comes to this again, autovacuum needs more workers or a higher cost limit.`,
      basis: 'counted',
      source: 'guide 002, 9.1: tables with many dead rows; here those beyond their own threshold',
      guideline: { guide: '002', section: '9.1 Daily Maintenance' },
      statements: [`VACUUM (ANALYZE) ${name}`],
      locks: LOCKS,
    },
  ];
}

function atQuietHours(table: TableFacts, { countedDays }: MaintenanceFacts): MaintenanceTask[] {
  const perDay = table.rewrites / Math.max(countedDays, 1);
  if (table.bytes < BUSY_BYTES || table.liveRows === 0 || perDay < BUSY_SHARE * table.liveRows) return [];
  const share = Math.round((100 * perDay) / table.liveRows);
  return [
    {
      id: `vacuum ${table.name}`,
      cadence: 'daily',
      title: `Vacuum ${table.name} at a quiet hour`,
      reason: `${formatCount(Math.round(perDay))} of its rows are updated or deleted a day (${share} %), so autovacuum cleans these ${formatBytes(table.bytes)} every day as it is; at night it stands in nobody's way.`,
      basis: 'counted',
      source: 'guide 002, 9.2 does this weekly for three tables; here by what changes',
      guideline: GUIDE,
      statements: [`VACUUM (ANALYZE) ${table.name}`],
      locks: LOCKS,
    },
  ];
}

function soonerByItself(table: TableFacts, { countedDays }: MaintenanceFacts): MaintenanceTask[] {
  const { name, liveRows, rewrites, vacuumThreshold, ownScaleFactor } = table;
  const perDay = rewrites / Math.max(countedDays, 1);
  const days = perDay === 0 ? Infinity : vacuumThreshold / perDay;
  // Faster than in a week it is cleaned as it is; slower than in a year it hardly changes.
  if (ownScaleFactor || liveRows < LARGE_ROWS || days < 7 || days > 365) return [];
  return [
    {
      id: `autovacuum-sooner ${name}`,
      cadence: 'now',
      title: `Let autovacuum come to ${name} sooner`,
      reason: `It waits for ${formatCount(Math.round(vacuumThreshold))} dead rows, which take ${formatCount(Math.round(days))} days to gather; 2 % are small work each time.`,
      basis: 'counted',
      source:
        'guide 002, 3.2 sets 0.01 and 0.02 for two large tables; of a partitioned table, set it on the partitions',
      guideline: { guide: '002', section: '3.2 Autovacuum Tuning' },
      statements: [
        `ALTER TABLE ${name} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
      ],
      locks: 'SHARE UPDATE EXCLUSIVE, for a moment; reads and writes go on.',
    },
  ];
}
