import type { Catalog } from '../../catalog/catalog';
import { functionName, list } from '../../rules/support/expressions';
import { unwrap, type TypedNode } from '../../sql/walk';
import type { Expressions, InstanceColumn } from './expressions';
import { isMoving } from './expressions';

/** An aggregate of the view. */
export interface Measure {
  readonly key: string;
  readonly function: 'count' | 'sum' | 'min' | 'max' | 'bool_and' | 'bool_or' | 'bit_and' | 'bit_or';
  /** As it stands in the view, its columns written for the given aliases. */
  readonly text: (aliases: ReadonlyMap<string, string>) => string;
  /** Words for the name of the view's column. */
  readonly words: string;
  /** Type of what is aggregated, if it is plain to see. */
  readonly type?: string;
}

/** An aggregate of a query and what it is made of in the view. */
export interface RolledUp {
  readonly measures: readonly Measure[];
  /** The aggregate over the view's rows, given the view's column of each measure. `grouped`: the query has groups. */
  readonly text: (columns: readonly string[], grouped: boolean) => string;
  readonly columns: readonly InstanceColumn[];
  /** What is not exactly as it was, in words. */
  readonly difference?: string;
}

const KEPT = new Set(['sum', 'min', 'max', 'bool_and', 'bool_or', 'every', 'bit_and', 'bit_or']);
/** Sums of sums would be of a wider type: `sum(bigint)` is numeric. */
const SUM_IS_BIGINT = new Set(['smallint', 'integer']);
const FLOATS = new Set(['real', 'double precision']);

/**
 * How an aggregate can be computed from aggregates of finer groups; else why not: `count(DISTINCT x)` cannot, nor can
 * a median. An average is split into a sum and a count.
 */
export function rollUp(
  { type, fields }: TypedNode,
  expressions: Expressions,
  catalog: Catalog,
): RolledUp | { readonly reason: string } {
  const name = functionName(fields);
  const node = { type, fields };
  const said = shorten(expressions.textOf(node, new Map()));
  if (fields.agg_within_group === true) return { reason: `${said} cannot be put together from parts` };
  if (fields.agg_distinct === true && name !== 'min' && name !== 'max') {
    return { reason: `${said} cannot be put together from parts: a value may be in several of them` };
  }
  if (list(fields.agg_order).length > 0) return { reason: `${said} depends on the order of the rows` };
  if (expressions.hasPlaceholder(node))
    return { reason: `${said} has a parameter: the view would need all its values` };
  if (isMoving(node, catalog)) return { reason: `${said} changes with time: in a view it would be frozen` };
  const whole = expressions.read(node);
  if (!whole) return { reason: `${said} reads something that is not known` };
  const { columns } = whole;
  const filter = unwrap(fields.agg_filter);
  const argument = unwrap(list(fields.args)[0]);
  const type_ = argument && expressions.read(argument)?.type?.replace(/\(\d+(?:,-?\d+)?\)/, '');
  const build = (
    fn: Measure['function'],
    argumentText: (aliases: ReadonlyMap<string, string>) => string,
    words: string,
  ): Measure => {
    const filterKey = filter ? `filter ${expressions.read(filter)?.key ?? ''}` : '';
    const argumentKey = argument ? (expressions.read(argument)?.key ?? '') : '*';
    const filterText = (aliases: ReadonlyMap<string, string>) =>
      filter ? ` FILTER (WHERE ${expressions.textOf(filter, aliases)})` : '';
    const plain = new Map<string, string>();
    return {
      key: `${fn} ${words.startsWith('double') ? 'double ' : ''}${argumentKey} ${filterKey}`,
      function: fn,
      text: aliases => `${fn}(${argumentText(aliases)})${filterText(aliases)}`,
      words: `${words} ${filter ? expressions.textOf(filter, plain).replace(/\s+(is|in|and|not)\s+/gi, ' ') : ''}`,
      ...(type_ !== undefined && { type: type_ }),
    };
  };
  const textOf = (aliases: ReadonlyMap<string, string>) => (argument ? expressions.textOf(argument, aliases) : '*');
  const plainText = textOf(new Map());
  const inexact = type_ !== undefined && FLOATS.has(type_) ? { difference: FLOAT_DIFFERENCE } : {};

  if (name === 'count') {
    const measure = build('count', textOf, argument ? `count ${plainText}` : 'row count');
    return { measures: [measure], columns, text: ([column], grouped) => wholeNumber(`sum(${column})`, grouped) };
  }
  if (name === 'avg') {
    if (type_ === 'interval') return { reason: `${said} is an average of intervals` };
    // The sum of reals is a real; their average is taken in double precision.
    const cast = type_ === 'real';
    const sum = build(
      'sum',
      aliases => (cast ? `(${textOf(aliases)})::double precision` : textOf(aliases)),
      `${cast ? 'double ' : ''}sum ${plainText}`,
    );
    const count = build('count', textOf, `count ${plainText}`);
    return {
      measures: [sum, count],
      columns,
      text: ([total, counted]) => `(sum(${total}) / nullif(sum(${counted}), 0))`,
      ...inexact,
    };
  }
  if (name === undefined || !KEPT.has(name)) return { reason: `${said} cannot be put together from parts` };
  const fn = (name === 'every' ? 'bool_and' : name) as Measure['function'];
  const measure = build(fn, textOf, `${fn} ${plainText}`);
  const isSum = fn === 'sum';
  return {
    measures: [measure],
    columns,
    text: ([column]) =>
      isSum && type_ !== undefined && SUM_IS_BIGINT.has(type_) ? `sum(${column})::bigint` : `${fn}(${column})`,
    ...(isSum && type_ === undefined && { difference: `${said} may come as numeric where it was bigint` }),
    ...(isSum && inexact),
  };
}

const FLOAT_DIFFERENCE = 'floating point numbers are added in another order: the last digits may differ';

/** Without groups there is one row even if nothing was counted, and it says 0. */
function wholeNumber(sum: string, grouped: boolean): string {
  return grouped ? `${sum}::bigint` : `coalesce(${sum}, 0)::bigint`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
