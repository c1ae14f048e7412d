import type pg from 'pg';
import type { BenchQuery } from './advisorData';

/** Medians of a query's run times in ms, measured by turns without the new indexes, with them, and without them again. */
export interface InTurns {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** The same as `before`: how far it is off is noise. */
  readonly beforeAgain: number;
  /** Three quarters of the runs without the indexes took at most this. */
  readonly upperQuartile: number;
}

export interface TurnsMeasured {
  /** Those whose median is higher by more than the noise, and beyond the quartile; worst first. */
  readonly slower: readonly InTurns[];
  /** Those that are not, though they seemed so. */
  readonly cleared: readonly InTurns[];
  /** The largest difference between two medians of the same plan in this run, as a share. */
  readonly noise: number;
}

const MOST_ROUNDS = 25;
const LEAST_ROUNDS = 5;
/** No new rounds for a query after that. */
const LONG_MS = 15_000;
/** What is below cannot be told apart even on a quiet machine. */
const LEAST_NOISE = 0.02;

/**
 * Whether queries that seemed slower with new indexes are: each is run many times by turns with the indexes hidden from
 * the planner and visible (`pg_index.indisvalid`), so that whatever else the machine does hits both alike. The indexes,
 * by their `names`, must be there, and are visible afterwards.
 */
export async function measureInTurns(
  client: pg.Client,
  suspects: readonly BenchQuery[],
  names: readonly string[],
): Promise<TurnsMeasured> {
  const show = async (isVisible: boolean): Promise<void> => {
    await client.query('update pg_index set indisvalid = $1 where indexrelid = any($2::text[]::regclass[])', [
      isVisible,
      names,
    ]);
  };
  const run = async (sql: string): Promise<number> => {
    const startedAt = performance.now();
    await client.query({ text: sql, rowMode: 'array' });
    return performance.now() - startedAt;
  };
  const measured: InTurns[] = [];
  try {
    for (const { name, sql } of suspects) {
      const times: readonly [number[], number[], number[]] = [[], [], []];
      const startedAt = performance.now();
      for (let round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && performance.now() - startedAt > LONG_MS) break;
        for (const turn of round % 2 === 0 ? ([0, 1, 2] as const) : ([2, 1, 0] as const)) {
          await show(turn === 1);
          // the first one after a change reads the catalog anew, and warms the caches for this plan
          await run(sql);
          times[turn].push(await run(sql));
        }
      }
      const [before, after, beforeAgain] = times.map(median) as [number, number, number];
      const upperQuartile = quantile([...times[0], ...times[2]], 0.75);
      measured.push({ name, before, after, beforeAgain, upperQuartile });
    }
  } finally {
    await show(true);
  }
  const noise = Math.max(LEAST_NOISE, ...measured.map(each => higher(each) / lower(each) - 1));
  const isSlower = (each: InTurns): boolean => each.after > Math.max(each.upperQuartile, higher(each) * (1 + noise));
  return {
    slower: measured.filter(isSlower).sort((a, b) => b.after / b.before - a.after / a.before),
    cleared: measured.filter(each => !isSlower(each)),
    noise,
  };
}

function higher({ before, beforeAgain }: InTurns): number {
  return Math.max(before, beforeAgain);
}

function lower({ before, beforeAgain }: InTurns): number {
  return Math.min(before, beforeAgain);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!;
}
