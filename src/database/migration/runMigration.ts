import { messageOf } from '../../core/base/messageOf';
import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { hashText } from '../../core/base/hashText';
import { plannedSteps, type MigrationPlan, type MigrationStep } from '../../core/advisor/migration/migrationPlan';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import type { MigrationOutcome, MigrationProgress, MigrationRecord, MigrationStore } from './migrationRecord';
import { describeMigrationState, isTrue } from './migrationState';
import { isLockFailure, runInverse, runStep, sessionSettings, type StepContext } from './runStep';

export interface RunOptions {
  readonly store: MigrationStore;
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: MigrationProgress) => void;
  /** Ends, finished, before this step: to look at the copy before the swap. */
  readonly stopBefore?: string;
  /** Runs these steps instead of the planned ones: those on request, once the user asks for them. */
  readonly only?: readonly string[];
  /** See `StepContext`. */
  readonly lockTries?: number;
  readonly longestPauseMs?: number;
}

/**
 * Runs a plan, or goes on with it where the stored record says it was left. Steps that stand already are passed over.
 * At a failure, a cancel or a lost connection it stops and tells what stands; nothing is taken back by itself. Two runs
 * of one plan at a time are refused.
 */
export async function runMigration(
  db: PostgresDatabase,
  plan: MigrationPlan,
  options: RunOptions,
): Promise<MigrationOutcome> {
  const stored = await options.store.load();
  const record: MigrationRecord = stored ?? { plan, finished: [] };
  if (stored && fingerprint(stored.plan) !== fingerprint(plan)) {
    return stopped(db, record, 'refused', undefined, new Error('the state kept there belongs to another plan'));
  }
  const wanted = options.only
    ? plan.steps.filter(step => options.only?.includes(step.id))
    : plannedSteps(plan).slice(0, endBefore(plan, options.stopBefore));
  return inSession(db, record, options, async (run, context) => {
    for (const [i, step] of wanted.entries()) {
      if (run.record.finished.some(each => each.id === step.id)) continue;
      const position = { step: i + 1, steps: wanted.length };
      await run.doing(step, position, async within => {
        const startedAt = performance.now();
        const known = step.isDone !== undefined && (await isTrue(context.session, step.isDone, options.signal));
        const rows = known ? undefined : await runStep(step, within);
        return {
          id: step.id,
          finishedAt: new Date().toISOString(),
          tookMs: Math.round(performance.now() - startedAt),
          ...(rows === undefined ? {} : { rows }),
        };
      });
    }
  });
}

/**
 * Takes the recorded steps back, the last one first. Before each it asks the database whether that would destroy what
 * came after it, and stops if so.
 * @param downTo the last step to be taken back; all if absent.
 */
export async function undoMigration(
  db: PostgresDatabase,
  options: Omit<RunOptions, 'only' | 'stopBefore'> & { readonly downTo?: string },
): Promise<MigrationOutcome> {
  const record = await options.store.load();
  if (!record) throw new DatabaseError('unsupported', 'there is no record of a migration to take back');
  const steps = stepsToUndo(record, options.downTo);
  return inSession(db, record, options, async (run, context) => {
    for (const [i, step] of steps.entries()) {
      await run.undoing(step, { step: i + 1, steps: steps.length }, async within => {
        if (step.irreversible) throw new Refusal(`"${step.title}" cannot be taken back: ${step.irreversible}`);
        if (step.isDone !== undefined && !step.repeatUntilZero && !(await isTrue(context.session, step.isDone))) return;
        const obstacle = step.undoObstacle && (await textOf(context.session, step.undoObstacle));
        if (obstacle) throw new Refusal(obstacle);
        if (step.inverse.length > 0) await runInverse(step, within);
      });
    }
  });
}

/** Finished and half-finished steps, the last of the plan first. */
function stepsToUndo(record: MigrationRecord, downTo: string | undefined): MigrationStep[] {
  const { steps } = record.plan;
  const first = Math.max(
    0,
    steps.findIndex(step => step.id === downTo),
  );
  return steps
    .slice(first)
    .filter(step => step.id === record.begun || record.finished.some(each => each.id === step.id))
    .reverse();
}

/** Why going on would destroy something. */
class Refusal extends Error {}

interface Position {
  readonly step: number;
  readonly steps: number;
}

/** The record of a run under way. It is saved before a step is begun and after it has ended. */
class Run {
  current: MigrationStep | undefined;

  constructor(
    public record: MigrationRecord,
    private readonly options: RunOptions,
    private readonly context: Omit<StepContext, 'report'>,
  ) {}

  async doing(
    step: MigrationStep,
    position: Position,
    work: (context: StepContext) => Promise<MigrationRecord['finished'][number]>,
  ): Promise<void> {
    await this.begin(step);
    const finished = await work(this.contextOf(step, position));
    await this.save({ plan: this.record.plan, finished: [...this.record.finished, finished] });
  }

  async undoing(step: MigrationStep, position: Position, work: (context: StepContext) => Promise<void>): Promise<void> {
    await this.begin(step);
    await work(this.contextOf(step, position));
    const finished = this.record.finished.filter(each => each.id !== step.id);
    await this.save({ plan: this.record.plan, finished });
  }

  private async begin(step: MigrationStep): Promise<void> {
    if (this.options.signal?.aborted) throw new CancelledError();
    this.current = step;
    await this.save({ ...this.record, begun: step.id });
  }

  private contextOf(step: MigrationStep, position: Position): StepContext {
    const report = (progress: { readonly text: string; readonly fraction?: number }): void =>
      this.options.onProgress?.({ stepId: step.id, title: step.title, ...position, ...progress });
    report({ text: step.title });
    return { ...this.context, report };
  }

  private async save(record: MigrationRecord): Promise<void> {
    await this.options.store.save(record);
    this.record = record;
  }
}

async function inSession(
  db: PostgresDatabase,
  record: MigrationRecord,
  options: RunOptions,
  work: (run: Run, context: { readonly session: Session }) => Promise<void>,
): Promise<MigrationOutcome> {
  let run: Run | undefined;
  try {
    return await db.withSession(async session => {
      if (session.isPooled) {
        throw new Refusal(
          'a pooler (such as PgBouncer) stands between, and a migration needs a session of its own: connect to the server itself',
        );
      }
      const [lock] = await session.query<{ free: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 20240229)) as free',
        [record.plan.id],
      );
      if (!lock?.free) throw new Refusal('another run of this plan is under way');
      await session.execute(sessionSettings(record.plan));
      const { signal, lockTries, longestPauseMs } = options;
      run = new Run(record, options, {
        db,
        session,
        ...(signal ? { signal } : {}),
        ...(lockTries === undefined ? {} : { lockTries }),
        ...(longestPauseMs === undefined ? {} : { longestPauseMs }),
      });
      await work(run, { session });
      return { kind: 'finished', record: run.record };
    });
  } catch (error) {
    return stopped(db, run?.record ?? record, reasonOf(error), run?.current?.id, error);
  }
}

type StopReason = Extract<MigrationOutcome, { kind: 'stopped' }>['reason'];

function reasonOf(error: unknown): StopReason {
  if (error instanceof CancelledError) return 'cancelled';
  if (error instanceof Refusal) return 'refused';
  if (isLockFailure(error)) return 'locked';
  return error instanceof DatabaseError && error.kind === 'connection' ? 'connection lost' : 'failed';
}

async function stopped(
  db: PostgresDatabase,
  record: MigrationRecord,
  reason: StopReason,
  stepId: string | undefined,
  error: unknown,
): Promise<MigrationOutcome> {
  const hint = error instanceof DatabaseError ? error.hint : undefined;
  return {
    kind: 'stopped',
    reason,
    ...(stepId === undefined ? {} : { stepId }),
    message: messageOf(error),
    ...(hint === undefined ? {} : { hint }),
    stands: await describeMigrationState(db, record),
    record,
  };
}

async function textOf(session: Session, sql: string): Promise<string | undefined> {
  const [row] = await session.query(sql);
  const value = Object.values(row ?? {})[0];
  return typeof value === 'string' ? value : undefined;
}

function endBefore(plan: MigrationPlan, stepId: string | undefined): number | undefined {
  if (stepId === undefined) return undefined;
  const at = plannedSteps(plan).findIndex(step => step.id === stepId);
  return at === -1 ? undefined : at;
}

function fingerprint(plan: MigrationPlan): string {
  return hashText(JSON.stringify(plan));
}
