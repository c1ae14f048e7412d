import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { largeScript } from './largeScript';

const CLI = resolve(__dirname, '../../dist/cli.js');
const STATEMENTS = 20_000;

/** `query-tuner lint` on a cold file: megabytes a second, beside parsing alone, and the time it takes to start. */
export async function benchLint(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'query-tuner-bench-'));
  try {
    const file = join(folder, 'large.sql');
    const text = largeScript(STATEMENTS);
    writeFileSync(file, text);
    const empty = join(folder, 'empty.sql');
    writeFileSync(empty, '');
    const megabytes = Buffer.byteLength(text) / 1e6;
    const startMs = best(() => run(empty));
    const lintMs = best(() => run(file));
    console.log(
      `lint: ${megabytes.toFixed(2)} MB, ${STATEMENTS} statements in ${lintMs.toFixed(0)} ms, of which ${startMs.toFixed(0)} ms ` +
        `are the start: ${(megabytes / ((lintMs - startMs) / 1000)).toFixed(2)} MB/s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The best of three: the machine may be busy with other things. */
function best(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

function run(file: string): void {
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'lint', '--format', 'json', file], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status === 2) throw new Error(stderr);
}
