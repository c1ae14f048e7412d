import { BLOCK_BYTES, formatBytes, formatCount, formatMs } from '../../core/base/units';
import type { NodeView } from '../../protocol/planPanel';
import { clip } from '../shared/shownText';

/** What a figure that PostgreSQL did not give is shown as. */
export const UNKNOWN = '–';

export function ms(value: number | undefined): string {
  return value === undefined ? UNKNOWN : formatMs(value);
}

/**
 * A count in short: "12", "4,512", "1.23 M". Below `exactBelow` it is given to the unit. The exact number belongs
 * into a tooltip.
 */
export function count(value: number | undefined, exactBelow = 100_000): string {
  if (value === undefined) return UNKNOWN;
  if (Math.abs(value) < exactBelow)
    return formatCount(Math.abs(value) < 10 ? Number(value.toFixed(1)) : Math.round(value));
  const [divisor, unit] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : [1e3, 'k'];
  const short = value / divisor;
  return `${Number(short.toFixed(short >= 100 ? 0 : short >= 10 ? 1 : 2))} ${unit}`;
}

export function exactCount(value: number | undefined): string {
  return value === undefined ? UNKNOWN : formatCount(value);
}

export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  return `${Math.round(share * 100)} %`;
}

/** "2.6×", "930×". */
export function times(factor: number): string {
  return `${factor >= 10 ? formatCount(Math.round(factor)) : Number(factor.toFixed(1))}×`;
}

export function blocks(value: number): string {
  return formatBytes(value * BLOCK_BYTES);
}

/** All blocks the node itself touched; undefined when PostgreSQL was not asked. */
export function touchedBlocks(node: NodeView): number | undefined {
  if (node.sharedHitBlocks === undefined && node.sharedReadBlocks === undefined) return undefined;
  return (node.sharedHitBlocks ?? 0) + (node.sharedReadBlocks ?? 0);
}

/**
 * How loud a share of the whole is: the steps at which explain.depesz.com changes its colours (10, 50, 90 %),
 * with the two upper ones taken together.
 */
export function heat(share: number | undefined): 'hot' | 'warm' | 'cool' {
  if (share === undefined || share < 0.1) return 'cool';
  return share >= 0.5 ? 'hot' : 'warm';
}

/** An estimate this many times off is worth a mark; explain.depesz.com begins at 10, too. */
const NOTABLE_ERROR = 10;

export interface EstimateError {
  /** "↑ 120×": more rows than planned. */
  readonly text: string;
  readonly explanation: string;
  readonly level: 'warm' | 'hot';
}

/** Undefined when the estimate was good enough, or is not known. */
export function estimateError(node: NodeView): EstimateError | undefined {
  const error = node.rowEstimateError;
  if (error === undefined || error < NOTABLE_ERROR || node.neverExecuted) return undefined;
  const more = (node.rowsActual ?? 0) > node.rowsPlanned;
  return {
    text: `${more ? '↑' : '↓'} ${times(error)}`,
    explanation: `${times(error)} ${more ? 'more' : 'fewer'} rows than planned`,
    level: error >= NOTABLE_ERROR * 10 ? 'hot' : 'warm',
  };
}

/** "6,242 blocks (48.8 MB)". */
export function withBytes(blockCount: number): string {
  return `${exactCount(blockCount)} ${blockCount === 1 ? 'block' : 'blocks'} (${blocks(blockCount)})`;
}

/** To the second: of two runs, which was first. */
const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A time in ISO 8601 as people here write it; what is no time, as it is. */
export function whenWords(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? clip(iso, 60) || UNKNOWN : WHEN.format(date);
}

/** A statement as it is pasted behind others. */
export function withSemicolon(sql: string): string {
  return /;\s*$/.test(sql) ? sql : `${sql};`;
}
