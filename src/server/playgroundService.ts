import { openPlayground, type Playground } from '../database/playground/openPlayground';
import type { OpenedPlayground, OpenPlaygroundParams } from '../protocol/playground';
import type { ProgressParams } from '../protocol/server';

/** The playground of this window: started when asked for, one for all who ask. */
export class PlaygroundService {
  #opening: Promise<Playground> | undefined;

  constructor(private readonly tell: (progress: ProgressParams) => void) {}

  async open(params: OpenPlaygroundParams): Promise<OpenedPlayground> {
    const startedAt = performance.now();
    if (params.isFresh) await this.close();
    const { token } = params;
    const opening = (this.#opening ??= openPlayground({
      ...params,
      ...(token !== undefined && { report: (text: string) => this.tell({ token, text }) }),
    }));
    // the next one who asks tries again
    opening.catch(() => this.#opening === opening && (this.#opening = undefined));
    const { address, isKeptElsewhere } = await opening;
    return {
      target: { ...address, tls: { mode: 'disable' } },
      isKeptElsewhere,
      elapsedMs: Math.round(performance.now() - startedAt),
    };
  }

  /** Ends it; what is not kept is gone. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(playground => playground.close()).catch(() => undefined);
  }
}
