/** Starts and stops the VS Code server, and installs extensions into it. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { HOST, VSCODE } from './paths.mjs';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;

const SERVER_MAIN = path.join(VSCODE, 'out', 'server-main.js');

/** A quiet editor: nothing asks the network, and nothing covers the page. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.commandCenter.enabled': false,
  'window.menuBarVisibility': 'classic',
};

/** The gallery's address is left empty, so that the server asks nobody for updates or control lists. */
const OFFLINE = { EXTENSIONS_GALLERY: '{"serviceUrl":""}' };

/**
 * Starts a server on a free port of 127.0.0.1.
 * @param options.dataFolder kept after stop() when given; else a temporary folder, removed by stop().
 * @param options.settings machine settings, over the defaults.
 * @param options.runsTests lets the address name tests to run in the extension host; dialogs are then refused.
 * @param options.asksForTrust new folders open in restricted mode, until the user trusts them.
 * @param options.port a port number; 0, the default, takes a free one.
 */
export async function startServer({
  dataFolder,
  extensionsFolder,
  settings = {},
  env = {},
  verbose = false,
  port = 0,
  runsTests = false,
  asksForTrust = false,
} = {}) {
  const folder = dataFolder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-host-'));
  const machine = path.join(folder, 'data', 'Machine');
  const machineSettings = { ...SETTINGS, 'security.workspace.trust.enabled': asksForTrust, ...settings };
  fs.mkdirSync(machine, { recursive: true });
  fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify(machineSettings, null, 2));
  const token = randomBytes(16).toString('hex');
  const args = [
    ...[SERVER_MAIN, '--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
    ...['--accept-server-license-terms', '--server-data-dir', folder, '--telemetry-level', 'off'],
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
    ...['--log', verbose ? 'info' : 'error'],
    // Newer servers ignore extensionTestsPath without the smoke test driver; with it, VS Code refuses every modal dialog,
    // so a walk that answers questions runs without.
    ...(runsTests ? ['--enable-smoke-test-driver'] : []),
    ...['--builtin-extensions-dir', path.join(HOST, 'builtin')],
    ...['--extensions-dir', extensionsFolder ?? path.join(folder, 'extensions')],
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...OFFLINE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let log = '';
  const actualPort = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the VS Code server did not start:\n${log}`)), START_LIMIT_MS);
    const read = data => {
      log += data;
      if (verbose) process.stderr.write(data);
      const listening = /Extension host agent listening on (\d+)/.exec(log);
      if (!listening) return;
      clearTimeout(timer);
      resolve(Number(listening[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`the VS Code server ended with code ${code}:\n${log}`)));
  });
  return {
    port: actualPort,
    token,
    folder,
    log: () => log,
    stop: async () => {
      process.removeListener('exit', killAtExit);
      if (child.exitCode === null && child.signalCode === null) {
        await new Promise(resolve => {
          child.once('exit', resolve);
          child.kill('SIGTERM');
          setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS).unref();
        });
      }
      // the extension host may still write its last log line
      if (!dataFolder) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Installs a packaged extension into `extensionsFolder`. */
export async function installExtension(vsix, extensionsFolder) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-host-install-'));
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [
        ...[SERVER_MAIN, '--accept-server-license-terms', '--install-extension', vsix],
        ...['--extensions-dir', extensionsFolder, '--server-data-dir', folder],
      ],
      { env: { ...process.env, ...OFFLINE } },
    );
    if (!/successfully installed/.test(stdout)) throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The address of a file or folder of this machine, as the browser-hosted editor calls it. */
export function remoteUri(server, file) {
  return `vscode-remote://127.0.0.1:${server.port}${path.resolve(file)}`;
}

/**
 * The address of the workbench.
 * @param options.payload pairs that take the place of the desktop's command-line flags, such as
 *   ['extensionDevelopmentPath', remoteUri(...)] or ['openFile', remoteUri(...)].
 */
export function workbenchUrl(server, { folder, workspace, payload = [] } = {}) {
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  url.searchParams.set('tkn', server.token);
  if (workspace) url.searchParams.set('workspace', workspace);
  else if (folder) url.searchParams.set('folder', folder);
  else url.searchParams.set('ew', 'true');
  const all = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...payload];
  url.searchParams.set('payload', JSON.stringify(all));
  return url.href;
}
