import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../../src/core/ports';
import { describeSettings, resolveConnection, type ConnectionSettings } from '../../src/database/connectionSettings';

describe('database/connectionSettings', () => {
  let home: string;
  const write = (name: string, text: string, mode = 0o600): void => {
    fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    fs.writeFileSync(path.join(home, name), text, { mode });
  };
  const resolve = (url?: string, env: Record<string, string> = {}): Promise<ConnectionSettings> =>
    resolveConnection({ ...(url === undefined ? {} : { url }), env: { HOME: home, ...env }, cwd: home });
  const brief = async (url?: string, env: Record<string, string> = {}): Promise<string> => {
    const { user, password, host, port, database } = await resolve(url, env);
    return `${user}/${password ?? '-'} ${host} ${port} ${database}`;
  };

  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-test-'))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  it('reads URLs', async () => {
    assert.equal(await brief('postgresql://ann:p%40ss@db.example:6543/shop'), 'ann/p@ss db.example 6543 shop');
    assert.equal(await brief('postgres://ann@db.example'), 'ann/- db.example 5432 ann');
    assert.equal(await brief('postgresql://ann:a:b@[::1]/shop'), 'ann/a:b ::1 5432 shop');
    assert.equal(
      await brief('postgresql:///shop?host=/var/run/postgresql&user=ann'),
      'ann/- /var/run/postgresql 5432 shop',
    );
    assert.equal(await brief('postgresql://ann@%2Frun%2Fpg/shop'), 'ann/- /run/pg 5432 shop');
    assert.equal(await brief('postgresql+asyncpg://ann:p@ss@h/shop'), 'ann/p@ss h 5432 shop');
  });

  it('reads keyword text', async () => {
    assert.equal(await brief(`host=h port=1 dbname='my shop' user=ann password='it\\'s'`), `ann/it's h 1 my shop`);
  });

  it('prefers the URL, then PG*, then DATABASE_URL, then .env', async () => {
    write('.env', 'export DATABASE_URL="postgresql://dot@dot/dot" # local\n');
    const all = { PGHOST: 'envhost', PGUSER: 'env', DATABASE_URL: 'postgresql://url@url/url' };
    assert.equal(await brief('postgresql://given@given/given', all), 'given/- given 5432 given');
    assert.equal(await brief(undefined, all), 'env/- envhost 5432 env');
    assert.equal(await brief(undefined, { DATABASE_URL: all.DATABASE_URL }), 'url/- url 5432 url');
    assert.equal(await brief(), 'dot/- dot 5432 dot');
  });

  it('fills what a URL leaves open from PG*', async () => {
    assert.equal(await brief('postgresql://h/shop', { PGUSER: 'ann', PGPASSWORD: 'x', PGPORT: '7' }), 'ann/x h 7 shop');
  });

  it('reads the service file', async () => {
    write('.pg_service.conf', '# ours\n[other]\nhost=no\n[shop]\nhost=h\nport=7\ndbname=shop\nuser=ann\n');
    assert.equal(await brief(undefined, { PGSERVICE: 'shop' }), 'ann/- h 7 shop');
    assert.equal(await brief('postgresql:///?service=shop'), 'ann/- h 7 shop');
    await assert.rejects(resolve(undefined, { PGSERVICE: 'gone' }), /service "gone" is not in/);
  });

  it('reads .pgpass, and not one that others may read', async () => {
    const text = '# comment\nh:*:other:ann:no\nh:5432:*:ann:se\\:cret\n*:*:*:*:any\n';
    write('.pgpass', text);
    assert.equal(await brief('postgresql://ann@h/shop'), 'ann/se:cret h 5432 shop');
    assert.equal(await brief('postgresql://bob@h/shop'), 'bob/any h 5432 shop');
    fs.chmodSync(path.join(home, '.pgpass'), 0o644);
    assert.equal(await brief('postgresql://ann@h/shop'), 'ann/- h 5432 shop');
  });

  it('reads TLS modes and certificates', async () => {
    write('ca.pem', '-----BEGIN CERTIFICATE-----\nca\n');
    const { tls } = await resolve(`postgresql://h/shop?sslmode=verify-full&sslrootcert=${home}/ca.pem`);
    assert.deepEqual(tls, { mode: 'verify-full', ca: '-----BEGIN CERTIFICATE-----\nca\n' });
    assert.equal((await resolve('postgresql://h/shop')).tls.mode, 'prefer');
    assert.equal((await resolve('postgresql://h/shop', { PGSSLMODE: 'require' })).tls.mode, 'require');
    write('.postgresql/root.crt', 'root');
    assert.equal((await resolve('postgresql://h/shop?sslmode=verify-ca')).tls.ca, 'root');
    await assert.rejects(resolve('postgresql://h/shop?sslmode=maybe'), /sslmode "maybe" is unknown/);
    await assert.rejects(resolve(`postgresql://h/shop?sslrootcert=${home}/gone`), /cannot read .*gone: ENOENT/);
  });

  it('never shows a password', async () => {
    const settings = await resolve('postgresql://ann:secret@h/shop');
    assert.equal(describeSettings(settings), 'postgresql://ann@h:5432/shop (TLS prefer)');
    for (const wrong of [
      'postgresql://ann:sec#ret@h/shop',
      'http://ann:secret@h',
      'secret',
      'postgresql://a:sec%ret@h/s',
    ]) {
      const error: unknown = await resolve(wrong).then(
        () => assert.fail(`${wrong} was understood`),
        (each: unknown) => each,
      );
      assert.ok(error instanceof DatabaseError && !/sec/.test(error.message), String(error));
    }
  });

  it('says what to do when nothing names a database', async () => {
    await assert.rejects(resolve(), (error: DatabaseError) => /DATABASE_URL/.test(error.hint ?? ''));
  });
});
