/**
 * Installs the packages of the lock file when they are missing or older than it. Imports nothing that has to be
 * installed: it runs before everything else.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, progress, runOrThrow } from './terminal.mjs';

/** The browser-hosted VS Code: a package of its own, since the product never needs it. */
export const VSCODE_HOST = path.join(ROOT, 'test', 'vscodeHost');

/** Remembers, inside node_modules, the lock file that was installed. */
const STAMP = '.installed-lock';

/** Installs the packages in `folder` when they do not match its lock file. Install scripts never run. */
export async function ensureInstalled(folder, what) {
  const lock = fs.readFileSync(path.join(folder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (isInstalled(folder, hash)) return;
  progress(`installing ${what}`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runOrThrow(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  fs.writeFileSync(path.join(folder, 'node_modules', STAMP), hash);
}

/** Installs and prepares the browser-hosted VS Code. */
export async function ensureVscodeHost() {
  await ensureInstalled(VSCODE_HOST, 'the browser-hosted VS Code (about 400 MB, once)');
  if (!fs.existsSync(path.join(VSCODE_HOST, 'builtin'))) {
    await runOrThrow(process.execPath, [path.join(VSCODE_HOST, 'prepare.mjs')]);
  }
}

function isInstalled(folder, hash) {
  const modules = path.join(folder, 'node_modules');
  const stamp = path.join(modules, STAMP);
  if (fs.existsSync(stamp)) return fs.readFileSync(stamp, 'utf8') === hash;
  // installed by hand: npm writes its own copy of the lock file last, so a newer one means the same packages
  const npmRecord = path.join(modules, '.package-lock.json');
  return (
    fs.existsSync(npmRecord) &&
    fs.statSync(npmRecord).mtimeMs >= fs.statSync(path.join(folder, 'package-lock.json')).mtimeMs
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    await ensureInstalled(ROOT, 'the packages of package-lock.json');
  } catch (error) {
    console.error(`The packages could not be installed.\n${error.message}`);
    process.exitCode = 1;
  }
}
