import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic, Range } from 'vscode-languageserver';
import { LineIndex } from '../../src/server/lineIndex';
import { Editor } from './editor';
import { randomNumbers } from '../support/randomNumbers';

const CASES = path.join(__dirname, '../rules/cases');
const SEED = Number(process.env['QUERY_TUNER_FUZZ_SEED'] ?? 11);

/** Pieces that begin something and leave it open, or that count differently in bytes, code units and characters. */
const PIECES = [
  "'",
  '"',
  '$$',
  '$a$',
  '/*',
  '*/',
  '--',
  ';',
  '(',
  ')',
  '\r\n',
  '\r',
  '\n',
  '\0',
  '\uFEFF',
  '\uD83D',
  '\uDE00',
  '😀',
  'é',
  '数',
  '\\',
  'BEGIN ATOMIC',
  'COPY t FROM stdin;\n1\t2\n',
  '{% if x %}',
  '{{',
  ':name',
  '%(a)s',
  '-- query-tuner: allow query/select-star',
];

/** Every request that looks at a place of a document. */
const REQUESTS = [
  'textDocument/hover',
  'textDocument/definition',
  'textDocument/documentHighlight',
  'textDocument/prepareRename',
  'textDocument/completion',
  'textDocument/signatureHelp',
];

describe(`server: whatever is in the document (seed ${SEED})`, function () {
  this.timeout(180_000);
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
  });
  afterEach(() => editor.dispose());

  /** Fails if a range is not in the text, or ends before it begins. */
  function assertInside(text: string, diagnostics: readonly Diagnostic[]): void {
    const lines = new LineIndex(text);
    const isPlace = ({ line, character }: Range['start']): boolean => {
      const at = lines.positionAt(lines.offsetAt({ line, character }));
      return at.line === line && at.character === character;
    };
    for (const { range, message } of diagnostics) {
      assert.ok(isPlace(range.start) && isPlace(range.end), `${JSON.stringify(range)} ${message}`);
      assert.ok(lines.offsetAt(range.start) <= lines.offsetAt(range.end), message);
    }
  }

  /** Asks everything at a place; an answer of any kind will do. */
  async function askAll(uri: string, at: Range['start'], text: string): Promise<void> {
    for (const method of REQUESTS) {
      await editor.ask(method, { position: at }, uri).catch((error: Error) => {
        assert.match(
          error.message,
          /^(?!.*(?:is not a function|Cannot read|undefined)).*$/s,
          `${method}: ${error.message}\n${text}`,
        );
      });
    }
    await editor.ask('textDocument/codeAction', { range: { start: at, end: at }, context: { diagnostics: [] } }, uri);
    await editor.ask('textDocument/semanticTokens/full', {}, uri);
    await editor.ask('textDocument/foldingRange', {}, uri);
    await editor.ask('textDocument/documentSymbol', {}, uri);
    await editor.ask('textDocument/codeLens', {}, uri);
  }

  it('answers, with ranges inside the text, over random pieces of SQL and of nonsense', async () => {
    const random = randomNumbers(SEED);
    const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sql'));
    const corpus = files.map(file => readFileSync(path.join(CASES, file), 'utf8')).join('\n');
    for (let round = 0; round < 30; round++) {
      const parts = Array.from({ length: 1 + random(12) }, () => {
        if (random(3) > 0) return PIECES[random(PIECES.length)]!;
        const start = random(corpus.length);
        return corpus.slice(start, start + random(600));
      });
      const uri = `file:///fuzz${round}.sql`;
      assertInside(parts.join(''), await editor.open(parts.join(''), uri));
      for (let edit = 0; edit < 5; edit++) {
        const text = editor.text(uri);
        const lines = new LineIndex(text);
        const start = random(text.length + 1);
        const range = lines.rangeOf({ start, end: Math.min(text.length, start + random(5)) });
        await editor.edit([{ range, newText: PIECES[random(PIECES.length)]! }], uri);
        assertInside(editor.text(uri), await editor.diagnostics(uri));
      }
      const text = editor.text(uri);
      await askAll(uri, new LineIndex(text).positionAt(random(text.length + 1)), text);
      await editor.close(uri);
    }
  });

  it('answers about deeply nested and very long statements', async () => {
    const texts = {
      parentheses: `select ${'('.repeat(10_000)}1${')'.repeat(10_000)};`,
      unions: `${'select 1 union all '.repeat(5000)}select 2;`,
      sums: `select ${'1 + '.repeat(20_000)}1;`,
      list: `select id from orders where id in (${'1, '.repeat(100_000)}1);`,
      line: `select '${'x'.repeat(3_000_000)}';`,
      blocks: `do $$ begin ${'begin '.repeat(2000)}null; ${'end; '.repeat(2000)} end $$;`,
    };
    for (const [name, text] of Object.entries(texts)) {
      const uri = `file:///${name}.sql`;
      const first = await editor.open(`${text}\nselect id from camera where closed_at = null;\n`, uri);
      assertInside(editor.text(uri), first);
      await editor.until(() =>
        editor.publications.find(
          sent => sent.uri === uri && sent.diagnostics.some(({ code }) => code === 'query/null-comparison'),
        ),
      );
      await askAll(uri, { line: 0, character: 7 }, name);
      await editor.close(uri);
    }
  });

  it('answers about a file of 100,000 lines while it is still being checked, and about 50 MB', async () => {
    const lines = 'select id, name\nfrom cameras\nwhere zone_id = 7\n  and closed_at = null;\n'.repeat(25_000);
    const uri = 'file:///lines.sql';
    assertInside(lines, await editor.open(lines, uri));
    await askAll(uri, { line: 50_000, character: 3 }, 'lines');
    await editor.edit(
      [{ range: { start: { line: 9, character: 0 }, end: { line: 9, character: 0 } }, newText: 'x' }],
      uri,
    );
    assertInside(editor.text(uri), await editor.diagnostics(uri));
    await editor.close(uri);
    const huge = 'file:///huge.sql';
    const [only] = await editor.open(lines.repeat(25), huge);
    assert.equal(only?.code, 'too-large');
    await askAll(huge, { line: 50_000, character: 3 }, 'huge');
  });
});
