import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseError } from '../core/ports';

/** libpq's connection keywords (`host`, `dbname`, `sslmode`...) and their values as text. */
export type Keywords = Readonly<Record<string, string>>;

type Environment = Readonly<Record<string, string | undefined>>;

/** For each keyword, the value of the first source that has one. */
export function mergeKeywords(...sources: readonly Keywords[]): Keywords {
  return Object.assign({}, ...[...sources].reverse()) as Keywords;
}

/**
 * Reads a `postgresql://` URL or libpq's `host=… dbname=…` text.
 * @throws DatabaseError `connection`; the message never contains the text, which may hold a password.
 */
export function parseConnectionText(text: string): Keywords {
  return /^[a-z]+(?:\+\w+)?:\/\//i.test(text) ? parseUrl(text) : parseKeywordText(text);
}

function parseUrl(text: string): Keywords {
  // Frameworks write their driver into the scheme (postgresql+asyncpg, jdbc-like names); the rest is the same.
  const scheme = /^(postgres(?:ql)?)(?:\+\w+)?:\/\//i.exec(text);
  if (!scheme) {
    throw new DatabaseError('connection', 'the connection URL must begin with postgresql:// or postgres://');
  }
  const rest = text.slice(scheme[0].length);
  // Not the platform's URL class: it rejects an empty host with a user, and quotes the text in its error.
  const parts =
    /^(?:([^@/?#]*(?:@(?=[^/?#]*@)[^@/?#]*)*)@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?(?:\/([^?#]*))?(?:\?(.*))?$/.exec(
      rest,
    );
  if (!parts) {
    throw new DatabaseError(
      'connection',
      'the connection URL cannot be understood',
      undefined,
      undefined,
      'special characters in the password must be percent-encoded: # is %23, / is %2F, ? is %3F, @ is %40',
    );
  }
  const [, credentials = '', host = '', port = '', database = '', query = ''] = parts;
  const colon = credentials.indexOf(':');
  const user = colon === -1 ? credentials : credentials.slice(0, colon);
  const keywords: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    if (value !== '') keywords[name] = decode(value);
  };
  set('user', user);
  if (colon !== -1) set('password', credentials.slice(colon + 1));
  set('host', host.replace(/^\[(.*)\]$/, '$1'));
  set('port', port);
  set('dbname', database);
  for (const pair of query.split('&').filter(Boolean)) {
    const equals = pair.indexOf('=');
    if (equals > 0) set(decode(pair.slice(0, equals)), pair.slice(equals + 1));
  }
  return keywords;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseError('connection', 'the connection URL has a % that is not followed by two hexadecimal digits');
  }
}

function parseKeywordText(text: string): Keywords {
  const keywords: Record<string, string> = {};
  const pattern = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s']*))(?=\s|$)/gy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    end = match.index + match[0].length;
    const value = (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1');
    if (match[1] && value !== '') keywords[match[1]] = value;
  }
  if (text.slice(end).trim() !== '' || end === 0) {
    throw new DatabaseError('connection', 'the connection text is neither a postgresql:// URL nor "host=… dbname=…"');
  }
  return keywords;
}

/** `NAME=value` lines; quotes around values are removed. An absent file has none. */
export async function readDotEnv(file: string): Promise<Environment> {
  const variables: Record<string, string> = {};
  for (const line of (await readOptional(file)).split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match?.[1]) continue;
    const raw = match[2] ?? '';
    const quoted = /^(["'])(.*?)\1(?:\s+#.*)?$/.exec(raw);
    variables[match[1]] = quoted ? (quoted[2] ?? '') : raw.replace(/\s+#.*$/, '');
  }
  return variables;
}

/**
 * The section of a connection service file: PGSERVICEFILE, else `~/.pg_service.conf`, else `pg_service.conf` in
 * PGSYSCONFDIR; the first file that has the section.
 * @throws DatabaseError `connection` when no file has it.
 */
export async function readService(name: string, env: Environment, home: string): Promise<Keywords> {
  const files = [
    env['PGSERVICEFILE'] || path.join(home, '.pg_service.conf'),
    path.join(env['PGSYSCONFDIR'] || '/etc/postgresql-common', 'pg_service.conf'),
  ];
  for (const file of files) {
    const section = findSection(await readOptional(file), name);
    if (section) return section;
  }
  throw new DatabaseError('connection', `the service "${name}" is not in ${files.join(' or ')}`);
}

function findSection(text: string, name: string): Keywords | undefined {
  let found: Record<string, string> | undefined;
  let inside = false;
  for (const line of text.split(/\r?\n/).map(each => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header) {
      inside = header[1]?.trim() === name;
      if (inside) found ??= {};
    } else if (inside && found) {
      const equals = line.indexOf('=');
      if (equals > 0) found[line.slice(0, equals).trim()] = line.slice(equals + 1).trim();
    }
  }
  return found;
}

/**
 * The password of the first line of a `.pgpass` file that fits. As libpq does, a file that others may read is not used.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function findPassword(
  file: string,
  target: { readonly host: string; readonly port: number; readonly database: string; readonly user: string },
): Promise<string | undefined> {
  try {
    const { mode } = await fs.promises.stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
  } catch {
    return undefined;
  }
  const host = target.host.startsWith('/') ? 'localhost' : target.host;
  const wanted = [host, String(target.port), target.database, target.user];
  for (const line of (await readOptional(file)).split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    // Fields are separated by colons; a backslash takes the next character as it is.
    const raw = line.match(/(?:[^:\\]|\\.)*(?::|$)/g)?.map(field => field.replace(/:$/, '')) ?? [];
    const fields = raw.map(field => field.replace(/\\(.)/g, '$1'));
    const fits = wanted.every((value, i) => raw[i] === '*' || fields[i] === value);
    if (fits && fields[4] !== undefined) return fields[4];
  }
  return undefined;
}

async function readOptional(file: string): Promise<string> {
  try {
    return await fs.promises.readFile(file, 'utf8');
  } catch {
    return '';
  }
}
