import * as vscode from 'vscode';
import type { TextSpan } from '../../protocol/server';
import { SHOW_REWRITE, type RewriteInfo } from '../../protocol/rewrites';
import type { Connections } from '../connections/connections';
import { messageOf } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { applyRewrite, revealSource } from './applyRewrite';
import { describeEquality, pickRewrite } from './pickRewrite';
import { RewriteTexts, type ShownRewrite } from './rewriteTexts';
import { VerificationPanel } from './verificationPanel';
import { verificationText } from './verificationText';
import { RewriteVerifier, type KeptVerification } from './verifyCommand';

/** "Rewrite Statement...", and what can be done with the rewrite that is shown. */
export function registerRewrites(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const texts = new RewriteTexts();
  const panel = new VerificationPanel(context.extensionUri);
  const flow = new RewriteFlow(server, texts, panel, new RewriteVerifier(server, connections));
  return vscode.Disposable.from(
    texts,
    panel,
    registerCommand(SHOW_REWRITE, (uri?: string, span?: TextSpan, key?: string) => flow.show(uri, span, key)),
    registerCommand('queryTuner.rewrite.verify', (uri?: vscode.Uri) => flow.verify(texts.shownIn(uri))),
    registerCommand('queryTuner.rewrite.apply', (uri?: vscode.Uri) => flow.apply(texts.shownIn(uri))),
  );
}

const VERIFY = vscode.l10n.t('Verify');
const VERIFY_AGAIN = vscode.l10n.t('Verify Again');
const APPLY = vscode.l10n.t('Apply');
const DETAILS = vscode.l10n.t('Show Details');

/** Choose, preview, verify, apply: each step is offered after the one before, and can be had from the editor's title. */
class RewriteFlow {
  constructor(
    private readonly server: ServerApi,
    private readonly texts: RewriteTexts,
    private readonly panel: VerificationPanel,
    private readonly verifier: RewriteVerifier,
  ) {}

  async show(uri: unknown, span: TextSpan | undefined, key: string | undefined): Promise<void> {
    const place = typeof uri === 'string' && span ? { uri, span } : placeOfCursor();
    const list = place && (await this.server.request('queryTuner/rewrite/list', place));
    if (!place || !list) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a SQL file and put the cursor into a statement to rewrite it.'),
      );
      return;
    }
    if (list.rewrites.length === 0) {
      const more = vscode.l10n.t('With a connection, or schema files in the workspace, more can be proved.');
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No other way to write this statement is known. {0}', more),
      );
      return;
    }
    const shownAs = (info: RewriteInfo): ShownRewrite => ({
      source: vscode.Uri.parse(place.uri),
      statement: list.title,
      info,
    });
    const told = (info: RewriteInfo): string | undefined => toldBefore(this.verifier.kept(shownAs(info)));
    const info = list.rewrites.find(each => each.key === key) ?? (await pickRewrite(list, told));
    if (info) await this.#preview(shownAs(info));
  }

  async verify(shown: ShownRewrite | undefined): Promise<void> {
    if (!shown) return tellNothingShown();
    const kept = this.verifier.kept(shown);
    const result = kept ?? (await this.verifier.verify(shown));
    if (result) this.#tell(shown, result, kept !== undefined);
  }

  async apply(shown: ShownRewrite | undefined): Promise<void> {
    if (!shown) return tellNothingShown();
    const kept = this.verifier.kept(shown);
    if (kept?.verified.verification.verdict === 'different' && !(await confirmDifferent(kept))) return;
    await applyRewrite(shown);
    await this.texts.close(shown);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Statement rewritten; Undo takes it back'), 5_000);
  }

  async #preview(shown: ShownRewrite): Promise<void> {
    await this.texts.showDiff(shown);
    const kept = this.verifier.kept(shown);
    if (kept) return this.#tell(shown, kept, true);
    const sentence = describeEquality(shown.info);
    const isProved = shown.info.equality.kind === 'provably equal';
    const answer = isProved
      ? vscode.window.showInformationMessage(sentence, APPLY, VERIFY)
      : vscode.window.showWarningMessage(sentence, VERIFY, APPLY);
    this.#follow(shown, answer);
  }

  #tell(shown: ShownRewrite, kept: KeptVerification, isOld: boolean): void {
    const { verified, connection, at } = kept;
    const { verdict } = verified.verification;
    this.panel.show(verified, { again: () => this.#verifyAgain(shown), reveal: () => revealSource(shown) });
    const when = isOld ? vscode.l10n.t(' (verified on {0} at {1})', connection, at.toLocaleTimeString()) : '';
    const message = `${verified.summary}${when}`;
    const again = isOld || verdict === 'not compared' ? [VERIFY_AGAIN] : [];
    const answer =
      verdict === 'equal'
        ? vscode.window.showInformationMessage(message, APPLY, DETAILS, ...again)
        : vscode.window.showWarningMessage(message, DETAILS, ...again, APPLY);
    this.#follow(shown, answer);
  }

  /** Nobody waits for a button that may never be pressed. */
  #follow(shown: ShownRewrite, answer: Thenable<string | undefined>): void {
    const next = async (button: string | undefined): Promise<void> => {
      if (button === VERIFY) await this.verify(shown);
      else if (button === VERIFY_AGAIN) await this.#verifyAgain(shown);
      else if (button === APPLY) await this.apply(shown);
      else if (button === DETAILS) await this.#showDetails(shown);
    };
    answer.then(next).then(undefined, (error: unknown) => {
      if (!(error instanceof vscode.CancellationError)) {
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    });
  }

  async #verifyAgain(shown: ShownRewrite): Promise<void> {
    const result = await this.verifier.verify(shown);
    if (result) this.#tell(shown, result, false);
  }

  async #showDetails(shown: ShownRewrite): Promise<void> {
    const kept = this.verifier.kept(shown);
    if (kept) await this.texts.showDetails(shown, verificationText(shown, kept.verified));
  }
}

function placeOfCursor(): { uri: string; span: TextSpan } | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { start, end } = editor.selection;
  const plain = ({ line, character }: vscode.Position) => ({ line, character });
  return { uri: editor.document.uri.toString(), span: { start: plain(start), end: plain(end) } };
}

function toldBefore(kept: KeptVerification | undefined): string | undefined {
  if (!kept) return undefined;
  const words = {
    equal: 'equal',
    undetermined: 'equal but for ties',
    different: 'different',
    'not compared': undefined,
  };
  const word = words[kept.verified.verification.verdict];
  return word === undefined ? undefined : vscode.l10n.t('found {0} at {1}', word, kept.at.toLocaleTimeString());
}

async function confirmDifferent({ verified, connection }: KeptVerification): Promise<boolean> {
  const detail = verified.sentences.slice(1, 4).join('\n');
  const message = vscode.l10n.t(
    'The two forms gave different rows on {0}. Rewrite the statement all the same?',
    connection,
  );
  return (
    (await vscode.window.showWarningMessage(message, { modal: true, detail }, vscode.l10n.t('Rewrite'))) ===
    vscode.l10n.t('Rewrite')
  );
}

function tellNothingShown(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Choose Rewrite Statement... first: it shows the rewrite to verify or apply.'),
  );
}
