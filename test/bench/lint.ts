import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { largeScript } from './largeScript';

const CLI = resolve(__dirname, '../../dist/cli.js');
const STATEMENTS = 20_000;

/**
 * `query-tuner lint` on a cold file: megabytes a second, by the clock and by the processor time of all its threads, which
 * tells more on a busy machine; without what the start takes.
 */
export async function benchLint(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'query-tuner-bench-'));
  try {
    const empty = join(folder, 'empty.sql');
    writeFileSync(empty, '');
    const start = best(() => run(empty));
    for (const [name, tables] of [
      ['most like another', 97],
      ['none like another', STATEMENTS],
    ] as const) {
      const file = join(folder, 'large.sql');
      const text = largeScript(STATEMENTS, tables);
      writeFileSync(file, text);
      const megabytes = Buffer.byteLength(text) / 1e6;
      const lint = best(() => run(file));
      const speed = (whole: number, first: number): string => (megabytes / ((whole - first) / 1000)).toFixed(2);
      console.log(
        `lint: ${megabytes.toFixed(2)} MB, ${STATEMENTS} statements, ${name}, in ${lint.ms.toFixed(0)} ms ` +
          `(${lint.cpuMs} ms CPU), of which ${start.ms.toFixed(0)} ms (${start.cpuMs} ms CPU) are the start: ` +
          `${speed(lint.ms, start.ms)} MB/s, ${speed(lint.cpuMs, start.cpuMs)} MB a second of CPU; ` +
          `load average ${loadavg()[0]!.toFixed(1)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The best of three: the machine may be busy with other things. */
function best(work: () => void): { readonly ms: number; readonly cpuMs: number } {
  const times = [1, 2, 3].map(() => {
    const started = performance.now();
    const cpuBefore = cpuOfChildren();
    work();
    return { ms: performance.now() - started, cpuMs: cpuOfChildren() - cpuBefore };
  });
  return { ms: Math.min(...times.map(({ ms }) => ms)), cpuMs: Math.min(...times.map(({ cpuMs }) => cpuMs)) };
}

/** Processor time of the processes waited for, in ms; ticks are 10 ms. Linux only, 0 elsewhere. */
function cpuOfChildren(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return 0;
  }
}

function run(file: string): void {
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'lint', '--format', 'json', file], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status === 2) throw new Error(stderr);
}
