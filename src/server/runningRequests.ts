/** So long a client that is about to end waits for us, or it kills us: vscode-languageclient gives 2 s to a shutdown. */
const STOP_LIMIT_MS = 1_500;

interface Running {
  readonly connectionId: string | undefined;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** The requests being answered, so that none is left on a database when its connection or the editor goes away. */
export class RunningRequests {
  readonly #running = new Set<Running>();

  /** @returns is to be called when the request has been answered. */
  begin(params: unknown, abort: AbortController): () => void {
    let end = (): void => undefined;
    const ended = new Promise<void>(resolve => (end = resolve));
    const { connectionId } = (params ?? {}) as { readonly connectionId?: string };
    const running = { connectionId, abort, ended };
    this.#running.add(running);
    return () => {
      this.#running.delete(running);
      end();
    };
  }

  /** Cancels the requests of one connection, or all, and waits, a moment at most, until they have cleaned up. */
  async stop(connectionId?: string): Promise<void> {
    const those = [...this.#running].filter(each => connectionId === undefined || each.connectionId === connectionId);
    for (const { abort } of those) abort.abort();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>(resolve => (timer = setTimeout(resolve, STOP_LIMIT_MS)));
    await Promise.race([Promise.all(those.map(({ ended }) => ended)), limit]);
    clearTimeout(timer);
  }
}
