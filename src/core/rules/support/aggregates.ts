import type { NodeFields } from '../nodeIndex';
import { functionName, list } from './expressions';

/** Aggregates whose result depends on the order of their input. */
const ORDERED = new Set([
  'array_agg',
  'string_agg',
  'json_agg',
  'jsonb_agg',
  'json_object_agg',
  'jsonb_object_agg',
  'xmlagg',
]);

const UNORDERED = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'bit_and',
  'bit_or',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'variance',
  'var_pop',
  'var_samp',
]);

/** `count`, `sum`, `max`...: the order of the rows does not matter. */
export function isUnorderedAggregate(type: string, fields: NodeFields): boolean {
  return type === 'FuncCall' && fields.over === undefined && UNORDERED.has(functionName(fields) ?? '');
}

/** `array_agg`, `jsonb_agg`...: the result is in the order of the rows. */
export function isOrderedAggregate(type: string, fields: NodeFields): boolean {
  return type === 'FuncCall' && fields.over === undefined && ORDERED.has(functionName(fields) ?? '');
}

/** True if the call brings its own order: `array_agg(x ORDER BY y)`. */
export function hasOwnOrder(fields: NodeFields): boolean {
  return list(fields.agg_order).length > 0;
}
