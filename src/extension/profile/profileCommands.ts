import * as vscode from 'vscode';
import { SAVE_PROFILE_RUN } from '../../protocol/profile';
import type { Connections } from '../connections/connections';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { ProfileController } from './profileController';
import { ProfileStore } from './profileStore';
import { TriedText } from './triedText';

/** The page of tuning profiles and its command. */
export function registerProfiles(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const store = new ProfileStore(context.globalState);
  const tried = new TriedText(server);
  const controller = new ProfileController(context.extensionUri, server, connections, store, tried);
  return vscode.Disposable.from(
    controller,
    tried,
    server.onSave(SAVE_PROFILE_RUN, run => store.save(run)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void controller.trusted()),
    registerCommand('queryTuner.profile.open', () => controller.open()),
  );
}
