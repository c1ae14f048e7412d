import { StartedOnce } from '../core/base/startedOnce';
import { openPlayground, type Playground } from '../database/playground/openPlayground';
import type { OpenedPlayground, OpenPlaygroundParams } from '../protocol/playground';
import type { ProgressParams } from '../protocol/server';

/** The playground of this window: started when asked for, one for all who ask. */
export class PlaygroundService {
  readonly #playground = new StartedOnce<Playground>();

  constructor(private readonly tell: (progress: ProgressParams) => void) {}

  async open(params: OpenPlaygroundParams): Promise<OpenedPlayground> {
    const startedAt = performance.now();
    if (params.isFresh) await this.close();
    const { token } = params;
    const { address, isKeptElsewhere } = await this.#playground.get(() =>
      openPlayground({
        ...params,
        ...(token !== undefined && { report: (text: string) => this.tell({ token, text }) }),
      }),
    );
    return {
      target: { ...address, tls: { mode: 'disable' } },
      isKeptElsewhere,
      elapsedMs: Math.round(performance.now() - startedAt),
    };
  }

  /** Ends it; what is not kept is gone. */
  async close(): Promise<void> {
    const { started } = this.#playground;
    this.#playground.forget();
    await started?.then(playground => playground.close()).catch(() => undefined);
  }
}
