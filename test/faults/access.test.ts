import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { openDatabase } from '../../src/database/connect';
import type { ConnectionSettings, TlsSettings } from '../../src/database/connectionSettings';
import { Editor } from '../server/editor';
import { explainOf, failureOf, FaultServer, SETUP } from './faultServer';

const OLD = 'old-secret-93';
const NEW = 'new-secret-57';

describe('a server that does not let us in', function () {
  this.timeout(60_000);
  let folder = '';
  let server: FaultServer;
  let plain: FaultServer;

  before(async function () {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-access-'));
    fs.chmodSync(folder, 0o755);
    for (const name of ['server', 'other']) makeCertificate(this, folder, name);
    const hba = path.join(folder, 'hba.conf');
    fs.writeFileSync(
      hba,
      ['host all postgres 127.0.0.1/32 trust', 'host postgres keeper 127.0.0.1/32 scram-sha-256', ''].join('\n'),
    );
    server = await FaultServer.start(this, {
      settings: {
        hba_file: hba,
        ssl: 'on',
        ssl_cert_file: path.join(folder, 'server.pem'),
        ssl_key_file: path.join(folder, 'server.key'),
      },
    });
    plain = await FaultServer.start(this);
    await server.run(SETUP);
    await server.run(`create role keeper login superuser password '${OLD}'`);
  });
  after(async () => {
    await server?.stop();
    await plain?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function refusal(changed: Partial<ConnectionSettings>, to: FaultServer = server): Promise<string> {
    const error = await failureOf(openDatabase(to.settings(changed)));
    assert.equal(error.kind, 'connection');
    assert.match(error.message, /^cannot connect to postgresql:/);
    const text = `${error.message} | ${error.hint ?? ''}`;
    assert.doesNotMatch(text + JSON.stringify(error), new RegExp(`${OLD}|${NEW}`));
    return text;
  }
  const tls = (mode: TlsSettings['mode'], ca?: string): TlsSettings => ({
    mode,
    ...(ca !== undefined && { ca: fs.readFileSync(path.join(folder, `${ca}.pem`), 'utf8') }),
  });

  it('has a certificate of another authority', async () => {
    assert.match(
      await refusal({ host: 'localhost', tls: tls('verify-full', 'other') }),
      /certificate.* \| .*sslrootcert/,
    );
  });

  it('has a certificate of an authority that nobody knows', async () => {
    assert.match(
      await refusal({ host: 'localhost', tls: tls('verify-full') }),
      /self-signed certificate \| .*sslrootcert/,
    );
  });

  it('has a certificate for another name', async () => {
    assert.match(await refusal({ tls: tls('verify-full', 'server') }), /127\.0\.0\.1.* \| connect by the name/);
  });

  it('has no TLS, which is required', async () => {
    assert.match(
      await refusal({ tls: tls('require') }, plain),
      /does not support SSL.* \| TLS is required by your settings/,
    );
  });

  it('has no TLS, which would only be preferred', async () => {
    const database = await openDatabase(plain.settings({ tls: tls('prefer') }));
    await database.dispose();
  });

  it('has a name that nobody knows', async () => {
    assert.match(await refusal({ host: 'no-such-host.invalid' }), /the host name (?:is unknown|cannot be looked up)/);
  });

  it('does not listen there', async () => {
    assert.match(await refusal({ port: await closedPort() }), /nothing listens there \| check host and port/);
  });

  it('has no such database', async () => {
    assert.match(await refusal({ database: 'nowhere' }), /database "nowhere" does not exist \| choose one/);
  });

  it('lets nobody of that name in from here', async () => {
    await server.run('create role stranger login');
    assert.match(
      await refusal({ user: 'stranger' }),
      /no pg_hba\.conf entry .* \| .*pg_hba\.conf|no password was given/,
    );
  });

  it('is given a wrong password', async () => {
    assert.match(
      await refusal({ user: 'keeper', password: 'x' }),
      /password authentication failed .* \| the password is wrong/,
    );
  });

  it('is given no password', async () => {
    assert.match(await refusal({ user: 'keeper' }), /\| no password was given/);
  });

  it('has another password meanwhile, while a cancel needs none', async () => {
    await server.run(`alter role keeper password '${OLD}'`);
    const database = await openDatabase(server.settings({ user: 'keeper', password: OLD }));
    await server.run(`alter role keeper password '${NEW}'`);
    // The connection there is stays good; the next one is refused.
    assert.ok((await database.explain(explainOf('select 1', true))).plan[0]);
    const error = await failureOf(
      database.withSession(async () => database.withSession(session => session.execute(''))),
    );
    assert.equal(error.sqlState, '28P01');
    assert.match(error.message, /password authentication failed for user "keeper"$/);
    assert.match(error.hint ?? '', /was changed meanwhile; give the new one/);
    await database.dispose();
  });

  it('has another password meanwhile, and the editor is told by its code', async () => {
    await server.run(`alter role keeper password '${OLD}'`);
    const editor = await Editor.start({ trusted: true });
    const target = { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'keeper' };
    const connect = (password: string) =>
      editor.request('queryTuner/connections/connect', { connectionId: 'test', target: { ...target, password } });
    await connect(OLD);
    await server.run(`alter role keeper password '${NEW}'`);
    await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'keeper'`);
    const explain = () =>
      editor.request('queryTuner/explain/run', {
        connectionId: 'test',
        sql: 'select * from cameras',
        analyze: true,
        title: '',
        connection: 'test',
      });
    await assert.rejects(explain(), (error: Error & { data?: { kind: string; sqlState?: string; hint?: string } }) => {
      assert.equal(error.data?.sqlState, '28P01');
      assert.match(error.data?.hint ?? '', /give the new one/);
      assert.doesNotMatch(JSON.stringify(error) + error.message, new RegExp(`${OLD}|${NEW}`));
      return true;
    });
    await connect(NEW);
    assert.equal((await explain()).failed, false);
    await editor.dispose();
  });
});

function makeCertificate(suite: Mocha.Context, folder: string, name: string): void {
  const flags = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  const names = ['-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.pem`)];
  const made = spawnSync('openssl', ['req', ...flags, ...names, ...files], { encoding: 'utf8' });
  if (made.status !== 0) {
    console.warn(`      skipped: no certificate could be made: ${made.error?.message ?? made.stderr}`);
    suite.skip();
  }
  fs.chmodSync(path.join(folder, `${name}.key`), 0o600);
}

async function closedPort(): Promise<number> {
  return new Promise(resolve => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as net.AddressInfo;
      listener.close(() => resolve(port));
    });
  });
}
