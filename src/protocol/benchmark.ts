import type { BenchmarkResult } from '../core/benchmark/benchmark';
import type { ParameterValues, StatementInfo } from './server';

/** The requests of benchmarks. */
export interface BenchmarkRequests {
  /** What a benchmark of a document would run. */
  'queryTuner/benchmark/statements': { params: { readonly uri: string }; result: BenchmarkableDocument };
  /** Runs statements again and again; what they write is rolled back. */
  'queryTuner/benchmark/run': { params: BenchmarkParams; result: BenchmarkResult };
  /** As Markdown, beside an earlier one if there is one. */
  'queryTuner/benchmark/describe': { params: DescribeBenchmarkParams; result: { readonly markdown: string } };
}

export interface BenchmarkableDocument {
  readonly statements: readonly StatementInfo[];
  /** What was left out and why. */
  readonly notes: readonly string[];
}

export interface BenchmarkParams {
  readonly connectionId: string;
  /** What is measured, for people. */
  readonly title: string;
  /** One run is all of them, one after the other. */
  readonly statements: readonly {
    readonly sql: string;
    readonly title: string;
    readonly parameters?: ParameterValues;
  }[];
  readonly clients: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Told with the result. */
  readonly notes: readonly string[];
  readonly progressToken: string;
}

export interface DescribeBenchmarkParams {
  readonly result: BenchmarkResult;
  readonly before?: BenchmarkResult;
}
