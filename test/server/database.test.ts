import assert from 'node:assert/strict';
import { CancellationTokenSource, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { installedMajors } from '../../src/database/embeddedBinaries';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import type { ExplainOutcome, ExplainParams, FailureData, ServerRequest } from '../../src/protocol/server';
import { Editor, URI } from './editor';

const SETUP = `
  create table reading (id int primary key, camera int not null, note text);
  insert into reading select n, case when n % 100 = 0 then n else 1 end, repeat('x', 40) from generate_series(1, 50000) n;
  analyze reading;
`;

describe('server with PostgreSQL', function () {
  this.timeout(120_000);
  let editor: Editor;
  let url: string;
  let direct: PostgresDatabase;
  let stop = async (): Promise<void> => undefined;

  before(async function () {
    if (installedMajors().length === 0) {
      if (process.env['CI']) throw new Error('no embedded PostgreSQL is installed');
      console.warn('      skipped: no embedded PostgreSQL is installed');
      this.skip();
    }
    const server = await startEmbedded();
    ({ url, stop } = server);
    direct = await openDatabase(await resolveConnection({ url, env: {}, cwd: '/' }));
    await direct.withSession(session => session.execute(SETUP));
  });

  after(async () => {
    await direct?.dispose();
    await stop();
  });

  beforeEach(async () => {
    editor = await Editor.start({ trusted: true });
    await editor.request('queryTuner/connections/connect', { connectionId: 'test', target: { url } });
  });

  afterEach(() => editor.dispose());

  const paramsFor = (sql: string, more: Partial<ExplainParams> = {}): ExplainParams => ({
    connectionId: 'test',
    connection: 'test (development)',
    sql,
    title: sql,
    analyze: true,
    ...more,
  });
  const explain = (sql: string, more: Partial<ExplainParams> = {}): Promise<ExplainOutcome> =>
    editor.request('queryTuner/explain/run', paramsFor(sql, more));

  async function failureOf(promise: Promise<unknown>): Promise<ResponseError<FailureData>> {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ResponseError, `expected a failure, got ${String(error)}`);
    return error;
  }

  it('tests a connection and says what it reached', async () => {
    const info = await editor.request('queryTuner/connections/test', { connectionId: 'other', target: { url } });
    assert.match(info.server, /^PostgreSQL \d+/);
    assert.equal(info.database, 'postgres');
  });

  it('refuses everything that reaches a database in an untrusted workspace', async () => {
    const untrusted = await Editor.start({ trusted: false });
    try {
      const params = { connectionId: 'a', target: { url }, folders: [], sql: 'select 1' };
      for (const name of [
        'connections/connect',
        'connections/test',
        'connections/propose',
        'statement/parameters',
        'explain/run',
        'explain/suggest',
        'advice/run',
        'advice/measure',
        'change/apply',
        'change/undo',
      ]) {
        const refused = await failureOf(untrusted.request(`queryTuner/${name}` as ServerRequest, params as never));
        assert.equal(refused.data?.kind, 'permission', name);
      }
      assert.ok((await untrusted.open('select 1 from t where a = null;')).length > 0);
    } finally {
      await untrusted.dispose();
    }
  });

  it('names the kind of a failure, and never the password', async () => {
    const target = { url: 'postgresql://nobody@127.0.0.1:1/none', password: 'hunter2secret' };
    const error = await failureOf(editor.request('queryTuner/connections/connect', { connectionId: 'x', target }));
    assert.equal(error.data?.kind, 'connection');
    assert.ok(!error.message.includes('hunter2secret'));
  });

  it('measures a statement with values for its parameters', async () => {
    const { view, failed } = await explain('select * from reading where camera = :camera', {
      parameters: { camera: '100' },
    });
    assert.equal(failed, false, view.error);
    assert.ok((view.executionMs ?? 0) > 0);
    assert.equal(view.nodes[0]?.rowsActual, 1);
  });

  it('plans for every value when none are given', async () => {
    const { view } = await explain('select * from reading where camera = $1', { analyze: false });
    assert.equal(view.analyzed, false);
    assert.ok(view.notes.some(note => note.startsWith('Generic plan')));
  });

  it('proposes a common and a rare value of the column a parameter is compared with', async () => {
    const sql = 'select * from reading r where r.camera = :camera and note like :pattern';
    const infos = await editor.request('queryTuner/statement/parameters', { connectionId: 'test', sql });
    assert.deepEqual(
      infos.map(({ name, column, type }) => [name, column, type]),
      [
        ['camera', 'reading.camera', 'integer'],
        ['pattern', 'reading.note', 'text'],
      ],
    );
    assert.equal(infos[0]?.proposals[0]?.value, '1');
  });

  it('rolls a writing statement back', async () => {
    const { view } = await explain('delete from reading where id <= 100');
    assert.ok(view.analyzed, view.error);
    const [row] = await direct.query<{ count: string }>('select count(*)::text as count from reading');
    assert.equal(row?.count, '50000');
  });

  it("shows a statement's error where PostgreSQL puts it, until the statement is changed", async () => {
    const sql = "select '😀', :a::text,\r\n  nosuch from reading";
    await editor.open(`select 1;\r\n${sql};\r\n`);
    const source = { uri: URI, span: { start: { line: 1, character: 0 }, end: { line: 2, character: 21 } } };
    const sent = editor.publications.length;
    const { failed, view } = await explain(sql, { parameters: { a: 'x' }, source });
    assert.equal(failed, true);
    assert.match(view.error ?? '', /nosuch/);
    const { diagnostics } = await editor.until(() => editor.publications[sent]);
    const error = diagnostics.find(diagnostic => diagnostic.source === 'PostgreSQL');
    assert.equal(error?.code, '42703');
    assert.equal(editor.underlined(error), 'nosuch');

    await editor.replace('select 1;', '-- longer\r\nselect 11;');
    const moved = (await editor.diagnostics()).find(({ source: from }) => from === 'PostgreSQL');
    assert.equal(moved && editor.underlined(moved), 'nosuch');
    await editor.replace('nosuch', 'note');
    assert.ok(!(await editor.diagnostics()).some(({ source: from }) => from === 'PostgreSQL'));
  });

  it('cancels on the server', async () => {
    const cancel = new CancellationTokenSource();
    const sql = 'select /* to be cancelled */ pg_sleep(600)';
    const running = failureOf(
      editor.request('queryTuner/explain/run', paramsFor(sql, { statementTimeoutMs: 600_000 }), cancel.token),
    );
    const isRunning = async (): Promise<boolean> => {
      const rows = await direct.query(
        `select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%to be cancelled%'`,
      );
      return rows.length > 0;
    };
    while (!(await isRunning()));
    cancel.cancel();
    assert.equal((await running).code, LSPErrorCodes.RequestCancelled);
    while (await isRunning());
  });

  it('suggests an index, creates it, compares, and takes it back', async () => {
    const sql = 'select * from reading where camera = 700';
    const before = await explain(sql);
    const advised = await editor.request('queryTuner/explain/suggest', {
      ...paramsFor(sql),
      plan: before.rawPlan,
      whatIf: 'trial',
    });
    const [suggestion] = advised.suggestions;
    assert.ok(suggestion, advised.view.notes.join('; '));
    assert.equal(advised.view.suggestions[0]?.state, 'offered');

    const change = { connectionId: 'test', change: suggestion.change, progressToken: 'p1' };
    const { created } = await editor.request('queryTuner/change/apply', change);
    assert.equal(created.length, 1);
    const after = await explain(sql, { before });
    assert.equal(after.view.comparison?.verdict, 'better');

    await editor.request('queryTuner/change/undo', { ...change, expected: created });
    const again = await failureOf(editor.request('queryTuner/change/undo', { ...change, expected: created }));
    assert.equal(again.data?.kind, 'changed');
  });

  it('leaves an index alone that is no longer the one it created', async () => {
    const change = {
      sql: ['create index concurrently mine on reading (note)'],
      runsInTransaction: false,
      locks: '',
      inverse: ['drop index concurrently mine'],
    };
    const params = { connectionId: 'test', change, progressToken: 'p2' };
    const { created } = await editor.request('queryTuner/change/apply', params);
    await direct.withSession(session =>
      session.execute('drop index mine; create index mine on reading (camera, note)'),
    );
    const refused = await failureOf(editor.request('queryTuner/change/undo', { ...params, expected: created }));
    assert.match(refused.message, /no longer the index/);
    assert.equal((await direct.query(`select 1 from pg_class where relname = 'mine'`)).length, 1);
    await direct.withSession(session => session.execute('drop index mine'));
  });

  it('goes on after its session was ended from outside', async () => {
    assert.equal((await explain('select 1')).failed, false);
    await direct.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'Query Tuner' and pid <> pg_backend_pid()`,
    );
    assert.equal((await explain('select 2')).failed, false);
  });
});
