import { formatCount } from '../../base/units';
import type { MaintenanceFacts } from '../facts';
import type { MaintenanceTask } from '../task';

const GUIDE = { guide: '002', section: '9.1 Daily Maintenance' } as const;
const LOCKS = 'None that readers or writers notice; it reads a sample.';

/** Autoanalyze's default share of changed rows; for tables past it that it has not reached. */
const STALE_SHARE = 0.1;
const ENOUGH_ROWS = 1_000;

/** More tables than a list is read of. */
const MOST_TABLES = 50;

/**
 * A daily ANALYZE of everything repeats what autovacuum does. What it never does: partitioned tables as a whole
 * (manual, 25.1.3 Updating Planner Statistics), foreign tables, and temporary ones.
 */
export function statisticsTasks(facts: MaintenanceFacts): MaintenanceTask[] {
  return [...missing(facts), ...wholes(facts), ...foreign(facts), afterLoads()];
}

function missing({ tables, autovacuum }: MaintenanceFacts): MaintenanceTask[] {
  // Without it everything is analyzed daily.
  if (!autovacuum) return [];
  const stale = tables
    .filter(table => table.liveRows >= ENOUGH_ROWS)
    .filter(({ analyzed, changedSinceAnalyze: changed, liveRows }) => !analyzed || changed > STALE_SHARE * liveRows);
  if (stale.length > MOST_TABLES) return [everything(stale.length)];
  return stale.map(({ name, analyzed, changedSinceAnalyze, liveRows }) => ({
    id: `analyze ${name}`,
    cadence: 'now',
    title: `Analyze ${name}`,
    reason: analyzed
      ? `${formatCount(changedSinceAnalyze)} of ${formatCount(liveRows)} rows have changed since the last ANALYZE.`
      : `${formatCount(liveRows)} rows and no statistics: the planner guesses.`,
    basis: analyzed ? 'counted' : 'catalog',
    source: 'guide 002, 9.1 analyzes everything daily; here what autovacuum has not reached',
    guideline: GUIDE,
    statements: [`ANALYZE ${name}`],
    locks: LOCKS,
  }));
}

function everything(count: number): MaintenanceTask {
  return {
    id: 'analyze-all',
    cadence: 'now',
    title: 'Analyze the database',
    reason: `${formatCount(count)} tables have no statistics, or stale ones: as after a restore or an upgrade by dump.`,
    basis: 'counted',
    source: 'manual, 25.1.3 Updating Planner Statistics; guide 002, 9.1 does it daily',
    guideline: GUIDE,
    statements: ['ANALYZE'],
    locks: LOCKS,
  };
}

function wholes({ partitioned, countedDays, serverVersion }: MaintenanceFacts): MaintenanceTask[] {
  return partitioned
    .filter(({ isRoot, partitions }) => isRoot && partitions > 0)
    .map(({ name, rows, changes, hoursSinceAnalyze }) => {
      const perDay = changes / Math.max(countedDays, 1);
      const isFast = rows > 0 && perDay > STALE_SHARE * rows;
      const last = hoursSinceAnalyze === null ? 'never' : `${formatCount(Math.round(hoursSinceAnalyze))} h ago`;
      return {
        id: `analyze-whole ${name}`,
        cadence: isFast ? 'daily' : 'weekly',
        title: `Analyze ${name} as a whole`,
        reason: `Autovacuum analyzes its partitions and never the whole, by which joins and groups are planned. About ${formatCount(Math.round(perDay))} of ${formatCount(rows)} rows change a day; last analyzed: ${last}.`,
        basis: 'counted',
        source: 'guide 002, 9.1: the one part of a daily ANALYZE that autovacuum does not do',
        guideline: GUIDE,
        // 18 can leave the partitions alone, which have statistics of their own.
        statements: [serverVersion >= 180000 ? `ANALYZE ONLY ${name}` : `ANALYZE ${name}`],
        locks: LOCKS,
      };
    });
}

function foreign({ foreignTables }: MaintenanceFacts): MaintenanceTask[] {
  return foreignTables.map(name => ({
    id: `analyze-foreign ${name}`,
    cadence: 'weekly',
    title: `Analyze the foreign table ${name}`,
    reason: 'Autovacuum never analyzes foreign tables. It fetches a sample of the rows over the network.',
    basis: 'catalog',
    source: 'manual, ANALYZE',
    statements: [`ANALYZE ${name}`],
    locks: 'None here.',
  }));
}

function afterLoads(): MaintenanceTask {
  return {
    id: 'analyze-after-loads',
    cadence: 'daily',
    title: 'After each bulk load: ANALYZE the tables loaded',
    reason:
      'Autovacuum comes within a minute or more, and until then plans are made for the old rows. Write it at the end of the load itself.',
    basis: 'general',
    source: 'manual, 14.4.9 Run ANALYZE Afterwards',
    statements: [],
  };
}
