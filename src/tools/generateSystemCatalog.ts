import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PostgresDatabase } from '../database/connect';
import { openDatabase } from '../database/connect';
import { resolveConnection } from '../database/connectionSettings';
import { startEmbedded } from '../database/embedded';
import { COLUMN_VERSIONS, PASSING_COLUMNS, RELATION_VERSIONS } from './systemCatalogVersions';
import { SETTINGS_OF_MINOR_RELEASES, SETTING_FACT_VERSIONS, SETTING_VERSIONS } from './systemCatalogVersions';
import type { DerivedVersions } from './systemCatalogVersions';

/** What one server says of itself. */
export interface ServerReading {
  readonly relations: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly settings: readonly SettingRow[];
}

/** A row of `pg_settings`, in the order it is written to the data file. */
export interface SettingRow {
  readonly name: string;
  readonly facts: readonly string[];
}

/** Views and tables of pg_catalog, and the views of pg_stat_statements, which has to be there. */
const RELATIONS_SQL = `
  SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'v')
    AND (c.relnamespace = 'pg_catalog'::regnamespace OR c.relname LIKE 'pg\\_stat\\_statements%')
  GROUP BY c.relname ORDER BY c.relname`;

const SETTINGS_SQL = `
  SELECT name, ARRAY[context, vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''),
    coalesce(boot_val, ''), coalesce(array_to_string(enumvals, ','), '')] AS facts
  FROM pg_settings WHERE name NOT LIKE 'server_version%' AND name NOT LIKE '%.%' ORDER BY name`;

/** The two data files of `src/core/catalog/systemCatalog/`, from the oldest and the newest version. */
export function systemCatalogFiles(oldest: ServerReading, newest: ServerReading): Readonly<Record<string, string>> {
  return {
    'systemColumns.ts': dataFile(
      'SYSTEM_COLUMNS',
      'Columns of catalogs and system views',
      relationLines(oldest, newest),
    ),
    'systemSettings.ts': dataFile(
      'SYSTEM_SETTINGS',
      'Settings: context|type|unit|min|max|default|values',
      settingLines(oldest, newest),
    ),
  };
}

function dataFile(name: string, what: string, lines: readonly string[]): string {
  return [
    '// Written by src/tools/generateSystemCatalog.ts; do not edit.',
    '',
    `/** ${what}, PostgreSQL 14 to 18. \`name@16\`: since 16; \`name<17\`: not in 17 any more. */`,
    `export const ${name}: readonly string[] = [`,
    ...lines.map(line => `  ${quote(line)},`),
    '];',
    '',
  ].join('\n');
}

function quote(text: string): string {
  const escaped = text.replace(/\\/g, '\\\\');
  return text.includes("'") ? `"${escaped.replace(/"/g, '\\"')}"` : `'${escaped}'`;
}

function relationLines(oldest: ServerReading, newest: ServerReading): string[] {
  const before = new Map(oldest.relations.map(({ name, columns }) => [name, columns]));
  const after = new Map(newest.relations.map(({ name, columns }) => [name, columns]));
  return union(before.keys(), after.keys()).map(name => {
    const old = before.get(name);
    const relation = spelled(name, old !== undefined, after.has(name), RELATION_VERSIONS);
    const now = after.get(name) ?? [];
    const columns = union(now, old ?? []).map(column =>
      // A relation that came later has columns that came with it and columns that came after it.
      old === undefined && versionOf(COLUMN_VERSIONS.since, `${name}.${column}`) === undefined
        ? column
        : spelled(`${name}.${column}`, old?.includes(column) ?? false, now.includes(column), COLUMN_VERSIONS),
    );
    const passing = PASSING_COLUMNS.filter(column => column.relation === name);
    columns.push(...passing.map(({ column, since, until }) => `${column}@${since}<${until}`));
    return `${relation}: ${columns.map(column => column.replace(`${name}.`, '')).join(' ')}`;
  });
}

function settingLines(oldest: ServerReading, newest: ServerReading): string[] {
  const before = new Map(oldest.settings.map(({ name, facts }) => [name, facts]));
  const after = new Map(newest.settings.map(({ name, facts }) => [name, facts]));
  return union(before.keys(), after.keys()).map(name => {
    const old = before.get(name);
    const now = after.get(name);
    const known = SETTINGS_OF_MINOR_RELEASES.has(name)
      ? name
      : spelled(name, old !== undefined, now !== undefined, SETTING_VERSIONS);
    const facts = (now ?? old ?? []).map((fact, i) => {
      const earlier = old?.[i] ?? fact;
      if (earlier === fact || name === 'shared_buffers') return fact;
      const since = SETTING_FACT_VERSIONS[name];
      if (since === undefined) throw new Error(`since when is ${name} "${fact}" instead of "${earlier}"?`);
      return `${earlier}<${since}>${fact}`;
    });
    return `${known}|${facts.join('|')}`;
  });
}

/** The name with the versions that have it. */
function spelled(name: string, isInOldest: boolean, isInNewest: boolean, versions: DerivedVersions): string {
  const since = versionOf(versions.since, name);
  const until = versionOf(versions.until, name);
  if ((since === undefined) !== isInOldest || (until === undefined) !== isInNewest)
    throw new Error(`${name} is ${isInOldest ? '' : 'not '}in the oldest and ${isInNewest ? '' : 'not '}in the newest`);
  return `${name}${since === undefined ? '' : `@${since}`}${until === undefined ? '' : `<${until}`}`;
}

function versionOf(versions: Readonly<Record<number, string>>, name: string): number | undefined {
  for (const [version, names] of Object.entries(versions)) {
    if (names.split(' ').flatMap(expandBraces).includes(name)) return Number(version);
  }
  return undefined;
}

/** `a_{b,c}.{d,e}` is the four names it stands for. */
function expandBraces(pattern: string): string[] {
  const found = /^([^{]*)\{([^}]*)\}(.*)$/.exec(pattern);
  if (!found) return [pattern];
  const [, head = '', choices = '', tail = ''] = found;
  return choices.split(',').flatMap(choice => expandBraces(`${head}${choice}${tail}`));
}

function union(first: Iterable<string>, second: Iterable<string>): string[] {
  return [...new Set([...first, ...second])];
}

/** Asks a server that has pg_stat_statements. */
export async function readServer(db: PostgresDatabase): Promise<ServerReading> {
  return {
    relations: await db.query<{ name: string; columns: string[] }>(RELATIONS_SQL),
    settings: await db.query<{ name: string; facts: string[] }>(SETTINGS_SQL),
  };
}

/** Where the data files lie. */
export const SYSTEM_CATALOG_FOLDER = path.join(__dirname, '../core/catalog/systemCatalog');

async function readEmbedded(major: number): Promise<ServerReading> {
  const server = await startEmbedded({ major });
  try {
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    await db.withSession(session => session.execute('CREATE EXTENSION pg_stat_statements'));
    const reading = await readServer(db);
    await db.dispose();
    return reading;
  } finally {
    await server.stop();
  }
}

/** Writes the data files: `npx tsx src/tools/generateSystemCatalog.ts`. */
async function generateSystemCatalog(): Promise<void> {
  const files = systemCatalogFiles(await readEmbedded(14), await readEmbedded(18));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(SYSTEM_CATALOG_FOLDER, file), text);
}

if (require.main === module) void generateSystemCatalog();
