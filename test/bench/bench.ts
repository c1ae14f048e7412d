/**
 * `npm run bench`: CPU time of one keystroke in a file of 20,000 statements, ours and two peers in the same run.
 * Peers are installed from npm into .cache/peers on the first run; a peer that cannot be had is named and left out.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { largeScript } from './largeScript';
import { MeasuredServer } from './lspClient';

const ROOT = resolve(__dirname, '../..');
const PEERS = join(ROOT, '.cache/peers');
const STATEMENTS = 20_000;
const EDITS = Number(process.env['BENCH_EDITS'] ?? 20);
/** Edits before the measuring starts, so that compilers have seen the code. */
const WARM_UP = 10;
const LIMIT_MS = 60_000;

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

function contenders(): Contender[] {
  const ours: Contender = {
    name: 'query-tuner',
    command: process.execPath,
    args: [...(process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []), join(ROOT, 'dist/server.js'), '--stdio'],
  };
  const peers = [
    {
      name: 'squawk',
      package: '@squawk-cli/linux-x64',
      program: 'node_modules/@squawk-cli/linux-x64/bin/squawk',
      args: ['server'],
    },
    {
      name: 'postgres-language-server',
      package: '@postgres-language-server/cli-x86_64-linux-gnu',
      program: 'node_modules/@postgres-language-server/cli-x86_64-linux-gnu/postgres-language-server',
      args: ['lsp-proxy'],
    },
  ];
  install(peers.map(peer => peer.package));
  const found = peers.filter(peer => {
    const exists = existsSync(join(PEERS, peer.program));
    if (!exists) console.log(`${peer.name}: left out, npm could not install it`);
    return exists;
  });
  return [ours, ...found.map(peer => ({ ...peer, command: join(PEERS, peer.program) }))];
}

/** All in one call: a second one would take the first one's packages away again. */
function install(packages: readonly string[]): void {
  mkdirSync(PEERS, { recursive: true });
  try {
    const options = ['--prefix', PEERS, '--no-save', '--ignore-scripts', '--force'];
    execFileSync('npm', ['install', ...options, ...packages], { stdio: 'pipe' });
  } catch (error) {
    console.log(`npm could not install the peers: ${(error as Error).message.split('\n')[0]}`);
  }
}

async function measure({ name, command, args }: Contender): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'query-tuner-bench-'));
  const file = join(folder, 'large.sql');
  const text = largeScript(STATEMENTS);
  writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  const server = new MeasuredServer(command, args, folder);
  try {
    await server.initialize(pathToFileURL(folder).href);
    const opened = performance.now();
    const first = await server.diagnosticsAfter(
      'textDocument/didOpen',
      { textDocument: { uri, languageId: 'sql', version: 1, text } },
      LIMIT_MS,
    );
    const openMs = performance.now() - opened;
    if (!first) {
      console.log(`${name}: no diagnostics within ${LIMIT_MS / 1000} s`);
      return;
    }
    const line = STATEMENTS / 2;
    const latencies: number[] = [];
    let cpuBefore = server.cpuMs();
    for (let edit = 0; edit < WARM_UP + EDITS; edit++) {
      if (edit === WARM_UP) cpuBefore = server.cpuMs();
      // a letter typed before the statement makes a syntax error, the next edit takes it away
      const typing = edit % 2 === 0;
      const range = { start: { line, character: 0 }, end: { line, character: typing ? 0 : 1 } };
      const started = performance.now();
      const event = await server.diagnosticsAfter(
        'textDocument/didChange',
        { textDocument: { uri, version: edit + 2 }, contentChanges: [{ range, text: typing ? 'x' : '' }] },
        LIMIT_MS,
      );
      if (!event) {
        console.log(`${name}: no diagnostics within ${LIMIT_MS / 1000} s of an edit`);
        return;
      }
      if (edit >= WARM_UP) latencies.push(performance.now() - started);
    }
    const cpuPerEdit = (server.cpuMs() - cpuBefore) / EDITS;
    latencies.sort((a, b) => a - b);
    const median = latencies[Math.floor(latencies.length / 2)] ?? NaN;
    console.log(
      `${name.padEnd(26)} open ${openMs.toFixed(0).padStart(6)} ms   edit ${median.toFixed(0).padStart(5)} ms   ` +
        `CPU ${cpuPerEdit.toFixed(1).padStart(7)} ms an edit   ${first.diagnostics.length} diagnostics`,
    );
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  if (!existsSync(join(ROOT, 'dist/server.js'))) throw new Error('dist/server.js is missing: run npm run build first');
  console.log(`${STATEMENTS} statements, ${EDITS} edits, one keystroke each`);
  for (const contender of contenders()) await measure(contender);
}

void main();
