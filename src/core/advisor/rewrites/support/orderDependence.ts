import { typeFamily } from '../../../rules/support/columnTypes';
import type { NodeMatch } from '../../../rules/nodeIndex';
import { functionName, list } from '../../../rules/support/expressions';
import { isWithin } from '../../../rules/support/trees';
import { unwrap } from '../../../sql/walk';
import type { RewriteContext } from '../rewrite';

const BY_POSITION: ReadonlySet<string> = new Set(
  'row_number ntile lag lead first_value last_value nth_value'.split(' '),
);
const LISTS: ReadonlySet<string> = new Set(
  'array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg xmlagg any_value mode'.split(' '),
);
const SUMS = /^(?:sum|avg|stddev|stddev_pop|stddev_samp|variance|var_pop|var_samp|corr|regr_\w+)$/;

/**
 * What of a query depends on the order in which its rows happen to be read, as sentences: another plan may give other
 * values, though the query means the same.
 */
export function orderDependence(context: RewriteContext, query: NodeMatch): string[] {
  const found = new Set<string>();
  for (const call of context.find('FuncCall')) {
    if (!isWithin(call, query)) continue;
    const name = functionName(call.fields) ?? '';
    if (call.fields.over !== undefined && BY_POSITION.has(name))
      found.add('rows that tie may be numbered in another order');
    else if (LISTS.has(name) && call.fields.agg_order === undefined)
      found.add(`${name} may list its items in another order`);
    else if (SUMS.test(name) && mayBeFloat(context, call)) found.add(FLOATING);
  }
  for (const select of context.find('SelectStmt')) {
    if (!isWithin(select, query)) continue;
    const { limitCount, limitOffset, distinctClause } = select.fields;
    if (limitCount !== undefined || limitOffset !== undefined) found.add('of rows that tie, LIMIT may keep others');
    if (list(distinctClause).some(item => unwrap(item))) found.add('of rows that tie, DISTINCT ON may keep others');
  }
  return [...found];
}

const FLOATING = 'sums of floating point numbers may differ in the last digits';

/** Unless all columns of a sum are known to be whole or decimal numbers. */
function mayBeFloat(context: RewriteContext, call: NodeMatch): boolean {
  const columns = context.find('ColumnRef').filter(column => isWithin(column, call));
  const isExact = columns.every(column =>
    /^(?:integer|numeric)$/.test(typeFamily(context.resolve(column)?.column.type) ?? ''),
  );
  return !isExact || context.find('TypeCast').some(cast => isWithin(cast, call));
}
