import { Worker } from 'node:worker_threads';
import { Channel } from '../../protocol/channel';
import type { SavedPlanReader } from '../../protocol/savedPlan';

/** What reading a file of 50 MB takes at most, and some more; beyond it the thread ends, and nothing else does. */
const MEMORY_MB = 2_000;

/** The program that reads plans, in a thread that can be stopped at any time. Started at the first question. */
export class SavedPlanThread {
  #worker: Worker | undefined;
  #channel: Channel<object, SavedPlanReader> | undefined;
  #failure: Error | undefined;
  #stopped = false;

  /** @param program path of the bundled reader */
  constructor(private readonly program: string) {}

  /** Rejects with a sentence: what the reader said, or why there is no answer. */
  async ask<K extends keyof SavedPlanReader>(
    method: K,
    ...args: Parameters<SavedPlanReader[K]>
  ): Promise<Awaited<ReturnType<SavedPlanReader[K]>>> {
    try {
      if (this.#stopped) throw this.#failure ?? new Error(STOPPED);
      this.#channel ??= this.#start();
      return await this.#channel.call(method, ...args);
    } catch (error) {
      throw this.#stopped ? (this.#failure ?? new Error(STOPPED)) : error;
    }
  }

  stop(failure?: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#failure = failure;
    this.#channel?.dispose();
    void this.#worker?.terminate();
  }

  #start(): Channel<object, SavedPlanReader> {
    // flags of the editor's own process are none of the thread's
    const worker = new Worker(this.program, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    this.#worker = worker;
    worker.on('error', error => this.stop(new Error(isOutOfMemory(error) ? TOO_LARGE : String(error))));
    worker.on('exit', () => this.stop());
    return new Channel<object, SavedPlanReader>(
      {
        post: message => worker.postMessage(message),
        onMessage: listener => {
          worker.on('message', listener);
          return { dispose: () => worker.off('message', listener) };
        },
      },
      {},
    );
  }
}

const STOPPED = 'Reading was stopped.';
const TOO_LARGE = 'Reading it takes too much memory. Cut out the plan you want to see, and open that.';

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
