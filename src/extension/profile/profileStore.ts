import type * as vscode from 'vscode';
import type { UndoneSetting } from '../../core/profiles/settingsRecord';
import type { ProfileRun, ReviewedServer } from '../../protocol/profile';
import type { KeptRun } from '../../protocol/profilePage';

const KEY = 'queryTuner.profileRuns';

/**
 * What was applied, in the editor's own state: of all workspaces, since a server belongs to none. A run stays until it is
 * taken off the list.
 */
export class ProfileStore {
  constructor(private readonly state: vscode.Memento) {}

  /** Of one server, and of the tables of the database that is connected; the newest first. */
  of({ identifier, database }: ReviewedServer): KeptRun[] {
    return Object.values(this.#runs())
      .filter(run => run.server === identifier && (run.record.scope?.kind !== 'table' || run.database === database))
      .sort((a, b) => b.at.localeCompare(a.at));
  }

  get(id: string): KeptRun | undefined {
    return this.#runs()[id];
  }

  async save(run: ProfileRun): Promise<void> {
    await this.state.update(KEY, { ...this.#runs(), [run.id]: run });
  }

  async setUndone(id: string, undone: readonly UndoneSetting[]): Promise<void> {
    const run = this.get(id);
    if (run) await this.state.update(KEY, { ...this.#runs(), [id]: { ...run, undone } });
  }

  async forget(id: string): Promise<void> {
    await this.state.update(KEY, Object.fromEntries(Object.entries(this.#runs()).filter(([each]) => each !== id)));
  }

  #runs(): Readonly<Record<string, KeptRun>> {
    return this.state.get<Readonly<Record<string, KeptRun>>>(KEY, {});
  }
}
