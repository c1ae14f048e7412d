/**
 * `npm test`: installs what is missing, builds, and runs everything. Each suite prints its own output and one line with
 * its counts; the last line is `N passed, N failed`. Exit code 1 when anything failed, also when a suite ran no test.
 *
 *   node src/tools/test.mjs [--only name,name]
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { VSCODE_HOST, ensureInstalled, ensureVscodeHost } from './ensureInstalled.mjs';
import { VSIX, packageExtension } from './packageExtension.mjs';
import { CACHE, ROOT, elapsed, progress, run } from './terminal.mjs';

const MINUTE_MS = 60_000;

/**
 * Everything that has to hold, in this order. `counts: 'tests'` reads mocha's figures from the output; without it the
 * command is one check. `env` is asked when its turn comes.
 */
const SUITES = [
  { name: 'build', command: node('src/tools/build.mjs') },
  { name: 'types', command: node('node_modules/typescript/bin/tsc', '-b') },
  { name: 'eslint', command: node('node_modules/eslint/bin/eslint.js', '.') },
  { name: 'format', command: node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'unit', command: npm('test:unit'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'database', command: npm('test:database'), counts: 'tests', limitMs: 20 * MINUTE_MS },
  { name: 'security', command: npm('test:security'), counts: 'tests', limitMs: 8 * MINUTE_MS },
  { name: 'server', command: npm('test:server'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'faults', command: npm('test:faults'), counts: 'tests', limitMs: 8 * MINUTE_MS },
  { name: 'webview', command: npm('test:webview'), counts: 'tests', limitMs: 8 * MINUTE_MS, env: browserEnvironment },
  { name: 'in VS Code', command: npm('test:integration'), counts: 'tests', limitMs: 4 * MINUTE_MS },
  { name: 'walk source', command: npm('test:walk'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'hints source', command: npm('test:hints'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'plans source', command: npm('test:plans'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'advice source', command: npm('test:advice'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'migration source', command: npm('test:migration'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'rewrites source', command: npm('test:rewrites'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'playground source', command: npm('test:playground'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'budgets source', command: npm('test:budgets'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'health source', command: npm('test:health'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'profile source', command: npm('test:profile'), counts: 'tests', limitMs: 5 * MINUTE_MS },
  { name: 'audit', command: node('src/tools/audit.mjs') },
  { name: 'package', work: packageExtension },
  { name: 'package contents', command: npm('test:package'), counts: 'tests' },
  {
    name: 'walk packaged',
    command: node('test/integration/walk.mjs', '--vsix', VSIX),
    counts: 'tests',
    limitMs: 5 * MINUTE_MS,
  },
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',');

fs.mkdirSync(CACHE, { recursive: true });
await ensureInstalled(ROOT, 'the packages of package-lock.json');
await ensureVscodeHost();

const results = [];
for (const suite of SUITES) {
  if (wanted && !wanted.includes(suite.name)) continue;
  progress(`${suite.name} …`);
  const result = await runSuite(suite);
  results.push({ name: suite.name, ...result });
  progress(describe(suite.name, result));
}

console.log(`\nAll suites, ${elapsed()}:`);
for (const { name, ...result } of results) console.log(`  ${describe(name, result)}`);
const sum = key => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;

/** @returns counts; a command that fails without naming a failed test counts as one failure. */
async function runSuite({ command, work, counts, limitMs = 4 * MINUTE_MS, env }) {
  const startedAt = Date.now();
  let code = 0;
  let output = '';
  try {
    if (work) await work();
    else {
      const [program, ...args] = command;
      ({ code, output } = await run(program, args, { tee: true, timeoutMs: limitMs, env: (await env?.()) ?? {} }));
    }
  } catch (error) {
    console.error(error.message);
    code = 1;
  }
  const seconds = (Date.now() - startedAt) / 1000;
  if (!counts) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds };
  const figure = word =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  const passed = figure('passing');
  const failed = figure('failing');
  // a suite that crashed, or found no test at all, has not passed
  const broken = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: failed + broken, skipped: figure('pending'), seconds };
}

function describe(name, { passed, failed, skipped, seconds }) {
  const extra = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${failed === 0 ? '✓' : '✗'} ${name}: ${passed} passed, ${failed} failed${extra} (${seconds.toFixed(1)} s)`;
}

/** The page tests start a browser themselves; they get the one that the browser-hosted VS Code found. */
async function browserEnvironment() {
  const { findChromium } = await import(path.join(VSCODE_HOST, 'browser.mjs'));
  const { executablePath, env } = findChromium();
  return { ...env, CHROMIUM: executablePath };
}

function node(...args) {
  return [process.execPath, ...args];
}

function npm(script) {
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', 'run', '--silent', script];
}
