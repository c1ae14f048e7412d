import type { Column, ColumnId } from './columns';

/** Of the head and of every row, in CSS pixels. */
export const ROW_HEIGHT = 26;
const GAP = 10;
/** Below this, bars stand under their figure instead of beside it. */
const NARROW = 520;
const NARROW_BAR_WIDTH = 68;

export interface TableLayout {
  readonly columns: readonly Column[];
  /** For `grid-template-columns`. */
  readonly template: string;
  /** CSS pixels that a row needs: a wider choice of columns is scrolled sideways. */
  readonly minWidth: number;
  readonly isNarrow: boolean;
}

/**
 * Which columns a table of `width` pixels has room for, beside a name one can read. Columns somebody chose stay, and
 * so does `sorted`; the others leave in the order in which one can do without them.
 */
export function layOut(columns: readonly Column[], width: number, isChosen: boolean, sorted?: ColumnId): TableLayout {
  const isNarrow = width < NARROW;
  const widthOf = (column: Column): number => (isNarrow && column.hasBar ? NARROW_BAR_WIDTH : column.width);
  const nameWidth = Math.min(260, Math.max(150, width * 0.42));
  const needed = (shown: readonly Column[]): number =>
    nameWidth + shown.reduce((sum, column) => sum + widthOf(column) + GAP, 0) + 2 * GAP;
  let shown = [...columns];
  while (!isChosen && width > 0 && needed(shown) > width) {
    const leaving = shown
      .filter(column => column.leaves > 0 && column.id !== sorted)
      .reduce<Column | undefined>((most, column) => (most && most.leaves > column.leaves ? most : column), undefined);
    if (!leaving) break;
    shown = shown.filter(column => column !== leaving);
  }
  return {
    columns: shown,
    template: ['minmax(0, 1fr)', ...shown.map(column => `${widthOf(column)}px`)].join(' '),
    minWidth: isChosen ? Math.ceil(needed(shown)) : 0,
    isNarrow,
  };
}
