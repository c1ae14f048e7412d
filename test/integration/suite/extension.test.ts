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

/** Less than the limit of a test, so that the reason is told. */
const WAIT_LIMIT_MS = 45_000;

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
  return new Promise((resolve, reject) => {
    const look = () => {
      const diagnostics = vscode.languages.getDiagnostics(document.uri);
      if (!wanted(diagnostics)) return;
      subscription.dispose();
      clearTimeout(limit);
      resolve(diagnostics);
    };
    const subscription = vscode.languages.onDidChangeDiagnostics(look);
    const limit = setTimeout(() => {
      subscription.dispose();
      const seen = vscode.languages.getDiagnostics(document.uri).map(({ message }) => message);
      reject(
        new Error(
          `${document.uri.toString()} (${document.languageId}, closed: ${document.isClosed}) has only: ${seen.join('; ')}`,
        ),
      );
    }, WAIT_LIMIT_MS);
    look();
  });
}

describe('the extension in VS Code', () => {
  before(async () => {
    const isActive = manifest().isActive;
    const startedAt = performance.now();
    await manifest().activate();
    console.log(isActive ? '    was active' : `    active after ${(performance.now() - startedAt).toFixed(0)} ms`);
  });

  // Not between the tests: an unsaved document opened while another is being closed may get that one's name and text.
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

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

  const withCode = (diagnostics: readonly vscode.Diagnostic[], rule: string) =>
    diagnostics.find(({ code }) => typeof code === 'object' && code.value === rule);

  it('opens the page of a rule from the code beside its diagnostic', async () => {
    const document = await openSql('select id from cameras where closed_at = null;\n');
    const found = await waitForDiagnostics(document, all => withCode(all, 'query/null-comparison') !== undefined);
    const { target } = withCode(found, 'query/null-comparison')!.code as { target: vscode.Uri };
    assert.equal(target.scheme, 'command');
    const opened = tabOpened(label => /null-comparison/.test(label));
    await vscode.commands.executeCommand(target.path, ...(JSON.parse(target.query) as unknown[]));
    await opened;
  });

  it('checks the SQL in a TypeScript file, and nothing else in it', async () => {
    const content = 'const closed = null;\nconst q = sql`select id from cameras where closed_at = null`;\n';
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content });
    await vscode.window.showTextDocument(document);
    const found = await waitForDiagnostics(document, all => withCode(all, 'query/null-comparison') !== undefined);
    const { range } = withCode(found, 'query/null-comparison')!;
    assert.equal(document.getText(range), 'closed_at = null');
    const ours = found.filter(({ source }) => source === 'Query Tuner');
    assert.ok(ours.every(diagnostic => diagnostic.range.start.line === 1));
  });

  it('finds the definition of an alias and renames it', async () => {
    const document = await openSql('select o.id from orders o where o.total > 10;\n');
    const position = document.positionAt(document.getText().indexOf('o.total'));
    const [definition] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      position,
    );
    const place = definition && ('targetUri' in definition ? definition.targetSelectionRange! : definition.range);
    assert.equal(place && document.offsetAt(place.start), document.getText().indexOf('o where'));
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      position,
      'ord',
    );
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.getText(), 'select ord.id from orders ord where ord.total > 10;\n');
  });
});

/** Resolves when a tab with such a label is open. */
function tabOpened(wanted: (label: string) => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => wanted(label)))) return;
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.window.tabGroups.onDidChangeTabs(look);
    look();
  });
}
