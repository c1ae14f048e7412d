import { unwrap } from '../../sql/walk';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, list, readsOnlySystemTables } from './expressions';
import type { ColumnName } from './expressions';
import { fromItems, visibleCtes } from './fromItems';
import type { FromItem } from './fromItems';

/** True if no index can hold the column: it is computed by a subquery, a CTE or a function, or is the server's own. */
export function hasNoIndexAtAll(query: NodeMatch, column: ColumnName): boolean {
  return readsOnlySystemTables(query) || isComputed(query, column);
}

function isComputed(query: NodeMatch, column: ColumnName): boolean {
  const items = fromItems(query, undefined);
  const named = items.filter(({ name }) => column.qualifier === undefined || name === column.qualifier);
  if (named.length > 0 && named.every(({ type }) => type === 'RangeFunction')) return true;
  return named.some(item => isComputedBy(subqueryOf(item, query), column.name));
}

function subqueryOf(item: FromItem, query: NodeMatch): unknown {
  if (item.type === 'RangeSubselect') return item.fields.subquery;
  if (item.type !== 'RangeVar' || item.table) return undefined;
  return visibleCtes(query).get(String(item.fields.relname))?.ctequery;
}

/** True if the query selects an expression under this name. */
function isComputedBy(query: unknown, name: string): boolean {
  return list(unwrap(query)?.fields.targetList).some(target => {
    const output = unwrap(target)?.fields;
    return output?.name === name && asColumn(output.val) === undefined;
  });
}
