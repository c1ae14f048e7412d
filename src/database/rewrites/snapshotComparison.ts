import type { CancelSignal } from '../../core/base/cancelSignal';
import { formatCount, formatMs } from '../../core/base/units';
import type { Difference, Outcome, ParameterSet } from '../../core/advisor/rewrites/verification';
import { DatabaseError } from '../../core/ports';
import type { Session } from '../session';
import { compareRows, materialized, type RowFigures, type RowLimits } from './compareRows';
import type { Form } from './forms';
import { setSideBySide, type SideBySide } from './resultShape';

export interface Limits extends RowLimits {
  /** For everything that is compared on one snapshot. */
  readonly timeoutMs: number;
  readonly lockTimeoutMs: number;
}

/** The two forms of a statement. */
export interface Forms {
  readonly original: Form;
  readonly rewritten: Form;
}

/** One snapshot (REPEATABLE READ, read-only) and what is compared on it. */
export class SnapshotComparison {
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
export function isOfStatement(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.kind !== 'connection' && error.kind !== 'cancelled';
}

/** Why it was not compared; anything that is not the statement's own is thrown again. */
export function reasonOf(error: unknown, { timeoutMs }: Limits): string {
  if (!isOfStatement(error)) throw error;
  if (error.sqlState === '55P03') return `could not be compared: ${error.message}; another session holds a lock`;
  if (error.kind === 'timeout') {
    return `could not be compared within ${formatMs(timeoutMs)}; allow more time, or try values that give fewer rows`;
  }
  return error.hint ? `${error.message} (${error.hint})` : error.message;
}
