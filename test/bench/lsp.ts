/**
 * Opening a file of 20,000 statements and pressing one key in it, ours and two peers in the same run. Peers are
 * installed from npm into .cache/peers on the first run; a peer that cannot be had is named and left out.
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
const EDITS = Number(process.env['BENCH_EDITS'] ?? 40);
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

interface Measured {
  readonly name: string;
  readonly openMs: number;
  readonly cpuPerEdit: number;
}

async function measure({ name, command, args }: Contender): Promise<Measured | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'query-tuner-bench-'));
  const file = join(folder, 'large.sql');
  const text = largeScript(STATEMENTS);
  writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  const server = new MeasuredServer(command, args, folder);
  try {
    await server.initialize(pathToFileURL(folder).href);
    const opened = performance.now();
    const open = { textDocument: { uri, languageId: 'sql', version: 1, text } };
    const first = await server.diagnosticsAfter('textDocument/didOpen', open, LIMIT_MS);
    const firstMs = performance.now() - opened;
    if (!first) {
      console.log(`${name}: no diagnostics within ${LIMIT_MS / 1000} s`);
      return undefined;
    }
    const last = await server.settled();
    const openMs = Math.max(firstMs, last.at - opened);
    const openCpuMs = server.cpuMs();
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
        return undefined;
      }
      if (edit >= WARM_UP) latencies.push(performance.now() - started);
    }
    const cpuPerEdit = (server.cpuMs() - cpuBefore) / EDITS;
    latencies.sort((a, b) => a - b);
    const quantile = (q: number): string => (latencies[Math.floor((latencies.length - 1) * q)] ?? NaN).toFixed(0);
    console.log(
      [
        name.padEnd(26),
        `open ${firstMs.toFixed(0)} ms to the first, ${openMs.toFixed(0)} ms to all diagnostics`,
        `${openCpuMs} ms CPU`,
        `edit ${quantile(0.5)} ms median, ${quantile(0.95)} ms 95 %`,
        `${cpuPerEdit.toFixed(1)} ms CPU an edit`,
        `${server.peakMemoryMB().toFixed(0)} MB at most`,
        `${last.diagnostics} diagnostics`,
      ].join('; '),
    );
    return { name, openMs, cpuPerEdit };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function benchLsp(): Promise<void> {
  if (!existsSync(join(ROOT, 'dist/server.js'))) throw new Error('dist/server.js is missing: run npm run build first');
  console.log(`language servers: ${STATEMENTS} statements, ${EDITS} edits of one keystroke each`);
  const measured: Measured[] = [];
  for (const contender of contenders()) {
    const result = await measure(contender);
    if (result) measured.push(result);
  }
  const [ours, ...peers] = measured;
  for (const peer of peers) {
    const cpu = (peer.cpuPerEdit / ours!.cpuPerEdit).toFixed(0);
    console.log(
      `${peer.name}: ${cpu} times our CPU an edit, ${(peer.openMs / ours!.openMs).toFixed(1)} times our opening`,
    );
  }
}
