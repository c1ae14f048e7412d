import { bareKey } from '../../core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { Column, ColumnStatistics, Relation } from '../../core/catalog/catalog';
import { elementsOf } from './model/indexEnds';
import type { AnalyzedExpression } from './shadowProtocol';

/** What is known of the key of an index at a position, from 0. */
export interface KnownExpression {
  readonly position: number;
  readonly found: AnalyzedExpression;
}

/** The expression of a key without operator class, collation and direction; undefined for a column. */
export function expressionOfKey(key: string): string | undefined {
  if (bareKey(key) !== undefined) return undefined;
  let depth = 0;
  for (const { 0: token, index } of key.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (token === '(') depth++;
    else if (token === ')' && --depth === 0) return key.slice(0, index + 1);
  }
  return undefined;
}

/** The index as one over columns only, for estimates that know columns only. */
export function withExpressionsAsColumns(
  relation: Relation,
  index: IndexDefinition,
  expressions: readonly KnownExpression[],
): { readonly relation: Relation; readonly keys: readonly string[] } {
  const columns = new Map<number, Column>(
    expressions.map(({ position, found }) => [
      position,
      {
        name: `query tuner expression ${position}`,
        type: found.type,
        notNull: false,
        statistics: {
          nullFraction: Number(found.null_frac),
          averageWidthBytes: Number(found.avg_width),
          distinct: Number(found.n_distinct),
          ...(found.most_common_vals && { mostCommonValues: valuesOf(found.most_common_vals) }),
          ...(found.most_common_freqs && { mostCommonFrequencies: valuesOf(found.most_common_freqs).map(Number) }),
          ...(found.histogram_bounds && { histogramBounds: valuesOf(found.histogram_bounds) }),
          ...commonElements(found),
        },
      },
    ]),
  );
  return {
    relation: { ...relation, columns: [...relation.columns, ...columns.values()] },
    keys: index.keys.map((key, position) => {
      const column = columns.get(position);
      return column ? `"${column.name}"` : key;
    }),
  };
}

/** The elements that statistics have of arrays and `tsvector`; none for other types. */
export function commonElements({
  most_common_elems: elements,
  most_common_elem_freqs: frequencies,
  elem_count_histogram: counts,
}: Pick<
  AnalyzedExpression,
  'most_common_elems' | 'most_common_elem_freqs' | 'elem_count_histogram'
>): Partial<ColumnStatistics> {
  if (!elements || !frequencies) return {};
  const mostCommonElements = valuesOf(elements);
  // behind one for each element come the least and the greatest, and of arrays the share of NULLs
  const mostCommonElementFrequencies = valuesOf(frequencies).slice(0, mostCommonElements.length).map(Number);
  // the histogram of numbers of elements ends with their average
  const averageElements = counts ? Number(valuesOf(counts).at(-1)) : undefined;
  return { mostCommonElements, mostCommonElementFrequencies, ...(averageElements && { averageElements }) };
}

function valuesOf(array: string): string[] {
  return elementsOf(array).map(each => (each.startsWith('"') ? each.slice(1, -1).replace(/\\(.)/gs, '$1') : each));
}
