import assert from 'node:assert/strict';
import type { CodeLens, CompletionList, Hover } from 'vscode-languageserver';
import type { BudgetOutcome } from '../../src/protocol/budgets';
import { LineIndex } from '../../src/server/lineIndex';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor, URI } from './editor';

const SETUP = `
  create table counts (id serial primary key, camera int not null, n int not null);
  insert into counts (camera, n) select i % 500, i % 7 from generate_series(1, 20000) i;
  create index counts_camera on counts (camera);
  analyze counts;`;

const QUERY = 'select *\nfrom counts where camera = 7';

/** The same without what differs from run to run. */
const figureless = (text: string | undefined): string => (text ?? '').replace(/\d+(?=[ ;)]|$)/g, '#');

describe('server: budgets', function () {
  this.timeout(60_000);
  let connected: ConnectedEditor;
  let editor: Editor;
  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
    editor = connected.editor;
  });
  after(() => connected?.dispose());
  afterEach(async () => {
    await editor.notify('queryTuner/document/connection', { uri: URI, connectionId: null });
    await editor.close();
  });

  /** What is said first of a text; the one before it had the same name. */
  const open = async (text: string) => {
    const before = editor.publications.length;
    await editor.open(text);
    const fresh = () => editor.publications.slice(before).find(({ uri, version }) => uri === URI && version === 1);
    return (await editor.until(fresh)).diagnostics;
  };
  const connect = () => editor.notify('queryTuner/document/connection', { uri: URI, connectionId: 'test' });
  const lenses = async (): Promise<string[]> =>
    (await editor.ask<CodeLens[]>('textDocument/codeLens', {}))
      .filter(({ command }) => command?.command === 'queryTuner.budget.check')
      .map(({ command, range }) => `${range.start.line}: ${command?.title ?? ''}`);
  const at = (text: string) => new LineIndex(editor.text()).positionAt(editor.text().indexOf(text) + 1);
  const hover = async (text: string): Promise<string> => {
    const found = await editor.ask<Hover | null>('textDocument/hover', { position: at(text) });
    return (found?.contents as { value: string } | undefined)?.value ?? '';
  };
  const check = async (parameters?: Record<string, string>): Promise<BudgetOutcome> => {
    const [budget] = await editor.request('queryTuner/budget/list', { uri: URI });
    return editor.request('queryTuner/budget/check', {
      connectionId: 'test',
      uri: URI,
      id: budget!.id,
      ...(parameters && { parameters }),
    });
  };
  const explain = (analyze: boolean, sql = QUERY) =>
    editor.request('queryTuner/explain/run', {
      connectionId: 'test',
      connection: 'test',
      sql,
      title: 'q',
      analyze,
      source: { uri: URI, span: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } },
    });
  const overBudget = () =>
    editor.until(() => {
      const last = editor.publications.findLast(sent => sent.uri === URI);
      const found = last?.diagnostics.filter(({ code }) => code === 'budget/not-met');
      return found?.length ? found : undefined;
    });

  it('reports a mistake where it is, and offers what was meant', async () => {
    const diagnostics = await open(`-- @budget shred hit < 20, rows <= 5\n${QUERY};`);
    const [wrong] = diagnostics.filter(({ code }) => code === 'budget/malformed');
    assert.equal(editor.underlined(wrong!), 'shred hit');
    const actions = await editor.codeActions(wrong!.range, [wrong!]);
    const fix = actions.find(({ title }) => /Write shared hit/.test(title));
    await editor.edit(fix?.edit?.changes?.[URI] ?? []);
    assert.match(editor.text(), /^-- @budget shared hit < 20, rows <= 5\n/);
    assert.deepEqual(
      (await editor.diagnostics()).filter(({ code }) => String(code).startsWith('budget')),
      [],
    );
  });

  it('shows whether a budget is met once its statement is explained', async () => {
    await open(`-- @budget buffers <= 3, uses counts_camera\n${QUERY};\nselect 1;`);
    assert.deepEqual(await lenses(), ['0: $(checklist) Check budget']);
    await explain(true);
    const [over] = await overBudget();
    assert.equal(editor.underlined(over!), 'buffers <= 3');
    assert.match(over?.message ?? '', /^Over budget: buffers \d+ > 3$/);
    assert.deepEqual((await lenses()).map(figureless), ['0: $(error) budget met 1/2: buffers # > #']);
    // the budget is looked at again as it is edited, without another run
    await editor.replace('<= 3', '<= 3000');
    assert.deepEqual(await lenses(), ['0: $(pass) budget met, all 2']);
    assert.match(
      await hover('buffers'),
      /^\*\*buffers <= 3,000\*\*: Blocks of tables[^]*✓ buffers \d+ <= 3,000 \(measured once at \d\d:\d\d:\d\d\)$/,
    );
    assert.match(await hover('@budget'), /- ✓ buffers[^]*- ✓ uses counts_camera/);
    // a statement that was changed has not been seen
    await editor.replace('camera = 7', 'camera = 8');
    assert.deepEqual(await lenses(), ['0: $(checklist) Check budget']);
    assert.match(await hover('uses'), /Not checked yet/);
  });

  it('keeps what was measured when the same plan is only estimated', async () => {
    await open(`-- @budget buffers <= 3000\n${QUERY};`);
    await explain(false);
    assert.deepEqual(await lenses(), [
      '0: $(question) budget met 0/1: buffers cannot be told: the statement was not run',
    ]);
    await explain(true);
    await explain(false);
    assert.deepEqual(await lenses(), ['0: $(pass) budget met']);
  });

  it('checks a budget, with values where it needs them', async () => {
    await open(`-- @budget rows = 40, execution < 60 s\nselect * from counts where camera = :camera;`);
    const lacking = await check();
    assert.equal(lacking.status, 'unknown');
    assert.equal(lacking.obstacle, 'it needs a value for camera');
    const met = await check({ camera: '3' });
    assert.deepEqual([met.status, met.summary, met.obstacle], ['met', 'budget met, all 2', undefined]);
    assert.deepEqual(await lenses(), ['0: $(pass) budget met, all 2']);
    assert.match(await hover('execution'), /steadier limit is `buffers`[^]*measured in 5 runs/);
  });

  it('checks budgets of a text that is not open', async () => {
    await open('select 1;');
    const file = { uri: 'file:///other.sql', text: `-- @budget rows = 2\n${QUERY};\n-- @budget rows = 40\n${QUERY};` };
    const budgets = await editor.request('queryTuner/budget/list', file);
    assert.deepEqual(
      budgets.map(({ statement, span }) => [statement.title, span.start.line]),
      [
        ['select * from counts where camera = 7', 0],
        ['select * from counts where camera = 7', 3],
      ],
    );
    const outcomes = [];
    for (const { id } of budgets) {
      outcomes.push(await editor.request('queryTuner/budget/check', { connectionId: 'test', ...file, id }));
    }
    assert.deepEqual(
      outcomes.map(({ summary }) => summary),
      ['budget met 0/1: rows 40 > 2', 'budget met'],
    );
    assert.deepEqual(outcomes[0]?.clauses[0]?.span.start, { line: 0, character: 11 });
  });

  it("pins today's plan, and replaces the budget there is", async () => {
    await open(`select 1;\n  ${QUERY};`);
    const range = { start: at('from counts'), end: at('from counts') };
    const titles = async () =>
      (await editor.codeActions(range)).map(({ title }) => title).filter(t => /budget/.test(t));
    assert.deepEqual(await titles(), []);
    await explain(false);
    assert.deepEqual(await titles(), []);
    await explain(true);
    assert.deepEqual(await titles(), ["Pin today's plan as its budget"]);
    const pin = async () => {
      const action = (await editor.codeActions(range)).find(({ title }) => /today's plan/.test(title));
      await editor.edit(action?.edit?.changes?.[URI] ?? []);
    };
    await pin();
    assert.match(editor.text(), /^select 1;\n {2}-- @budget buffers <= \d+, plan = [0-9a-f]{8}\n {2}select \*/);
    assert.deepEqual(await lenses(), ['1: $(pass) budget met, all 2']);
    const pinned = editor.text();
    await editor.replace('-- @budget', '/* @budget rows < 5,\n  planning < 1 ms */\n-- @budget');
    assert.deepEqual(await titles(), ["Replace its budget by today's plan"]);
    await pin();
    assert.equal(editor.text(), pinned.replace(/-- (@budget .*)/, '/* $1 */'));
  });

  it('turns what a comment expects into a budget', async () => {
    const diagnostics = await open(
      `explain analyze\n${QUERY};\n\n-- Expected: < 10s, Index Scan using counts_camera\n`,
    );
    const [hint] = diagnostics.filter(({ code }) => code === 'budget/expectation');
    assert.equal(editor.underlined(hint!), 'Expected: < 10s, Index Scan using counts_camera');
    const action = (await editor.codeActions(hint!.range, [hint!])).find(({ title }) =>
      /^Turn into a budget/.test(title),
    );
    await editor.edit(action?.edit?.changes?.[URI] ?? []);
    assert.match(editor.text(), /^-- @budget execution < 10 s, uses counts_camera\nexplain analyze\n/);
    const outcome = await check();
    assert.deepEqual(outcome.clauses[0]?.outcome, 'pass');
  });

  it('proposes metrics, units, tables and indexes inside the comment only', async () => {
    await open(`-- @budget \n${QUERY};`);
    await connect();
    const propose = async (said: string, triggerCharacter?: string): Promise<string[]> => {
      await editor.edit([
        { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 999 } }, newText: said },
      ]);
      const context = triggerCharacter ? { triggerKind: 2, triggerCharacter } : { triggerKind: 1 };
      const position = { line: 0, character: said.length };
      const list = await editor.ask<CompletionList | null>('textDocument/completion', { position, context });
      return (list?.items ?? []).map(({ label }) => label);
    };
    assert.deepEqual((await propose('-- @budget rows < 5, ')).slice(0, 4), [
      'execution',
      'planning',
      'total cost',
      'rows',
    ]);
    assert.deepEqual(await propose('-- @budget execution < 10 '), ['us', 'ms', 's']);
    assert.deepEqual(await propose('-- @budget no seq scan on '), ['counts']);
    assert.deepEqual(await propose('-- @budget uses '), ['counts_camera', 'counts_pkey']);
    assert.deepEqual(await propose('-- @', '@'), ['@budget']);
    assert.deepEqual(await propose('-- a, ', ','), []);
  });

  it('colours the words of a budget', async () => {
    await open(`-- @budget rows <= 5, uses counts_camera\n${QUERY};`);
    const { data } = await editor.ask<{ data: number[] }>('textDocument/semanticTokens/full', {});
    const { tokenTypes } = editor.capabilities.semanticTokensProvider?.legend ?? { tokenTypes: [] };
    const first = Array.from({ length: 5 }, (_, i) => tokenTypes[data[i * 5 + 3]!]);
    assert.deepEqual(first, ['keyword', 'property', 'number', 'property', 'class']);
  });

  it('checks nothing in a workspace that is not trusted', async () => {
    const distrustful = await Editor.start({ trusted: false });
    try {
      await distrustful.open(`-- @budget rows < 2\n${QUERY};`);
      const [budget] = await distrustful.request('queryTuner/budget/list', { uri: URI });
      assert.ok(budget);
      const params = { connectionId: 'test', uri: URI, id: budget.id };
      await assert.rejects(distrustful.request('queryTuner/budget/check', params), /not trusted/);
    } finally {
      await distrustful.dispose();
    }
  });
});
