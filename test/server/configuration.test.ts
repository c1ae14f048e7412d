import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver';
import { Editor } from './editor';

describe('server: configuration files', () => {
  let editor: Editor;
  let folder: string;
  const severityOf = (diagnostics: readonly Diagnostic[]): number | undefined =>
    diagnostics.find(({ code }) => code === 'query/null-comparison')?.severity;
  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const SQL = 'select id from cameras where closed_at = null;';

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-configuration-'));
    editor = await Editor.start({
      severities: { 'query/null-comparison': 'info' },
      rulePages: 'https://rules.test/{rule}',
    });
  });

  afterEach(async () => {
    await editor.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('count more than the settings of the editor, the nearest most', async () => {
    assert.equal(severityOf(await editor.open(SQL, uriOf('plain.sql'))), 3);
    write('strict/.query-tuner.json', '{"rules": {"query/null-comparison": "error"}}');
    write('strict/off/.query-tuner.json', '{"rules": {"query/*": "off"}}');
    assert.equal(severityOf(await editor.open(SQL, uriOf('strict/a.sql'))), 1);
    assert.equal(severityOf(await editor.open(SQL, uriOf('strict/off/a.sql'))), undefined);
  });

  it('are read again when they change', async () => {
    const uri = uriOf('a.sql');
    assert.equal(severityOf(await editor.open(SQL, uri)), 3);
    write('.query-tuner.json', '{"rules": {"query/null-comparison": "error"}}');
    await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('.query-tuner.json'), type: 1 }] });
    await editor.until(() => editor.publications.find(sent => sent.uri === uri && severityOf(sent.diagnostics) === 1));
  });

  it('leave out what they exclude', async () => {
    write('.query-tuner.json', '{"exclude": ["vendor/**"]}');
    assert.deepEqual(await editor.open(SQL, uriOf('vendor/deep/a.sql')), []);
    assert.notDeepEqual(await editor.open(SQL, uriOf('a.sql')), []);
  });

  it('say themselves what does not count in them, until it is corrected', async () => {
    const uri = uriOf('.query-tuner.json');
    const shown = (): readonly Diagnostic[] | undefined =>
      editor.publications.findLast(sent => sent.uri === uri)?.diagnostics;
    write('.query-tuner.json', '{\n  "rules": { "query/null-comparision": "off", "query/select-star": "off" }\n}');
    await editor.open(SQL, uriOf('a.sql'));
    const [problem, ...others] = await editor.until(shown);
    assert.deepEqual(problem?.range.start, { line: 1, character: 13 });
    assert.match(problem.message, /nothing called "query\/null-comparision"/);
    assert.deepEqual(others, []);
    write('.query-tuner.json', '{"rules": {"query/null-comparison": "off"}}');
    await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
    await editor.until(() => (shown()?.length === 0 ? true : undefined));
  });

  it('do not matter to a text that is no file', async () => {
    assert.equal(severityOf(await editor.open(SQL, 'untitled:Untitled-1')), 3);
  });

  it('link each rule to its page', async () => {
    const [diagnostic] = await editor.open(SQL, uriOf('a.sql'));
    assert.equal(diagnostic?.codeDescription?.href, 'https://rules.test/query/null-comparison');
    const [syntax] = await editor.open('selec 1;', uriOf('b.sql'));
    assert.equal(syntax?.codeDescription, undefined);
  });
});
