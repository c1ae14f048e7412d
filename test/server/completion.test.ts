import assert from 'node:assert/strict';
import type { CompletionItem, CompletionList, Position, SignatureHelp, TextEdit } from 'vscode-languageserver';
import { InsertTextFormat } from 'vscode-languageserver';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { completion } from '../../src/server/features/completion';
import { signatureHelp } from '../../src/server/features/signatureHelp';
import { LineIndex } from '../../src/server/lineIndex';
import { ScriptDocument } from '../../src/server/scriptDocument';
import { shopCatalog } from '../unit/language/completionText';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor, URI } from './editor';

const textOf = ({ textEdit }: CompletionItem): string => (textEdit as TextEdit).newText;

describe('server/features/completion', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = await Editor.start();
  });

  afterEach(() => editor.dispose());

  /** Opens the text with the cursor at its `|`. */
  async function open(marked: string): Promise<Position> {
    const text = marked.replace('|', '');
    await editor.open(text);
    return new LineIndex(text).positionAt(marked.indexOf('|'));
  }

  async function complete(marked: string): Promise<CompletionList | null> {
    const position = await open(marked);
    return editor.ask('textDocument/completion', { position });
  }

  it('says what opens the list and the help', () => {
    const { completionProvider, signatureHelpProvider } = editor.capabilities;
    assert.deepEqual(completionProvider, { triggerCharacters: ['.', '"', "'", '@', ','], resolveProvider: true });
    assert.deepEqual(signatureHelpProvider, { triggerCharacters: ['(', ','] });
  });

  it('replaces what is typed, in the order it thinks best', async () => {
    const list = await complete("select '😀',\r\n  x.am| from (select 1 as amount, 2 as am2) x");
    const items = list?.items ?? [];
    assert.deepEqual(items.map(textOf), ['amount', 'am2']);
    assert.deepEqual((items[0]?.textEdit as TextEdit).range, {
      start: { line: 1, character: 4 },
      end: { line: 1, character: 6 },
    });
    assert.deepEqual(
      items.map(({ sortText }) => sortText),
      ['0000', '0001'],
    );
  });

  it('replaces a quoted name with its quotes', async () => {
    const list = await complete('select "O|" from (select 1 as "One more") x');
    const [item] = list?.items ?? [];
    assert.equal(item && textOf(item), '"One more"');
    assert.equal(item?.filterText, '"One more"');
    const range = (item?.textEdit as TextEdit).range;
    assert.deepEqual([range.start.character, range.end.character], [7, 10]);
  });

  it('puts the cursor between the parentheses of a function', async () => {
    const list = await complete('select coal|');
    const item = list?.items.find(({ label }) => label === 'coalesce');
    assert.equal(item?.insertTextFormat, InsertTextFormat.Snippet);
    assert.equal(textOf(item), 'coalesce($0)');
  });

  it('documents a proposal when asked', async () => {
    const list = await complete('select date_tr|');
    const item = list?.items.find(({ label }) => label === 'date_trunc');
    assert.equal(item?.documentation, undefined);
    assert.ok(item);
    const resolved = await editor.ask<CompletionItem>('completionItem/resolve', item);
    assert.match(JSON.stringify(resolved), /date_trunc\(text, timestamp with time zone\)/);
  });

  it('has nothing to say in comments and strings', async () => {
    assert.equal(await complete('-- select | from x'), null);
    assert.equal(await complete("select 'a| b'"), null);
  });

  it('follows what is typed', async () => {
    await open('select  from (select 1 as first_one) x|');
    await editor.replace('select ', 'select x.');
    const list = await editor.ask<CompletionList>('textDocument/completion', {
      position: { line: 0, character: 9 },
    });
    assert.deepEqual(list.items.map(textOf), ['first_one', '*']);
  });

  it('shows how a function is called', async () => {
    const position = await open("select date_trunc('day', |)");
    const help = await editor.ask<SignatureHelp>('textDocument/signatureHelp', { position });
    assert.equal(help.signatures[help.activeSignature ?? 0]?.label.startsWith('date_trunc(text, '), true);
    assert.equal(help.activeParameter, 1);
    assert.equal(await editor.ask('textDocument/signatureHelp', { position: { line: 0, character: 3 } }), null);
  });
});

describe('server/features/completion in other languages', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  async function texts(languageId: string, marked: string): Promise<string[] | null> {
    const document = new ScriptDocument('file:///a', 1, marked.replace('|', ''), grammar, languageId);
    const list = completion(document, document.lines.positionAt(marked.indexOf('|')), await shopCatalog());
    return list && list.items.map(textOf);
  }

  it('completes in a template and beside its holes', async () => {
    assert.ok((await texts('typescript', 'const a = sql`select o.| from orders o`;'))?.includes('total'));
    assert.ok((await texts('typescript', 'sql`select * from orders where id = ${id} and |`'))?.includes('total'));
    assert.ok((await texts('typescript', 'sql`\n select *\n from |`'))?.includes('orders'));
    assert.ok((await texts('markdown', '# SQL\n\n```sql\nselect | from orders;\n```\n'))?.includes('total'));
    assert.ok((await texts('python', 'cur.execute("""\nselect o.| from orders o""")'))?.includes('total'));
  });

  it('is silent outside of the SQL and in the holes', async () => {
    assert.equal(await texts('typescript', 'const a = sql`select 1 from orders`; |'), null);
    assert.equal(await texts('typescript', 'con| = sql`select 1 from orders`;'), null);
    assert.equal(await texts('typescript', 'const a = sql`select 1 from orders`;\nfoo.|;\nsql`select 2`'), null);
    assert.equal(await texts('typescript', 'sql`select * from orders where id = ${o.|}`'), null);
    assert.equal(await texts('markdown', '```sql\nselect 1 from orders\n```\nand o.| more'), null);
  });

  it('proposes nothing that would end the string it stands in', async () => {
    const inDouble = await texts('python', 'cur.execute("select | from customers where id = 1")');
    assert.ok(inDouble?.includes('name'));
    assert.ok(!inDouble?.includes('"Full Name"'));
    const inTemplate = await texts('typescript', 'sql`select | from customers`');
    assert.ok(inTemplate?.includes('"Full Name"'));
  });

  it('shows signatures only in the SQL', async () => {
    const at = (marked: string): unknown => {
      const document = new ScriptDocument('file:///a', 1, marked.replace('|', ''), grammar, 'typescript');
      return signatureHelp(document, document.lines.positionAt(marked.indexOf('|')), undefined);
    };
    assert.ok(at('sql`select lower(|) from orders`'));
    assert.equal(at('sql`select lower(id) from orders`; lower(|)'), null);
  });
});

describe('server/features/completion with a catalog', function () {
  this.timeout(120_000);
  let editor: Editor;
  let connected: ConnectedEditor | undefined;

  before(async function () {
    connected = await startConnectedEditor(
      this,
      `
        create table reading (id int primary key, state text not null);
        comment on table reading is 'What the cameras counted';
        insert into reading select n, case when n % 10 = 0 then 'open' else 'done' end from generate_series(1, 5000) n;
        analyze reading;`,
    );
    ({ editor } = connected);
  });

  after(() => connected?.dispose());

  async function complete(marked: string): Promise<CompletionItem[]> {
    const text = marked.replace('|', '');
    await editor.open(text);
    await editor.notify('queryTuner/document/connection', { uri: URI, connectionId: 'test' });
    await editor.request('queryTuner/statement/parameters', { connectionId: 'test', sql: 'select 1' });
    const position = new LineIndex(text).positionAt(marked.indexOf('|'));
    const list = await editor.ask<CompletionList>('textDocument/completion', { position });
    return list.items;
  }

  it('knows tables, columns and common values', async () => {
    const [table] = await complete('select * from read|');
    assert.equal(table && textOf(table), 'reading');
    assert.equal(table?.detail, 'table · ≈ 5,000 rows');
    assert.ok(table);
    const resolved = await editor.ask<CompletionItem>('completionItem/resolve', table);
    assert.match(JSON.stringify(resolved), /What the cameras counted/);
    const columns = await complete('select r.| from reading r');
    assert.deepEqual(
      columns.slice(0, 2).map(({ detail }) => detail),
      ['integer not null · reading', 'text not null · reading'],
    );
    const values = await complete("select * from reading where state = '|'");
    assert.deepEqual(values.map(textOf), ["'done'", "'open'"]);
    assert.equal(values[0]?.detail, 'in 90 % of the rows');
  });
});
