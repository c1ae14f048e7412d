import type { ComparisonRowView } from '../../protocol/planPanel';

/** Whether any of the rows tells how many blocks were touched. */
export function tellsBlocks(rows: readonly ComparisonRowView[]): boolean {
  return rows.some(row => row.beforeBlocks !== undefined || row.afterBlocks !== undefined);
}

/**
 * Whether the node is another one, or did other work: touched other blocks, gave other rows. Times alone differ from
 * run to run.
 */
export function differs(row: ComparisonRowView): boolean {
  return (
    row.change !== 'same' ||
    changeOf(row.beforeBlocks, row.afterBlocks) !== undefined ||
    changeOf(row.beforeRows, row.afterRows) !== undefined
  );
}

/** Which way a figure went; undefined within a tenth, which is noise. */
export function changeOf(before: number | undefined, after: number | undefined): 'less' | 'more' | undefined {
  if (before === undefined || after === undefined) return undefined;
  const noise = 0.1 * Math.max(before, after);
  if (Math.abs(before - after) <= noise) return undefined;
  return after < before ? 'less' : 'more';
}
