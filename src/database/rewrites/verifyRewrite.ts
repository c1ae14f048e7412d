import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { formatMs } from '../../core/base/units';
import {
  verdictOf,
  type ParameterSet,
  type TimingComparison,
  type ValuesComparison,
  type Verification,
} from '../../core/advisor/rewrites/verification';
import { loadGrammar } from '../../core/sql/grammar';
import type { PostgresDatabase } from '../connect';
import { Form } from './forms';
import { isOfStatement, reasonOf, SnapshotComparison, type Forms, type Limits } from './snapshotComparison';
import { timeForms, type ComparedPlans } from './timeForms';
import { comparability } from './volatility';

/** Two forms of one statement, and the values to try. */
export interface RewriteToVerify {
  readonly original: string;
  readonly rewritten: string;
  /** Empty for a statement without parameters; see `proposeParameterSets`. */
  readonly parameters: readonly ParameterSet[];
}

export interface VerificationOptions {
  /** For all comparisons together, and as long again for the timing. 30 s. */
  readonly timeoutMs?: number;
  /** How long to wait for a lock. 2 s. */
  readonly lockTimeoutMs?: number;
  /** A result with more rows is not compared. 1,000,000. */
  readonly maxRows?: number;
  /** How often each form is timed; 0 for not at all. 5. */
  readonly runs?: number;
}

/** A {@link Verification} with the plans of both forms as EXPLAIN ANALYZE gave them, if they were timed. */
export interface VerifiedRewrite extends Verification {
  readonly plans?: ComparedPlans;
}

const TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 2_000;
const MAX_ROWS = 1_000_000;
const RUNS = 5;

/**
 * Runs both forms read-only on one snapshot (REPEATABLE READ) for each set of values and compares names and types of
 * the columns, the rows as multisets, and the order where ORDER BY decides it; then both are timed. Nothing is run that
 * writes or that is volatile. What fails in the statements themselves is an outcome.
 * @throws DatabaseError `connection` when the server cannot be reached; CancelledError once the signal has fired and
 * the server has stopped.
 */
export async function verifyRewrite(
  database: PostgresDatabase,
  rewrite: RewriteToVerify,
  options: VerificationOptions,
  signal: CancelSignal,
): Promise<VerifiedRewrite> {
  const grammar = await loadGrammar();
  const forms = { original: new Form(grammar, rewrite.original), rewritten: new Form(grammar, rewrite.rewritten) };
  const limits: Limits = {
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    maxRows: options.maxRows ?? MAX_ROWS,
    serverVersion: database.serverVersion,
  };
  const refusal = refusalOf(forms, rewrite.parameters);
  if (refusal !== undefined) return refused(refusal, new Date().toISOString());
  const compared = await database.withSession(async session => {
    const run = new SnapshotComparison(session, forms, limits, signal);
    await run.begin();
    const comparedAt = await run.now();
    try {
      const { refusal: reason, remarks } = await comparability(
        session,
        grammar,
        [forms.original.statement, forms.rewritten.statement],
        signal,
      );
      if (reason !== undefined) return refused(reason, comparedAt);
      const sets = rewrite.parameters.length > 0 ? rewrite.parameters : [undefined];
      const comparisons: ValuesComparison[] = [];
      for (const values of sets) {
        const outcome = await run.compare(values);
        comparisons.push({ ...(values && { values }), outcome });
        // What took too long for one set of values would do so for the next.
        if (run.isTimeUp) break;
      }
      return {
        verdict: verdictOf(comparisons),
        comparedAt,
        comparisons,
        remarks: [...remarks, ...run.remarks],
        timings: [],
      };
    } catch (error) {
      return refused(reasonOf(error, limits), comparedAt);
    }
  }, signal);
  if (compared.verdict === 'not compared' || options.runs === 0) return compared;
  return withTimings(database, compared, forms, limits, options.runs ?? RUNS, signal);
}

function refused(refusal: string, comparedAt: string): Verification {
  return { verdict: 'not compared', comparedAt, comparisons: [], refusal, remarks: [], timings: [] };
}

/** Why the two cannot be compared, as far as their text tells. */
function refusalOf({ original, rewritten }: Forms, sets: readonly ParameterSet[]): string | undefined {
  for (const [name, { statement }] of [['original', original] as const, ['rewritten form', rewritten] as const]) {
    if (statement.syntaxError) return `the ${name} does not parse: ${statement.syntaxError.message}`;
    if (statement.kind !== 'SelectStmt') return `the ${name} is no query, and only queries are run to be compared`;
    if (statement.writes) return `the ${name} changes or locks something, and only queries are run to be compared`;
  }
  const wanted = original.parameters;
  const unknown = rewritten.parameters.filter(name => !wanted.includes(name));
  if (unknown.length > 0) {
    return `the rewritten form takes ${unknown.join(', ')}, which the original does not: for which values they mean the same only you know`;
  }
  if (wanted.length > 0 && sets.length === 0) return `values for ${wanted.join(', ')} are needed`;
  const [missing] = sets.flatMap(({ values }) => wanted.filter(name => values[name] === undefined));
  return missing === undefined ? undefined : `a value for ${missing} is needed`;
}

async function withTimings(
  database: PostgresDatabase,
  compared: Verification,
  forms: Forms,
  limits: Limits,
  runs: number,
  signal: CancelSignal,
): Promise<VerifiedRewrite> {
  const timings: TimingComparison[] = [];
  let plans: ComparedPlans | undefined;
  const remarks = [...compared.remarks];
  const deadline = performance.now() + limits.timeoutMs;
  for (const values of setsToTime(compared.comparisons)) {
    try {
      const timed = await timeForms(
        database,
        forms,
        { values, runs, deadline, lockTimeoutMs: limits.lockTimeoutMs },
        signal,
      );
      if (!timed) break;
      plans ??= timed.plans;
      timings.push({ ...(values && { values }), ...timed.timing });
    } catch (error) {
      if (error instanceof CancelledError || !isOfStatement(error)) throw error;
      const reason = error.kind === 'timeout' ? `they took longer than ${formatMs(limits.timeoutMs)}` : error.message;
      remarks.push(`Not timed: ${reason}.`);
      break;
    }
  }
  return { ...compared, remarks, timings, ...(plans && { plans }) };
}

/** More would take long and say little: the first ones are the common and the rare values. */
const MOST_TIMED_SETS = 2;

function setsToTime(comparisons: readonly ValuesComparison[]): (ParameterSet | undefined)[] {
  const ran = comparisons.filter(({ outcome }) => outcome.kind !== 'both fail' && outcome.kind !== 'not compared');
  const ranBoth = ran.filter(
    ({ outcome }) => outcome.kind !== 'different' || outcome.differences.every(({ kind }) => kind !== 'only one fails'),
  );
  const filled = ranBoth.filter(({ values }) => !values || Object.values(values.values).some(value => value !== null));
  return filled.slice(0, MOST_TIMED_SETS).map(({ values }) => values);
}
