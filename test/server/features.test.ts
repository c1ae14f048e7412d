import assert from 'node:assert/strict';
import type {
  DocumentHighlight,
  Hover,
  InlayHint,
  Location,
  Position,
  Range,
  SemanticTokens,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { TOKENS_LIMIT } from '../../src/server/features/decorations';
import { LineIndex } from '../../src/server/lineIndex';
import { Editor, URI } from './editor';

describe('server/features', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = await Editor.start({ inlayHints: true });
  });

  afterEach(() => editor.dispose());

  /** Opens the text with the cursor at its `|`. */
  async function open(marked: string): Promise<Position> {
    const text = marked.replace('|', '');
    await editor.open(text);
    return new LineIndex(text).positionAt(marked.indexOf('|'));
  }

  const texts = (places: readonly { readonly range: Range }[]): string[] =>
    places.map(place => `${place.range.start.line}:${place.range.start.character} ${editor.underlined(place)}`);

  it('says what it can do', () => {
    const { capabilities } = editor;
    assert.equal(capabilities.definitionProvider, true);
    assert.equal(capabilities.referencesProvider, true);
    assert.equal(capabilities.documentHighlightProvider, true);
    assert.deepEqual(capabilities.renameProvider, { prepareProvider: true });
    assert.equal(capabilities.inlayHintProvider, true);
    assert.ok(capabilities.semanticTokensProvider?.range);
  });

  it('goes to the definition of an alias, a WITH query, a table of the document', async () => {
    const position = await open('create table camera (id int);\n\nselect c|.id from camera c;');
    const alias = await editor.ask<Location[]>('textDocument/definition', { position });
    assert.deepEqual(texts(alias), ['2:24 c']);
    const table = await editor.ask<Location[]>('textDocument/definition', { position: { line: 2, character: 18 } });
    assert.deepEqual(texts(table), ['0:13 camera']);
    const column = await editor.ask<Location[]>('textDocument/definition', { position: { line: 2, character: 10 } });
    assert.deepEqual(texts(column), ['0:21 id']);
  });

  it('finds references, with the declaration when asked for', async () => {
    const position = await open("select '😀', |n from (select 1 as n) s;\r\nselect 1 as n;");
    const ask = (includeDeclaration: boolean): Promise<Location[]> =>
      editor.ask('textDocument/references', { position, context: { includeDeclaration } });
    assert.deepEqual(texts(await ask(true)), ['0:13 n', '0:33 n']);
    assert.deepEqual(texts(await ask(false)), ['0:13 n']);
  });

  it('stops looking for references in a long document when it is edited', async () => {
    const position = await open(
      `select 1 from came|ra;\n${'select id, name from camera where id = 1;\n'.repeat(5000)}`,
    );
    const asked = editor.ask<Location[] | null>('textDocument/references', {
      position,
      context: { includeDeclaration: true },
    });
    await editor.replace('select 1', 'select 2');
    assert.equal(await asked, null);
    const again = await editor.ask<Location[]>('textDocument/references', {
      position,
      context: { includeDeclaration: true },
    });
    assert.equal(again.length, 5001);
  });

  it('highlights a name as read or written', async () => {
    const position = await open('update camera |c set name = c.id');
    const found = await editor.ask<DocumentHighlight[]>('textDocument/documentHighlight', { position });
    assert.deepEqual(
      found.map(({ kind, range }) => [kind, range.start.character]),
      [
        [3, 14],
        [2, 27],
      ],
    );
  });

  it('renames, and the renamed text parses', async () => {
    const position = await open('with a as (select 1 as x)\nselect |a.x from a;');
    const prepared = await editor.ask<{ placeholder: string }>('textDocument/prepareRename', { position });
    assert.equal(prepared.placeholder, 'a');
    const edit = await editor.ask<WorkspaceEdit>('textDocument/rename', { position, newName: 'first' });
    await editor.edit(edit.changes?.[URI] ?? []);
    assert.equal(editor.text(), 'with first as (select 1 as x)\nselect first.x from first;');
  });

  it('says why it does not rename', async () => {
    const position = await open('select id from cam|era');
    await assert.rejects(editor.ask('textDocument/prepareRename', { position }), /table or view of the database/);
    await assert.rejects(
      editor.ask('textDocument/rename', { position, newName: 'x' }),
      /table or view of the database/,
    );
    const alias = await open('select c|.id from camera c, site s');
    await assert.rejects(editor.ask('textDocument/rename', { position: alias, newName: 's' }), /already means/);
  });

  it('hovers a name, below the rule of a finding', async () => {
    const position = await open('select s.n from (select count(*) as n from camera where id = null) s');
    const name = await editor.ask<Hover | null>('textDocument/hover', { position: { ...position, character: 9 } });
    assert.match((name?.contents as { value: string }).value, /column of the query[^]*bigint/);
    const both = await open('with x as (select 1 as closed_at) select closed_at from x where |closed_at = null');
    const hover = await editor.ask<Hover | null>('textDocument/hover', { position: both });
    assert.match((hover?.contents as { value: string }).value, /query\/null-comparison[^]*---[^]*column of the query/);
  });

  it('replaces a star by its columns', async () => {
    const position = await open('select |* from (select 1 as a, 2 as b) s');
    const actions = await editor.codeActions({ start: position, end: position });
    const rewrite = actions.find(({ kind }) => kind === 'refactor.rewrite');
    assert.equal(rewrite?.title, 'Replace * by its 2 columns');
    await editor.edit(rewrite.edit?.changes?.[URI] ?? []);
    assert.equal(editor.text(), 'select a, b from (select 1 as a, 2 as b) s');
  });

  it('gives semantic tokens for a document and for a range', async () => {
    await open('select c.id\n  from camera c;\nselect 1 as one;|');
    const decode = ({ data }: SemanticTokens): string[] => {
      const { tokenTypes } = editor.capabilities.semanticTokensProvider?.legend ?? { tokenTypes: [] };
      let line = 0;
      let character = 0;
      const found: string[] = [];
      for (let i = 0; i < data.length; i += 5) {
        character = data[i]! > 0 ? data[i + 1]! : character + data[i + 1]!;
        line += data[i]!;
        found.push(`${line}:${character}+${data[i + 2]} ${tokenTypes[data[i + 3]!]}`);
      }
      return found;
    };
    const all = await editor.ask<SemanticTokens>('textDocument/semanticTokens/full', {});
    assert.deepEqual(decode(all), [
      '0:7+1 variable',
      '0:9+2 property',
      '1:7+6 class',
      '1:14+1 variable',
      '2:12+3 property',
    ]);
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
    const some = await editor.ask<SemanticTokens>('textDocument/semanticTokens/range', { range });
    assert.deepEqual(decode(some), ['2:12+3 property']);
  });

  it('leaves a long document to requests for what is in view', async () => {
    await open(`${'select 1 as one;\n'.repeat(TOKENS_LIMIT + 1)}|`);
    assert.equal(await editor.ask('textDocument/semanticTokens/full', {}), null);
    const range = { start: { line: 5, character: 0 }, end: { line: 6, character: 5 } };
    const some = await editor.ask<SemanticTokens>('textDocument/semanticTokens/range', { range });
    assert.equal(some.data.length, 10);
  });

  it('has no row hints without a connection', async () => {
    await open('select 1 from camera|');
    const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    assert.deepEqual(await editor.ask<InlayHint[]>('textDocument/inlayHint', { range }), []);
  });
});
