import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BenchmarkResult } from '../core/benchmark/benchmark';
import { UsageError } from './usage';

/** Where `--save` keeps results, beside where it is run. */
export const BENCHMARK_FILE = '.query-tuner-benchmarks.json';

/** Results that are kept; the oldest go first. */
const KEPT = 200;

/** The results in a file, oldest first; none if there is no such file. @throws UsageError if it holds something else */
export function readBenchmarks(file: string): BenchmarkResult[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}.`);
  }
  try {
    const { version, results } = JSON.parse(text) as { version?: unknown; results?: unknown };
    if (version === 1 && Array.isArray(results) && results.every(isResult)) return results;
  } catch {
    // said below
  }
  throw new UsageError(`${file} holds no benchmarks; name another file with --state.`);
}

/** Adds a result; one of the same name is replaced. */
export function saveBenchmark(file: string, result: BenchmarkResult): void {
  const others = readBenchmarks(file).filter(({ name }) => name !== result.name);
  const beside = `${file}.new`;
  writeFileSync(beside, `${JSON.stringify({ version: 1, results: [...others, result].slice(-KEPT) }, null, 2)}\n`);
  renameSync(beside, file);
}

/** The result of that name. @throws UsageError that lists the names there are */
export function findBenchmark(file: string, name: string): BenchmarkResult {
  const results = readBenchmarks(file);
  const found = results.find(result => result.name === name);
  if (found) return found;
  const names = results.flatMap(result => result.name ?? []);
  throw new UsageError(
    `no benchmark "${name}" in ${file}; ${names.length > 0 ? `there are ${names.join(', ')}` : 'none was saved yet'}.`,
  );
}

function isResult(value: unknown): value is BenchmarkResult {
  const { version, latencies, statements, clients, tps } = (value ?? {}) as Partial<BenchmarkResult>;
  return (
    version === 1 &&
    typeof tps === 'number' &&
    typeof clients === 'number' &&
    typeof latencies?.averageMs === 'number' &&
    Array.isArray(latencies.batchesMs) &&
    Array.isArray(statements)
  );
}
