import { SAVE_MIGRATION, type SaveMigrationParams } from '../protocol/migration';
import { SAVE_PROFILE_RUN, type ProfileRun } from '../protocol/profile';

/** What the server asks to be kept, by its request. */
export interface Saved {
  readonly [SAVE_MIGRATION]: SaveMigrationParams;
  readonly [SAVE_PROFILE_RUN]: ProfileRun;
}

export type SaveRequest = keyof Saved;

/** Ends once what it was given is durable. */
export type Keeper<Request extends SaveRequest> = KeeperByRequest[Request];

type KeeperByRequest = { [Request in SaveRequest]: (saved: Saved[Request]) => Promise<void> };

export const SAVE_REQUESTS: readonly SaveRequest[] = [SAVE_MIGRATION, SAVE_PROFILE_RUN];

/** Who keeps what. A run on a database goes on only once its state is kept: the server waits for the answer. */
export class Keepers {
  readonly #keepers: KeeperByRequest = { [SAVE_MIGRATION]: refuse, [SAVE_PROFILE_RUN]: refuse };

  set<Request extends SaveRequest>(request: Request, keep: Keeper<Request>): void {
    this.#keepers[request] = keep;
  }

  delete(request: SaveRequest): void {
    this.set(request, refuse);
  }

  /** @throws Error where nobody keeps it: the server ends its run before it changes anything more. */
  async keep<Request extends SaveRequest>(request: Request, saved: Saved[Request]): Promise<null> {
    await this.#keepers[request](saved);
    return null;
  }
}

async function refuse(): Promise<never> {
  throw new Error('There is no place to keep what would be done next, so it is not done. Reload the window.');
}
