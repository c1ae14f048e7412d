import * as vscode from 'vscode';
import { registerSavedPlanCommands, SAVED_PLAN_EDITOR } from './savedPlanCommands';
import { SavedPlanDocument } from './savedPlanDocument';
import { SavedPlanPanel } from './savedPlanPanel';
import { SavedPlanTexts } from './savedPlanTexts';

/** The same for files that may hold anything: offered by "Reopen Editor With". */
const OTHER_FILES_EDITOR = 'queryTuner.savedPlanInFile';

/** Shows saved plans in the plan's page, and registers what opens them. Connects to nothing. */
export function registerSavedPlans(context: vscode.ExtensionContext): vscode.Disposable {
  const texts = new SavedPlanTexts();
  const program = vscode.Uri.joinPath(context.extensionUri, 'dist', 'planReader.js').fsPath;
  const provider: vscode.CustomReadonlyEditorProvider<SavedPlanDocument> = {
    openCustomDocument: uri => new SavedPlanDocument(uri, texts, program),
    resolveCustomEditor(document, { webview, onDidDispose }) {
      const panel = new SavedPlanPanel(document, webview, context.extensionUri);
      onDidDispose(() => panel.dispose());
    },
  };
  const register = (viewType: string): vscode.Disposable =>
    vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true });
  return vscode.Disposable.from(
    texts,
    register(SAVED_PLAN_EDITOR),
    register(OTHER_FILES_EDITOR),
    registerSavedPlanCommands(texts),
  );
}
