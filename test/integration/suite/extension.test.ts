import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const manifest = () => {
  const extension = vscode.extensions.all.find(candidate => candidate.packageJSON.name === 'pg-query-tuner');
  assert.ok(extension, 'the extension is not installed');
  return extension;
};

interface CommandContribution {
  readonly command: string;
}

/** Opens SQL text as an unsaved document. */
async function openSql(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'sql', content });
  await vscode.window.showTextDocument(document);
  return document;
}

/** Resolves with the first diagnostics of the document that satisfy `wanted`. */
function waitForDiagnostics(
  document: vscode.TextDocument,
  wanted: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return new Promise(resolve => {
    const look = () => {
      const diagnostics = vscode.languages.getDiagnostics(document.uri);
      if (!wanted(diagnostics)) return;
      subscription.dispose();
      resolve(diagnostics);
    };
    const subscription = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

describe('the extension in VS Code', () => {
  before(() => manifest().activate());

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('activates', () => {
    assert.equal(manifest().isActive, true);
  });

  it('registers every command it contributes', async () => {
    const contributed: CommandContribution[] = manifest().packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.map(({ command }) => command).filter(command => !registered.has(command)),
      [],
    );
  });

  it('reports a syntax error where it is', async () => {
    const document = await openSql('select 1;\nselect from where;\n');
    const [first] = await waitForDiagnostics(document, diagnostics => diagnostics.length > 0);
    assert.equal(first?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(first?.range.start.line, 1);
  });

  it('takes the diagnostic away when the error is corrected', async () => {
    const document = await openSql('selec 1;\n');
    await waitForDiagnostics(document, diagnostics => diagnostics.length > 0);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 5), 't');
    await vscode.workspace.applyEdit(edit);
    await waitForDiagnostics(document, diagnostics => diagnostics.length === 0);
  });

  it('puts Explain, Explain Analyze and Suggest indexes above each statement', async () => {
    const document = await openSql('select 1;\n\nselect 2;\n');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    const titles = lenses.map(lens => `${lens.range.start.line} ${lens.command?.title.replace(/^\$\([\w-]+\) /, '')}`);
    for (const line of [0, 2]) {
      for (const title of ['Explain', 'Explain Analyze', 'Suggest indexes']) {
        assert.ok(titles.includes(`${line} ${title}`), `${line} ${title} is not among ${titles.join(', ')}`);
      }
    }
  });

  it('lists the statements in the outline', async () => {
    const document = await openSql('select 1;\n\nselect 2;\n');
    const symbols = await vscode.commands.executeCommand<unknown[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.equal(symbols.length, 2);
  });
});
