import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';

/** Endings of files that hold SQL and nothing else. */
const SQL_FILES = '**/*.{sql,psql,pgsql,ddl}';
const NEVER: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * The files that names, folders and globs stand for, each once, in the order of the arguments; a folder stands for the
 * SQL files below it. A name that is no file is given back as it is: whoever opens it has the better message.
 */
export function findFiles(operands: readonly string[], cwd: string): string[] {
  return [...new Set(operands.flatMap(operand => expand(operand, cwd)))];
}

/** Files for globs relative to a folder, as absolute paths; the files of one glob in the order of their names. */
export function filesOfGlobs(folder: string, globs: readonly string[]): string[] {
  const found = globs.flatMap(glob => list(glob, folder).map(file => path.resolve(folder, file)));
  return [...new Set(found)];
}

function expand(operand: string, cwd: string): string[] {
  const kind = statSync(path.resolve(cwd, operand), { throwIfNoEntry: false });
  if (kind?.isFile()) return [operand];
  if (kind?.isDirectory()) return list(SQL_FILES, path.resolve(cwd, operand)).map(file => path.join(operand, file));
  return picomatch.scan(operand).isGlob ? list(operand, cwd) : [operand];
}

/** Numbers in names count as numbers, as migrations are numbered: `2_b.sql` before `10_a.sql`. */
function list(glob: string, cwd: string): string[] {
  const pattern = glob.split(path.sep).join('/');
  const { base } = picomatch.scan(pattern);
  const matches = picomatch(pattern.replace(/^\.\//, ''), { dot: true });
  return filesBelow(base, cwd)
    .filter(file => matches(file.split(path.sep).join('/')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Paths as `folder` is given: relative to `cwd` or absolute. Links to folders are not followed, so it ends. */
function filesBelow(folder: string, cwd: string): string[] {
  const full = path.resolve(cwd, folder);
  const kind = statSync(full, { throwIfNoEntry: false });
  if (!kind) return [];
  if (kind.isFile()) return [folder];
  return readdirSync(full, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return NEVER.has(entry.name) ? [] : filesBelow(file, cwd);
    return entry.isFile() || entry.isSymbolicLink() ? [file] : [];
  });
}
