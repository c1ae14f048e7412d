/** What a file of the workspace is to the schema. */
export type SchemaFileKind = 'dump' | 'migration';

/** Files that hold a whole schema as it stands. */
const DUMP = /^(?:.*[-_.])?(?:schema|structure)\.sql$|\.ddl\.sql$/i;

/** Folders whose SQL files are migrations, at any depth. */
const MIGRATION_FOLDER = /(?:^|\/)(?:db\/migrate|migrations?|drizzle)\//i;

/** Flyway: baseline, versioned and repeatable migrations. */
const FLYWAY = /^(?:[BV][\d._]+|R)__.+\.sql$/;

/** What takes a migration back, or fills tables. */
const LEFT_OUT = /(?:^|[._-])(?:down|undo|rollback|revert|seeds?)\.sql$|^U[\d._]+__/i;

/** The part a file plays by its name, or undefined if it is no schema file. Paths are relative, with `/`. */
export function schemaFileKind(path: string): SchemaFileKind | undefined {
  const name = nameOf(path);
  if (!/\.sql$/i.test(name) || LEFT_OUT.test(name) || /(?:^|\/)(?:revert|rollback|down)\//i.test(path))
    return undefined;
  if (FLYWAY.test(name) || /\.up\.sql$/i.test(name)) return 'migration';
  if (MIGRATION_FOLDER.test(path)) return 'migration';
  return DUMP.test(name) ? 'dump' : undefined;
}

/** Folders that only hold SQL for the project above them. */
const SQL_FOLDERS: ReadonlySet<string> = new Set(
  `db database databases sql ddl schema schemas migrate migration migrations prisma supabase drizzle flyway postgres
  postgresql pg resources main src init`.split(/\s+/),
);

/** The folder of the project a schema file belongs to, `''` for the top: a workspace may hold several services. */
export function projectOf(path: string, kind: SchemaFileKind): string {
  const folders = path.split('/').slice(0, -1);
  // Each migration of Prisma or Diesel has a folder of its own.
  const inner = kind === 'migration' ? folders.findLastIndex(folder => SQL_FOLDERS.has(folder.toLowerCase())) : -1;
  if (inner >= 0 && inner >= folders.length - 2) folders.length = inner + 1;
  while (folders.length > 0 && SQL_FOLDERS.has(folders.at(-1)!.toLowerCase())) folders.pop();
  return folders.join('/');
}

/** Migrations in the order in which they run; numbers count as numbers. */
export function compareMigrations(a: string, b: string): number {
  const [x, y] = [flywayRank(nameOf(a)), flywayRank(nameOf(b))];
  if (x && y && x.rank !== y.rank) return x.rank - y.rank;
  if (x && y) return compareVersions(x.version, y.version) || compareNatural(a, b);
  return compareNatural(a, b);
}

/** The version in a migration's name, as tables of applied migrations keep it: `20240131120000`, `7`. */
export function migrationVersion(path: string): string | undefined {
  const name = nameOf(path);
  const own = /^[VB]?(\d[\d.]*)/i.exec(name)?.[1];
  return own ?? /(?:^|\/)(\d[\d-]*)[^/]*\/[^/]*$/.exec(path)?.[1];
}

function flywayRank(name: string): { readonly rank: number; readonly version: readonly number[] } | undefined {
  if (!FLYWAY.test(name)) return undefined;
  const version = /^[BV]([\d._]+)__/.exec(name)?.[1] ?? '';
  // A baseline stands for the versions up to its own; repeatable migrations run when all others have.
  return { rank: name.startsWith('R') ? 1 : 0, version: version.split(/[._]/).map(Number) };
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareNatural(a: string, b: string): number {
  return COLLATOR.compare(a, b) || (a < b ? -1 : Number(a > b));
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
