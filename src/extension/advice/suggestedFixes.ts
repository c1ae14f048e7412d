import * as vscode from 'vscode';
import type { Suggestion } from '../../core/advisor/suggestion';
import { formatCount, formatMs } from '../../core/base/units';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf, requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';
import { withProgress } from './withProgress';

const CREATE_COMMAND = 'queryTuner.index.createSuggested';
/** Statements whose suggestions are remembered. */
const KEPT = 100;

interface Remembered {
  readonly sql: string;
  readonly suggestions: readonly Suggestion[];
  readonly connection: ConnectionEntry;
}

/** Offers the indexes that were suggested for a statement as quick fixes in its file, as long as its text stays. */
export class SuggestedFixes implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #remembered = new Map<string, Remembered>();
  readonly #registrations: vscode.Disposable;

  constructor(private readonly server: ServerApi) {
    const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
    this.#registrations = vscode.Disposable.from(
      vscode.languages.registerCodeActionsProvider('sql', this, kinds),
      vscode.commands.registerCommand(CREATE_COMMAND, (key: string, position: number) => this.#create(key, position)),
    );
  }

  /** What was suggested for a statement; nothing takes earlier suggestions away. */
  remember(uri: string, sql: string, suggestions: readonly Suggestion[], connection: ConnectionEntry): void {
    const key = `${uri}\n${sql}`;
    this.#remembered.delete(key);
    if (suggestions.length > 0) this.#remembered.set(key, { sql, suggestions, connection });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > KEPT && oldest !== undefined) this.#remembered.delete(oldest);
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const uri = document.uri.toString();
    const text = document.getText();
    return [...this.#remembered].flatMap(([key, { sql, suggestions, connection }]) => {
      if (!key.startsWith(`${uri}\n`) || !isAt(document, text, sql, range)) return [];
      return suggestions.flatMap((suggestion, position) => {
        if (suggestion.kind !== 'index') return [];
        const action = new vscode.CodeAction(titleOf(suggestion, connection), vscode.CodeActionKind.QuickFix);
        action.command = { command: CREATE_COMMAND, title: action.title, arguments: [key, position] };
        return action;
      });
    });
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  /** Shows the SQL, creates the index, and offers to take it back. */
  async #create(key: string, position: number): Promise<void> {
    const remembered = this.#remembered.get(key);
    const suggestion = remembered?.suggestions[position];
    if (!remembered || !suggestion || !requireTrust()) return;
    const { connection } = remembered;
    const { change } = suggestion;
    const where = `${roleOf(connection) === 'production' ? vscode.l10n.t('the production database ') : ''}${connection.name}`;
    const options = { modal: true, detail: vscode.l10n.t('{0};\n\nLock: {1}', change.sql.join(';\n'), change.locks) };
    if (
      (await vscode.window.showWarningMessage(
        vscode.l10n.t('Create this index on {0}?', where),
        options,
        vscode.l10n.t('Create'),
      )) !== vscode.l10n.t('Create')
    )
      return;
    try {
      const request = { connectionId: connection.name, change };
      const { created, elapsedMs } = await withProgress(
        this.server,
        vscode.l10n.t('Creating the index on {0}', connection.name),
        (token, progressToken) => this.server.request('queryTuner/change/apply', { ...request, progressToken }, token),
      );
      this.#remembered.delete(key);
      const said = vscode.l10n.t('The index was created in {0}.', formatMs(elapsedMs));
      if ((await vscode.window.showInformationMessage(said, vscode.l10n.t('Undo'))) !== vscode.l10n.t('Undo')) return;
      await withProgress(
        this.server,
        vscode.l10n.t('Dropping the index on {0}', connection.name),
        (token, progressToken) =>
          this.server.request('queryTuner/change/undo', { ...request, progressToken, expected: created }, token),
      );
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) {
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    }
  }
}

/** True if the statement stands in the document where the range is. */
function isAt(document: vscode.TextDocument, text: string, sql: string, range: vscode.Range): boolean {
  for (let at = text.indexOf(sql); at >= 0; at = text.indexOf(sql, at + 1)) {
    const place = new vscode.Range(document.positionAt(at), document.positionAt(at + sql.length));
    if (place.intersection(range)) return true;
  }
  return false;
}

function titleOf({ title, evidence }: Suggestion, connection: ConnectionEntry): string {
  const { costBefore, costAfter } = evidence;
  const index = title.replace(/^Index on /, '');
  const shown = index.length > 60 ? `${index.slice(0, 59)}…` : index;
  const cost =
    costBefore === undefined || costAfter === undefined
      ? ''
      : vscode.l10n.t(': cost {0} → {1}', costText(costBefore), costText(costAfter));
  return vscode.l10n.t('Create index {0} on {1} ({2}{3})', shown, connection.name, evidence.how, cost);
}

function costText(cost: number): string {
  return formatCount(cost >= 100 ? Math.round(cost) : Number(cost.toFixed(2)));
}
