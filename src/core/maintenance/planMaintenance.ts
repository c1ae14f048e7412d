import type { MaintenanceFacts } from './facts';
import { CADENCES, type MaintenancePlan, type MaintenanceTask } from './task';
import { freezingTasks } from './topics/freezing';
import { housekeepingTasks } from './topics/housekeeping';
import { indexTasks } from './topics/indexes';
import { materializedViewTasks } from './topics/materializedViews';
import { partitionTasks } from './topics/partitions';
import { statisticsTasks } from './topics/statistics';
import { vacuumTasks } from './topics/vacuum';

/** Partitions before rows need them, rows before statistics, statistics before what is computed of them. */
const TOPICS: readonly ((facts: MaintenanceFacts) => MaintenanceTask[])[] = [
  partitionTasks,
  vacuumTasks,
  freezingTasks,
  indexTasks,
  statisticsTasks,
  materializedViewTasks,
  housekeepingTasks,
];

/** What the guides do by the calendar and a plan must not. */
const LEFT_OUT: readonly string[] = [
  'VACUUM FULL (guide 002, 9.3, monthly): it locks readers out for as long as it takes and writes the whole table anew, and later rows fill the space again. Only for a table that has shrunk for good, or pg_repack while it is used.',
  'ANALYZE of everything, daily (guide 002, 9.1): autovacuum does it where rows have changed.',
  'REINDEX by the calendar (guides 000, 002, 004): only where bloat was found, and CONCURRENTLY.',
  'Resetting statistics: pg_stat_statements_reset() and pg_stat_reset() throw away what every later question needs, autovacuum’s own counters included. Compare two readings instead.',
  'Deleting old rows in one statement (guides 000 and 004): in batches of some thousand, or as whole partitions.',
];

/** The plan for one database, from its own figures. Each task says its reason, its source and how it is known. */
export function planMaintenance(facts: MaintenanceFacts): MaintenancePlan {
  const all = TOPICS.flatMap(topic => topic(facts));
  const tasks = CADENCES.flatMap(cadence => all.filter(task => task.cadence === cadence));
  return { database: facts.database, tasks: withoutRepetition(tasks), leftOut: LEFT_OUT };
}

/** `VACUUM (ANALYZE)` of a table, and ANALYZE of it again: once is enough. */
function withoutRepetition(tasks: readonly MaintenanceTask[]): MaintenanceTask[] {
  const vacuumed = new Set(tasks.flatMap(({ statements }) => statements));
  return tasks.filter(({ id, statements }) => {
    const [analyzed] = id.startsWith('analyze ') ? statements : [];
    return !analyzed || !vacuumed.has(analyzed.replace('ANALYZE ', 'VACUUM (ANALYZE) '));
  });
}
