import { unwrap } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import type { StatementView } from '../statementView';
import { isConstantExpression, list, operatorOf } from './expressions';
import { fromItems, isAggregated, mayHaveEffects } from './fromItems';
import { itemOf } from './mentions';
import { conjuncts } from './trees';

/** A WITH query that is computed whole, and filtered wherever it is read. */
export interface CteFence {
  readonly name: string;
  /** MATERIALIZED is written; else it is read several times. */
  readonly isMarked: boolean;
  readonly readers: readonly NodeMatch[];
  /** In each reader a comparison of one of its columns with a value. */
  readonly filters: readonly NodeMatch[];
}

type View = Pick<StatementView, 'catalog' | 'find'>;

/** The places that read a WITH query by its name. */
export function cteReaders({ find }: View, name: unknown): readonly NodeMatch[] {
  return find('RangeVar').filter(each => each.fields.relname === name && !each.fields.schemaname);
}

/** Undefined if a filter could move into it already, or could not move into it at all. */
export function cteFence(view: View, cte: NodeMatch): CteFence | undefined {
  const { ctename, ctematerialized, ctequery } = cte.fields;
  if (typeof ctename !== 'string' || ctematerialized === 'CTEMaterializeNever') return undefined;
  const inner = unwrap(ctequery);
  if (inner?.type !== 'SelectStmt' || !isPlainQuery(inner.fields)) return undefined;
  const readers = cteReaders(view, ctename);
  const isMarked = ctematerialized === 'CTEMaterializeAlways';
  if (!isMarked && readers.length < 2) return undefined;
  const filters = readers.map(reader => filterOn(view, reader));
  if (filters.length === 0 || !filters.every(filter => filter !== undefined)) return undefined;
  return { name: ctename, isMarked, readers, filters };
}

const WHOLE = ['larg', 'limitCount', 'limitOffset', 'distinctClause', 'lockingClause', 'windowClause', 'valuesLists'];

/** A query into which an outer filter could move. */
export function isPlainQuery(query: NodeFields): boolean {
  return (
    WHOLE.every(clause => query[clause] === undefined) &&
    list(query.fromClause).length > 0 &&
    !isAggregated(query) &&
    !mayHaveEffects(query.targetList)
  );
}

/** A comparison of a column of the WITH query with a constant in the WHERE of the query that reads it. */
export function filterOn({ find, catalog }: View, reader: NodeMatch): NodeMatch | undefined {
  let query = reader.parent;
  while (query && query.type !== 'SelectStmt') query = query.parent;
  if (!query) return undefined;
  const items = fromItems(query, catalog);
  for (const condition of conjuncts(query.fields.whereClause)) {
    const node = unwrap(condition);
    if (node?.type !== 'A_Expr' || operatorOf(node.fields) !== '=' || node.fields.kind !== 'AEXPR_OP') continue;
    if (!isConstantExpression(node.fields.rexpr)) continue;
    const column = unwrap(node.fields.lexpr);
    if (column?.type !== 'ColumnRef') continue;
    const isBare = list(column.fields.fields).length === 1;
    const owner = items.length === 1 && isBare ? items[0] : itemOf(column.fields, items);
    if (owner?.fields === reader.fields) return find('A_Expr').find(each => each.fields === node.fields);
  }
  return undefined;
}
