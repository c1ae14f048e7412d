import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import type { ShadowAnswer, ShadowCall, ShadowRequest, ShadowWorkerData } from './shadowProtocol';

const WORKER_FILE = 'shadowWorker.js';

/** Planning takes milliseconds; a call that takes this long has met a join the planner cannot finish. */
const CALL_LIMIT_MS = 60_000;

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

/** Where the first start leaves its data directory (40 MB) for later ones. */
export function defaultShadowCache(): string {
  const base = process.env['XDG_CACHE_HOME'] || (os.homedir() ? path.join(os.homedir(), '.cache') : os.tmpdir());
  return path.join(base, 'pg-query-tuner');
}

interface Waiting {
  resolve(answer: Extract<ShadowAnswer, { ok: true }>): void;
  reject(error: Error): void;
}

/** The worker thread and the calls under way. PGlite cannot be interrupted, so a cancelled call ends the thread. */
export class ShadowThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  /** Counts starts: whoever sees it change has to load its model again. */
  generation = 0;

  constructor(
    private readonly file: string,
    private readonly cacheDir: string,
  ) {}

  /** @throws DatabaseError `sql` for what the planner refuses, `unsupported` for what cannot be modelled, `timeout`. */
  async call(request: ShadowRequest, signal?: CancelSignal): Promise<Extract<ShadowAnswer, { ok: true }>> {
    if (signal?.aborted) throw new CancelledError();
    const worker = this.started();
    const id = ++this.lastId;
    const stop = (error: Error) => void this.end(error);
    const onAbort = () => stop(new CancelledError());
    const timer = setTimeout(
      () => stop(new DatabaseError('timeout', `the shadow planner gave no answer in ${CALL_LIMIT_MS / 1000} s`)),
      CALL_LIMIT_MS,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.waiting.set(id, { resolve, reject });
        worker.postMessage({ id, request } satisfies ShadowCall);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.waiting.delete(id);
    }
  }

  /** Ends the thread; calls under way fail with `reason`. The next call starts a new one. */
  async end(reason: Error): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
    await worker?.terminate();
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const workerData: ShadowWorkerData = { assetsDir: path.dirname(this.file), cacheDir: this.cacheDir };
    const worker = new Worker(this.file, { workerData, execArgv: [], stdout: false });
    worker.on('message', (answer: ShadowAnswer) => this.settle(answer));
    worker.on('error', error => {
      if (this.worker === worker)
        void this.end(new DatabaseError('unsupported', `the shadow planner failed: ${error.message}`));
    });
    // an open estimator must not keep the process alive
    worker.unref();
    this.worker = worker;
    this.generation++;
    return worker;
  }

  private settle(answer: ShadowAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    if (answer.ok) waiting.resolve(answer);
    else if (answer.what)
      waiting.reject(
        new DatabaseError('unsupported', `cannot model ${answer.what}: ${answer.message}`, undefined, answer.sqlState),
      );
    else waiting.reject(new DatabaseError('sql', answer.message, undefined, answer.sqlState));
  }
}
