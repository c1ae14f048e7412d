import type { ComparisonView } from '../../protocol/planPanel';

/** A row of the comparison, with the blocks of both sides where they are known. */
export type ComparisonRowView = ComparisonView['rows'][number] & {
  readonly beforeBlocks?: number;
  readonly afterBlocks?: number;
};

export function rowsWithBlocks(comparison: ComparisonView): readonly ComparisonRowView[] {
  return comparison.rows;
}

/** Whether any of the rows tells how many blocks were touched. */
export function tellsBlocks(rows: readonly ComparisonRowView[]): boolean {
  return rows.some(row => row.beforeBlocks !== undefined || row.afterBlocks !== undefined);
}

/** Which way a figure went; undefined within a tenth, which is noise. */
export function changeOf(before: number | undefined, after: number | undefined): 'less' | 'more' | undefined {
  if (before === undefined || after === undefined) return undefined;
  const noise = 0.1 * Math.max(before, after);
  if (Math.abs(before - after) <= noise) return undefined;
  return after < before ? 'less' : 'more';
}
