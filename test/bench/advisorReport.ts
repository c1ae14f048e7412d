import { dearer, reductionPercent, total, type BuiltIndexes, type Measured } from './advisorMeasure';
import type { Peer } from './advisorPeers';
import type { InTurns } from './advisorTurns';

export interface Result {
  readonly name: string;
  readonly budget: number;
  /** Bytes of all tables. */
  readonly data: number;
  readonly advice: {
    readonly indexes: readonly { readonly sql: string; readonly estimatedBytes: number }[];
    readonly optimizerCalls: number;
    readonly costBefore?: number;
    readonly costAfter?: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
  };
  readonly before: Measured;
  readonly after: BuiltIndexes;
  /** Milliseconds of the writing statements without new indexes. */
  readonly writesBefore: number | undefined;
}

const COLUMNS = [
  ['advisor', 24],
  ['budget', 7],
  ['estimated', 10],
  ['built', 8],
  ['run time', 9],
  ['slower', 7],
  ['indexes', 8],
  ['size', 6],
  ['calls', 7],
  ['seconds', 8],
] as const;

/** Costs and run times in percent saved; sizes in sizes of the data. */
export function printHeader(): void {
  printRow(COLUMNS.map(([title]) => title));
}

export function printPeer({
  name,
  budget,
  estimated,
  built,
  runTime,
  slower: more,
  size,
  optimizerCalls,
  seconds,
}: Peer): void {
  const figures = [budget, estimated, built, runTime, more, undefined, size, optimizerCalls, seconds];
  printRow([name, ...figures.map(figure => figure?.toString() ?? '')]);
}

export function printResult({ name, budget, data, advice, before, after, writesBefore }: Result): void {
  const { costBefore, costAfter, indexes } = advice;
  const { turns } = after;
  const dear = dearer(before, after);
  const bytes = total(after.bytes);
  printRow([
    name,
    String(budget),
    costBefore === undefined || costAfter === undefined ? '' : (100 * (1 - costAfter / costBefore)).toFixed(2),
    reductionPercent(before.cost, after.cost).toFixed(2),
    reductionPercent(before.ms, after.ms).toFixed(2),
    String(turns.slower.length),
    String(indexes.length),
    (bytes / data).toFixed(3),
    String(advice.optimizerCalls),
    advice.seconds.toFixed(1),
  ]);
  const estimatedBytes = indexes.reduce((sum, index) => sum + index.estimatedBytes, 0);
  const off = indexes
    .filter(({ sql }) => after.bytes.get(sql)! >= 200_000)
    .map(({ sql, estimatedBytes: estimate }) => Math.abs(estimate / after.bytes.get(sql)! - 1))
    .sort((a, b) => a - b);
  const notes = [
    `${advice.cpuSeconds.toFixed(1)} s of CPU`,
    `sizes estimated ${(estimatedBytes / data).toFixed(3)}`,
    ...(off.length > 0
      ? [`each off by ${percent(off[Math.floor(off.length / 2)]!)} (median), ${percent(off.at(-1)!)} (most)`]
      : []),
    `run time ${total(before.ms).toFixed(0)} -> ${total(after.ms).toFixed(0)} ms`,
    ...(writesBefore !== undefined && after.writesMs !== undefined
      ? [`writes ${writesBefore.toFixed(0)} -> ${after.writesMs.toFixed(0)} ms`]
      : []),
    ...(dear.length > 0 ? [`cost rose for ${dear.map(name => change(name, before.cost, after.cost)).join(', ')}`] : []),
    ...inWords(`slower by more than the noise of ${percent(turns.noise)}`, turns.slower, after.served),
    ...inWords('slower in the first pass but not when measured by turns', turns.cleared, after.served),
  ];
  console.log(`    ${notes.join('; ')}`);
}

function inWords(words: string, measured: readonly InTurns[], served: ReadonlySet<string>): string[] {
  const each = measured.map(
    ({ name, before, beforeAgain, after }) =>
      `${name} ${before.toFixed(1)}/${beforeAgain.toFixed(1)} -> ${after.toFixed(1)}` +
      (served.has(name) ? '' : ' (uses no new index)'),
  );
  return each.length > 0 ? [`${words}: ${each.join(', ')}`] : [];
}

function change(name: string, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string {
  return `${name} ${before.get(name)!.toFixed(1)} -> ${after.get(name)!.toFixed(1)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function printRow(cells: readonly string[]): void {
  console.log(
    cells.map((cell, at) => (at === 0 ? cell.padEnd(COLUMNS[0][1]) : cell.padStart(COLUMNS[at]![1]))).join(''),
  );
}
