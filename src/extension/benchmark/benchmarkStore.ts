import type * as vscode from 'vscode';
import type { BenchmarkResult } from '../../core/benchmark/benchmark';

/** A result and where it was measured. */
export interface KeptBenchmark {
  readonly connection: string;
  readonly result: BenchmarkResult;
}

const KEY = 'queryTuner.benchmarks';
/** The oldest go first. */
const KEPT = 50;

/** Results in the workspace's own storage, newest first. */
export class BenchmarkStore {
  constructor(private readonly memory: vscode.Memento) {}

  all(): KeptBenchmark[] {
    return this.memory.get<KeptBenchmark[]>(KEY, []).filter(({ result }) => result?.version === 1);
  }

  /** The newest one of the same statements, with the same values, on the same connection. */
  lastLike({ connection, result }: KeptBenchmark): KeptBenchmark | undefined {
    const hashes = hashesOf(result);
    return this.all().find(kept => kept.connection === connection && hashesOf(kept.result) === hashes);
  }

  async add(kept: KeptBenchmark): Promise<void> {
    await this.memory.update(KEY, [kept, ...this.all()].slice(0, KEPT));
  }

  async clear(): Promise<void> {
    await this.memory.update(KEY, undefined);
  }
}

function hashesOf({ statements, clients }: BenchmarkResult): string {
  return [clients, ...statements.map(({ hash }) => hash)].join();
}
