import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ProfileReview } from '../../src/protocol/profile';
import type { ServerRequest } from '../../src/protocol/server';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';
import { Editor } from './editor';

const SETUP = `
  create role limited login;
  create table reading (id int primary key, camera int, payload text);
  insert into reading select n, n % 500, repeat('p', 200) from generate_series(1, 40000) n;
  create index on reading (camera);
  analyze reading;
`;

const OWN = { profiles: [{ id: 'ours', title: 'Ours', settings: { random_page_cost: '1.0', work_mem: '8MB' } }] };

describe('server/profileService', function () {
  this.timeout(120_000);
  let connected: ConnectedEditor;
  let folder: string;
  const review = (more: object = {}): Promise<ProfileReview> =>
    connected.editor.request('queryTuner/profile/review', { connectionId: 'test', folder, ...more });
  const settingOf = ({ settings }: ProfileReview, name: string) =>
    settings.find(each => each.name === name) ?? assert.fail(`no ${name}`);

  before(async function () {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-profile-'));
    fs.writeFileSync(path.join(folder, '.query-tuner.json'), JSON.stringify(OWN));
    connected = await startConnectedEditor(this, SETUP);
  });

  after(async () => {
    await connected?.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('lays a profile beside the server, with reasons, sources and what is refused', async () => {
    const shown = await review({ profileId: 'camera-production', machine: { ram: '8GB', cores: '4' } });
    assert.deepEqual(shown.profiles[0], { id: 'ours', title: 'Ours', origin: 'own' });
    assert.ok(shown.profiles.length > 10);
    assert.equal(shown.server.permission, null);
    assert.match(shown.server.identifier, /^\d+$/);
    assert.deepEqual(shown.machine.known, { ram: 'said', cores: 'said', connections: 'assumed' });
    const memory = settingOf(shown, 'shared_buffers');
    assert.deepEqual(
      [memory.group, memory.value, memory.boot, memory.takesEffect, memory.state],
      ['Resource Usage / Memory', '2GB', '128MB', 'restart', 'differs'],
    );
    assert.match(memory.citation ?? '', /Guide 000/);
    assert.match(settingOf(shown, 'log_statement').refused ?? '', /logs every statement/);
    assert.match(settingOf(shown, 'work_mem').reason, /more than the 8 GB of RAM/);
  });

  it('says of a scope what cannot be set there', async () => {
    const scope = { kind: 'role', role: 'limited' } as const;
    const shown = await review({ profileId: 'camera-production', scope, machine: { ram: '8GB' } });
    assert.match(settingOf(shown, 'shared_buffers').refused ?? '', /whole server/);
    assert.equal(settingOf(shown, 'random_page_cost').refused, null);
    assert.ok(shown.roles.includes('limited') && shown.databases.includes('postgres'));
  });

  it('takes no figure that is none', async () => {
    await assert.rejects(review({ machine: { ram: 'a lot' } }), /size such as 16GB/);
    await assert.rejects(review({ machine: { cores: '0' } }), /whole number/);
  });

  it('shows the SQL, keeps a run before it writes, reads back, and takes it back', async () => {
    const { editor } = connected;
    const changes = [
      { name: 'random_page_cost', value: '1.0' },
      { name: 'log_statement', value: 'all' },
    ];
    const groups = [{ scope: { kind: 'system' as const }, changes }];
    const { text } = await editor.request('queryTuner/profile/script', { connectionId: 'test', groups });
    assert.match(text, /^ALTER SYSTEM SET random_page_cost = '1\.0';\n.*\nSELECT pg_reload_conf\(\);$/);
    const params = { connectionId: 'test', folder, profileId: 'ours', machine: { ram: '8GB' }, groups };
    const [run] = await editor.request('queryTuner/profile/apply', { ...params, progressToken: 'p1' });
    assert.deepEqual(
      run!.record.changes.map(({ name, outcome }) => `${name}: ${outcome}`),
      ['random_page_cost: effective', 'log_statement: refused'],
    );
    assert.deepEqual(editor.savedProfileRuns[0]?.record.changes[0]?.outcome, 'planned');
    assert.deepEqual(editor.savedProfileRuns.at(-1), run);
    assert.ok(editor.progress.some(({ token, text: step }) => token === 'p1' && /random_page_cost/.test(step)));
    const shown = settingOf(await review({ profileId: 'ours' }), 'random_page_cost');
    assert.deepEqual([shown.state, shown.origin], ['same', 'ALTER SYSTEM (postgresql.auto.conf)']);
    const other = { ...run!, server: '1' };
    await assert.rejects(
      editor.request('queryTuner/profile/undo', { connectionId: 'test', run: other }),
      /another server/,
    );
    const undone = await editor.request('queryTuner/profile/undo', { connectionId: 'test', run: run! });
    assert.deepEqual(undone, [{ name: 'random_page_cost', outcome: 'restored' }]);
  });

  it('writes nothing where nobody keeps the run', async () => {
    const { editor, query } = connected;
    editor.keeps = false;
    const groups = [{ scope: { kind: 'system' as const }, changes: [{ name: 'random_page_cost', value: '1.3' }] }];
    const applying = editor.request('queryTuner/profile/apply', { connectionId: 'test', groups, progressToken: 'p5' });
    await assert.rejects(applying, /nobody keeps it/).finally(() => (editor.keeps = true));
    assert.deepEqual(await query("select from pg_file_settings where setting = '1.3'"), []);
  });

  it('applies parameters of tables, each as a run of its own', async () => {
    const { editor, query } = connected;
    await query('create table second (id int)');
    const groups = ['reading', 'second'].map(table => ({
      scope: { kind: 'table' as const, schema: 'public', table },
      changes: [{ name: 'fillfactor', value: '90' }],
    }));
    const runs = await editor.request('queryTuner/profile/apply', {
      connectionId: 'test',
      groups,
      progressToken: 'p2',
    });
    assert.equal(runs.length, 2);
    const options = (): Promise<{ n: number }[]> =>
      query(`select count(*)::int as n from pg_class where reloptions = '{fillfactor=90}'`);
    assert.deepEqual(await options(), [{ n: 2 }]);
    await assert.rejects(
      editor.request('queryTuner/profile/undo', { connectionId: 'test', run: { ...runs[0]!, database: 'other' } }),
      /one of the database other/,
    );
    for (const run of runs) await editor.request('queryTuner/profile/undo', { connectionId: 'test', run });
    assert.deepEqual(await options(), [{ n: 0 }]);
  });

  it('tries a profile on statements', async () => {
    const source = {
      kind: 'text' as const,
      name: 'q.sql',
      text: 'select * from reading where camera < 130;\nselect 1;',
    };
    const trial = await connected.editor.request('queryTuner/profile/try', {
      ...{ connectionId: 'test', folder, profileId: 'ours', machine: { ram: '8GB' }, source },
      ...{ measure: false, progressToken: 'p3' },
    });
    assert.deepEqual(trial.prices, { random_page_cost: '1.0' });
    assert.deepEqual(
      trial.statements.map(({ changed, place }) => [changed, place]),
      [
        [true, 'q.sql:1'],
        [false, 'q.sql:2'],
      ],
    );
  });

  it('changes nothing of a server whose memory nobody knows, or as a role that may not', async () => {
    const { editor, query } = connected;
    const [{ url }] = (await query(
      `select 'postgresql://limited@' || host(inet_server_addr()) || ':' || inet_server_port() || '/postgres' as url`,
    )) as [{ url: string }];
    await editor.request('queryTuner/connections/connect', { connectionId: 'low', target: { url } });
    const shown = await editor.request('queryTuner/profile/review', { connectionId: 'low', profileId: 'dairy-erp' });
    assert.match(shown.server.permission ?? '', /not a superuser/);
    assert.equal(shown.machine.known.ram, 'assumed');
    const groups = [{ scope: { kind: 'system' as const }, changes: [{ name: 'jit', value: 'off' }] }];
    const apply = (more: object): Promise<unknown> =>
      editor.request('queryTuner/profile/apply', { connectionId: 'low', groups, progressToken: 'p4', ...more });
    await assert.rejects(apply({}), /does not say how much memory/);
    await assert.rejects(apply({ machine: { ram: '8GB' } }), /not a superuser/);
  });

  it('shows what a managed service wants instead', async () => {
    const { editor, query } = connected;
    await query('create role rds_superuser');
    try {
      assert.equal((await review()).server.service, 'Amazon RDS');
      const groups = [{ scope: { kind: 'system' as const }, changes: [{ name: 'shared_buffers', value: '2GB' }] }];
      const { text } = await editor.request('queryTuner/profile/script', { connectionId: 'test', groups });
      assert.match(text, /modify-db-parameter-group.*\n.*ParameterValue=262144/);
      const params = { connectionId: 'test', machine: { ram: '8GB' }, groups, progressToken: 'p5' };
      await assert.rejects(editor.request('queryTuner/profile/apply', params), /does not take ALTER SYSTEM/);
    } finally {
      await query('drop role rds_superuser');
    }
  });

  it('answers nothing in an untrusted workspace', async () => {
    const untrusted = await Editor.start({ trusted: false });
    for (const name of ['review', 'script', 'apply', 'undo', 'try']) {
      await assert.rejects(
        untrusted.request(`queryTuner/profile/${name}` as ServerRequest, { connectionId: 'test' } as never),
        /not trusted/,
      );
    }
    await untrusted.dispose();
  });
});
