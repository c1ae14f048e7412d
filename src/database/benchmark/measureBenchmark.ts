import { hashText } from '../../core/base/hashText';
import { formatCount } from '../../core/base/units';
import type { BenchmarkResult } from '../../core/benchmark/benchmark';
import { latenciesOf } from '../../core/benchmark/statistics';
import type { PostgresDatabase } from '../connect';
import { runBenchmark, type BenchmarkMeasurement, type BenchmarkOptions, type BenchmarkRequest } from './runBenchmark';

/** What is known of a benchmark beside its figures. */
export interface BenchmarkAbout {
  /** A file's name, a statement's first words. */
  readonly title: string;
  readonly name?: string;
  readonly at: Date;
  /** What was left out of a file, say. */
  readonly notes?: readonly string[];
}

/** Above this share of its time the program that measures was busy itself: our own figure. */
const BUSY = 0.85;

/** Runs a benchmark and works out its figures. Fails as {@link runBenchmark} does. */
export async function measureBenchmark(
  db: PostgresDatabase,
  request: BenchmarkRequest,
  { title, name, at, notes = [] }: BenchmarkAbout,
  options: BenchmarkOptions = {},
): Promise<BenchmarkResult> {
  const measured = await runBenchmark(db, request, options);
  return {
    version: 1,
    at: at.toISOString(),
    title,
    ...(name !== undefined && { name }),
    server: db.serverText,
    clients: request.clients,
    warmUpSeconds: request.warmUpSeconds,
    seconds: measured.seconds,
    tps: measured.tps,
    latencies: latenciesOf(measured.timesMs),
    statements: request.statements.map((statement, position) => ({
      title: statement.title,
      hash: hashText(JSON.stringify([statement.sql, statement.parameters])),
      latencies: latenciesOf(measured.statementTimesMs[position] ?? []),
      buffers: measured.buffers[position] ?? null,
    })),
    failures: measured.failures,
    lockWaitShare: measured.lockWaitShare,
    rolledBack: measured.rolledBack,
    notes: [...notes, ...notesOn(measured)],
  };
}

function notesOn({ rolledBack, ownLoad, lockWaitShare, failures }: BenchmarkMeasurement): string[] {
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  return [
    'Measured from sending a statement to its last row, with the network, parsing and planning; pages by one further ' +
      'run of EXPLAIN (ANALYZE, BUFFERS) with warm caches.',
    ...(rolledBack
      ? [
          'Rolled back: the time does not hold the write of a COMMIT, and the rows that were written stay in their ' +
            'tables as dead rows until VACUUM. The runs a second hold BEGIN and ROLLBACK.',
        ]
      : []),
    ...(failed > 0 ? [`${formatCount(failed)} runs failed; their times are in no figure.`] : []),
    ...(lockWaitShare > 0
      ? [
          `Clients waited for locks at ${(100 * lockWaitShare).toFixed(0)} % of the looks: for each other or for others.`,
        ]
      : []),
    ...(ownLoad > BUSY
      ? [
          `The program that measures was busy itself for ${(100 * ownLoad).toFixed(0)} % of the time: with more of it ` +
            'the server may do more. Fewer clients tell the latency better.',
        ]
      : []),
  ];
}
