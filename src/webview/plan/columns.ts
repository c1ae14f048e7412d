import type { NodeView } from '../../protocol/planPanel';
import {
  blocks,
  count,
  estimateError,
  exactCount,
  ms,
  percent,
  times,
  touchedBlocks,
  UNKNOWN,
  withBytes,
} from './words';

export type ColumnId =
  | 'self' | 'total' | 'firstRow' | 'rows' | 'error' | 'removed' | 'loops' | 'buffers' | 'hit' | 'read' | 'dirtied'
  | 'temp' | 'io' | 'planned' | 'costShare' | 'cost' | 'startupCost'; // prettier-ignore

/** A figure of the nodes: either measured or estimated, never one where the other is missing. */
export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly explanation: string;
  readonly kind: 'measured' | 'estimated';
  /** CSS pixels. */
  readonly width: number;
  /** With a bar for the share of the whole. */
  readonly hasBar?: boolean;
  /** Columns leave a narrow table from the highest number down; 0 stays. */
  readonly leaves: number;
  /** What it is sorted by; undefined where it is not known. */
  value(node: NodeView): number | undefined;
  text(node: NodeView): string;
  /** More exact, for the tooltip. */
  exact?(node: NodeView): string | undefined;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'self',
    title: 'Self',
    explanation: 'Time in the node itself, all loops',
    kind: 'measured',
    width: 126,
    hasBar: true,
    leaves: 0,
    value: node => node.selfMs,
    text: node => ms(node.selfMs),
    exact: node => (node.selfShare === undefined ? undefined : `${percent(node.selfShare)} of the execution time`),
  },
  {
    id: 'total',
    title: 'Total',
    explanation: 'Time with everything below it, all loops',
    kind: 'measured',
    width: 70,
    leaves: 2,
    value: node => node.totalMs,
    text: node => ms(node.totalMs),
  },
  {
    id: 'firstRow',
    title: 'First row',
    explanation: 'Time until the first row, one loop',
    kind: 'measured',
    width: 74,
    leaves: 6,
    value: node => node.startupMs,
    text: node => ms(node.startupMs),
  },
  {
    id: 'rows',
    title: 'Rows',
    explanation: 'Rows produced, all loops together',
    kind: 'measured',
    width: 62,
    leaves: 1,
    value: node => node.rowsActual,
    text: node => count(node.rowsActual, 10_000),
    exact: node => (node.rowsActual === undefined ? undefined : `${exactCount(node.rowsActual)} rows`),
  },
  {
    id: 'planned',
    title: 'Planned',
    explanation: 'Rows the planner expected (estimated)',
    kind: 'estimated',
    width: 62,
    leaves: 3,
    value: node => node.rowsPlanned,
    text: node => count(node.rowsPlanned, 10_000),
    exact: node => `${exactCount(node.rowsPlanned)} rows planned`,
  },
  {
    id: 'error',
    title: 'Off by',
    explanation: 'How many times more (↑) or fewer (↓) rows than planned',
    kind: 'measured',
    width: 112,
    leaves: 1,
    value: node => (node.neverExecuted ? undefined : node.rowEstimateError),
    text: errorText,
    exact: node => estimateError(node)?.explanation,
  },
  {
    id: 'removed',
    title: 'Removed',
    explanation: 'Rows taken away by its filters, all loops',
    kind: 'measured',
    width: 70,
    leaves: 5,
    value: node => node.rowsRemoved,
    text: node => count(node.rowsRemoved, 10_000),
    exact: node => (node.rowsRemoved === undefined ? undefined : `${exactCount(node.rowsRemoved)} rows removed`),
  },
  {
    id: 'loops',
    title: 'Loops',
    explanation: 'How often it ran',
    kind: 'measured',
    width: 54,
    leaves: 4,
    value: node => node.loops,
    text: node => count(node.loops, 10_000),
    exact: node => exactCount(node.loops),
  },
  blockColumn('buffers', 'Buffers', 'Blocks the node itself touched, in bytes', 3, touchedBlocks),
  blockColumn('hit', 'Hit', 'Blocks found in the cache, in bytes', 5, node => node.sharedHitBlocks),
  blockColumn('read', 'Read', 'Blocks read from outside the cache, in bytes', 5, node => node.sharedReadBlocks),
  blockColumn('dirtied', 'Dirtied', 'Blocks changed, in bytes', 6, node => node.sharedDirtiedBlocks),
  blockColumn('temp', 'Temp', 'Temporary files written and read, in bytes', 6, temporaryBlocks),
  {
    id: 'io',
    title: 'I/O',
    explanation: 'Time waiting for blocks (track_io_timing)',
    kind: 'measured',
    width: 70,
    leaves: 6,
    value: ioMs,
    text: node => ms(ioMs(node)),
  },
  {
    id: 'costShare',
    title: 'Share of cost',
    explanation: 'Part of the planner’s cost in the node itself (estimated)',
    kind: 'estimated',
    width: 126,
    hasBar: true,
    leaves: 0,
    value: node => node.selfShare,
    text: node => percent(node.selfShare ?? 0),
  },
  {
    id: 'cost',
    title: 'Cost',
    explanation: 'The planner’s cost with everything below it (estimated)',
    kind: 'estimated',
    width: 70,
    leaves: 2,
    value: node => node.totalCost,
    text: node => count(node.totalCost),
    exact: node => exactCount(node.totalCost),
  },
  {
    id: 'startupCost',
    title: 'Start cost',
    explanation: 'The planner’s cost until the first row (estimated)',
    kind: 'estimated',
    width: 76,
    leaves: 6,
    value: node => node.startupCost,
    text: node => count(node.startupCost),
    exact: node => exactCount(node.startupCost),
  },
];

const CHOSEN_AT_FIRST = {
  measured: ['self', 'total', 'rows', 'planned', 'error', 'loops', 'buffers'],
  estimated: ['costShare', 'cost', 'planned'],
} as const satisfies Record<string, readonly ColumnId[]>;

/** Of an estimated plan nothing was measured, and its share of the cost is no share of the time. */
export function offeredColumns(analyzed: boolean): Column[] {
  return COLUMNS.filter(({ id, kind }) => (analyzed ? id !== 'costShare' : kind === 'estimated'));
}

/** The columns to draw: those that were chosen, or a good choice to begin with, in their fixed order. */
export function shownColumns(analyzed: boolean, chosen: readonly ColumnId[] | undefined): Column[] {
  const ids = new Set<ColumnId>(chosen ?? CHOSEN_AT_FIRST[analyzed ? 'measured' : 'estimated']);
  return offeredColumns(analyzed).filter(column => ids.has(column.id));
}

export function isColumnId(id: unknown): id is ColumnId {
  return COLUMNS.some(column => column.id === id);
}

/** Not executed is neither nought nor unknown: the words stand in the first measured column. */
export function cellText(column: Column, node: NodeView): string {
  if (column.kind === 'measured' && node.neverExecuted) return column.id === 'self' ? 'never run' : UNKNOWN;
  return column.text(node);
}

function blockColumn(
  id: ColumnId,
  title: string,
  explanation: string,
  leaves: number,
  value: (node: NodeView) => number | undefined,
): Column {
  return {
    id,
    title,
    explanation,
    kind: 'measured',
    width: 66,
    leaves,
    value,
    text: node => {
      const number = value(node);
      return number === undefined ? UNKNOWN : number === 0 ? '0' : blocks(number);
    },
    exact: node => {
      const number = value(node);
      return number === undefined ? undefined : withBytes(number);
    },
  };
}

function errorText(node: NodeView): string {
  const error = estimateError(node);
  if (error) return error.text;
  return node.rowEstimateError === undefined ? UNKNOWN : times(node.rowEstimateError);
}

function temporaryBlocks(node: NodeView): number | undefined {
  if (node.tempReadBlocks === undefined && node.tempWrittenBlocks === undefined) return undefined;
  return (node.tempReadBlocks ?? 0) + (node.tempWrittenBlocks ?? 0);
}

function ioMs(node: NodeView): number | undefined {
  if (node.ioReadMs === undefined && node.ioWriteMs === undefined) return undefined;
  return (node.ioReadMs ?? 0) + (node.ioWriteMs ?? 0);
}
