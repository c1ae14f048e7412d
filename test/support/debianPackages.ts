import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = path.join(__dirname, '../../.cache/debian');

/** apt's own downloads end by themselves when the network is gone, but late. */
const LIMIT_MS = 120_000;

/** Programs of Debian packages, unpacked into a folder of ours. */
export interface DebianRoot {
  /** The folder that stands for `/`. */
  readonly root: string;
  /** Absolute path of a file of the packages, named as it is once installed: `file('usr/sbin/pgbouncer')`. */
  file(name: string): string;
  /** The environment in which the programs find the libraries unpacked beside them. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Downloads Debian packages, and what they depend on that this machine does not have, and unpacks them: nothing is
 * installed and no root is needed. Kept for the next time.
 * @returns why not, as a sentence, where that is not possible: no Debian, or no network.
 */
export async function debianPackages(names: readonly string[]): Promise<DebianRoot | string> {
  if (!fs.existsSync('/usr/bin/apt-get')) return `${names.join(', ')}: this machine is not a Debian`;
  const key = createHash('sha256')
    .update([...names].sort().join(' '))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(CACHE, `${names[0]}-${key}`);
  if (fs.existsSync(folder)) return unpackedRoot(folder);
  fs.mkdirSync(CACHE, { recursive: true });
  const temporary = fs.mkdtempSync(`${folder}.`);
  try {
    await downloadInto(temporary, names);
    const root = path.join(temporary, 'root');
    for (const file of fs.readdirSync(temporary).filter(name => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', path.join(temporary, file), root]);
      fs.rmSync(path.join(temporary, file));
    }
    fs.chmodSync(temporary, 0o755);
    fs.renameSync(temporary, folder);
    return unpackedRoot(folder);
  } catch (error) {
    // another test may have been quicker
    if (fs.existsSync(folder)) return unpackedRoot(folder);
    const { stderr, message } = error as Error & { stderr?: string };
    return `${names.join(', ')} could not be had from Debian: ${(stderr || message).trim()}`;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** Ends the test, or the tests of a suite, with the reason printed, unless the packages are there. */
export async function debianPackagesOrSkip(context: Mocha.Context, names: readonly string[]): Promise<DebianRoot> {
  context.timeout(2 * LIMIT_MS);
  const root = await debianPackages(names);
  if (typeof root !== 'string') return root;
  console.warn(`      skipped: ${root}`);
  return context.skip();
}

async function downloadInto(folder: string, names: readonly string[]): Promise<void> {
  // A cache of our own: apt does not name what lies in the machine's.
  const own = path.join(folder, 'apt');
  const cache = ['-o', `Dir::Cache=${path.join(own, 'cache')}`];
  fs.mkdirSync(path.join(own, 'cache/archives/partial'), { recursive: true });
  fs.mkdirSync(path.join(own, 'lists/partial'), { recursive: true });
  try {
    await download(folder, names, cache);
  } catch {
    // The machine's lists are missing or old: lists of our own, in a place where we may write.
    const lists = [...cache, '-o', `Dir::State::lists=${path.join(own, 'lists')}`];
    await apt(folder, [...lists, 'update']);
    await download(folder, names, lists);
  } finally {
    fs.rmSync(own, { recursive: true, force: true });
  }
}

/** Asks apt what it would install, and downloads just that. */
async function download(folder: string, names: readonly string[], options: readonly string[]): Promise<void> {
  const install = ['-y', '--reinstall', '--no-install-recommends', '--print-uris', 'install', ...names];
  const uris = await apt(folder, [...options, ...install]);
  const packages = [...uris.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map(match => match[1] ?? '');
  await apt(folder, [...options, 'download', ...packages]);
}

async function apt(folder: string, args: readonly string[]): Promise<string> {
  const sandbox = ['-o', 'APT::Sandbox::User=', '-o', 'Acquire::Retries=2'];
  const { stdout } = await run('apt-get', ['-q', ...sandbox, ...args], {
    cwd: folder,
    timeout: LIMIT_MS,
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout;
}

function unpackedRoot(folder: string): DebianRoot {
  const root = path.join(folder, 'root');
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib']
    .map(name => path.join(root, name))
    .filter(name => fs.existsSync(name));
  return {
    root,
    file: name => path.join(root, name),
    environment: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
  };
}
