import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-languageserver';
import type { HealthStep } from '../../src/core/health/check';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor } from './editor';

const SETUP = `
  create table shed (id int primary key, n int);
  insert into shed select i, i from generate_series(1, 1000) i;`;

describe('server/health', () => {
  let connected: ConnectedEditor;
  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
  });
  after(() => connected?.dispose());

  const connectionId = 'test';

  it('reads every check with its limits', async () => {
    const view = await connected.editor.request('queryTuner/health/read', { connectionId, withIndexes: true });
    assert.ok(view.results.length > 25, String(view.results.length));
    assert.deepEqual(view.limits['cache-hit-ratio'], { worse: 'below', warning: 99, critical: 95 });
    // no limit is no number, and must not arrive as one
    assert.deepEqual(view.limits['unused-indexes'], { worse: 'above', warning: 0, critical: null });
  });

  it('evaluates the checklist where it reads the indexes, and plans maintenance', async () => {
    const { editor } = connected;
    const { checklist } = await editor.request('queryTuner/health/read', { connectionId, withIndexes: true });
    assert.equal(checklist?.find(({ id }) => id === 'timescale')?.verdict, 'not applicable');
    assert.equal(
      'checklist' in (await editor.request('queryTuner/health/read', { connectionId, withIndexes: false })),
      false,
    );
    const { sql } = await editor.request('queryTuner/health/maintenancePlan', { connectionId });
    assert.match(sql, /^-- Maintenance of the database postgres\n/);
    assert.match(sql, /^-- Deliberately not in the plan$/m);
  });

  it('shows what it would run, runs that and nothing else, and tells how far it is', async () => {
    const { editor } = connected;
    const step: HealthStep = { title: 'ANALYZE', action: 'analyze', sql: 'ANALYZE public.shed;' };
    const request = { step };
    const { sql, notes, refusal } = await editor.request('queryTuner/health/prepare', { connectionId, request });
    assert.deepEqual([sql, refusal], [['ANALYZE public.shed'], undefined]);
    assert.ok(notes.length > 0);
    const params = { connectionId, request, progressToken: 'act' };
    await assert.rejects(
      editor.request('queryTuner/health/act', { ...params, sql: ['ANALYZE public.barn'] }),
      /something has changed since this was shown/,
    );
    const { text } = await editor.request('queryTuner/health/act', { ...params, sql });
    assert.match(text, /^done in /);
    assert.ok(editor.progress.some(({ token }) => token === 'act'));
    const [row] = await connected.query<{ n: number }>(
      `select reltuples::int as n from pg_class where relname = 'shed'`,
    );
    assert.equal(row!.n, 1000);
  });

  it('names targets and refuses what is no step', async () => {
    const { editor } = connected;
    const targets = await editor.request('queryTuner/health/targets', { connectionId, action: 'vacuum' });
    assert.deepEqual(
      targets.map(({ id }) => id),
      ['public.shed'],
    );
    const request = { step: { title: '', action: 'vacuum' as const, sql: 'DROP TABLE shed' } };
    await assert.rejects(
      editor.request('queryTuner/health/prepare', { connectionId, request }),
      /cannot be run from here/,
    );
  });

  it('stops on the server when it is cancelled', async () => {
    const { editor } = connected;
    await connected.query('create materialized view late as select pg_sleep(60)::text as slept with no data');
    const request = { action: 'refresh' as const, target: 'late' };
    const { sql } = await editor.request('queryTuner/health/prepare', { connectionId, request });
    const source = new CancellationTokenSource();
    const params = { connectionId, request, sql, progressToken: 'late' };
    const acting = editor.request('queryTuner/health/act', params, source.token);
    acting.catch(() => undefined);
    const running = async (): Promise<boolean> =>
      (await connected.query(`select from pg_stat_activity where query ~ '^REFRESH' and state = 'active'`)).length > 0;
    const until = async (wanted: boolean): Promise<void> => {
      for (let look = 0; look < 500 && (await running()) !== wanted; look++) await new Promise(r => setTimeout(r, 20));
      assert.equal(await running(), wanted);
    };
    await until(true);
    source.cancel();
    await assert.rejects(acting, /cancelled/);
    await until(false);
  });

  it('does nothing in a workspace that is not trusted', async () => {
    const editor = await Editor.start({ trusted: false });
    try {
      const request = { action: 'vacuum' as const, target: 'shed' };
      await assert.rejects(editor.request('queryTuner/health/prepare', { connectionId, request }), /not trusted/);
    } finally {
      await editor.dispose();
    }
  });
});
