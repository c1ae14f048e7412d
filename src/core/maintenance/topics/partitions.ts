import { formatCount } from '../../base/units';
import { shellWord } from '../../base/shellWord';
import type { MaintenanceFacts, PartitionedFacts } from '../facts';
import type { MaintenanceTask } from '../task';

const GUIDE = { guide: '002', section: '6.1 Native PostgreSQL Partitioning' } as const;

/** New partitions before rows need them, old ones taken off: daily, however long their periods are. */
export function partitionTasks(facts: MaintenanceFacts): MaintenanceTask[] {
  const kept = facts.partitioned.filter(({ isRoot, strategy }) => isRoot && strategy === 'range');
  const byPartman = kept.filter(({ keptByPartman }) => keptByPartman);
  return [
    ...kept.filter(({ keptByPartman }) => !keptByPartman).map(upkeep),
    ...(facts.partmanSchema !== null && byPartman.length > 0 ? [partman(facts.partmanSchema, byPartman)] : []),
  ];
}

function upkeep(table: PartitionedFacts): MaintenanceTask {
  const { name, plainName, partitions, hasDefault, defaultRows, upkeepCall } = table;
  const waiting = defaultRows > 0 ? ` ${formatCount(defaultRows)} rows wait in the DEFAULT one.` : '';
  const without = hasDefault ? 'go to its DEFAULT partition' : 'are refused';
  return {
    id: `partitions ${name}`,
    cadence: 'daily',
    title: upkeepCall ? `Keep the partitions of ${name}` : `Have somebody keep the partitions of ${name}`,
    reason:
      `${formatCount(partitions)} partitions by range.${waiting} Rows beyond the last one ${without}. ` +
      (upkeepCall
        ? 'Its routines find nothing to do on most days.'
        : `No routine of ours keeps it: query-tuner partitions --upkeep --table ${shellWord(plainName)} writes them.`),
    basis: 'catalog',
    source: 'guides 000, 001 and 002 make partitions by functions that fail the second time, or skip the current month',
    guideline: GUIDE,
    statements: upkeepCall ? [upkeepCall] : [],
    ...(upkeepCall && { locks: 'For a moment, for each partition that is made or taken off.' }),
  };
}

function partman(schema: string, tables: readonly PartitionedFacts[]): MaintenanceTask {
  return {
    id: 'partitions pg_partman',
    cadence: 'daily',
    title: 'Keep the partitions that pg_partman has',
    reason: `It keeps ${tables.map(({ name }) => name).join(', ')}, unless its background worker does already.`,
    basis: 'catalog',
    source: 'pg_partman: run_maintenance_proc commits after each table',
    guideline: GUIDE,
    statements: [`CALL ${schema}.run_maintenance_proc()`],
    locks: 'For a moment, for each partition that is made or taken off.',
  };
}
