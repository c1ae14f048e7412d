import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ComparisonView, HistoryView } from '../../protocol/planPanel';
import type { HistoryPlace, HistorySize, ShownPlan } from '../../protocol/server';
import type { ServerApi } from '../serverApi';

const SECRET = 'queryTuner.historySecret';

/** The history of this workspace's plans, which the language server keeps in the folder that VS Code has for it. */
export class PlanHistory {
  readonly #folder: string;
  #secret: Promise<string> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: ServerApi,
  ) {
    // a window without a folder has no storage of its own
    this.#folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'planHistory');
  }

  /** Where runs are remembered, and what of them; undefined if the settings say that they are not. */
  async place(): Promise<HistoryPlace | undefined> {
    const settings = vscode.workspace.getConfiguration('queryTuner');
    if (!settings.get('history.enabled', true)) return undefined;
    this.#secret ??= this.#readSecret();
    return {
      folder: this.#folder,
      keepValues: settings.get('history.keepValues', false),
      secret: await this.#secret,
    };
  }

  compare(entry: string, shown: ShownPlan): Promise<ComparisonView> {
    return this.server.request('queryTuner/history/compare', { folder: this.#folder, entry, shown });
  }

  pin(fingerprint: string, entry: string | null): Promise<HistoryView> {
    return this.server.request('queryTuner/history/pin', { folder: this.#folder, fingerprint, entry });
  }

  /** Forgets one statement, or all. */
  async clear(fingerprint?: string): Promise<void> {
    await this.server.request('queryTuner/history/clear', {
      folder: this.#folder,
      ...(fingerprint !== undefined && { fingerprint }),
    });
  }

  size(): Promise<HistorySize> {
    return this.server.request('queryTuner/history/size', { folder: this.#folder });
  }

  /** Made once and kept with the passwords; where nothing can be kept, one for this window. */
  async #readSecret(): Promise<string> {
    const fresh = randomBytes(16).toString('hex');
    try {
      const kept = await this.context.secrets.get(SECRET);
      if (kept) return kept;
      await this.context.secrets.store(SECRET, fresh);
    } catch {
      // runs of other windows then count as runs with other values
    }
    return fresh;
  }
}
