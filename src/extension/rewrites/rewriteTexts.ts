import * as vscode from 'vscode';
import { hashText } from '../../core/base/hashText';
import type { RewriteInfo } from '../../protocol/rewrites';
import { REWRITE_SCHEME } from './rewriteScheme';

/** Rewrites that were shown and may still be open. */
const KEPT = 50;

/** A rewrite of a statement of a document, as it is shown. */
export interface ShownRewrite {
  readonly source: vscode.Uri;
  /** First words of the statement. */
  readonly statement: string;
  readonly info: RewriteInfo;
}

/** The two texts of each rewrite that was shown, as documents that cannot be edited. */
export class RewriteTexts implements vscode.Disposable {
  readonly #shown = new Map<string, ShownRewrite>();
  readonly #details = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(REWRITE_SCHEME, {
      provideTextDocumentContent: uri => {
        const info = this.#shown.get(uri.query)?.info;
        if (uri.path.endsWith('.md')) return this.#details.get(uri.query) ?? '';
        return (uri.path === ORIGINAL ? info?.original : info?.rewritten) ?? '';
      },
    });
  }

  /** Both texts side by side. */
  async showDiff(shown: ShownRewrite): Promise<void> {
    const key = this.#remember(shown);
    const title = `Rewrite: ${shown.info.title}`;
    await vscode.commands.executeCommand('vscode.diff', uriOf(ORIGINAL, key), uriOf(REWRITTEN, key), title, {
      preview: true,
    });
  }

  /** What a verification showed, as a document. */
  async showDetails(shown: ShownRewrite, markdown: string): Promise<void> {
    const key = hashText(markdown);
    this.#details.set(key, markdown);
    forgetOldest(this.#details);
    this.#remember(shown);
    await vscode.window.showTextDocument(uriOf('/verification.md', key), {
      preview: true,
      viewColumn: vscode.ViewColumn.Beside,
    });
  }

  /** The rewrite whose texts a document or the active editor shows. */
  shownIn(uri: vscode.Uri | undefined): ShownRewrite | undefined {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const active = input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
    const key = (uri?.scheme === REWRITE_SCHEME ? uri : active)?.query;
    return key === undefined ? undefined : this.#shown.get(key);
  }

  /** Closes the tabs that show the texts of a rewrite. */
  async close(shown: ShownRewrite): Promise<void> {
    const key = keyOf(shown);
    const tabs = vscode.window.tabGroups.all
      .flatMap(group => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.query === key);
    await vscode.window.tabGroups.close(tabs);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #remember(shown: ShownRewrite): string {
    const key = keyOf(shown);
    this.#shown.delete(key);
    this.#shown.set(key, shown);
    forgetOldest(this.#shown);
    return key;
  }
}

const ORIGINAL = '/original.sql';
const REWRITTEN = '/rewritten.sql';

function uriOf(path: string, key: string): vscode.Uri {
  return vscode.Uri.from({ scheme: REWRITE_SCHEME, path, query: key });
}

function keyOf({ source, info }: ShownRewrite): string {
  return hashText(JSON.stringify([source.toString(), info.original, info.rewritten]));
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const old of [...map.keys()].slice(0, Math.max(0, map.size - KEPT))) map.delete(old);
}
