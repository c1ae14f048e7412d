import { formatBytes, formatCount } from '../../base/units';
import type { MaintenanceFacts } from '../facts';
import type { MaintenanceTask } from '../task';

/** Of `autovacuum_freeze_max_age`: the last quarter is reached before the next week is over on few servers. */
const AHEAD = 0.75;

/**
 * From `autovacuum_freeze_max_age` on autovacuum freezes a table at whatever hour, and does not give way to others. A
 * weekly look freezes those that come near it while it is quiet.
 */
export function freezingTasks({ tables, freezeMaxAge }: MaintenanceFacts): MaintenanceTask[] {
  const near = tables.filter(({ age }) => age > AHEAD * freezeMaxAge).sort((a, b) => b.age - a.age);
  const [oldest] = near;
  const found = oldest
    ? `Now: ${near.length === 1 ? '1 table' : `${formatCount(near.length)} tables`}, the oldest ${oldest.name} (${formatBytes(oldest.bytes)}) at ${formatCount(oldest.age)}.`
    : 'Now: none.';
  return [
    {
      id: 'freeze-ahead',
      cadence: 'weekly',
      title: 'Freeze what comes near to a forced vacuum',
      reason: `From an age of ${formatCount(freezeMaxAge)} transactions on (autovacuum_freeze_max_age) autovacuum freezes a table at whatever hour and does not stand back. ${found}`,
      basis: 'catalog',
      source: 'manual, 25.1.5 Preventing Transaction ID Wraparound Failures; 75 %: own. No guide has it.',
      statements: near.slice(0, 20).map(({ name }) => `VACUUM (FREEZE) ${name}`),
      // Some at a time: what is left comes in the next week.
      generatedBy: `SELECT format('VACUUM (FREEZE) %s', c.oid::pg_catalog.regclass)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND pg_catalog.age(c.relfrozenxid) > ${AHEAD} * current_setting('autovacuum_freeze_max_age')::float8
ORDER BY pg_catalog.age(c.relfrozenxid) DESC LIMIT 20`,
      locks: 'None that readers or writers notice; it reads each table once and writes what is not frozen yet.',
    },
  ];
}
