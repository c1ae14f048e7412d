import * as vscode from 'vscode';
import type { ExportFormat } from '../../protocol/planPanel';

const EXPORT_ENDING: Readonly<Record<ExportFormat, string>> = {
  html: 'html',
  markdown: 'md',
  svg: 'svg',
  png: 'png',
  json: 'json',
  text: 'txt',
};

/** Asks where, and writes there what the plan's page made. Nothing is written when nobody says where. */
export async function saveExport(format: ExportFormat, content: string, encoding: 'utf8' | 'base64'): Promise<void> {
  const ending = EXPORT_ENDING[format];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `plan.${ending}`) }),
    filters: { [format]: [ending] },
  });
  if (target) await vscode.workspace.fs.writeFile(target, Buffer.from(content, encoding));
}
