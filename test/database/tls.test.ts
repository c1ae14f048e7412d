import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../../src/core/ports';
import { resolveConnection, type ConnectionSettings, type TlsSettings } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { openSession } from '../../src/database/session';

describe('database/session over TLS', function () {
  this.timeout(60_000);
  let folder = '';
  let settings: ConnectionSettings;
  let stop = async (): Promise<void> => undefined;

  before(async function () {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-tls-'));
    fs.chmodSync(folder, 0o755);
    const flags = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const names = ['-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
    const made = spawnSync('openssl', ['req', ...flags, ...names, ...files], { encoding: 'utf8' });
    if (made.status !== 0) {
      console.warn(`      skipped: no certificate could be made: ${made.error?.message ?? made.stderr}`);
      this.skip();
    }
    fs.chmodSync(path.join(folder, 'key.pem'), 0o600);
    const server = await startEmbedded({
      settings: {
        ssl: 'on',
        ssl_cert_file: path.join(folder, 'cert.pem'),
        ssl_key_file: path.join(folder, 'key.pem'),
      },
    });
    stop = server.stop;
    settings = await resolveConnection({ url: server.url, env: {}, cwd: folder });
  });

  after(async () => {
    await stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Whether the connection is encrypted, by the server's own account; or why there is none. */
  async function connectAs(host: string, tls: TlsSettings): Promise<boolean | string> {
    try {
      const session = await openSession({ ...settings, host, tls });
      const [row] = await session.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      await session.end();
      return row?.ssl ?? false;
    } catch (error) {
      assert.ok(error instanceof DatabaseError && error.kind === 'connection', String(error));
      return error.message;
    }
  }

  it('encrypts unless told not to', async () => {
    assert.equal(await connectAs('127.0.0.1', { mode: 'disable' }), false);
    assert.equal(await connectAs('127.0.0.1', { mode: 'prefer' }), true);
    assert.equal(await connectAs('127.0.0.1', { mode: 'require' }), true);
  });

  it('verifies the certificate against the given authority', async () => {
    const ca = fs.readFileSync(path.join(folder, 'cert.pem'), 'utf8');
    assert.equal(await connectAs('127.0.0.1', { mode: 'verify-ca', ca }), true);
    assert.equal(await connectAs('localhost', { mode: 'verify-full', ca }), true);
    assert.match(String(await connectAs('127.0.0.1', { mode: 'verify-ca' })), /self-signed certificate/);
  });

  it('verifies the name only in verify-full', async () => {
    const ca = fs.readFileSync(path.join(folder, 'cert.pem'), 'utf8');
    assert.match(String(await connectAs('127.0.0.1', { mode: 'verify-full', ca })), /127\.0\.0\.1/);
  });
});
