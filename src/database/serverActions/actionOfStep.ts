import type { PreparedAction } from '../../core/health/preparedAction';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { HealthStep } from '../../core/health/check';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { prepareAction } from './prepareAction';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;
const QUALIFIED = String.raw`(${NAME}(?:\.${NAME})?)`;

/** What each action's SQL may be: a step is data from elsewhere, and not everything that is SQL is a step. */
const RELATION_STEPS = [
  { action: 'vacuum', pattern: new RegExp(`^VACUUM \\(ANALYZE\\) ${QUALIFIED}$`) },
  { action: 'freeze', pattern: new RegExp(`^VACUUM \\(FREEZE\\) ${QUALIFIED}$`) },
  { action: 'analyze', pattern: new RegExp(`^ANALYZE ${QUALIFIED}$`) },
  { action: 'reindex', pattern: new RegExp(`^REINDEX INDEX CONCURRENTLY ${QUALIFIED}$`) },
] as const;

const SIGNAL =
  /^SELECT (pg_cancel_backend|pg_terminate_backend)\(pid\) AS done FROM pg_stat_activity WHERE pid = (\d+) AND \w+ = '[^';]*'$/;

/**
 * What the step of a health check would do, with what speaks against it. Changes nothing.
 * @throws DatabaseError `unsupported` for what is no step of ours
 */
export async function prepareStep(
  db: PostgresDatabase,
  { sql = '' }: HealthStep,
  signal?: CancelSignal,
): Promise<PreparedAction> {
  const statement = sql.replace(/;$/, '');
  for (const { action, pattern } of RELATION_STEPS) {
    const target = pattern.exec(statement)?.[1];
    if (target !== undefined) return prepareAction(db, { action, target }, signal);
  }
  const [, call, pid] = SIGNAL.exec(statement) ?? [];
  if (call === undefined || pid === undefined) {
    throw new DatabaseError('unsupported', 'this step cannot be run from here');
  }
  const [row] = await db.query<{ began: string }>(
    'select backend_start::text as began from pg_catalog.pg_stat_activity where pid = $1::int',
    [pid],
    signal,
  );
  const action = call === 'pg_cancel_backend' ? 'cancel' : 'terminate';
  const prepared = await prepareAction(db, { action, target: `${pid} ${row?.began ?? ''}` }, signal);
  // The step's own words say which session and which statement was seen.
  return { ...prepared, sql: [statement] };
}
