import type { Catalog, Relation } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { isAggregateCall } from '../../sql/aggregates';
import { unwrap } from '../../sql/walk';
import type { TypedNode } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asTable, contains, functionName, integerConstant, list } from './expressions';
import type { TableName } from './expressions';
import { conjuncts } from './trees';

/** How an item of FROM is combined with what stands before it. */
export type Combination = 'target' | 'first' | 'comma' | 'cross' | 'inner' | 'left' | 'right' | 'full';

/** A leaf of FROM: a table, a CTE, a subquery, a function; or a parenthesised join with its own alias. */
export interface FromItem {
  readonly type: string;
  readonly fields: NodeFields;
  /** What columns are qualified by: the alias, else the table's or function's name. */
  readonly name: string | undefined;
  readonly combination: Combination;
  /** The join whose right side it is, or the leftmost leaf of. */
  readonly join?: NodeFields;
  /** Set for a table, a view or another relation (not for a CTE). */
  readonly table?: TableName;
  /** Set for a table the catalog knows. */
  readonly relation?: Relation;
  /** Cannot multiply rows by much: a function, VALUES, a query of one row, something LATERAL, a small table. */
  readonly isFew: boolean;
  /** May read columns of the items before it. */
  readonly isLateral: boolean;
}

/** The leaves of a query's FROM (and USING), the target of an UPDATE or DELETE first. */
export function fromItems(query: NodeMatch, catalog: Catalog | undefined): readonly FromItem[] {
  const { from } = query;
  if (from && from.catalog === catalog) return from.items;
  const items = readItems(query, catalog);
  query.from = { catalog, items };
  return items;
}

/** True without a look at the items if there is surely no second one: what most statements of a file are. */
export function readsOneItem({ type, fields }: NodeMatch): boolean {
  if (type !== 'SelectStmt') return fields.fromClause === undefined && fields.usingClause === undefined;
  const from = list(fields.fromClause);
  return from.length === 0 || (from.length === 1 && unwrap(from[0])?.type === 'RangeVar');
}

function readItems(query: NodeMatch, catalog: Catalog | undefined): FromItem[] {
  const items: FromItem[] = [];
  const ctes = visibleCtes(query);
  const addLeaf = (leaf: TypedNode, combination: Combination, join: NodeFields | undefined): void => {
    items.push(readItem(leaf, combination, join, ctes, catalog));
  };
  const visit = (node: unknown, combination: Combination, join: NodeFields | undefined): void => {
    const item = unwrap(node);
    if (!item) return;
    if (item.type !== 'JoinExpr' || item.fields.alias !== undefined) return addLeaf(item, combination, join);
    visit(item.fields.larg, combination, join);
    visit(item.fields.rarg, combinationOf(item.fields), item.fields);
  };
  if (query.type !== 'SelectStmt' && query.fields.relation)
    addLeaf({ type: 'RangeVar', fields: query.fields.relation as Record<string, unknown> }, 'target', undefined);
  const others = [...list(query.fields.fromClause), ...list(query.fields.usingClause)];
  others.forEach((node, i) => visit(node, i === 0 && items.length === 0 ? 'first' : 'comma', undefined));
  return items;
}

function combinationOf(join: NodeFields): Combination {
  if (join.jointype === 'JOIN_LEFT') return 'left';
  if (join.jointype === 'JOIN_RIGHT') return 'right';
  if (join.jointype === 'JOIN_FULL') return 'full';
  const hasCondition = join.isNatural === true || join.usingClause !== undefined || join.quals !== undefined;
  return hasCondition && !(join.quals !== undefined && isAlwaysTrue(join.quals)) ? 'inner' : 'cross';
}

/** `ON true`, `ON 1 = 1`. */
export function isAlwaysTrue(condition: unknown): boolean {
  const node = unwrap(condition);
  if (node?.type === 'A_Const') return (node.fields.boolval as NodeFields | undefined)?.boolval === true;
  if (node?.type !== 'A_Expr') return false;
  const left = integerConstant(node.fields.lexpr);
  return left !== undefined && left === integerConstant(node.fields.rexpr);
}

function readItem(
  { type, fields }: TypedNode,
  combination: Combination,
  join: NodeFields | undefined,
  ctes: ReadonlyMap<string, NodeFields>,
  catalog: Catalog | undefined,
): FromItem {
  const alias = (fields.alias as NodeFields | undefined)?.aliasname;
  const name = typeof alias === 'string' ? alias : undefined;
  // Written out and not spread: this runs for every table of every query.
  const item = (
    called: string | undefined,
    isFew: boolean,
    isLateral: boolean,
    table?: TableName,
    relation?: Relation,
  ): FromItem => ({ type, fields, name: called, combination, join, table, relation, isFew, isLateral });
  switch (type) {
    case 'RangeTableSample':
      return readItem(unwrap(fields.relation) ?? { type: '', fields: {} }, combination, join, ctes, catalog);
    case 'RangeVar': {
      const table = asTable(fields);
      const cte = table.schema === undefined ? ctes.get(table.name) : undefined;
      if (cte) return item(name ?? table.name, hasFewRows(cte.ctequery), false);
      // `orders AS o (number)`: its columns go by other names than those in the catalog.
      const isRenamed = list((fields.alias as NodeFields | undefined)?.colnames).length > 0;
      const relation = catalog && !isRenamed ? findRelation(catalog, table.name, table.schema) : undefined;
      return item(name ?? table.name, false, false, table, relation);
    }
    case 'RangeSubselect':
      return item(name, hasFewRows(fields.subquery), fields.lateral === true);
    case 'RangeFunction': {
      const call = unwrap(list(list(fields.functions)[0])[0]);
      const called = call?.type === 'FuncCall' ? functionName(call.fields) : undefined;
      return item(name ?? called, true, true);
    }
    default:
      // XMLTABLE, JSON_TABLE, a join with an alias of its own.
      return item(name, type !== 'JoinExpr', type !== 'JoinExpr');
  }
}

/** The WITH queries a query can see, its own and those around it, by name. */
export function visibleCtes(query: NodeMatch): ReadonlyMap<string, NodeFields> {
  const found = new Map<string, NodeFields>();
  for (let at: NodeMatch | undefined = query; at; at = at.parent) {
    for (const cte of list((at.fields.withClause as NodeFields | undefined)?.ctes)) {
      const fields = unwrap(cte)?.fields;
      const name = fields?.ctename;
      if (fields && typeof name === 'string' && !found.has(name)) found.set(name, fields);
    }
  }
  return found;
}

/** True if the query aggregates, with groups or without. */
export function isAggregated(query: NodeFields): boolean {
  if (query.groupClause !== undefined || query.havingClause !== undefined) return true;
  return containsOutsideSubqueries(query.targetList, isAggregateCall);
}

/** A query that yields one row or a handful: VALUES, an aggregate without groups, LIMIT 1, no FROM. */
function hasFewRows(node: unknown): boolean {
  const query = unwrap(node);
  if (query?.type !== 'SelectStmt') return false;
  const fields = query.fields;
  if (fields.valuesLists !== undefined) return true;
  if (fields.limitCount !== undefined) {
    const limit = integerConstant(fields.limitCount);
    return limit !== undefined && limit <= 100;
  }
  if (fields.larg !== undefined)
    return hasFewRows({ SelectStmt: fields.larg }) && hasFewRows({ SelectStmt: fields.rarg });
  if (fields.groupClause !== undefined) return false;
  return fields.fromClause === undefined || isAggregated(fields);
}

/** Like `contains`, without what stands in subqueries. */
export function containsOutsideSubqueries(node: unknown, test: (type: string, fields: NodeFields) => boolean): boolean {
  const pending: unknown[] = [node];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const wrapped = unwrap(next);
    if (wrapped && test(wrapped.type, wrapped.fields)) return true;
    if (wrapped?.type === 'SubLink') {
      pending.push(wrapped.fields.testexpr);
      continue;
    }
    pending.push(...Object.values(wrapped?.fields ?? next));
  }
  return false;
}

/** The conditions of the query's WHERE and of all joins in its FROM. */
export function allConditions(query: NodeMatch): unknown[] {
  const found = conjuncts(query.fields.whereClause);
  const visit = (node: unknown): void => {
    const item = unwrap(node);
    if (item?.type !== 'JoinExpr') return;
    visit(item.fields.larg);
    visit(item.fields.rarg);
    found.push(...conjuncts(item.fields.quals));
  };
  list(query.fields.fromClause).forEach(visit);
  list(query.fields.usingClause).forEach(visit);
  return found;
}

/** True if the expression calls a function that may do more than compute: `nextval`, `set_config`, locks, dblink. */
export function mayHaveEffects(node: unknown): boolean {
  return contains(node, (type, fields) => {
    if (type !== 'FuncCall') return type === 'LockingClause';
    return /^(?:nextval|setval|set_config|pg_|dblink|lo_)/.test(functionName(fields) ?? 'pg_');
  });
}
