import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PostgresDatabase } from '../database/connect';
import { openDatabase } from '../database/connect';
import { resolveConnection } from '../database/connectionSettings';
import { startEmbedded } from '../database/embedded';
import { BUILTIN_FUNCTION_NAMES, BUILTIN_FUNCTION_VERSIONS } from './builtinFunctionNames';

/** A row of `pg_proc`, as the data file has it. */
export interface BuiltinRow {
  readonly name: string;
  /** `f`, `a`, `w`, `p`. */
  readonly kind: string;
  readonly arguments: string;
  readonly result: string;
  readonly description: string;
}

const SQL = `
  SELECT p.proname AS name, p.prokind AS kind, pg_get_function_arguments(p.oid) AS arguments,
    coalesce(pg_get_function_result(p.oid), '') AS result, coalesce(obj_description(p.oid, 'pg_proc'), '') AS description
  FROM pg_proc p
  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND NOT 'internal'::regtype = ANY (p.proargtypes)
    AND p.proname = ANY ($1) ORDER BY p.proname COLLATE "C", p.pronargs, p.oid`;

/** Asks a server for the functions that are proposed. */
export function readBuiltins(db: PostgresDatabase): Promise<BuiltinRow[]> {
  return db.query<BuiltinRow & Record<string, unknown>>(SQL, [BUILTIN_FUNCTION_NAMES]);
}

/** The text of `builtinFunctions.ts`, from the oldest and the newest version. */
export function builtinFunctionsFile(oldest: readonly BuiltinRow[], newest: readonly BuiltinRow[]): string {
  const before = new Map(oldest.map(row => [keyOf(row), row]));
  const after = new Map(newest.map(row => [keyOf(row), row]));
  const lines = [...new Set([...after.keys(), ...before.keys()])].flatMap(key => {
    const row = after.get(key) ?? before.get(key);
    if (!row) return [];
    const since = before.has(key) ? '' : `@${versionOf(BUILTIN_FUNCTION_VERSIONS.since, key, row.name)}`;
    const until = after.has(key) ? '' : `<${versionOf(BUILTIN_FUNCTION_VERSIONS.until, key, row.name)}`;
    return `${row.name}${since}${until}|${row.kind}|${row.arguments}|${row.result}|${row.description}`;
  });
  return [
    '// Written by src/tools/generateBuiltinFunctions.ts; do not edit.',
    '',
    '/**',
    ' * Functions of pg_catalog: name|kind|arguments|result|description, PostgreSQL 14 to 18. `name@16`: since 16;',
    ' * `name<17`: not in 17 any more.',
    ' */',
    'export const BUILTIN_FUNCTIONS: readonly string[] = [',
    ...lines.sort(byName).map(line => `  ${quote(line)},`),
    '];',
    '',
  ].join('\n');
}

/** By name only: the overloads keep their order. */
function byName(a: string, b: string): number {
  const [left = '', right = ''] = [a, b].map(line => line.slice(0, line.search(/[@<|]/)));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Names of arguments came and went; types make the signature. */
function keyOf(row: BuiltinRow): string {
  return `${row.name}(${signatureTypes(row.arguments)})`;
}

/** The argument list without names, defaults and OUT arguments. */
function signatureTypes(text: string): string {
  return text
    .split(/, (?![^(]*\))/)
    .filter(part => !part.startsWith('OUT '))
    .map(part =>
      part
        .replace(/ DEFAULT .*/, '')
        .replace(/^(?:INOUT |VARIADIC )/, '')
        .replace(/^(?!double |character |timestamp |time |bit )[a-z_0-9]+ (?=.)/, ''),
    )
    .join(',');
}

function quote(text: string): string {
  const escaped = text.replace(/\\/g, '\\\\');
  return text.includes("'") ? `"${escaped.replace(/"/g, '\\"')}"` : `'${escaped}'`;
}

function versionOf(versions: Readonly<Record<number, string>>, signature: string, name: string): number {
  const entries = Object.entries(versions).map(([version, names]) => ({ version, names: names.split(' ') }));
  const found =
    entries.find(({ names }) => names.includes(signature)) ?? entries.find(({ names }) => names.includes(name));
  if (!found) throw new Error(`since or until when is there ${signature}?`);
  return Number(found.version);
}

/** Where the data file lies. */
export const BUILTIN_FUNCTIONS_FILE = path.join(__dirname, '../core/language/completion/builtinFunctions.ts');

async function readEmbedded(major: number): Promise<BuiltinRow[]> {
  const server = await startEmbedded({ major });
  try {
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    const rows = await readBuiltins(db);
    await db.dispose();
    return rows;
  } finally {
    await server.stop();
  }
}

/** Writes the data file: `npx tsx src/tools/generateBuiltinFunctions.ts`. */
async function generateBuiltinFunctions(): Promise<void> {
  writeFileSync(BUILTIN_FUNCTIONS_FILE, builtinFunctionsFile(await readEmbedded(14), await readEmbedded(18)));
}

if (require.main === module) void generateBuiltinFunctions();
