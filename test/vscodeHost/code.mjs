#!/usr/bin/env node
/**
 * An executable that takes desktop VS Code's flags and runs them in the browser-hosted one, so that
 * `runTests({ vscodeExecutablePath })` of @vscode/test-electron works with it. Exit codes: 0 passed, 1 failed, 2 usage,
 * 124 timed out.
 *
 * Environment: VSCODE_HOST_TIMEOUT_MS (default 180,000), VSCODE_HOST_VERBOSE, VSCODE_HOST_SCREENSHOT (written on timeout).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startBrowser } from './browser.mjs';
import { HOST } from './paths.mjs';
import { remoteUri, startServer, workbenchUrl } from './server.mjs';

const VERBOSE = Boolean(process.env.VSCODE_HOST_VERBOSE);
const TIMEOUT_MS = Number(process.env.VSCODE_HOST_TIMEOUT_MS ?? 180_000);
const POLL_MS = 100;

// strict: false, since the remaining flags only mean something to the desktop (--no-sandbox, --disable-gpu-sandbox, ...)
const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
    'disable-extensions': { type: 'boolean' },
  },
});
if (!values.extensionTestsPath) {
  console.error('code.mjs: only test runs (--extensionTestsPath) are supported');
  process.exit(2);
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-host-run-'));
const outputFile = path.join(scratch, 'output');
fs.writeFileSync(outputFile, '');
let printedBytes = 0;
let verdict;
let browser;
let server;
let page;
let finished = false;

/** Prints what the tests wrote since the last call. */
function printOutput() {
  const bytes = fs.readFileSync(outputFile);
  if (bytes.length === printedBytes) return;
  const text = bytes.subarray(printedBytes).toString();
  printedBytes = bytes.length;
  process.stdout.write(
    text.replace(/\u0004(\w+)\n/g, (_, word) => {
      verdict = word;
      return '';
    }),
  );
}

async function finish(code) {
  if (finished) return;
  finished = true;
  clearInterval(poll);
  printOutput();
  if (code === 0 && verdict !== 'passed') {
    console.error('code.mjs: the extension host ended without the tests saying that they passed');
    code = 1;
  }
  await browser?.close().catch(() => {});
  await server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
  process.exit(code);
}

const poll = setInterval(printOutput, POLL_MS);
process.on('SIGINT', () => finish(130));
process.on('SIGTERM', () => finish(143));
setTimeout(async () => {
  console.error(`code.mjs: no end after ${TIMEOUT_MS / 1000} s`);
  const screenshot = process.env.VSCODE_HOST_SCREENSHOT;
  if (screenshot) await page?.screenshot({ path: screenshot }).catch(() => {});
  await finish(124);
}, TIMEOUT_MS).unref();

try {
  const userData = values['user-data-dir'];
  server = await startServer({
    dataFolder: userData && path.resolve(userData, 'server'),
    extensionsFolder: values['extensions-dir'],
    verbose: VERBOSE,
    runsTests: true,
    env: { VSCODE_HOST_OUTPUT: outputFile, VSCODE_HOST_TESTS: path.resolve(values.extensionTestsPath) },
  });
  browser = await startBrowser();
  browser.on('disconnected', () => finish(1));
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('crash', () => finish(1));
  if (VERBOSE) page.on('console', message => console.error(`[page] ${message.type()} ${message.text()}`));
  await page.exposeFunction('codeAutomationExit', code => void finish(code));
  const opened = positionals.map(file => path.resolve(file));
  const payload = [
    ...(values.extensionDevelopmentPath ?? []).map(folder => ['extensionDevelopmentPath', remoteUri(server, folder)]),
    ['extensionTestsPath', remoteUri(server, path.join(HOST, 'tests-entry.cjs'))],
  ];
  if (values['disable-extensions']) payload.push(['disableExtensions', 'true']);
  await page.goto(
    workbenchUrl(server, {
      workspace: opened.find(file => file.endsWith('.code-workspace')),
      folder: opened.find(file => !file.endsWith('.code-workspace')),
      payload,
    }),
  );
} catch (error) {
  console.error(error);
  await finish(1);
}
