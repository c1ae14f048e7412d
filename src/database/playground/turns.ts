import { quoteLiteral } from '../../core/sql/identifiers';
import { type Engine, InterruptedError } from './engine';
import { MessageReader, writeMessage, type TransactionStatus, type WireMessage } from './wireMessages';

/** Another connection holds the one session there is, and does nothing with it. */
export class BusyError extends Error {}

/** The statement took longer than the connection's `statement_timeout`. */
export class LateError extends Error {}

/** What one connection has set, while another one has its turn. */
export interface Seat {
  status: TransactionStatus;
  /** Sent messages without a Sync: nobody may come in between. */
  isAmidst: boolean;
  /** The connection is closed; what it left is given up for the next one. */
  isGone: boolean;
  /** `statement_timeout` in ms, which PGlite does not keep; 0 for none. */
  limitMs: number;
  /** The same as set by SET LOCAL, for this transaction. */
  localLimitMs: number | undefined;
  settings: readonly (readonly [name: string, value: string])[];
}

export function newSeat(settings: Seat['settings']): Seat {
  return { status: 'I', isAmidst: false, isGone: false, limitMs: 0, localLimitMs: undefined, settings };
}

interface Job {
  readonly seat: Seat;
  readonly bytes: Uint8Array;
  onMessage(message: WireMessage): void;
  resolve(): void;
  reject(error: Error): void;
  /** Ends the waiting for a turn. */
  readonly limit: NodeJS.Timeout;
}

/** How long a statement waits for another one that runs: less than our driver gives a look from beside. */
const QUEUE_LIMIT_MS = 8_000;

/**
 * How long others wait for a connection that holds the session and is silent. Between the statements of our own
 * transactions lie milliseconds; who waits for us while we wait for him must be told soon.
 */
const PATIENCE_MS = 1_000;

/**
 * What the session is put aside with: its settings, and a row without a name if it has something that cannot be kept
 * while another connection has its turn.
 */
const STATE = `
  select null, 'held' where exists (select from pg_prepared_statements)
    or exists (select from pg_class where relnamespace = pg_my_temp_schema())
    or exists (select from pg_cursors where is_holdable)
    or exists (select from pg_locks where locktype = 'advisory')
  union all
  select name, current_setting(name) from pg_settings where source = 'session'`;

/**
 * Lets many connections use an engine that has one session: by turns, and a turn is never changed within a
 * transaction. The settings of a session are put aside for its next turn.
 */
export class Turns {
  readonly #engine: Engine;
  readonly #waiting: Job[] = [];
  #owner: Seat | undefined;
  /** The thread that {@link Turns.#owner} is known to. */
  #generation = 0;
  #running: Job | undefined;
  /** The owner was looked at and has something that is lost with its turn. */
  #isHeld = false;
  #patience: NodeJS.Timeout | undefined;
  readonly #cancelled = new WeakSet<Job>();
  readonly #late = new WeakSet<Job>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Runs messages in the connection's turn.
   * @throws BusyError, InterruptedError when cancelled or out of time, or what the engine failed with.
   */
  run(seat: Seat, bytes: Uint8Array, onMessage: (message: WireMessage) => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => this.#drop(job, new BusyError()), QUEUE_LIMIT_MS);
      const job: Job = { seat, bytes, onMessage, resolve, reject, limit };
      this.#waiting.push(job);
      void this.#next();
    });
  }

  /** Ends what the connection runs or waits for. */
  async cancel(seat: Seat): Promise<void> {
    for (const job of this.#waiting.filter(each => each.seat === seat)) {
      this.#drop(job, new InterruptedError('cancelled'));
    }
    const running = this.#running;
    if (running?.seat !== seat) return;
    this.#cancelled.add(running);
    await this.#engine.interrupt();
  }

  /** The connection is closed: what it runs is ended, what it holds is given up. */
  async leave(seat: Seat): Promise<void> {
    seat.isGone = true;
    await this.cancel(seat);
    void this.#next();
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#choose();
    if (!job) return this.#waitForOwner();
    clearTimeout(this.#patience);
    this.#patience = undefined;
    clearTimeout(job.limit);
    this.#running = job;
    let limit: NodeJS.Timeout | undefined;
    try {
      if (!(await this.#seat(job.seat))) {
        this.#waiting.unshift(job);
        return;
      }
      if (this.#cancelled.has(job)) throw new InterruptedError('cancelled');
      const limitMs = job.seat.localLimitMs ?? job.seat.limitMs;
      if (limitMs > 0) limit = setTimeout(() => void this.#endLate(job), limitMs);
      await this.#work(job);
      job.resolve();
    } catch (error) {
      // its transaction went with the thread
      Object.assign(job.seat, { status: 'I', isAmidst: false, localLimitMs: undefined });
      job.reject(this.#late.has(job) ? new LateError() : (error as Error));
    } finally {
      clearTimeout(limit);
      this.#running = undefined;
      void this.#next();
    }
  }

  #drop(job: Job, reason: Error): void {
    clearTimeout(job.limit);
    const at = this.#waiting.indexOf(job);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    job.reject(reason);
  }

  async #work({ seat, bytes, onMessage }: Job): Promise<void> {
    const reader = new MessageReader();
    let ready: WireMessage | undefined;
    this.#isHeld = false;
    await this.#engine.run(bytes, part => {
      for (const message of reader.read(part)) {
        if (message.type !== 'Z') onMessage(message);
        else ready = message;
      }
    });
    if (!ready) return;
    // told only now: a client that is ready may cancel its next statement, and must not hit this one
    seat.status = ready.bytes.toString('latin1', 5, 6) as TransactionStatus;
    if (seat.status === 'I') seat.localLimitMs = undefined;
    onMessage(ready);
  }

  /** The owner's next job while it must not lose its turn; else the oldest. */
  #choose(): Job | undefined {
    const at = this.#isOwnerHolding() ? this.#waiting.findIndex(({ seat }) => seat === this.#owner) : 0;
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  #isOwnerHolding(): boolean {
    const owner = this.#owner;
    if (!owner || owner.isGone || this.#generation !== this.#engine.generation) return false;
    return owner.status !== 'I' || owner.isAmidst || this.#isHeld;
  }

  #waitForOwner(): void {
    if (this.#waiting.length === 0) return;
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      for (const job of [...this.#waiting]) this.#drop(job, new BusyError());
    }, PATIENCE_MS);
  }

  /** Gives the session to a connection. False if the one before holds something that would be lost. */
  async #seat(seat: Seat): Promise<boolean> {
    const engine = this.#engine;
    await engine.start();
    if (this.#generation !== engine.generation) {
      this.#owner = undefined;
      this.#generation = engine.generation;
    }
    if (this.#owner === seat) return true;
    if (this.#owner?.isGone) {
      // a Sync ends what was begun without one
      await engine.run(writeMessage('S'), () => undefined);
      await engine.query('rollback');
    } else if (this.#owner) {
      const { rows } = await engine.query(STATE);
      this.#isHeld = rows.some(([name]) => name === null);
      if (this.#isHeld) return false;
      this.#owner.settings = rows.map(([name, value]) => [name ?? '', value ?? ''] as const);
    }
    this.#owner = undefined;
    await engine.query('discard all');
    for (const [name, value] of seat.settings) {
      await engine
        .query(`select set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`)
        .catch(() => undefined);
    }
    this.#owner = seat;
    return true;
  }

  async #endLate(job: Job): Promise<void> {
    if (this.#running !== job) return;
    this.#late.add(job);
    await this.#engine.interrupt();
  }
}
