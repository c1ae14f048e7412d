import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { BENCHMARK_APPLICATION } from '../../src/database/benchmark/clientSessions';
import type { BenchmarkParams } from '../../src/protocol/benchmark';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor, URI } from './editor';

const SETUP = `
  create table orders (id int primary key, customer int not null);
  insert into orders select i, i % 100 from generate_series(1, 2000) i;`;

describe('server/benchmark', () => {
  let connected: ConnectedEditor;
  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
  });
  after(() => connected?.dispose());

  const params = (...statements: BenchmarkParams['statements'][number][]): BenchmarkParams => ({
    connectionId: 'test',
    title: 'orders.sql',
    statements,
    clients: 2,
    seconds: 1,
    warmUpSeconds: 0,
    notes: ['a note'],
    progressToken: 'benchmark-1',
  });

  it('names the statements of a file that can be measured, and what is left out', async () => {
    const { editor } = connected;
    await editor.open('SET work_mem = 1;\nSELECT :id;\nUPDATE orders SET id = nextval(1);\n');
    const { statements, notes } = await editor.request('queryTuner/benchmark/statements', { uri: URI });
    assert.deepEqual(
      statements.map(({ title, writes, parameters }) => [title, writes, parameters.map(({ name }) => name)]),
      [
        ['SELECT :id', false, ['id']],
        ['UPDATE orders SET id = nextval(1)', true, []],
      ],
    );
    assert.match(notes[0]!, /^1 statement was left out/);
    assert.match(notes[1]!, /nextval uses up a sequence value/);
  });

  it('says where a file is not SQL', async () => {
    const uri = 'file:///broken.sql';
    await connected.editor.open('SELECT 1;\nSELEC 2;\n', uri);
    await assert.rejects(connected.editor.request('queryTuner/benchmark/statements', { uri }), /line 2: /);
  });

  it('measures with the values of parameters, tells how far it is, and describes it beside an earlier one', async () => {
    const { editor } = connected;
    const sql = 'SELECT count(*) FROM orders WHERE customer = :customer';
    const result = await editor.request(
      'queryTuner/benchmark/run',
      params({ sql, title: 'count', parameters: { customer: '7' } }),
    );
    assert.ok(result.latencies.runs > 0);
    assert.equal(result.statements[0]!.title, 'count');
    assert.ok(result.notes.includes('a note'));
    assert.ok(editor.progress.some(({ token, text }) => token === 'benchmark-1' && text === 'counting pages'));
    const { markdown } = await editor.request('queryTuner/benchmark/describe', { result, before: result });
    assert.match(markdown, /^# Benchmark: orders\.sql\n[\s\S]*## Before and after[\s\S]*No difference beyond noise/);
  });

  it('runs nothing but queries and changes of rows', async () => {
    await assert.rejects(
      connected.editor.request('queryTuner/benchmark/run', params({ sql: 'DROP TABLE orders', title: 'drop' })),
      /only SELECT, INSERT/,
    );
  });

  it('stops on the server when it is cancelled', async () => {
    const { editor } = connected;
    const sleeping = async (): Promise<number> => {
      const rows = await connected.query(
        `select from pg_stat_activity where application_name = '${BENCHMARK_APPLICATION}' and query like '%pg_sleep(60)'`,
      );
      return rows.length;
    };
    const until = async (count: number): Promise<void> => {
      for (let look = 0; look < 500 && (await sleeping()) !== count; look++) await new Promise(r => setTimeout(r, 20));
      assert.equal(await sleeping(), count);
    };
    const source = new CancellationTokenSource();
    const result = editor.request(
      'queryTuner/benchmark/run',
      params({ sql: 'SELECT pg_sleep(60)', title: 'sleep' }),
      source.token,
    );
    result.catch(() => undefined);
    await until(2);
    source.cancel();
    await assert.rejects(result, /cancelled/);
    await until(0);
  });

  it('connects to nothing in a workspace that is not trusted', async () => {
    const editor = await Editor.start({ trusted: false });
    try {
      await assert.rejects(
        editor.request('queryTuner/benchmark/run', params({ sql: 'SELECT 1', title: 'one' })),
        /not trusted/,
      );
    } finally {
      await editor.dispose();
    }
  });
});
