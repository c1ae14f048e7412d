import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { formatCount, formatMs } from '../../core/base/units';
import {
  verdictOf,
  type Difference,
  type Outcome,
  type ParameterSet,
  type TimingComparison,
  type ValuesComparison,
  type Verification,
} from '../../core/advisor/rewrites/verification';
import { DatabaseError } from '../../core/ports';
import { loadGrammar } from '../../core/sql/grammar';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { compareRows, materialized, type RowFigures, type RowLimits } from './compareRows';
import { Form } from './forms';
import { setSideBySide, type SideBySide } from './resultShape';
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
    const run = new Run(session, forms, limits, signal);
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

interface Limits extends RowLimits {
  readonly timeoutMs: number;
  readonly lockTimeoutMs: number;
}

interface Forms {
  readonly original: Form;
  readonly rewritten: Form;
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

/** One snapshot and what is compared on it. */
class Run {
  readonly remarks: string[] = [];
  private readonly deadline: number;

  constructor(
    private readonly session: Session,
    private readonly forms: Forms,
    private readonly limits: Limits,
    private readonly signal: CancelSignal,
  ) {
    this.deadline = performance.now() + limits.timeoutMs;
  }

  get isTimeUp(): boolean {
    return performance.now() >= this.deadline;
  }

  async begin(): Promise<void> {
    await this.session.execute(
      `begin isolation level repeatable read read only; set local lock_timeout = ${Math.round(this.limits.lockTimeoutMs)}; set local jit = off; ${this.timeout()}`,
      this.signal,
    );
  }

  /** Begins the snapshot too. */
  async now(): Promise<string> {
    const [row] = await this.session.query<{ now: Date }>('select now() as now');
    return (row?.now ?? new Date()).toISOString();
  }

  /** What goes wrong in one of the statements is an outcome, and leaves the snapshot usable. */
  async compare(set: ParameterSet | undefined): Promise<Outcome> {
    const values = set?.values ?? {};
    const { session } = this;
    await session.execute(`savepoint compared; ${this.timeout()}`, this.signal);
    try {
      const sides = await setSideBySide(session, this.forms, values, this.signal);
      for (const remark of [...sides.remarks, ...(sides.orderRemark ? [sides.orderRemark] : [])]) this.remark(remark);
      return await this.compareSides(sides, values);
    } catch (error) {
      if (!isOfStatement(error)) throw error;
      await session.execute('rollback to compared', this.signal);
      if (error.kind === 'timeout') return { kind: 'not compared', reason: reasonOf(error, this.limits) };
      return this.whoFails(error, values);
    }
  }

  private async compareSides(sides: SideBySide, values: Values): Promise<Outcome> {
    const { comparison, differences } = sides;
    if (!comparison) return { kind: 'different', differences };
    const { maxRows } = this.limits;
    const figures = await compareRows(this.session, comparison, values, this.limits, this.signal);
    if (Math.max(figures.original, figures.rewritten) > maxRows) {
      const reason = `could not be compared: there are more than ${formatCount(maxRows)} rows; try values that give fewer`;
      return { kind: 'not compared', reason };
    }
    if (figures.writtenOtherwise > 0 && figures.missing + figures.added === 0) {
      this.remark('Some values are equal and written otherwise, as 1.0 and 1.00 are.');
    }
    const all = [...differences, ...rowDifferences(figures), ...orderDifferences(figures, sides)];
    if (all.length === 0) {
      const { original } = this.forms;
      if (original.isLimited && original.sortKeys?.length === 0 && figures.original > 0) {
        this.remark(
          'LIMIT without ORDER BY: the query itself does not say which rows it keeps; now both kept the same.',
        );
      }
      return { kind: 'equal', rows: figures.original, order: comparison.keys.length > 0 ? 'sort keys' : 'none' };
    }
    const reason = await this.leftOpen(all, figures, values);
    return reason === undefined
      ? { kind: 'different', differences: all }
      : { kind: 'undetermined', rows: figures.original, reason };
  }

  /** Why other rows are no difference: LIMIT cuts among rows that tie, and without it both give the same. */
  private async leftOpen(
    differences: readonly Difference[],
    figures: RowFigures,
    values: Values,
  ): Promise<string | undefined> {
    const { original, rewritten } = this.forms;
    const onlyRows = differences.every(({ kind }) => kind === 'rows');
    if (!onlyRows || figures.original !== figures.rewritten || !original.isLimited) return undefined;
    const whole = original.withoutLimit();
    const wholeRewritten = rewritten.isLimited ? rewritten.withoutLimit() : rewritten;
    if (!whole || !wholeRewritten) return undefined;
    await this.session.execute(this.timeout(), this.signal);
    const sides = await setSideBySide(
      this.session,
      { original: whole, rewritten: wholeRewritten },
      values,
      this.signal,
    );
    if (!sides.comparison) return undefined;
    const all = await compareRows(this.session, sides.comparison, values, this.limits, this.signal);
    if (Math.max(all.original, all.rewritten) > this.limits.maxRows || all.missing + all.added > 0) return undefined;
    const ties = original.sortKeys?.length
      ? 'its ORDER BY leaves ties, so the query itself does not say which rows LIMIT keeps'
      : 'it has no ORDER BY, so the query itself does not say which rows LIMIT keeps';
    return `${ties}; without LIMIT both give the same ${formatCount(all.original)} rows`;
  }

  /** An error in the comparison: of which form it is, or of both. */
  private async whoFails(error: DatabaseError, values: Values): Promise<Outcome> {
    const failures: (DatabaseError | undefined)[] = [];
    for (const form of [this.forms.original, this.forms.rewritten]) {
      failures.push(await this.failureOf(form, values));
    }
    const [original, rewritten] = failures;
    const slow = [original, rewritten].find(failure => failure?.kind === 'timeout');
    if (slow) return { kind: 'not compared', reason: reasonOf(slow, this.limits) };
    const denied = [original, rewritten, error].find(failure => failure?.kind === 'permission');
    if (denied) return { kind: 'not compared', reason: reasonOf(denied, this.limits) };
    if (original && rewritten) return { kind: 'both fail', message: original.message };
    const failing = original ?? rewritten;
    if (!failing) return { kind: 'not compared', reason: reasonOf(error, this.limits) };
    const form = original ? 'original' : 'rewritten';
    return { kind: 'different', differences: [{ kind: 'only one fails', form, message: failing.message }] };
  }

  private async failureOf(form: Form, values: Values): Promise<DatabaseError | undefined> {
    const { sql, names } = form.bound();
    const { session, signal } = this;
    await session.execute(`savepoint alone; ${this.timeout()}`, signal);
    try {
      const text = `with query as ${materialized(this.limits)}(\n${sql}\n) select count(*) from query`;
      await session.query(
        text,
        names.map(name => values[name] ?? null),
        { signal },
      );
      return undefined;
    } catch (error) {
      if (!isOfStatement(error)) throw error;
      await session.execute('rollback to alone', signal);
      return error;
    }
  }

  private remark(text: string): void {
    if (!this.remarks.includes(text)) this.remarks.push(text);
  }

  /** What is left of the time for one more statement; 0 would mean no limit. */
  private timeout(): string {
    return `set local statement_timeout = ${Math.max(1, Math.round(this.deadline - performance.now()))}`;
  }
}

type Values = Readonly<Record<string, string | null>>;

function rowDifferences(figures: RowFigures): Difference[] {
  const { original, rewritten, missing, added, onlyRepeats, missingRows, addedRows } = figures;
  if (missing + added === 0) return [];
  return [{ kind: 'rows', original, rewritten, missing, added, onlyRepeats, missingRows, addedRows }];
}

/** Other rows stand at other places anyway; then the order says nothing more, unless the counts are equal. */
function orderDifferences(figures: RowFigures, { orderLost }: SideBySide): Difference[] {
  if (orderLost !== undefined) return [{ kind: 'order lost', reason: orderLost }];
  if (figures.misplaced === 0 || figures.original !== figures.rewritten) return [];
  return [{ kind: 'order', places: figures.misplaced, first: figures.firstMisplaced ?? 1 }];
}

/** An error that the statement caused, and not a cancel or a lost connection. */
function isOfStatement(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.kind !== 'connection' && error.kind !== 'cancelled';
}

/** Why it was not compared; anything that is not the statement's own is thrown again. */
function reasonOf(error: unknown, { timeoutMs }: Limits): string {
  if (!isOfStatement(error)) throw error;
  if (error.sqlState === '55P03') return `could not be compared: ${error.message}; another session holds a lock`;
  if (error.kind === 'timeout') {
    return `could not be compared within ${formatMs(timeoutMs)}; allow more time, or try values that give fewer rows`;
  }
  return error.hint ? `${error.message} (${error.hint})` : error.message;
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
