import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { formatCount } from '../../core/base/units';
import type { MigrationPlan, MigrationStep } from '../../core/advisor/migration/migrationPlan';
import { LOCK_TRIES, LONGEST_PAUSE_SECONDS } from '../../core/advisor/migration/migrationScript';
import { DatabaseError } from '../../core/ports';
import { quoteLiteral } from '../../core/sql/identifiers';
import { watchProgress, type Progress } from '../changeProgress';
import { applyChange } from '../changes';
import { parseConcurrentBuild } from '../concurrentBuild';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';

export interface StepContext {
  readonly db: PostgresDatabase;
  readonly session: Session;
  readonly signal?: CancelSignal;
  readonly report: (progress: Progress) => void;
  /** Tries before a step gives up on a lock; {@link LOCK_TRIES} unless said otherwise. */
  readonly lockTries?: number;
  /** The longest pause between two tries, milliseconds. */
  readonly longestPauseMs?: number;
}

/** How often the progress of a batch is asked for and told, at most. */
const PROGRESS_EVERY_MS = 500;

/** What is quicker than this is not watched: looking takes a connection and a query. */
const WATCHED_AFTER_MS = 200;

/** What DROP … IF EXISTS says if there is nothing to drop. */
const ROUTINE_NOTICE = /does not exist, skipping$/;

/** `lock_not_available` and `deadlock_detected`: the transaction left nothing, and another try may succeed. */
const LOCK_STATES = new Set(['55P03', '40P01']);

/** What every session of a migration needs: no limit cuts a step short, and a batch reads what is committed. */
export function sessionSettings(plan: MigrationPlan): string {
  const settings = { statement_timeout: '0', lock_timeout: '0', idle_in_transaction_session_timeout: '0' };
  return Object.entries({ ...settings, ...plan.settings })
    .map(([name, value]) => `set ${name} = ${quoteLiteral(value)}`)
    .join('; ');
}

/** Runs a step to its end. @returns the rows that a batch handled. @throws DatabaseError, CancelledError */
export async function runStep(step: MigrationStep, context: StepContext): Promise<number | undefined> {
  if (step.repeatUntilZero) return runBatches(step, context);
  await runWithTries(step, step.sql, step.beforeEachTry ?? [], context);
  return undefined;
}

/** Takes a step back. */
export async function runInverse(step: MigrationStep, context: StepContext): Promise<void> {
  await runWithTries(step, step.inverse, step.beforeEachInverseTry ?? [], context);
}

async function runWithTries(
  step: MigrationStep,
  sql: readonly string[],
  before: readonly string[],
  context: StepContext,
): Promise<void> {
  const tries = step.lockTimeoutMs === undefined ? 1 : (context.lockTries ?? LOCK_TRIES);
  for (let attempt = 1; ; attempt++) {
    for (const each of before) await runWatched(each, context);
    try {
      if (step.runsInTransaction) await runInTransaction(step, sql, context);
      else await runOneByOne(sql, step.lockTimeoutMs, context);
      return;
    } catch (error) {
      if (!isLockFailure(error) || attempt >= tries) throw error;
      const pauseMs = Math.min(1000 * 1.5 ** attempt, context.longestPauseMs ?? LONGEST_PAUSE_SECONDS * 1000);
      const seconds = formatCount(Math.round(pauseMs / 100) / 10);
      context.report({ text: `a lock was not to be had (try ${attempt} of ${tries}); next try in ${seconds} s` });
      await pause(pauseMs, context.signal);
    }
  }
}

/** In one message, so that locks are not held while statements travel to the server one by one. */
async function runInTransaction(step: MigrationStep, sql: readonly string[], context: StepContext): Promise<void> {
  const { session, signal } = context;
  const timeout =
    step.lockTimeoutMs === undefined ? '' : `; set local lock_timeout = ${Math.round(step.lockTimeoutMs)}`;
  const text = [`begin isolation level read committed${timeout}`, ...sql, 'commit'].join(';\n');
  try {
    await watched(step.title, session.execute(text, signal), context);
  } catch (error) {
    if (!session.lost) await session.execute('rollback');
    throw error;
  }
}

async function runOneByOne(
  sql: readonly string[],
  lockTimeoutMs: number | undefined,
  context: StepContext,
): Promise<void> {
  const { session, signal, report, db } = context;
  await session.execute(`set lock_timeout = ${Math.round(lockTimeoutMs ?? 0)}`);
  try {
    for (const each of sql) {
      if (parseConcurrentBuild(each)) {
        // It looks for the INVALID index that a failed build leaves, and removes it.
        const change = { sql: [each], runsInTransaction: false, locks: '', inverse: [] };
        await applyChange(db, change, { ...(signal ? { signal } : {}), onProgress: report });
      } else {
        await runWatched(each, context);
      }
    }
  } finally {
    if (!session.lost) await session.execute('set lock_timeout = 0');
  }
}

async function runWatched(sql: string, context: StepContext): Promise<void> {
  const { session, signal } = context;
  await watched(sql, session.query(sql, [], signal ? { signal } : {}), context);
}

/** Follows what takes longer than a moment, and passes on what the server had to say. */
async function watched<T>(text: string, work: Promise<T>, context: StepContext): Promise<void> {
  const { db, session, report } = context;
  let timer: NodeJS.Timeout | undefined;
  const moment = new Promise<'long'>(resolve => (timer = setTimeout(() => resolve('long'), WATCHED_AFTER_MS)));
  try {
    if ((await Promise.race([work, moment])) === 'long') {
      await watchProgress(db, session.processId, text, work, report);
    }
  } finally {
    clearTimeout(timer);
  }
  for (const notice of session.takeNotices()) {
    if (!ROUTINE_NOTICE.test(notice)) report({ text: notice.replace(/^NOTICE: /, '') });
  }
}

async function runBatches(step: MigrationStep, context: StepContext): Promise<number> {
  const { session, signal, report } = context;
  let rows = 0;
  let toldAt = -Infinity;
  for (;;) {
    const handled = await runBatch(step, context);
    if (handled === 0) return rows;
    rows += handled;
    if (signal?.aborted) throw new CancelledError();
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) continue;
    toldAt = performance.now();
    report(step.progress ? await batchProgress(session, step.progress) : { text: `${formatCount(rows)} rows` });
  }
}

async function runBatch(step: MigrationStep, { session, signal }: StepContext): Promise<number> {
  await session.execute('begin isolation level read committed', signal);
  try {
    let rows: Record<string, unknown>[] = [];
    for (const each of step.sql) rows = await session.query(each, [], signal ? { signal } : {});
    await session.execute('commit');
    return Number(Object.values(rows[0] ?? {})[0] ?? 0);
  } catch (error) {
    if (!session.lost) await session.execute('rollback');
    throw error;
  }
}

async function batchProgress(session: Session, sql: string): Promise<Progress> {
  const [row] = await session.query<{ done: string | number; total: string | number | null }>(sql);
  const done = Number(row?.done ?? 0);
  if (row?.total === null || row?.total === undefined) return { text: `${formatCount(done)} rows` };
  // An estimate may be too low; more than all is never claimed.
  const total = Math.max(Number(row.total), done);
  return {
    text: `${formatCount(done)} of about ${formatCount(total)} rows`,
    ...(total > 0 ? { fraction: done / total } : {}),
  };
}

/** True if the failure was a lock that could not be had, and nothing else. */
export function isLockFailure(error: unknown): boolean {
  return error instanceof DatabaseError && LOCK_STATES.has(error.sqlState ?? '');
}

async function pause(ms: number, signal: CancelSignal | undefined): Promise<void> {
  if (signal?.aborted) throw new CancelledError();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new CancelledError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
