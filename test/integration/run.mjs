/**
 * Runs test/integration/suite inside VS Code's extension host: the browser-hosted VS Code by default, a downloaded
 * desktop VS Code with VSCODE_TEST=desktop (VSCODE_VERSION names its version).
 */
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copySampleWorkspace } from '../../src/tools/sampleDatabase.mjs';
import { CACHE, ROOT } from '../../src/tools/terminal.mjs';

const OUT = path.join(CACHE, 'integration');
const SUITE = path.join(ROOT, 'test', 'integration', 'suite');

fs.rmSync(OUT, { recursive: true, force: true });
await esbuild.build({
  entryPoints: fs.readdirSync(SUITE).map(file => path.join(SUITE, file)),
  outdir: OUT,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
});

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-integration-'));
try {
  await runTests({
    ...(process.env.VSCODE_TEST === 'desktop'
      ? { version: process.env.VSCODE_VERSION ?? 'stable' }
      : { vscodeExecutablePath: path.join(ROOT, 'test', 'vscodeHost', 'code.mjs') }),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: path.join(OUT, 'index.js'),
    launchArgs: [
      copySampleWorkspace(path.join(scratch, 'workspace')),
      `--user-data-dir=${path.join(scratch, 'user')}`,
      `--extensions-dir=${path.join(scratch, 'extensions')}`,
    ],
  });
} catch (error) {
  console.error(`The tests in VS Code failed: ${error.message ?? error}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
