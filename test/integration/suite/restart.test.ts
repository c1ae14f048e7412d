import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';

/** Process ids of language servers that this extension host has started. */
function languageServers(): number[] {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const [, parent] = /\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return Number(parent) === process.pid && command.includes('server.js');
      } catch {
        // ended while we looked
        return false;
      }
    });
}

/** Waits for a condition; a test that waits in vain ends at its limit. */
async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

describe('a language server that is killed', () => {
  before(async function () {
    if (process.platform !== 'linux') {
      console.warn('      skipped: processes are looked for in /proc, which only Linux has');
      this.skip();
    }
    await vscode.extensions.all.find(({ packageJSON }) => packageJSON.name === 'pg-query-tuner')?.activate();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is started again, and checks what is open and what is opened', async () => {
    const open = async (content: string): Promise<vscode.TextDocument> => {
      const document = await vscode.workspace.openTextDocument({ language: 'sql', content });
      await vscode.window.showTextDocument(document);
      return document;
    };
    const isChecked = (document: vscode.TextDocument): Promise<true> =>
      until(() => (vscode.languages.getDiagnostics(document.uri).length > 0 ? true : undefined));
    const before = await open('select from where;\n');
    await isChecked(before);
    const pid = await until(() => languageServers()[0]);
    process.kill(pid, 'SIGKILL');
    const next = await until(() => languageServers().find(other => other !== pid));
    assert.notEqual(next, pid);
    const afterwards = await open('selec 2;\n');
    await isChecked(afterwards);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(before.uri, new vscode.Position(0, 0), 'select 1;\nselec 3;\n');
    await vscode.workspace.applyEdit(edit);
    await until(() =>
      vscode.languages.getDiagnostics(before.uri).some(({ range }) => range.start.line === 1) ? true : undefined,
    );
  });
});
