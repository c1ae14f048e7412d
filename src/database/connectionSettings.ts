import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../core/ports';
import {
  findPassword,
  mergeKeywords,
  parseConnectionText,
  readDotEnv,
  readService,
  type Keywords,
} from './connectionSources';

/** libpq's words: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
export type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface TlsSettings {
  readonly mode: TlsMode;
  /** PEM text. Absent with a verifying mode: the roots that Node trusts. */
  readonly ca?: string;
  /** The client's own certificate and key, PEM text. */
  readonly cert?: string;
  readonly key?: string;
}

/** Where a database is and how to get in. Holds a secret: print it with {@link describeSettings} only. */
export interface ConnectionSettings {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly tls: TlsSettings;
  readonly applicationName?: string;
  /** Start-up options as in PGOPTIONS, `-c search_path=sales`. */
  readonly options?: string;
  readonly connectTimeoutMs?: number;
  /** How often it is looked whether the server still works on a statement that it has not answered; 15 s. */
  readonly lookEveryMs?: number;
}

export interface ConnectionRequest {
  /** A `postgresql://` URL, or `host=… dbname=…` as libpq takes it. */
  readonly url?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a `.env` file is looked for. */
  readonly cwd: string;
}

const DEFAULT_PORT = 5432;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/** PG* variables that say where to connect to; the others only refine a connection named elsewhere. */
const TARGET_VARIABLES = ['PGHOST', 'PGHOSTADDR', 'PGDATABASE', 'PGSERVICE', 'PGUSER', 'PGPORT'] as const;

/** libpq's environment variables and the keywords they stand for. */
const VARIABLES: readonly (readonly [variable: string, keyword: string])[] = [
  ['PGHOSTADDR', 'hostaddr'],
  ['PGHOST', 'host'],
  ['PGPORT', 'port'],
  ['PGDATABASE', 'dbname'],
  ['PGUSER', 'user'],
  ['PGPASSWORD', 'password'],
  ['PGPASSFILE', 'passfile'],
  ['PGSERVICE', 'service'],
  ['PGSSLMODE', 'sslmode'],
  ['PGSSLROOTCERT', 'sslrootcert'],
  ['PGSSLCERT', 'sslcert'],
  ['PGSSLKEY', 'sslkey'],
  ['PGAPPNAME', 'application_name'],
  ['PGOPTIONS', 'options'],
  ['PGCONNECT_TIMEOUT', 'connect_timeout'],
];

/**
 * The connection that a command means, from the first of: the URL given; PG* variables; DATABASE_URL; the same two in
 * `.env`. What that leaves open is filled from the service file, PG* variables and `.pgpass`, as libpq does.
 * @throws DatabaseError `connection` when nothing names a database, or a source cannot be read. Never quotes a password.
 */
export async function resolveConnection(request: ConnectionRequest): Promise<ConnectionSettings> {
  const { env, cwd } = request;
  const dotEnv = await readDotEnv(path.join(cwd, '.env'));
  const url = request.url || chooseUrl(env) || (hasTarget(env) ? undefined : chooseUrl(dotEnv));
  if (!url && !hasTarget(env) && !hasTarget(dotEnv)) {
    throw new DatabaseError(
      'connection',
      'no database given',
      undefined,
      undefined,
      'give a postgresql:// URL, or set DATABASE_URL or PGHOST and PGDATABASE',
    );
  }
  const environment = mergeKeywords(fromVariables(env), fromVariables(dotEnv));
  const given = url ? parseConnectionText(url) : {};
  const service = given['service'] ?? environment['service'];
  const fromService = service ? await readService(service, env, homeFolder(env)) : {};
  return complete(mergeKeywords(given, fromService, environment), env);
}

/**
 * Settings from the fields of a form, with the same defaults as {@link resolveConnection}.
 * `tls` file names are read; PEM text passes through.
 */
export async function settingsFromFields(fields: {
  readonly host: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: { readonly mode: TlsMode; readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Promise<ConnectionSettings> {
  const keywords: Record<string, string> = { host: fields.host };
  if (fields.port !== undefined) keywords['port'] = String(fields.port);
  if (fields.database) keywords['dbname'] = fields.database;
  if (fields.user) keywords['user'] = fields.user;
  if (fields.password !== undefined) keywords['password'] = fields.password;
  if (fields.tls) {
    keywords['sslmode'] = fields.tls.mode;
    if (fields.tls.ca) keywords['sslrootcert'] = fields.tls.ca;
    if (fields.tls.cert) keywords['sslcert'] = fields.tls.cert;
    if (fields.tls.key) keywords['sslkey'] = fields.tls.key;
  }
  return complete(keywords, fields.env ?? {});
}

/** `postgresql://user@host:5432/database (TLS verify-full)`: for people, without the password. */
export function describeSettings(settings: ConnectionSettings): string {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const where = `postgresql://${encodeURIComponent(settings.user)}@${host}:${settings.port}/${settings.database}`;
  return `${where} (TLS ${settings.tls.mode})`;
}

function chooseUrl(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return hasTarget(env) ? undefined : env['DATABASE_URL'] || undefined;
}

function hasTarget(env: Readonly<Record<string, string | undefined>>): boolean {
  return TARGET_VARIABLES.some(name => env[name]);
}

function fromVariables(env: Readonly<Record<string, string | undefined>>): Keywords {
  const keywords: Record<string, string> = {};
  for (const [variable, keyword] of VARIABLES) {
    const value = env[variable];
    if (value) keywords[keyword] = value;
  }
  return keywords;
}

async function complete(
  keywords: Keywords,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionSettings> {
  const host = keywords['host'] || keywords['hostaddr'] || 'localhost';
  if (host.includes(',')) {
    throw new DatabaseError('unsupported', 'several hosts in one connection are not supported; name one of them');
  }
  const port = keywords['port'] ? Number(keywords['port']) : DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new DatabaseError('connection', `"${keywords['port']}" is not a port number`);
  }
  const user = keywords['user'] || os.userInfo().username;
  const database = keywords['dbname'] || user;
  const passwordFile = keywords['passfile'] || defaultPasswordFile(env);
  const password = keywords['password'] ?? (await findPassword(passwordFile, { host, port, database, user }));
  const seconds = Number(keywords['connect_timeout'] ?? 0);
  return {
    host,
    port,
    database,
    user,
    ...(password === undefined ? {} : { password }),
    tls: await resolveTls(keywords, host, env),
    ...(keywords['application_name'] ? { applicationName: keywords['application_name'] } : {}),
    ...(keywords['options'] ? { options: keywords['options'] } : {}),
    connectTimeoutMs: seconds > 0 ? seconds * 1000 : DEFAULT_CONNECT_TIMEOUT_MS,
  };
}

async function resolveTls(
  keywords: Keywords,
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TlsSettings> {
  const mode = tlsMode(keywords);
  if (mode === 'disable' || host.startsWith('/')) return { mode: 'disable' };
  const folder = path.join(homeFolder(env), '.postgresql');
  const root = keywords['sslrootcert'];
  const ca = root === 'system' ? undefined : await readPem(root, path.join(folder, 'root.crt'));
  const cert = await readPem(keywords['sslcert'], path.join(folder, 'postgresql.crt'));
  const key = await readPem(keywords['sslkey'], path.join(folder, 'postgresql.key'));
  return {
    // With `system`, libpq too accepts nothing weaker than verify-full.
    mode: root === 'system' ? 'verify-full' : mode,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

function tlsMode(keywords: Keywords): TlsMode {
  const mode = keywords['sslmode'] || (keywords['ssl'] === 'true' ? 'require' : 'prefer');
  switch (mode) {
    case 'disable':
    case 'prefer':
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return mode;
    // "allow" tries without TLS first; we never prefer the weaker one.
    case 'allow':
      return 'prefer';
    // Drivers of other languages, and hosting providers' URLs.
    case 'no-verify':
      return 'require';
    default:
      throw new DatabaseError(
        'connection',
        `sslmode "${mode}" is unknown; use disable, prefer, require, verify-ca or verify-full`,
      );
  }
}

async function readPem(given: string | undefined, fallback: string): Promise<string | undefined> {
  if (given?.includes('-----BEGIN')) return given;
  try {
    return await fs.promises.readFile(given || fallback, 'utf8');
  } catch (error) {
    if (!given) return undefined;
    throw new DatabaseError('connection', `cannot read ${given}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env['HOME'] || os.homedir();
}

function defaultPasswordFile(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'win32') return path.join(env['APPDATA'] ?? homeFolder(env), 'postgresql', 'pgpass.conf');
  return path.join(homeFolder(env), '.pgpass');
}
