import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { ServerRequest, ServerRequests } from '../../src/protocol/server';
import { onEachServer } from '../database/servers';
import { CLI, runCli } from '../support/cli';

/** Found nowhere by chance; with characters that an address has to encode. */
const PASSWORD = 'c4n4ry/Pa:ss@w0rd%';
const FORMS = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString('base64'), 'c4n4ry'];

const SETUP = `
  create table readings (id int primary key, camera int not null);
  insert into readings select n, n % 500 from generate_series(1, 60000) n;
  create role person login superuser password '${PASSWORD}';
  analyze`;

describe('a password', function () {
  this.timeout(120_000);
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-password-'));
    writeFileSync(join(folder, 'query.sql'), 'select * from readings where camera = 7;\nselect * from missing;\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Everything written below a folder, and the texts given, must be without it in any form. */
  const assertNowhere = (where: string, ...texts: readonly string[]): void => {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, file);
      if (statSync(path).isFile()) texts = [...texts, readFileSync(path, 'utf8')];
    }
    for (const text of texts)
      for (const form of FORMS) assert.ok(!text.includes(form), `${where}: ${around(text, form)}`);
  };

  onEachServer(SETUP, server => {
    const address = (changed: { port?: number; database?: string; user?: string; host?: string } = {}): string => {
      const { hostname, port } = new URL(server().url);
      const { user = 'person', host = hostname, database = 'postgres' } = changed;
      return `postgresql://${user}:${encodeURIComponent(PASSWORD)}@${host}:${changed.port ?? port}/${database}`;
    };

    const COMMANDS = [
      ['explain', 'query.sql', '--analyze', '--format', 'json'],
      ['explain', 'query.sql'],
      ['advise', '--workload', 'query.sql', '--format', 'sql'],
      ['advise', '--existing', '--format', 'json'],
      ['matviews', '--workload', 'query.sql'],
      ['rewrite', 'query.sql', '--verify'],
      ['health', '--format', 'json'],
      ['partition', '--table', 'readings', '--key', 'id', '--method', 'hash', '--apply', '--state', 'state.json'],
      ['profile', 'diff', 'computed:oltp'],
      ['benchmark', 'query.sql', '--runs', '2', '--save', 'first'],
      ['lint', 'query.sql'],
    ] as const;

    for (const command of COMMANDS) {
      it(`is in nothing that ${command.slice(0, 2).join(' ')} writes`, () => {
        const { stdout, stderr } = runCli([...command, '--connection', address()], { cwd: folder });
        assert.ok((stdout + stderr).length > 0);
        assertNowhere(command.join(' '), stdout, stderr);
      });
    }

    for (const [title, changed] of [
      ['the database is missing', { database: 'nowhere' }],
      ['nobody listens', { port: 1 }],
      ['the host is unknown', { host: 'nowhere.invalid' }],
      ['the user is unknown', { user: 'nobody_known' }],
    ] as const) {
      it(`is in no message when ${title}`, () => {
        const { stdout, stderr, status } = runCli(['explain', 'query.sql', '--connection', address(changed)], {
          cwd: folder,
        });
        assert.equal(status, 2);
        assertNowhere(title, stdout, stderr);
      });
    }

    it('is in no message when the address cannot be read', () => {
      for (const broken of [`${address()}:`, address().replace('//', '/'), `host=127.0.0.1 password='${PASSWORD}`]) {
        const { stdout, stderr } = runCli(['explain', 'query.sql', '--connection', broken], { cwd: folder });
        assertNowhere(broken, stdout, stderr);
      }
    });

    it('is in nothing that the language server says, whatever happens', async () => {
      const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { cwd: folder });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      const client = createProtocolConnection(
        new StreamMessageReader(child.stdout),
        new StreamMessageWriter(child.stdin),
      );
      client.listen();
      const ask = <M extends ServerRequest>(method: M, params: ServerRequests[M]['params']): Promise<unknown> =>
        client.sendRequest(method, params).catch((error: unknown) => error);
      await client.sendRequest('initialize', {
        processId: null,
        rootUri: null,
        capabilities: {},
        initializationOptions: { trusted: true },
        trace: 'verbose',
      });
      await client.sendNotification('initialized', {});
      const explained = {
        connectionId: 'a',
        connection: 'a',
        sql: 'select * from readings',
        title: 'x',
        analyze: true,
      };
      await ask('queryTuner/connections/connect', { connectionId: 'a', target: { url: address() } });
      await ask('queryTuner/explain/run', explained);
      await ask('queryTuner/explain/run', { ...explained, sql: 'select * from missing' });
      const target = { url: address({ port: 1 }), password: PASSWORD };
      await ask('queryTuner/connections/test', { connectionId: 'b', target });
      await ask('queryTuner/connections/connect', { connectionId: 'b', target });
      await server().run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'person'`);
      await ask('queryTuner/explain/run', explained);
      writeFileSync(join(folder, '.env'), `DATABASE_URL=${address()}\n`);
      await ask('queryTuner/connections/propose', { folders: [folder] });
      rmSync(join(folder, '.env'));
      const ended = new Promise(done => child.once('exit', done));
      client.dispose();
      child.kill();
      await ended;
      assert.ok(said.includes('Seq Scan'));
      assertNowhere('language server', said);
    });
  });
});

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 80), at + form.length + 20);
}
