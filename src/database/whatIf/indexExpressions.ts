import { bareKey } from '../../core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { Column, Relation } from '../../core/catalog/catalog';
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

function valuesOf(array: string): string[] {
  return elementsOf(array).map(each => (each.startsWith('"') ? each.slice(1, -1).replace(/\\(.)/gs, '$1') : each));
}
