import type { Column, Relation } from '../../catalog/catalog';
import { columnSamples } from './columnSamples';
import { columnOf } from './tableAccess';

/** `ship_on >= '2021-03-15'::date`, `customer_id = o.customer_id`, as EXPLAIN prints them. */
const COMPARISON =
  /^\(*"?([\p{L}_][\p{L}\p{N}_$]*)"?(?:\)::[\w ]+)? (=|<=?|>=?) (?:'([^']*)'::[\w ]+|(-?[\d.]+)|([^']+?))\)*$/u;

interface Comparison {
  readonly column: Column;
  readonly operator: string;
  /** Undefined for what is not a constant. */
  readonly constant: string | undefined;
}

/**
 * Share of a relation's rows that an index condition lets through, from the statistics of its columns; undefined if one
 * of its parts is more than a comparison that they tell of.
 */
export function conditionShare(condition: string, relation: Relation): number | undefined {
  const comparisons: Comparison[] = [];
  for (const part of condition.split(' AND ')) {
    const [, name, operator, text, digits] = COMPARISON.exec(part) ?? [];
    const column = name === undefined ? undefined : columnOf(relation, name);
    if (!column?.statistics || operator === undefined) return undefined;
    comparisons.push({ column, operator, constant: text ?? digits });
  }
  let share = 1;
  for (const column of new Set(comparisons.map(each => each.column))) {
    const own = comparisons.filter(each => each.column === column);
    const of = own.every(({ operator }) => operator === '=') ? equalShare(own[0]!, relation) : rangeShare(own, column);
    if (of === undefined) return undefined;
    share *= of;
  }
  return share;
}

function equalShare({ column, constant }: Comparison, relation: Relation): number | undefined {
  const common = columnSamples(column).find(
    ({ value, isCommon }) => isCommon && value.trimEnd() === constant?.trimEnd(),
  );
  if (common) return common.share;
  const distinct = column.statistics?.distinct ?? 0;
  if (distinct === 0) return undefined;
  return 1 / Math.max(1, distinct > 0 ? distinct : -distinct * (relation.rowEstimate ?? 0));
}

/** For numbers and dates; of other types only PostgreSQL knows the order. */
function rangeShare(comparisons: readonly Comparison[], column: Column): number | undefined {
  const samples = columnSamples(column);
  let share = samples.length > 0 ? 0 : undefined;
  for (const { value, share: each } of samples) {
    const own = asNumber(value, column.type);
    if (own === undefined) return undefined;
    let isKept = true;
    for (const { operator, constant } of comparisons) {
      const limit = constant === undefined ? undefined : asNumber(constant, column.type);
      if (limit === undefined) return undefined;
      isKept &&= isTrue(own, operator, limit);
    }
    if (isKept) share = (share ?? 0) + each;
  }
  return share;
}

function isTrue(left: number, operator: string, right: number): boolean {
  if (left === right) return operator.endsWith('=');
  return operator.startsWith('<') ? left < right : operator.startsWith('>') && left > right;
}

function asNumber(value: string, type: string): number | undefined {
  const number = /^(smallint|integer|bigint|real|double|numeric)/.test(type)
    ? Number(value)
    : /^(date|timestamp)/.test(type)
      ? Date.parse(value.replace(' ', 'T').replace(/(:[\d.]+[+-]\d\d)$/, '$1:00'))
      : NaN;
  return Number.isNaN(number) ? undefined : number;
}
