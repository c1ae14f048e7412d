import type { BenchmarkFailure } from '../../core/benchmark/benchmark';
import { DatabaseError } from '../../core/ports';
import type { Session } from '../session';
import type { BenchmarkRequest } from './runBenchmark';

/** What the clients measured. Times in milliseconds, in the order in which the runs ended. */
export interface LoadFigures {
  /** Of a run of all statements, without BEGIN and ROLLBACK. */
  readonly timesMs: readonly number[];
  /** The same by statement. */
  readonly statementTimesMs: readonly (readonly number[])[];
  /** Runs a second of all clients together, with BEGIN and ROLLBACK. */
  readonly tps: number;
  readonly seconds: number;
}

/** What happens under load and says nothing against the statement: such a run is counted, and the next one begun. */
const PASSING = /^(?:40|55P03$|57014$)/;

/** How a phase stands, for those who watch. */
export interface LoadState {
  readonly isWarmingUp: boolean;
  readonly runs: number;
  readonly failures: number;
  /** 0 to 1, of warm-up and measurement together. */
  readonly fraction: number;
}

/** One benchmark on its way: clients that run, and what they have measured so far. */
export class LoadRun {
  readonly #request: BenchmarkRequest;
  readonly #rolledBack: boolean;
  readonly #times: number[] = [];
  readonly #statementTimes: number[][];
  readonly #failures = new Map<string, BenchmarkFailure>();
  #startedAt = 0;
  #measuredFrom = 0;
  /** Begun, measured or about to be. */
  #begun = 0;
  #tps = 0;
  #lastEnd = 0;
  #stop: () => void = () => undefined;
  /** Settled once everything is to end before its time. */
  readonly stopped: Promise<void>;
  isStopped = false;
  /** Why it was stopped, unless the user did. */
  failed: Error | undefined;

  constructor(request: BenchmarkRequest, rolledBack: boolean) {
    this.#request = request;
    this.#rolledBack = rolledBack;
    this.#statementTimes = request.statements.map(() => []);
    this.stopped = new Promise(resolve => (this.#stop = resolve));
  }

  /** Runs until the time is over, the runs are done, or {@link stop}. Never rejects. */
  async run(clients: readonly Session[]): Promise<void> {
    this.#startedAt = performance.now();
    this.#measuredFrom = this.#startedAt + this.#request.warmUpSeconds * 1000;
    this.#lastEnd = this.#measuredFrom;
    await Promise.all(clients.map(session => this.#runClient(session)));
  }

  stop(): void {
    this.isStopped = true;
    this.#stop();
  }

  state(): LoadState {
    const { length, warmUpSeconds } = this.#request;
    const elapsed = (performance.now() - this.#startedAt) / 1000;
    const fraction =
      'runs' in length ? this.#times.length / length.runs : elapsed / Math.max(warmUpSeconds + length.seconds, 0.001);
    return {
      isWarmingUp: elapsed < warmUpSeconds,
      runs: this.#times.length,
      failures: this.failures().reduce((sum, { count }) => sum + count, 0),
      fraction: Math.min(1, fraction),
    };
  }

  /** By how often they happened. */
  failures(): BenchmarkFailure[] {
    return [...this.#failures.values()].sort((a, b) => b.count - a.count);
  }

  /** @throws DatabaseError `timeout` if not one run succeeded: there is nothing to tell but why. */
  figures(): LoadFigures {
    if (this.#times.length === 0) {
      const reasons = this.failures().map(({ count, message }) => `${count} × ${message}`);
      throw new DatabaseError('timeout', `no run succeeded: ${reasons.join('; ') || 'none ended in time'}`);
    }
    return {
      timesMs: this.#times,
      statementTimesMs: this.#statementTimes,
      tps: this.#tps,
      seconds: (this.#lastEnd - this.#measuredFrom) / 1000,
    };
  }

  async #runClient(session: Session): Promise<void> {
    let from: number | undefined;
    let to = 0;
    let runs = 0;
    while (this.#mayBegin()) {
      const begunAt = performance.now();
      const isMeasured = begunAt >= this.#measuredFrom;
      if (isMeasured) {
        from ??= begunAt;
        this.#begun++;
      }
      const times = await this.#runOnce(session, isMeasured);
      if (this.isStopped) return;
      if (!isMeasured) continue;
      to = performance.now();
      if (!times) continue;
      runs++;
      this.#keep(times);
    }
    // Each client's own time, from its first run that counts to the end of its last: no half run is lost or added.
    if (from === undefined || to <= from) return;
    this.#tps += runs / ((to - from) / 1000);
    this.#lastEnd = Math.max(this.#lastEnd, to);
  }

  #mayBegin(): boolean {
    if (this.isStopped) return false;
    const { length } = this.#request;
    if ('runs' in length) return this.#begun < length.runs;
    return performance.now() < this.#measuredFrom + length.seconds * 1000;
  }

  /** The time of each statement; undefined if one of them failed. */
  async #runOnce(session: Session, isMeasured: boolean): Promise<number[] | undefined> {
    const times: number[] = [];
    let position = 0;
    try {
      if (this.#rolledBack) await session.execute('begin');
      for (const { sql, parameters } of this.#request.statements) {
        const startedAt = performance.now();
        await session.query(sql, parameters);
        times.push(performance.now() - startedAt);
        position++;
      }
      if (this.#rolledBack) await session.execute('rollback');
      return times;
    } catch (error) {
      if (!this.isStopped) this.#take(error, position, isMeasured);
      if (this.#rolledBack && !session.lost) await session.execute('rollback').catch(() => undefined);
      return undefined;
    }
  }

  #keep(times: readonly number[]): void {
    this.#times.push(times.reduce((sum, time) => sum + time, 0));
    times.forEach((time, statement) => this.#statementTimes[statement]!.push(time));
  }

  #take(error: unknown, position: number, isMeasured: boolean): void {
    const sqlState = error instanceof DatabaseError ? (error.sqlState ?? '') : '';
    if (!(error instanceof DatabaseError) || error.kind === 'connection' || !PASSING.test(sqlState)) {
      this.failed ??= inStatement(error, position, this.#request.statements.length);
      this.stop();
      return;
    }
    if (!isMeasured) return;
    const known = this.#failures.get(sqlState);
    this.#failures.set(sqlState, {
      sqlState,
      message: known?.message ?? error.message,
      count: (known?.count ?? 0) + 1,
    });
  }
}

/** Of several statements the one that failed is named. */
function inStatement(error: unknown, position: number, statements: number): Error {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error : new Error(String(error));
  if (statements === 1 || error.kind === 'connection') return error;
  return error.with({ message: `statement ${position + 1} of ${statements}: ${error.message}` });
}
