/**
 * `npm start [-- --headless]`: the demonstration. Builds, starts PostgreSQL with the sample data, prints what the
 * command line finds and measures, packages the extension, and opens VS Code with it, connected to that server.
 * --headless walks through the same job in a VS Code without a window, saves pictures and ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensureVscodeHost } from './ensureInstalled.mjs';
import { packageExtension } from './packageExtension.mjs';
import { copySampleWorkspace, readStatements, startSampleDatabase } from './sampleDatabase.mjs';
import { CACHE, ROOT, childEnvironment, progress, runOrThrow } from './terminal.mjs';

const { values } = parseArgs({ options: { headless: { type: 'boolean', default: false } } });
const SCREENSHOTS = path.join(ROOT, 'test', 'screenshots', 'start');

let database;
try {
  progress('building');
  await build();
  progress('starting PostgreSQL with 1,000,000 sample rows');
  database = await startSampleDatabase();
  await demonstrateInTerminal(database);
  progress('packaging the extension');
  const vsix = await packageExtension();
  if (values.headless) process.exitCode = await walkHeadless(database, vsix);
  else await openEditor(database, vsix);
} catch (error) {
  console.error(`\nnpm start stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await database?.stop();
}
process.exit();

/** Explains the first sample query, creates the suggested index, explains again, and drops the index. */
async function demonstrateInTerminal({ url, query, major }) {
  const file = path.join(CACHE, 'demonstration.sql');
  const [sql] = await readStatements('queries.sql');
  fs.mkdirSync(CACHE, { recursive: true });
  fs.writeFileSync(file, sql);
  progress('explaining the first sample query');
  const before = await explain(url, file);
  const suggestion = before.suggestions.find(({ kind }) => kind === 'index');
  console.log(`\n${sql.replace(/^/gm, '    ')}\n`);
  console.log(`  PostgreSQL ${major}: executed in ${milliseconds(before)}`);
  if (!suggestion) throw new Error('no index was suggested for the sample query');
  const { evidence, change } = suggestion;
  console.log(`  suggested: ${change.sql.join('; ')}`);
  console.log(`  planner cost ${evidence.costBefore} -> ${evidence.costAfter}, known by ${evidence.how}`);
  for (const sql of change.sql) await query(sql);
  try {
    const after = await explain(url, file);
    const speedUp = before.figures.executionMs / after.figures.executionMs;
    console.log(`  with the index: executed in ${milliseconds(after)}, ${speedUp.toFixed(1)} times faster\n`);
  } finally {
    for (const sql of change.inverse) await query(sql);
  }
}

async function explain(url, file) {
  const cli = path.join(ROOT, 'dist', 'cli.js');
  const args = [cli, 'explain', '--analyze', '--connection', url, '--format', 'json', file];
  // stdout alone is JSON; progress goes to stderr
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', env: childEnvironment(), maxBuffer: 1e9 });
  if (result.stdout.trim() === '') throw new Error(`query-tuner explain failed\n${result.stderr}`);
  return JSON.parse(result.stdout).statements[0];
}

function milliseconds({ figures }) {
  return `${figures.executionMs.toFixed(2)} ms`;
}

async function walkHeadless(database, vsix) {
  await ensureVscodeHost();
  progress('walking through the same job in VS Code, without a window');
  const { walk } = await import('../../test/integration/walk.mjs');
  const { passed, failed, figures } = await walk({ vsix, screenshots: SCREENSHOTS, database });
  if (failed > 0) {
    console.log(`  the walk stopped after ${passed} steps; see ${path.join(SCREENSHOTS, 'failed.png')}`);
    return 1;
  }
  console.log(`\n  before ${figures.before}, after ${figures.after}: ${figures.speedUp}`);
  console.log(`  what-if: ${figures.whatIf}`);
  console.log(`  pictures: ${SCREENSHOTS}`);
  return 0;
}

/** Opens desktop VS Code if there is one, else serves it to a browser; stays until Ctrl+C. */
async function openEditor(database, vsix) {
  const workspace = copySampleWorkspace(path.join(CACHE, 'demo', 'workspace'));
  const connections = { 'queryTuner.connections': [{ name: 'sample', url: database.url, role: 'development' }] };
  const close = hasDesktopCode()
    ? await openDesktop(workspace, vsix, connections)
    : await openBrowserHosted(workspace, vsix, connections);
  console.log('\nCtrl+C ends the demonstration and deletes its database.');
  await new Promise(resolve => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await close();
}

/** `code` in a terminal of a remote window, or none at all, cannot open a window of its own. */
function hasDesktopCode() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
  return spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
}

/** A profile of its own, so that the user's settings and extensions stay as they are. */
async function openDesktop(workspace, vsix, connections) {
  const folder = path.join(CACHE, 'demo');
  const settings = path.join(folder, 'user', 'User', 'settings.json');
  fs.mkdirSync(path.dirname(settings), { recursive: true });
  fs.writeFileSync(settings, JSON.stringify({ ...connections, 'security.workspace.trust.enabled': false }, null, 2));
  const profile = ['--user-data-dir', path.join(folder, 'user'), '--extensions-dir', path.join(folder, 'extensions')];
  await runOrThrow('code', [...profile, '--install-extension', vsix, '--force']);
  spawn('code', [...profile, workspace, path.join(workspace, 'queries.sql')], { stdio: 'ignore' });
  progress('VS Code opens with the sample workspace');
  return async () => {};
}

async function openBrowserHosted(workspace, vsix, connections) {
  await ensureVscodeHost();
  const { installExtension, remoteUri, startServer, workbenchUrl } = await import('../../test/vscodeHost/server.mjs');
  const extensionsFolder = path.join(CACHE, 'demo', 'extensions');
  fs.rmSync(extensionsFolder, { recursive: true, force: true });
  await installExtension(vsix, extensionsFolder);
  const server = await startServer({ extensionsFolder, settings: connections });
  const payload = [['openFile', remoteUri(server, path.join(workspace, 'queries.sql'))]];
  console.log(
    `\nNo desktop VS Code found. Open it in a browser:\n  ${workbenchUrl(server, { folder: workspace, payload })}`,
  );
  return () => server.stop();
}
