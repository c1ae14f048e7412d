/** Packages the extension as a .vsix. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runOrThrow } from './terminal.mjs';

/** At the top: inside dist/ the next package would contain this one. */
export const VSIX = path.join(ROOT, 'pg-query-tuner.vsix');

/** Builds for production (through vscode:prepublish) and writes the .vsix. @returns its path. */
export async function packageExtension() {
  const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
  // the bundles carry their dependencies
  await runOrThrow(process.execPath, [vsce, 'package', '--no-dependencies', '--out', VSIX]);
  return VSIX;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await packageExtension());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
