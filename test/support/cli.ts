import { spawnSync, type SpawnSyncOptionsWithStringEncoding, type SpawnSyncReturns } from 'node:child_process';
import { resolve } from 'node:path';

/** The built command line, `dist/cli.js`. */
export const CLI = resolve(__dirname, '../../dist/cli.js');

/** Runs the built command line to its end, as a script would; texts are UTF-8. */
export function runCli(
  args: readonly string[],
  options: Omit<SpawnSyncOptionsWithStringEncoding, 'encoding'> = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [CLI, ...args], { ...options, encoding: 'utf8' });
}
