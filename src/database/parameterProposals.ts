import type { Relation } from '../core/catalog/catalog';

/** A value worth trying for a parameter that is compared with a column. */
export interface ValueProposal {
  readonly frequency: 'common' | 'rare' | 'typical';
  /** As text, ready to bind. */
  readonly value: string;
  /** Expected rows with this value. */
  readonly rows: number;
  /** `common: about 266,000 rows (27 %)`. */
  readonly label: string;
}

/**
 * A common and a rare value of a column, from its statistics; one typical value where all are about as frequent.
 * Empty when the column was never analysed.
 */
export function proposeValues(relation: Relation, columnName: string): ValueProposal[] {
  const statistics = relation.columns.find(column => column.name === columnName)?.statistics;
  const total = relation.rowEstimate;
  if (!statistics || total === undefined) return [];
  const values = statistics.mostCommonValues ?? [];
  const frequencies = statistics.mostCommonFrequencies ?? [];
  const bounds = statistics.histogramBounds ?? [];
  const propose = (frequency: ValueProposal['frequency'], value: string, share: number): ValueProposal => {
    const rows = Math.max(1, Math.round(share * total));
    return { frequency, value, rows, label: `${frequency}: about ${roundRows(rows)} (${formatShare(share)})` };
  };
  // Histogram bounds are values of the table; the middle one is no outlier.
  const middle = bounds[Math.floor(bounds.length / 2)];
  const distinct = statistics.distinct < 0 ? -statistics.distinct * total : statistics.distinct;
  const listed = frequencies.reduce((sum, each) => sum + each, 0);
  // As the planner does for values outside the list: the rest of the rows shared evenly among the rest of the values.
  const otherShare = Math.max(0, 1 - listed - statistics.nullFraction) / Math.max(1, distinct - values.length);
  const first = values[0];
  if (first === undefined) return middle === undefined ? [] : [propose('typical', middle, otherShare)];
  const common = propose('common', first, frequencies[0] ?? 0);
  if (middle !== undefined) return [common, propose('rare', middle, otherShare)];
  const last = values.at(-1);
  return last === undefined || last === first ? [common] : [common, propose('rare', last, frequencies.at(-1) ?? 0)];
}

/** Three significant digits: it is an estimate. */
function roundRows(rows: number): string {
  const rounded = Number(rows.toPrecision(3));
  return `${rounded.toLocaleString('en-US')} ${rounded === 1 ? 'row' : 'rows'}`;
}

function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 ? Math.round(percent) : Number(percent.toPrecision(1))} %`;
}
