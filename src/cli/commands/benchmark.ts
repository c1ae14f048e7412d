import path from 'node:path';
import { compareLatencies } from '../../core/benchmark/compareLatencies';
import { benchmarkText } from '../../core/benchmark/benchmarkText';
import { loadGrammar } from '../../core/sql/grammar';
import { Script } from '../../core/sql/script';
import { titleOf } from '../../core/sql/titleOf';
import { benchmarkable } from '../../database/benchmark/benchmarkable';
import { ISOLATION_LEVELS } from '../../database/benchmark/clientSessions';
import { measureBenchmark } from '../../database/benchmark/measureBenchmark';
import type { BenchmarkRequest, BenchmarkStatement } from '../../database/benchmark/runBenchmark';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { BENCHMARK_FILE, findBenchmark, saveBenchmark } from '../benchmarkFile';
import { print, printJson, progress, readInput } from '../io';
import { parameterValues, readParameterValues } from '../parameterValues';
import { withServer } from '../target';
import { UsageError } from '../usage';

const MOST_SECONDS = 600;

/**
 * `query-tuner benchmark`: the statements of a file, run again and again by several clients. Exit 1 if `--compare` finds
 * it slower by more than noise.
 */
export async function benchmark({ options, operands }: CommandLine): Promise<number> {
  const [file] = operands;
  if (file === undefined || operands.length > 1) {
    throw new UsageError('benchmark needs one file, or - for standard input.');
  }
  const format = choose('format', options.format, ['text', 'json', 'markdown'], 'text');
  const kept = options.state ?? BENCHMARK_FILE;
  // Before anything runs: a wrong name must not cost the time of a benchmark.
  const before = options.compare === undefined ? undefined : findBenchmark(kept, options.compare);
  const { statements, notes } = await readStatements(file, options);
  const request = { statements, ...readLoad(options) };
  const about = {
    title: file === '-' ? 'standard input' : path.basename(file),
    ...(options.save !== undefined && { name: options.save }),
    notes,
  };
  for (const note of notes) progress(note);
  const controller = new AbortController();
  const onInterrupt = (): void => controller.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const result = await withServer(options, database =>
      measureBenchmark(
        database,
        request,
        { ...about, at: new Date() },
        { signal: controller.signal, onProgress: tell() },
      ),
    );
    if (options.save !== undefined) saveBenchmark(kept, result);
    const comparison = before && compareLatencies(before.latencies, result.latencies);
    if (format === 'json') printJson({ version: 1, result, ...(before && { before, comparison }) });
    else print(benchmarkText(result, before, format));
    if (options.save !== undefined) progress(`saved as "${options.save}" in ${kept}`);
    return comparison?.verdict === 'slower' ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

async function readStatements(
  file: string,
  options: Options,
): Promise<{ statements: BenchmarkStatement[]; notes: readonly string[] }> {
  const values = readParameterValues(options.params);
  const script = new Script(await loadGrammar(), readInput(file));
  const all = script.statements.map(located => located.statement);
  for (const statement of all) {
    if (statement.syntaxError) throw new UsageError(`${file}: ${statement.syntaxError.message}.`);
  }
  const { statements, notes } = benchmarkable(all);
  if (statements.length === 0) {
    throw new UsageError(`${file} has no statement that can be measured: SELECT, INSERT, UPDATE, DELETE or MERGE.`);
  }
  return {
    notes,
    statements: statements.map(({ statement, bound }) => ({
      title: titleOf(statement.text),
      sql: bound.sql,
      parameters: parameterValues(bound.parameters, values, { required: true }),
      writes: statement.writes,
    })),
  };
}

function readLoad(options: Options): Omit<BenchmarkRequest, 'statements'> {
  const seconds = positiveInteger('seconds', options.seconds, 10);
  if (seconds > MOST_SECONDS) throw new UsageError(`--seconds must be at most ${MOST_SECONDS}; got "${seconds}".`);
  if (options.runs !== undefined && options.seconds !== undefined) {
    throw new UsageError('--seconds and --runs say the same thing in two ways; give one.');
  }
  const warmUp = options['warm-up'] ?? '2';
  if (!/^\d+$/.test(warmUp) || Number(warmUp) > MOST_SECONDS) {
    throw new UsageError(`--warm-up must be whole seconds from 0 to ${MOST_SECONDS}; got "${warmUp}".`);
  }
  return {
    clients: positiveInteger('clients', options.clients, 1),
    warmUpSeconds: Number(warmUp),
    length: options.runs === undefined ? { seconds } : { runs: positiveInteger('runs', options.runs, 1) },
    isolation: choose('isolation', options.isolation, ISOLATION_LEVELS, 'read committed'),
  };
}

/** A line of progress when the text changes its kind, and every ten per cent. */
function tell(): (progress: { readonly text: string; readonly fraction?: number }) => void {
  let told = -1;
  return ({ text, fraction = 0 }) => {
    const step = Math.floor(fraction * 10);
    if (step <= told) return;
    told = step;
    progress(text);
  };
}
