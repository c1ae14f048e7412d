import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';

/** Lets so many in at once; the others wait, the first one first. Whoever is inside must not enter again. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  /** @throws CancelledError if the signal fires while it waits. */
  async run<T>(work: () => Promise<T>, signal?: CancelSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #enter(signal: CancelSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new CancelledError();
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new CancelledError());
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
