import * as fs from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import type { ShadowAnswer, ShadowCall, ShadowRequest, ShadowWorkerData } from './shadowProtocol';

const WORKER_FILE = 'shadowWorker.js';

/** Planning takes milliseconds; a call that takes this long has met a join the planner cannot finish. */
const CALL_LIMIT_MS = 60_000;
/** Starting, and building a model of 2000 partitions, on a machine that is busy. */
const LOAD_LIMIT_MS = 300_000;

/** The bundled worker: beside this file in the packaged product, in the package's dist/ when run from source. */
export function shadowWorkerPath(): string {
  const places = [__dirname, path.join(__dirname, '..', '..', '..', 'dist')].map(folder =>
    path.join(folder, WORKER_FILE),
  );
  const found = places.find(place => fs.existsSync(place));
  if (!found)
    throw new DatabaseError(
      'unsupported',
      `the shadow planner is not built: no ${WORKER_FILE} in ${places.map(p => path.dirname(p)).join(' or ')}`,
    );
  return found;
}

interface Waiting {
  resolve(answer: Extract<ShadowAnswer, { ok: true }>): void;
  reject(error: Error): void;
}

/** A cancelled call that is not answered by then will not be: PGlite cannot be interrupted, so its thread ends. */
const GRACE_MS = 1_000;

/** The worker thread and the calls under way. */
export class ShadowThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  /** Pending while a call that nobody waits for any more is under way. */
  private abandoned: Promise<void> = Promise.resolve();
  /** Counts threads that ended: whoever sees it change has to load its model again. */
  generation = 0;
  /** How the last one ended that nobody had asked to end; another object for each. */
  lastDeath: DatabaseError | undefined;

  constructor(private readonly file: string) {}

  /** Lets the planner start while the caller still gathers what to ask; the first {@link call} would start it as well. */
  start(): void {
    this.started();
  }

  /**
   * A cancelled call fails at once; the thread goes on if it comes to an end soon.
   * @throws DatabaseError `sql` for what the planner refuses, `unsupported` for what cannot be modelled or when the
   *   worker died, `timeout`.
   */
  async call(request: ShadowRequest, signal?: CancelSignal): Promise<Extract<ShadowAnswer, { ok: true }>> {
    await this.abandoned;
    if (signal?.aborted) throw new CancelledError();
    const worker = this.started();
    const id = ++this.lastId;
    const answered = new Promise<Extract<ShadowAnswer, { ok: true }>>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, request } satisfies ShadowCall);
    });
    const limitMs = request.kind === 'load' || request.kind === 'refresh' ? LOAD_LIMIT_MS : CALL_LIMIT_MS;
    const late = new DatabaseError('timeout', `the shadow planner gave no answer in ${limitMs / 1000} s`);
    const limit = setTimeout(() => void this.end(late), limitMs);
    const settled = answered.then(
      () => undefined,
      () => undefined,
    );
    void settled.then(() => clearTimeout(limit));
    if (!signal) return answered;
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        this.abandoned = this.endUnless(settled);
        reject(new CancelledError());
      };
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([answered, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the thread; calls under way fail with `reason`. The next call starts a new one. */
  async end(reason: Error): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    if (worker) this.generation++;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(reason);
    await worker?.terminate();
  }

  private async endUnless(settled: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>(resolve => (timer = setTimeout(resolve, GRACE_MS, 'late')));
    if ((await Promise.race([settled, late])) === 'late') await this.end(new CancelledError());
    clearTimeout(timer);
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const workerData: ShadowWorkerData = { assetsDir: path.dirname(this.file) };
    const worker = new Worker(this.file, { workerData, execArgv: [], stdout: false });
    const fail = (reason: string): void => {
      if (this.worker !== worker) return;
      this.lastDeath = new DatabaseError('unsupported', `the shadow planner ${reason}`);
      void this.end(this.lastDeath);
    };
    worker.on('message', (answer: ShadowAnswer) => this.settle(answer));
    worker.on('error', error => fail(`failed: ${error.message}`));
    worker.on('exit', code => fail(`ended with code ${code}`));
    // an open estimator must not keep the process alive
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private settle(answer: ShadowAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    if (answer.ok) waiting.resolve(answer);
    else if (answer.what)
      waiting.reject(
        new DatabaseError('unsupported', `cannot model ${answer.what}: ${answer.message}`, undefined, answer.sqlState),
      );
    else waiting.reject(new DatabaseError('sql', answer.message, undefined, answer.sqlState));
  }
}
