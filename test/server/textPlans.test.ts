import assert from 'node:assert/strict';
import type { DocumentSymbol, FoldingRange, Hover } from 'vscode-languageserver';
import { Editor } from './editor';

const URI = 'file:///orders.explain';

const TEXT = ` Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
   Sort Key: a
   ->  Nested Loop  (cost=1.00..9.00 rows=5 width=8) (actual time=2.000..6.000 rows=400 loops=1)
         ->  Seq Scan on a  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
         ->  Index Scan using b_pkey on b  (cost=0.00..2.00 rows=1 width=4) (actual time=0.001..0.010 rows=1 loops=400)
               Index Cond: (id = a.id)
 Execution Time: 10.000 ms
`;

describe('server: text of a plan', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
  });
  afterEach(() => editor.dispose());

  const open = (text: string, languageId = 'postgresql-plan') =>
    editor.notify('textDocument/didOpen', { textDocument: { uri: URI, languageId, version: 1, text } });
  const hover = async (line: number): Promise<string | undefined> => {
    const found = await editor.ask<Hover | null>('textDocument/hover', { position: { line, character: 4 } }, URI);
    return (found?.contents as { value: string } | undefined)?.value;
  };
  const folds = () => editor.ask<FoldingRange[] | null>('textDocument/foldingRange', {}, URI);
  const symbols = () => editor.ask<DocumentSymbol[] | null>('textDocument/documentSymbol', {}, URI);

  it('tells what a node does and what it took itself', async () => {
    await open(TEXT);
    const sort = (await hover(0)) ?? '';
    assert.match(sort, /^\*\*Sort\*\*\n\nSorts all rows/);
    assert.match(sort, /Itself 2\.5 ms, 25 % of the whole/);
    const detail = (await hover(5)) ?? '';
    assert.match(detail, /^\*\*Index Scan on b\*\*/, 'a detail line belongs to its node');
    assert.match(detail, /Rows: 400, planned 400/);
    assert.match(detail, /Ran 400 times; 0\.01 ms each/);
    assert.equal(await hover(6), undefined);
  });

  it('lets no name become a link, a picture or markup', async () => {
    await open('Seq Scan on "![x](http://evil.example/a.png)<b>**`"  (cost=0.00..3.00 rows=4 width=4)\n');
    const shown = (await hover(0)) ?? '';
    assert.doesNotMatch(shown, /(?<!\\)[[\]()<>`]/);
    assert.doesNotMatch(shown, /https?:/);
  });

  it('folds nodes, and leaves other formats to the editor', async () => {
    await open(TEXT);
    assert.deepEqual(await folds(), [
      { startLine: 0, endLine: 5 },
      { startLine: 2, endLine: 5 },
      { startLine: 4, endLine: 5 },
    ]);
    await editor.notify('textDocument/didClose', { textDocument: { uri: URI } });
    await open('[\n  {\n    "Plan": {\n      "Node Type": "Result"\n    }\n  }\n]\n');
    assert.equal(await folds(), null);
    assert.equal(await hover(3), undefined);
  });

  it('lists the nodes as a tree', async () => {
    await open(TEXT);
    const names = (list: readonly DocumentSymbol[] | null | undefined): unknown[] =>
      (list ?? []).map(({ name, detail, children }) => [`${name}: ${detail}`, ...names(children)]);
    assert.deepEqual(names(await symbols()), [
      [
        'Sort: 2.5 ms, 400 rows',
        ['Nested Loop: 1 ms, 400 rows', ['Seq Scan on a: 1 ms, 400 rows'], ['Index Scan on b: 4 ms, 400 rows']],
      ],
    ]);
    const [sort] = (await symbols()) ?? [];
    assert.deepEqual(sort?.range.end, { line: 5, character: TEXT.split('\n')[5]!.length });
    assert.deepEqual(sort?.selectionRange.end, { line: 0, character: TEXT.split('\n')[0]!.length });
  });

  it('follows edits', async () => {
    await open(TEXT);
    await hover(0);
    const range = { start: { line: 0, character: 0 }, end: { line: 2, character: 0 } };
    await editor.notify('textDocument/didChange', {
      textDocument: { uri: URI, version: 2 },
      contentChanges: [{ range, text: '' }],
    });
    assert.match((await hover(0)) ?? '', /^\*\*Nested Loop\*\*/);
  });

  it('is not checked as SQL, whatever is in it', async () => {
    await open(`select * from where;\n${TEXT}`);
    // the answers come in order: what is told about the next document is told after all about this one
    await editor.open('select from where;');
    assert.deepEqual(
      editor.publications.filter(({ uri }) => uri === URI),
      [],
    );
    const lenses = await editor.ask<unknown[] | null>('textDocument/codeLens', {}, URI);
    assert.deepEqual(lenses ?? [], []);
  });

  it('nests what is deeper than anybody reads only so far', async () => {
    const deep = (count: number): string =>
      Array.from(
        { length: count },
        (_, depth) => `${depth === 0 ? '' : `${' '.repeat(depth * 6 - 4)}->  `}Limit  (cost=0.00..1.00 rows=1 width=4)`,
      ).join('\n');
    await open(deep(300));
    let depth = 0;
    for (let list = await symbols(); list?.length; list = list[0]?.children ?? null) depth++;
    assert.equal(depth, 101);
  });
});
