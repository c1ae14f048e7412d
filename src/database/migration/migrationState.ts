import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { plannedSteps, type MigrationStep } from '../../core/advisor/migration/migrationPlan';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import type { MigrationRecord } from './migrationRecord';

/**
 * `stands`: in the database; `begun`: in part, or in doubt; `not begun`: nothing of it. `known by` says whether the
 * database itself was asked or the record believed.
 */
export interface StepState {
  readonly step: MigrationStep;
  readonly state: 'stands' | 'begun' | 'not begun';
  readonly knownBy: 'database' | 'record';
}

/** Telling how things stand must not wait for what stands in the way. */
const LIMITS = `set lock_timeout = '1s'; set statement_timeout = '5s'`;

/** Where each step stands now, asking the database wherever a step can be asked for. */
export async function readMigrationState(db: PostgresDatabase, record: MigrationRecord): Promise<StepState[]> {
  return db.withSession(async session => {
    // Through a pooler they would stay with a session that others use.
    if (!session.isPooled) await session.execute(LIMITS);
    const states: StepState[] = [];
    for (const step of record.plan.steps) states.push(await stateOf(session, record, step));
    return states;
  });
}

async function stateOf(session: Session, record: MigrationRecord, step: MigrationStep): Promise<StepState> {
  const recorded = record.finished.some(each => each.id === step.id);
  const begun = record.begun === step.id;
  if (step.isDone !== undefined && (begun || recorded)) {
    const done = await answer(session, step.isDone);
    if (done !== 'no answer')
      return { step, state: done ? 'stands' : begun ? 'begun' : 'not begun', knownBy: 'database' };
  }
  return { step, state: recorded ? 'stands' : begun ? 'begun' : 'not begun', knownBy: 'record' };
}

/** True if the query of one boolean says so; false also if what it looks at is not there. */
export async function isTrue(session: Session, sql: string, signal?: CancelSignal): Promise<boolean> {
  return (await answer(session, sql, signal)) === true;
}

async function answer(session: Session, sql: string, signal?: CancelSignal): Promise<boolean | 'no answer'> {
  try {
    const [row] = await session.query(sql, [], signal ? { signal } : {});
    return Object.values(row ?? {})[0] === true;
  } catch (error) {
    if (session.lost || error instanceof CancelledError) throw error;
    return error instanceof DatabaseError && error.kind === 'timeout' ? 'no answer' : false;
  }
}

/** What stands in the database, a sentence each, for the user who has to decide how to go on. */
export async function describeMigrationState(db: PostgresDatabase, record: MigrationRecord): Promise<string[]> {
  try {
    return (await readMigrationState(db, record)).flatMap(each => describe(each));
  } catch {
    // The connection may be what failed. Then the record is all there is, and that is said.
    const finished = plannedSteps(record.plan).filter(step => record.finished.some(each => each.id === step.id));
    return [
      'The database could not be asked; by the record of this run:',
      ...finished.map(step => `Done: ${step.title}.`),
      ...(record.begun === undefined ? [] : [`Begun, in doubt: ${titleOf(record, record.begun)}.`]),
    ];
  }
}

function describe({ step, state }: StepState): string[] {
  if (state === 'not begun') return [];
  if (state === 'stands') return [`Done: ${step.title}.`];
  if (step.repeatUntilZero) return [`Done in part, in whole batches: ${step.title}.`];
  if (step.runsInTransaction) return [`Not done, its transaction left nothing: ${step.title}.`];
  return [`Done in part, can be run again: ${step.title}.`];
}

function titleOf(record: MigrationRecord, id: string): string {
  return record.plan.steps.find(step => step.id === id)?.title ?? id;
}
