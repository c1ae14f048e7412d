import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { firstGlob, matchesGlobs } from '../core/catalog/globs';
import { compareMigrations, projectOf, schemaFileKind } from '../core/catalog/schemaFileNames';

/** The schema files of one project, absolute paths. */
export interface SchemaProject {
  readonly root: string;
  /** Files with the whole schema. */
  readonly dumps: readonly string[];
  /** In the order in which they run. */
  readonly migrations: readonly string[];
}

/** Folders of other people's code and of what is built. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  'node_modules bower_components vendor dist build out target bin obj coverage venv __pycache__ site-packages'.split(
    ' ',
  ),
);
const MAX_DEPTH = 12;
/** A workspace beyond this is searched in part. */
const MAX_FOLDERS = 20_000;
const MAX_FILES = 5_000;

/**
 * Looks for schema files below a folder. With patterns exactly the files they match, as one project whose
 * files build on each other in the order of the patterns and of their names; else the usual names, by project. Links are not followed.
 */
export async function findSchemaFiles(
  root: string,
  patterns: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<SchemaProject[]> {
  if (patterns && patterns.length > 0) {
    const migrations = await findFiles(root, file => matchesGlobs(file, patterns), signal);
    const placeOf = (file: string): number => firstGlob(relativePath(root, file), patterns);
    migrations.sort((a, b) => placeOf(a) - placeOf(b) || compareMigrations(a, b));
    return migrations.length > 0 ? [{ root, dumps: [], migrations }] : [];
  }
  const projects = new Map<string, { root: string; dumps: string[]; migrations: string[] }>();
  for (const file of await findFiles(root, file => schemaFileKind(file) !== undefined, signal)) {
    const relative = relativePath(root, file);
    const kind = schemaFileKind(relative)!;
    const own = projectOf(relative, kind);
    const project = projects.get(own) ?? { root: path.join(root, own), dumps: [], migrations: [] };
    project[kind === 'dump' ? 'dumps' : 'migrations'].push(file);
    projects.set(own, project);
  }
  for (const { migrations } of projects.values()) migrations.sort(compareMigrations);
  return [...projects.values()];
}

/** True if a file below the folder would be found. */
export function isSchemaFile(root: string, file: string, patterns: readonly string[] | undefined): boolean {
  const relative = relativePath(root, file);
  const folders = relative.split('/').slice(0, -1);
  if (folders.some(isLeftOut)) return false;
  return patterns && patterns.length > 0 ? matchesGlobs(relative, patterns) : schemaFileKind(relative) !== undefined;
}

function isLeftOut(folder: string): boolean {
  return folder.startsWith('.') || LEFT_OUT.has(folder);
}

/** With `/`, as patterns are written. */
function relativePath(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

async function findFiles(root: string, isWanted: (file: string) => boolean, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  const pending: { readonly folder: string; readonly relative: string; readonly depth: number }[] = [
    { folder: root, relative: '', depth: 0 },
  ];
  for (let read = 0; pending.length > 0 && read < MAX_FOLDERS && found.length < MAX_FILES; read++) {
    if (signal.aborted) return [];
    const { folder, relative, depth } = pending.shift()!;
    for (const entry of await entriesOf(folder)) {
      const name = relative + entry.name;
      if (entry.isDirectory()) {
        if (isLeftOut(entry.name) || depth >= MAX_DEPTH) continue;
        pending.push({ folder: path.join(folder, entry.name), relative: `${name}/`, depth: depth + 1 });
      } else if (entry.isFile() && isWanted(name)) found.push(path.join(folder, entry.name));
    }
  }
  return found.sort();
}

/** Nothing for a folder that cannot be read. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return fs.readdir(folder, { withFileTypes: true }).catch(() => []);
}
