/**
 * A change of a database in steps, each of which can be run again after a crash and taken back. Plain data: it is shown,
 * kept beside the state of a run, and turned into a script.
 */
export interface MigrationPlan {
  /** Tells plans apart: a run is resumed only with the plan it was begun with. */
  readonly id: string;
  readonly title: string;
  /** What the user must know before beginning: what will no longer hold, what is not carried over, and why. */
  readonly notes: readonly string[];
  /** Settings of every session that runs a step, by SET: `{ row_security: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly steps: readonly MigrationStep[];
}

export interface MigrationStep {
  /** Stable: a resumed run finds its place by it. */
  readonly id: string;
  readonly title: string;
  /** Shown as a comment above the SQL. */
  readonly explanation: string;
  /**
   * Statements, one an entry, without a semicolon at the end. Outside a transaction (`runsInTransaction: false`) each
   * must bear being run again, because a crash may have come between any two.
   */
  readonly sql: readonly string[];
  /** Takes `sql` back, run in the same way. Empty if there is nothing to take back; see {@link irreversible}. */
  readonly inverse: readonly string[];
  readonly runsInTransaction: boolean;
  /** What it locks, against whom, and for how long: one sentence. */
  readonly locks: string;
  /** Gives up waiting for a lock after so long, and tries again after a pause that grows. */
  readonly lockTimeoutMs?: number;
  /** Run before each try of `sql`, outside its transaction: what need not be done under its locks. */
  readonly beforeEachTry?: readonly string[];
  /** The same before each try of `inverse`. */
  readonly beforeEachInverseTry?: readonly string[];
  /**
   * A batch: run again, each time in a transaction of its own, until its last statement, which returns one number,
   * returns 0.
   */
  readonly repeatUntilZero?: boolean;
  /** A query of one row, `done` and `total` (numbers, total may be null), for the progress of a batch. */
  readonly progress?: string;
  /**
   * A query of one boolean: true once the step stands in the database. Asked before a step is run, because a connection
   * may be lost between the commit and the news of it.
   */
  readonly isDone?: string;
  /**
   * A query of one text: why taking the step back would destroy something that came after it, or null. Asked before
   * `inverse` is run.
   */
  readonly undoObstacle?: string;
  /** Under which circumstances it is needed, in words. */
  readonly onlyWhen?: string;
  /** Not part of the run: the user starts it, some day, when everything has proved itself (dropping the old table). */
  readonly onRequest?: boolean;
  /** Why there is no way back from it, one sentence. */
  readonly irreversible?: string;
}

/** Why a run or an undo ended before its end. */
export interface MigrationStop {
  readonly kind: 'stopped';
  /** `locked`: locks were not to be had in time; `refused`: going on would destroy something or the plan is another. */
  readonly reason: 'cancelled' | 'failed' | 'locked' | 'refused' | 'connection lost';
  /** Absent if it stopped before the first step. */
  readonly stepId?: string;
  readonly message: string;
  readonly hint?: string;
  /** What stands in the database now, a sentence each. */
  readonly stands: readonly string[];
}

/** The steps that a run goes through by itself. */
export function plannedSteps(plan: MigrationPlan): readonly MigrationStep[] {
  return plan.steps.filter(step => !step.onRequest);
}

/** The steps that wait for the user's word. */
export function stepsOnRequest(plan: MigrationPlan): readonly MigrationStep[] {
  return plan.steps.filter(step => step.onRequest);
}
