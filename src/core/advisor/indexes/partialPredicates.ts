import type { Column, Relation } from '../../catalog/catalog';
import { distinctValues } from './indexSize';
import { compareText } from './keyLists';
import { columnOf, type ConstantPredicate, type TableAccess } from './tableAccess';

/** A predicate that more of the rows fulfil than this saves too little to be worth an index of its own. */
const MAX_SHARE = 0.5;
/** `deleted_at IS NULL` is a design whatever its share: every statement of such a table says it. */
const MAX_NULL_SHARE = 0.8;
/** A state, kind or plan has a handful of values; an index for one of many would be an accident of this statement. */
const MAX_DISTINCT = 16;

/** Predicates worth an index of their own: one, or the rarest two together. */
export function partialPredicates(access: TableAccess): ConstantPredicate[][] {
  const share = (predicate: ConstantPredicate): number => predicateShare(access.relation, predicate);
  const unique = new Map(access.predicates.map(predicate => [predicate.text, predicate]));
  const useful = [...unique.values()]
    .filter(predicate => share(predicate) <= (predicate.test === 'null' ? MAX_NULL_SHARE : MAX_SHARE))
    .sort((a, b) => share(a) - share(b) || compareText(a.text, b.text));
  const sets = useful.map(predicate => [predicate]);
  const [first] = useful;
  const second = useful.find(predicate => predicate.column !== first?.column);
  if (first && second) sets.push([first, second].sort((a, b) => compareText(a.text, b.text)));
  return sets;
}

/** Share of rows a constant predicate keeps, from statistics; 1 if unknown or if an index for it would be absurd. */
export function predicateShare(relation: Relation, predicate: ConstantPredicate): number {
  const column = columnOf(relation, predicate.column);
  const statistics = column?.statistics;
  if (!column || !statistics) return 1;
  if (predicate.test === 'null') return statistics.nullFraction;
  if (predicate.test === 'not null') return 1 - statistics.nullFraction;
  const rows = Math.max(1, relation.rowEstimate ?? 1000);
  if (distinctValues(column, rows) > MAX_DISTINCT || isKey(relation, column.name)) return 1;
  if (predicate.test === 'less' || predicate.test === 'greater') return rangeShare(column, predicate);
  const equal = Math.min(
    1,
    predicate.values.reduce((sum, value) => sum + valueShare(column, value, rows), 0),
  );
  return predicate.test === 'equal' ? equal : 1 - equal;
}

/** A value of a key names one thing of many, whatever their number today. */
function isKey(relation: Relation, column: string): boolean {
  return relation.constraints.some(
    ({ kind, columns }) => (kind === 'foreign key' || kind === 'primary key') && columns.includes(column),
  );
}

function valueShare(column: Column, value: string, rows: number): number {
  const { mostCommonValues = [], mostCommonFrequencies = [], nullFraction = 0 } = column.statistics ?? {};
  // char(n) is padded in the statistics
  const position = mostCommonValues.findIndex(common => common.trimEnd() === value.trimEnd());
  const known = mostCommonFrequencies[position];
  if (known !== undefined) return known;
  const rest = 1 - nullFraction - mostCommonFrequencies.reduce((sum, frequency) => sum + frequency, 0);
  return Math.max(0, rest) / Math.max(1, distinctValues(column, rows) - mostCommonValues.length);
}

/** Only for numbers whose values are all known: `severity >= 5`. */
function rangeShare(column: Column, { test, text, values }: ConstantPredicate): number {
  const limit = Number(values[0]);
  const { mostCommonValues, mostCommonFrequencies, histogramBounds } = column.statistics ?? {};
  if (!mostCommonValues || !mostCommonFrequencies || histogramBounds?.length || Number.isNaN(limit)) return 1;
  const isInclusive = text.includes('=');
  let share = 0;
  for (const [position, common] of mostCommonValues.entries()) {
    const value = Number(common);
    if (Number.isNaN(value)) return 1;
    const isKept = (isInclusive && value === limit) || (test === 'less' ? value < limit : value > limit);
    if (isKept) share += mostCommonFrequencies[position] ?? 0;
  }
  return share;
}
