/** Something that is started for the first who asks, and given to all who ask. */
export class StartedOnce<T> {
  #started: Promise<T> | undefined;

  /** What was started, or is being started; undefined if nothing was, or if it did not start. */
  get started(): Promise<T> | undefined {
    return this.#started;
  }

  /** Starts it unless that was done. Where it does not start, all who wait hear why, and the next one tries again. */
  get(start: () => Promise<T>): Promise<T> {
    if (this.#started) return this.#started;
    const started = start();
    this.#started = started;
    started.catch(() => this.#started === started && this.forget());
    return started;
  }

  /** The next one who asks starts it anew. */
  forget(): void {
    this.#started = undefined;
  }
}
