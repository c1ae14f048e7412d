import type { Latencies } from './statistics';

/** One statement of a benchmark, or all of a file as they follow one another. */
export interface BenchmarkedStatement {
  /** First words. */
  readonly title: string;
  /** Of its text and the values of its parameters: the same hash, the same work. */
  readonly hash: string;
  readonly latencies: Latencies;
  /** Pages of one further run by EXPLAIN (ANALYZE, BUFFERS); null where that was not to be had. */
  readonly buffers: StatementBuffers | null;
}

/** Pages of 8 kB. */
export interface StatementBuffers {
  readonly hit: number;
  readonly read: number;
  readonly dirtied: number;
  readonly temporary: number;
}

/** Runs that failed in a way that happens under load: they are counted, and the benchmark goes on. */
export interface BenchmarkFailure {
  /** `40001`. */
  readonly sqlState: string;
  readonly message: string;
  readonly count: number;
}

/** A benchmark as it is shown and kept. Plain data. */
export interface BenchmarkResult {
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  /** What was measured, for people: a file's name, a statement's first words. */
  readonly title: string;
  /** The name it is kept under, or what the user called it. */
  readonly name?: string;
  /** `18.4`. */
  readonly server: string;
  readonly clients: number;
  readonly warmUpSeconds: number;
  /** How long runs were counted. */
  readonly seconds: number;
  /** Runs of the statement, or of all statements of the file, a second: of all clients together. */
  readonly tps: number;
  /** Of a run of all statements. */
  readonly latencies: Latencies;
  readonly statements: readonly BenchmarkedStatement[];
  readonly failures: readonly BenchmarkFailure[];
  /** Share of looks at which a client waited for a lock, 0 to 1. */
  readonly lockWaitShare: number;
  /** Runs were transactions that were rolled back. */
  readonly rolledBack: boolean;
  /** What must be known to read the figures. */
  readonly notes: readonly string[];
}

/** What makes two benchmarks hard to compare; empty where nothing does. */
export function differencesInSetup(before: BenchmarkResult, after: BenchmarkResult): string[] {
  const hashes = ({ statements }: BenchmarkResult): string => statements.map(({ hash }) => hash).join();
  return [
    hashes(before) === hashes(after) ? '' : 'the statements, or the values of their parameters, are not the same',
    before.clients === after.clients ? '' : `${before.clients} clients before, ${after.clients} now`,
    before.server === after.server ? '' : `PostgreSQL ${before.server} before, ${after.server} now`,
    before.rolledBack === after.rolledBack ? '' : 'only one of them ran in transactions that were rolled back',
  ].filter(text => text !== '');
}
