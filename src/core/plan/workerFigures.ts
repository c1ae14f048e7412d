import { sumOf, WORK_BLOCKS } from './counters';
import type { DraftNode } from './draftNode';
import { round } from './draftNode';
import type { WorkerFigures } from './planTree';
import type { RawObject } from './rawValue';
import { rawNumber, rawObjects } from './rawValue';

/** Sums over the loops of one process. */
interface Sums {
  readonly loops: number;
  readonly ms?: number;
  readonly rows?: number;
  readonly blocks?: number;
}

/** One row a process, the leader first if anything is left for it; undefined if EXPLAIN did not tell them apart. */
export function workerFigures(node: DraftNode): WorkerFigures[] | undefined {
  const workers = rawObjects(node.raw, 'Workers').flatMap(worker => {
    const sums = sumsOf(worker);
    return sums ? [{ number: rawNumber(worker, 'Worker Number'), sums }] : [];
  });
  const whole = sumsOf(node.raw);
  if (workers.length === 0 || !whole) return undefined;
  const left = workers.reduce((rest, { sums }) => subtract(rest, sums), whole);
  const rows = workers.map(({ number, sums }) => ({ number, ...shown(sums) }));
  return left.loops > 0 ? [shown(left), ...rows] : rows;
}

function sumsOf(raw: RawObject): Sums | undefined {
  const loops = rawNumber(raw, 'Actual Loops');
  if (loops === undefined) return undefined;
  const ms = rawNumber(raw, 'Actual Total Time');
  const rows = rawNumber(raw, 'Actual Rows');
  const counted = WORK_BLOCKS.some(key => rawNumber(raw, key) !== undefined);
  return {
    loops,
    ms: ms === undefined ? undefined : ms * loops,
    rows: rows === undefined ? undefined : rows * loops,
    blocks: counted ? sumOf(raw, WORK_BLOCKS) : undefined,
  };
}

function subtract(from: Sums, what: Sums): Sums {
  return {
    loops: from.loops - what.loops,
    ms: less(from.ms, what.ms),
    rows: less(from.rows, what.rows),
    blocks: less(from.blocks, what.blocks),
  };
}

/** Averages are printed with few digits, so what is left may come out a little below 0. */
function less(from: number | undefined, what: number | undefined): number | undefined {
  return from === undefined || what === undefined ? undefined : Math.max(0, round(from - what));
}

function shown({ loops, ms, rows, blocks }: Sums): WorkerFigures {
  return {
    totalMs: ms === undefined ? undefined : round(ms),
    rows: rows === undefined ? undefined : round(rows),
    loops,
    blocks,
  };
}
