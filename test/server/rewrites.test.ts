import assert from 'node:assert/strict';

import { CancellationTokenSource, CodeActionKind } from 'vscode-languageserver';
import { applyEdits } from '../../src/core/rules/applyFixes';
import { SHOW_REWRITE, type RewriteInfo, type RewriteList, type RewriteVerified } from '../../src/protocol/rewrites';
import type { TextSpan } from '../../src/protocol/server';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor, URI } from './editor';

const SETUP = `
  create table customers (id int primary key, name text not null, region text);
  create table orders (id int primary key, customer_id int, total numeric);
  insert into customers select n, 'name ' || n, 'region ' || n % 7 from generate_series(1, 700) n;
  insert into orders select n, nullif(n % 600, 0), n % 90 from generate_series(1, 5000) n;
  analyze customers, orders;`;

const NOT_IN = 'SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id > 10)';
const UNPROVED = 'SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)';
const HAVING = 'SELECT region, count(*) FROM customers GROUP BY region HAVING region = $1';
const FILE = `-- customers without orders\n${UNPROVED};\n\n${HAVING};\n\n${NOT_IN};\n`;

function spanAt(text: string, needle: string): TextSpan {
  const lines = text.slice(0, text.indexOf(needle) + 2).split('\n');
  const at = { line: lines.length - 1, character: lines.at(-1)!.length };
  return { start: at, end: at };
}

describe('server: rewrites', function () {
  this.timeout(120_000);
  let connected: ConnectedEditor;

  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
    await connected.editor.open(FILE);
  });
  after(() => connected?.dispose());

  const list = async (needle: string): Promise<RewriteList> => {
    const found = await connected.editor.request('queryTuner/rewrite/list', { uri: URI, span: spanAt(FILE, needle) });
    assert.ok(found);
    return found;
  };
  const rewriteOf = async (needle: string, id: string): Promise<RewriteInfo> => {
    const { rewrites } = await list(needle);
    const found = rewrites.find(rewrite => rewrite.id === id);
    assert.ok(found, rewrites.map(each => each.id).join(', '));
    return found;
  };
  const verify = ({ original, rewritten }: RewriteInfo, more: { timeoutMs?: number } = {}): Promise<RewriteVerified> =>
    connected.editor.request('queryTuner/rewrite/verify', {
      connectionId: 'test',
      connection: 'test (development)',
      title: 'a statement',
      original,
      rewritten,
      runs: 2,
      progressToken: 'verify',
      ...more,
    });

  it('lists the rewrites of the statement at a cursor, with their edits and their text', async () => {
    const rewrite = await rewriteOf(UNPROVED, 'query/not-in-subquery');
    assert.equal(rewrite.original, UNPROVED);
    assert.equal(FILE.slice(rewrite.range.start, rewrite.range.end), rewrite.original);
    assert.equal(applyEdits(rewrite.original, rewrite.edits), rewrite.rewritten);
    assert.match(rewrite.rewritten, /NOT EXISTS/);
    assert.equal(rewrite.equality.kind, 'needs checking');
    assert.deepEqual((await rewriteOf(UNPROVED, 'query/not-in-subquery')).key, rewrite.key);
  });

  it('has none outside statements', async () => {
    const end = { line: 8, character: 0 };
    const found = await connected.editor.request('queryTuner/rewrite/list', { uri: URI, span: { start: end, end } });
    assert.ok(found === null || found.rewrites.length === 0 || found.title !== '');
    assert.equal(
      await connected.editor.request('queryTuner/rewrite/list', {
        uri: 'file:///other.sql',
        span: { start: end, end },
      }),
      null,
    );
  });

  it('verifies that one gives other rows, and shows which', async () => {
    const { verification, sentences, plans } = await verify(await rewriteOf(UNPROVED, 'query/not-in-subquery'));
    assert.equal(verification.verdict, 'different');
    assert.match(sentences.join('\n'), /0 rows become \d+: \d+ added \(for example \(\d+\)\)/);
    assert.equal(plans?.view.comparison?.against?.kind, 'file');
    assert.deepEqual(plans.view.notes.slice(0, sentences.length), sentences);
    assert.ok(connected.editor.progress.some(({ token, text }) => token === 'verify' && text.startsWith('Running')));
  });

  it('verifies that one gives the same rows, and times both', async () => {
    const { verification, plans } = await verify(await rewriteOf(NOT_IN, 'query/not-in-subquery'));
    assert.equal(verification.verdict, 'equal');
    assert.deepEqual(
      verification.timings.map(({ original, rewritten }) => [original.runs, rewritten.runs]),
      [[2, 2]],
    );
    assert.ok(plans && plans.view.analyzed && plans.view.nodes.length > 0);
    assert.match(plans.view.comparison?.cautions?.[0] ?? '', /one run each\. The original took .* \(median of 2 runs/);
  });

  it('finds values for the parameters itself', async () => {
    const { verification } = await verify(await rewriteOf(HAVING, 'query/having-without-aggregate'));
    assert.equal(verification.verdict, 'equal');
    const values = verification.comparisons.map(each => each.values?.values['1']);
    assert.match(values[0] ?? '', /^region \d$/);
    assert.equal(values.at(-1), null);
  });

  it('says what PostgreSQL refuses as an outcome, not as a failure', async () => {
    const rewrite = {
      original: 'SELECT nothing FROM nowhere WHERE id = $1',
      rewritten: 'SELECT nothing FROM nowhere WHERE $1 = id',
    };
    const { verification, sentences } = await verify(rewrite as RewriteInfo);
    assert.equal(verification.verdict, 'not compared');
    assert.match(sentences.join(' '), /relation "nowhere" does not exist/);
  });

  it('is cancelled on the server', async () => {
    const slow = 'SELECT count(*) FROM orders a, orders b, orders c WHERE a.total + b.total > c.total - 1';
    const cancel = new CancellationTokenSource();
    const work = connected.editor.request(
      'queryTuner/rewrite/verify',
      { connectionId: 'test', connection: 'test', title: 'slow', original: slow, rewritten: `${slow} AND true` },
      cancel.token,
    );
    const running = `select 1 from pg_stat_activity where state = 'active' and query like '%query_tuner_a%' and pid <> pg_backend_pid()`;
    while ((await connected.query(running)).length === 0);
    cancel.cancel();
    await assert.rejects(work, /cancelled/i);
    while ((await connected.query(running)).length > 0);
  });

  it('offers rewrites as code actions: proved ones at once, others by their preview', async () => {
    const { start } = spanAt(FILE, UNPROVED);
    const actions = await connected.editor.codeActions({ start, end: { ...start, character: UNPROVED.length } });
    const previews = actions.filter(({ command }) => command?.command === SHOW_REWRITE);
    assert.ok(previews.length > 0);
    assert.ok(previews.every(({ kind, edit }) => kind === CodeActionKind.RefactorRewrite && edit === undefined));
    const rewrite = await rewriteOf(UNPROVED, 'query/not-in-subquery');
    assert.ok(previews.some(({ command }) => command?.arguments?.[2] === rewrite.key));
  });
});

describe('server: rewrites in an untrusted workspace', () => {
  it('are listed, and not verified', async () => {
    const editor = await Editor.start({ trusted: false });
    try {
      await editor.open(FILE);
      const found = await editor.request('queryTuner/rewrite/list', { uri: URI, span: spanAt(FILE, UNPROVED) });
      assert.ok(found && found.rewrites.length > 0);
      assert.ok(
        found.rewrites.every(
          ({ equality, id }) => id !== 'query/not-in-subquery' || equality.kind === 'needs checking',
        ),
      );
      const params = {
        connectionId: 'test',
        connection: 'test',
        title: '',
        original: 'SELECT 1',
        rewritten: 'SELECT 1',
      };
      await assert.rejects(editor.request('queryTuner/rewrite/verify', params), /not trusted/);
    } finally {
      await editor.dispose();
    }
  });
});
