import assert from 'node:assert/strict';
import type { Hover, InlayHint } from 'vscode-languageserver';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { type Editor, URI } from './editor';

const SETUP = `
  create table reading (id int primary key, camera int not null, state text);
  insert into reading select n, n % 50, case when n % 10 = 0 then 'open' else 'done' end from generate_series(1, 20000) n;
  create index reading_camera on reading (camera, state);
  comment on table reading is 'What the cameras counted';
  create function last_reading(camera int) returns int language sql stable as 'select 1';
  analyze reading;`;

describe('server/features with a catalog', function () {
  this.timeout(120_000);
  let editor: Editor;
  let connected: ConnectedEditor | undefined;

  before(async function () {
    connected = await startConnectedEditor(this, SETUP, { inlayHints: true });
    ({ editor } = connected);
  });

  after(() => connected?.dispose());

  /** Opens a document that is checked against the database, and waits until its catalog is there. */
  async function open(text: string): Promise<void> {
    await editor.open(text);
    await editor.notify('queryTuner/document/connection', { uri: URI, connectionId: 'test' });
    await editor.request('queryTuner/statement/parameters', { connectionId: 'test', sql: 'select 1' });
  }

  async function hover(character: number): Promise<string> {
    const found = await editor.ask<Hover | null>('textDocument/hover', { position: { line: 0, character } });
    return (found?.contents as { value: string } | undefined)?.value ?? '';
  }

  it('hovers tables, columns and functions with what the server knows', async () => {
    const text = 'select r.state, last_reading(1) from reading r';
    await open(text);
    const table = await hover(text.indexOf('reading r'));
    assert.match(table, /public\\\.reading.*table · ≈ 20,000 rows · \d/);
    assert.match(table, /What the cameras counted/);
    assert.match(table, /camera integer not null/);
    assert.match(table, /reading\\_camera `\(camera, state\)` · \d+ kB · 0 scans/);
    const column = await hover(text.indexOf('state'));
    assert.match(column, /`text`[^]*NULL in 0 %[^]*2 distinct values[^]*`done` 90 %, `open` 10 %[^]*reading\\_camera/);
    assert.match(await hover(text.indexOf('last_reading')), /last_reading\(camera integer\)\n {2}returns integer/);
  });

  it('hints at the rows of tables', async () => {
    await open('select 1 from reading');
    const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    const hints = await editor.ask<InlayHint[]>('textDocument/inlayHint', { range });
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position.character]),
      [['≈ 20 k rows', 21]],
    );
  });

  it('has no row hints unless they are wanted', async () => {
    await open('select 1 from reading');
    await editor.notify('workspace/didChangeConfiguration', { settings: { queryTuner: { inlayHints: false } } });
    const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    assert.deepEqual(await editor.ask<InlayHint[]>('textDocument/inlayHint', { range }), []);
  });

  it('replaces the star of a table', async () => {
    await open('select * from reading');
    const at = { line: 0, character: 8 };
    const actions = await editor.codeActions({ start: at, end: at });
    // The rule about stars offers the same as its fix; it is not offered twice.
    const edits = actions.flatMap(({ edit }) => edit?.changes?.[URI] ?? []);
    const expansions = edits.filter(({ newText }) => newText.startsWith('id,'));
    assert.equal(expansions.length, 1);
    await editor.edit(expansions);
    assert.equal(editor.text(), 'select id, camera, state from reading');
  });
});
