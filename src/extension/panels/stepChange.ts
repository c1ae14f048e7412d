import type { Change } from '../../core/advisor/suggestion';
import type { SqlStep } from '../../core/plan/nextStep';

/** What each kind of step locks, and whether several statements of it are all or nothing. */
const FACTS: Readonly<Record<SqlStep['what'], Pick<Change, 'locks' | 'runsInTransaction'>>> = {
  analyze: { locks: 'SHARE UPDATE EXCLUSIVE: reading and writing go on', runsInTransaction: true },
  // VACUUM and CREATE INDEX CONCURRENTLY refuse to run in a transaction.
  vacuum: { locks: 'SHARE UPDATE EXCLUSIVE: reading and writing go on', runsInTransaction: false },
  index: { locks: 'SHARE UPDATE EXCLUSIVE: reading and writing go on', runsInTransaction: false },
  statistics: { locks: 'SHARE UPDATE EXCLUSIVE: reading and writing go on', runsInTransaction: true },
  setting: { locks: 'none on tables', runsInTransaction: true },
};

/** A finding's step as a change of the database. What undoes it is told by what it made, once it has run. */
export function changeOfStep({ what, sql }: SqlStep): Change {
  return { ...FACTS[what], sql, inverse: [] };
}

/**
 * True if running it leaves nothing to take back: ANALYZE and VACUUM tell the planner and tidy up. Everything else
 * either makes an object, which can be dropped again, or changes one.
 */
function isHarmless(step: SqlStep): boolean {
  return step.what === 'analyze' || step.what === 'vacuum';
}

/** True if the step changes what is there already, so that what it was is lost. */
export function isOneWay(step: SqlStep): boolean {
  return !isHarmless(step) && !step.sql.every(sql => /^\s*(?:create|analyze)\b/i.test(sql));
}
