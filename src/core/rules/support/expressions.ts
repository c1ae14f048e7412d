import type { SourceRange } from '../../base/sourceRange';
import type { Catalog, Column, Relation } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { constantMatches } from '../../sql/literalWatch';
import { unwrap } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';

/** A column as the statement writes it. */
export interface ColumnName {
  readonly qualifier?: string;
  readonly name: string;
}

/** A table in FROM or as a target, with the name its columns are qualified by. */
export interface TableName {
  readonly schema?: string;
  readonly name: string;
  readonly alias?: string;
}

/** `t.created_at` and the like; undefined for `*`, for whole rows with a schema, and for anything else. */
export function asColumn(node: unknown): ColumnName | undefined {
  const column = unwrap(node);
  if (column?.type !== 'ColumnRef') return undefined;
  const parts = list(column.fields.fields);
  if (parts.length > 3) return undefined;
  let name: string | undefined;
  let qualifier: string | undefined;
  for (const part of parts) {
    qualifier = name;
    name = stringValue(part);
    if (name === undefined) return undefined;
  }
  return name === undefined ? undefined : { name, qualifier };
}

/** The value of a `String` node. */
export function stringValue(node: unknown): string | undefined {
  const text = unwrap(node);
  return text?.type === 'String' && typeof text.fields.sval === 'string' ? text.fields.sval : undefined;
}

/** Name of a built-in function or one on the search path; undefined when it is qualified by another schema. */
export function functionName(fields: NodeFields): string | undefined {
  const parts = list(fields.funcname);
  if (parts.length === 2 && stringValue(parts[0]) !== 'pg_catalog') return undefined;
  return stringValue(parts.at(-1));
}

/** The operator of an `A_Expr`, `=` or `<>` (which is also how `!=` arrives). */
export function operatorOf(fields: NodeFields): string | undefined {
  return stringValue(list(fields.name).at(-1));
}

/** Last part of a cast's type name as PostgreSQL's grammar spells it: `date`, `timestamptz`, `int4`. */
export function castType(fields: NodeFields): string | undefined {
  const type = fields.typeName as NodeFields | undefined;
  return type && list(type.arrayBounds).length === 0 ? stringValue(list(type.names).at(-1)) : undefined;
}

/** Text of a string literal, also under a cast (`DATE '2024-01-01'`). */
export function stringConstant(node: unknown): string | undefined {
  const found = unwrap(node);
  if (found?.type === 'TypeCast') return stringConstant(found.fields.arg);
  if (found?.type !== 'A_Const') return undefined;
  const text = found.fields.sval as NodeFields | undefined;
  return typeof text === 'object' ? String(text.sval ?? '') : undefined;
}

/** Whether a pattern matches a string literal; undefined for anything else. Asks less than a look at its text would. */
export function constantTextMatches(node: unknown, pattern: RegExp): boolean | undefined {
  const found = unwrap(node);
  if (found?.type === 'TypeCast') return constantTextMatches(found.fields.arg, pattern);
  const holder = found?.type === 'A_Const' ? (found.fields.sval as NodeFields | undefined) : undefined;
  return typeof holder === 'object' ? constantMatches(holder, pattern) : undefined;
}

/** Value of an integer literal. The grammar leaves out the field of a zero. */
export function integerConstant(node: unknown): number | undefined {
  const found = unwrap(node);
  if (found?.type === 'TypeCast') return integerConstant(found.fields.arg);
  if (found?.type !== 'A_Const') return undefined;
  const integer = found.fields.ival as NodeFields | undefined;
  if (typeof integer === 'object') return Number(integer.ival ?? 0);
  const float = found.fields.fval as NodeFields | undefined;
  return typeof float === 'object' && /^\d+$/.test(String(float.fval)) ? Number(float.fval) : undefined;
}

/** True for the literal NULL. */
export function isNullConstant(node: unknown): boolean {
  const found = unwrap(node);
  return found?.type === 'A_Const' && found.fields.isnull === true;
}

/** True if the expression names no column and asks no subquery: literals, parameters, `now() - interval '1 day'`. */
export function isConstantExpression(node: unknown): boolean {
  return !contains(node, type => type === 'ColumnRef' || type === 'SubLink');
}

/** True if a node of the subtree satisfies the test. */
export function contains(node: unknown, test: (type: string, fields: NodeFields) => boolean): boolean {
  const pending: unknown[] = [node];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const wrapped = unwrap(next);
    if (wrapped && test(wrapped.type, wrapped.fields)) return true;
    if (wrapped?.type === 'A_Const') continue;
    if (Array.isArray(next)) pending.push(...(next as unknown[]));
    else {
      const fields = wrapped?.fields ?? (next as NodeFields);
      for (const key in fields) pending.push(fields[key]);
    }
  }
  return false;
}

/** The items of an array field or of a `List` node (the bounds of BETWEEN, for one); nothing for anything else. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const node = unwrap(value);
  return node?.type === 'List' && Array.isArray(node.fields.items) ? node.fields.items : [];
}

/**
 * The query whose rows a condition filters, if the node is one of its conditions: in WHERE or JOIN ... ON, below
 * nothing but AND and OR. A condition under NOT or CASE, or in a select list, filters otherwise and is left alone.
 */
export function filteredQuery(node: NodeMatch): NodeMatch | undefined {
  let at = node;
  while (at.parent?.type === 'BoolExpr' && at.parent.fields.boolop !== 'NOT_EXPR') at = at.parent;
  if (at.key !== 'whereClause' && at.key !== 'quals') return undefined;
  let owner = at.parent;
  while (owner?.type === 'JoinExpr') owner = owner.parent;
  return owner && QUERY_TYPES.has(owner.type) ? owner : undefined;
}

const QUERY_TYPES = new Set(['SelectStmt', 'UpdateStmt', 'DeleteStmt']);

/** The queries a node stands in, innermost first: where a name in it may be defined. */
export function enclosingQueries(node: NodeMatch): NodeMatch[] {
  const queries: NodeMatch[] = [];
  for (let at = node.parent; at; at = at.parent) if (QUERY_TYPES.has(at.type)) queries.push(at);
  return queries;
}

/** The tables a query reads by name, joins opened; undefined parts (functions, subqueries) are in `others`. */
export function fromTables(query: NodeMatch): { readonly tables: readonly TableName[]; readonly others: number } {
  const tables: TableName[] = [];
  let others = 0;
  const visible = visibleCtes(query);
  const visit = (node: unknown): void => {
    const item = unwrap(node);
    if (item?.type === 'JoinExpr') {
      visit(item.fields.larg);
      visit(item.fields.rarg);
    } else if (item?.type === 'RangeVar') {
      const table = asTable(item.fields);
      if (table.schema === undefined && visible.has(table.name)) others++;
      else tables.push(table);
    } else others++;
  };
  list(query.fields.fromClause).forEach(visit);
  list(query.fields.usingClause).forEach(visit);
  if (query.type !== 'SelectStmt' && query.fields.relation) tables.push(asTable(query.fields.relation as NodeFields));
  return { tables, others };
}

/** Names of the WITH queries that a query can see, its own and those around it. */
function visibleCtes(query: NodeMatch): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at: NodeMatch | undefined = query; at; at = at.parent) {
    const withClause = at.fields.withClause as NodeFields | undefined;
    for (const cte of list(withClause?.ctes)) {
      const name = unwrap(cte)?.fields.ctename;
      if (typeof name === 'string') names.add(name);
    }
  }
  return names;
}

/** The name, schema and alias of a `RangeVar`. */
export function asTable(fields: NodeFields): TableName {
  const alias = fields.alias as NodeFields | undefined;
  return {
    name: String(fields.relname ?? ''),
    schema: typeof fields.schemaname === 'string' ? fields.schemaname : undefined,
    alias: typeof alias?.aliasname === 'string' ? alias.aliasname : undefined,
  };
}

/** PostgreSQL's own catalogs and statistics views: nobody can index them. */
export function isSystemTable(table: TableName): boolean {
  return table.schema === 'pg_catalog' || table.schema === 'information_schema' || table.name.startsWith('pg_');
}

/** True if a query reads nothing a user could index. */
export function readsOnlySystemTables(query: NodeMatch): boolean {
  const { tables } = fromTables(query);
  return tables.length > 0 && tables.every(isSystemTable);
}

/** The relation and column a name means in a query, as far as the catalog and the query's FROM tell. */
export function resolveColumn(
  query: NodeMatch,
  column: ColumnName,
  catalog: Catalog | undefined,
): { readonly relation: Relation; readonly column: Column } | undefined {
  if (catalog === undefined) return undefined;
  const { tables, others } = fromTables(query);
  // An unqualified name may belong to a function or subquery whose columns are not known here.
  if (column.qualifier === undefined && others > 0) return undefined;
  const found = tables
    .filter(table => column.qualifier === undefined || column.qualifier === (table.alias ?? table.name))
    .flatMap(table => {
      const relation = findRelation(catalog, table.name, table.schema);
      const known = relation?.columns.find(candidate => candidate.name === column.name);
      return relation && known ? [{ relation, column: known }] : [];
    });
  return found.length === 1 ? found[0] : undefined;
}

/** Below this many rows reading the whole table takes about as long as using an index (some ten 8 kB pages). */
export const SMALL_TABLE_ROWS = 1000;

/** True only if the catalog knows the size and it is small. */
export function isSmall(relation: Relation | undefined): boolean {
  return relation?.rowEstimate !== undefined && relation.rowEstimate < SMALL_TABLE_ROWS;
}

/** True if an index has this key, spelled as PostgreSQL prints it; blanks, case and casts to text do not count. */
export function hasIndexKey(relation: Relation | undefined, expression: string): boolean {
  if (!relation) return false;
  const wanted = squeeze(expression);
  return relation.indexes.some(index => index.valid && squeeze(index.keys[0] ?? '') === wanted);
}

function squeeze(expression: string): string {
  return expression
    .toLowerCase()
    .replace(/::(?:text|character varying|varchar)\b/g, '')
    .replace(/[\s()"]/g, '');
}

/** The words a range covers. */
export function textOf(text: string, range: SourceRange): string {
  return text.slice(range.start, range.end);
}
