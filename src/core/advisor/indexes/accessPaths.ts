import type { Catalog, Relation } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { readCondition } from './conditions';
import { readOrdering } from './ordering';
import { columnsOf, derived, everyColumn, isStar, outputsOf, type Outputs } from './outputColumns';
import {
  aliasOf,
  asNode,
  child,
  isNode,
  list,
  outputName,
  outputNames,
  stringOf,
  strings,
  type Node,
} from './parseTree';
import { Names, type Resolved, type Scope, type Scoped } from './scopes';
import { columnOf, newAccess, type TableAccess } from './tableAccess';

type Ctes = ReadonlyMap<string, Scoped>;

/**
 * Reads a statement's tables and conditions, those of the views it names too. Relations the catalog does not know have no
 * entry, and neither have views and CTEs themselves.
 */
export function readAccessPaths(statement: ParsedStatement, catalog: Catalog): TableAccess[] {
  if (!statement.tree) return [];
  const reader = new Reader(catalog, statement);
  reader.statement(statement.tree, new Names(statement, []), new Map());
  return reader.accesses;
}

class Reader {
  readonly accesses: TableAccess[] = [];

  /** The views that are being read, so that none is read inside itself. */
  private readonly views: Relation[] = [];

  constructor(
    private readonly catalog: Catalog,
    private readonly source: ParsedStatement,
  ) {}

  /** Any statement node; those without a query inside are passed over. */
  statement(node: unknown, names: Names, ctes: Ctes): void {
    const select = child(node, 'SelectStmt');
    if (select) {
      this.select(select, names, ctes);
      return;
    }
    const change = child(node, 'UpdateStmt') ?? child(node, 'DeleteStmt');
    if (change) return this.change(change, names, ctes);
    const merge = child(node, 'MergeStmt');
    if (merge) {
      const parts = { ...merge, whereClause: merge.joinCondition, fromClause: [merge.sourceRelation] };
      return this.change(parts, names, ctes);
    }
    const insert = child(node, 'InsertStmt');
    if (insert) return this.statement(insert.selectStmt, names, this.withClause(insert, names, ctes));
    for (const wrapper of ['ExplainStmt', 'PrepareStmt', 'CreateTableAsStmt', 'DeclareCursorStmt']) {
      const inner = child(node, wrapper);
      if (inner) return this.statement(inner.query, names, ctes);
    }
  }

  /** `isPart` if what it puts out is read by another query, which may need less of it. */
  private select(select: Node, names: Names, outer: Ctes, isPart = false): Outputs {
    const ctes = this.withClause(select, names, outer);
    if (select.larg || select.rarg) {
      // arms of a set operation come without the SelectStmt wrapper
      for (const arm of [select.larg, select.rarg])
        if (isNode(arm)) this.select(child(arm, 'SelectStmt') ?? arm, names, ctes);
      return new Map();
    }
    const scope: Scope = new Map();
    const conditions: unknown[] = [];
    for (const item of list(select.fromClause)) this.from(item, scope, conditions, names, ctes);
    const inner = names.within(scope);
    if (select.whereClause) conditions.push(select.whereClause);
    for (const condition of conditions) readCondition(condition, inner, this.catalog);
    const outputs: Outputs = isPart ? outputsOf(select, inner) : new Map();
    const isPassedOn = (item: unknown): boolean =>
      isStar(item) ? outputs.size > 0 : outputs.has(outputName(item) ?? '');
    const rest = list(select.targetList).filter(item => !isPassedOn(item));
    this.references(rest, inner, ctes);
    for (const part of ['groupClause', 'havingClause', 'sortClause', 'distinctClause', 'windowClause'])
      this.references(select[part], inner, ctes);
    this.references(conditions, inner, ctes);
    readOrdering(select, inner, this.catalog);
    return outputs;
  }

  private change(change: Node, names: Names, outer: Ctes): void {
    const ctes = this.withClause(change, names, outer);
    const scope: Scope = new Map();
    const conditions: unknown[] = [];
    this.from({ RangeVar: change.relation }, scope, conditions, names, ctes);
    for (const item of [...list(change.fromClause), ...list(change.usingClause)])
      this.from(item, scope, conditions, names, ctes);
    const inner = names.within(scope);
    if (change.whereClause) conditions.push(change.whereClause);
    for (const condition of conditions) readCondition(condition, inner, this.catalog);
    this.references([change.targetList, conditions, change.returningList], inner, ctes);
    // the row itself is fetched to be changed: an index-only scan is out of reach
    const target = [...scope.values()][0]?.access;
    for (const column of target?.relation.columns ?? []) target?.needed.add(column.name);
  }

  private withClause(node: Node, names: Names, outer: Ctes): Ctes {
    const ctes = new Map(outer);
    for (const item of list(asNode(node.withClause)?.ctes)) {
      const cte = child(item, 'CommonTableExpr');
      if (!cte) continue;
      const name = String(cte.ctename);
      const query = child(cte.ctequery, 'SelectStmt');
      const named = strings(cte.aliascolnames);
      // known to itself too: WITH RECURSIVE
      ctes.set(name, { columns: columnsOf(query, named) });
      // as the planner does: one that is read once becomes a part of what reads it
      const isInlined = named.length === 0 && cte.ctematerialized !== 'CTEMaterializeAlways' && isReadOnce(name, node);
      if (query && isInlined) ctes.set(name, derived(query, [], this.select(query, names, ctes, true)));
      else this.statement(cte.ctequery, names, ctes);
    }
    return ctes;
  }

  private from(item: unknown, scope: Scope, conditions: unknown[], names: Names, ctes: Ctes): void {
    const table = child(item, 'RangeVar');
    if (table) {
      const name = String(table.relname);
      const schema = typeof table.schemaname === 'string' ? table.schemaname : undefined;
      const alias = aliasOf(table) ?? name;
      const cte = schema === undefined ? ctes.get(name) : undefined;
      const relation = cte ? undefined : findRelation(this.catalog, name, schema);
      scope.set(alias, cte ?? (relation ? this.table(relation) : { columns: new Set() }));
      return;
    }
    const subquery = child(item, 'RangeSubselect');
    if (subquery) {
      const query = child(subquery.subquery, 'SelectStmt');
      const named = strings(asNode(subquery.alias)?.colnames);
      // LATERAL sees its neighbours; without it no valid statement names them
      const outputs = query && this.select(query, names.within(scope), ctes, named.length === 0);
      scope.set(aliasOf(subquery) ?? `?${scope.size}`, derived(query, named, outputs));
      return;
    }
    const join = child(item, 'JoinExpr');
    if (join) {
      this.from(join.larg, scope, conditions, names, ctes);
      this.from(join.rarg, scope, conditions, names, ctes);
      if (join.quals) conditions.push(join.quals);
      for (const using of strings(join.usingClause)) {
        for (const { access, outputs } of scope.values()) {
          const isColumn = access && columnOf(access.relation, using);
          const found = isColumn ? { access, column: using } : outputs?.get(using);
          if (!found) continue;
          found.access.join.add(found.column);
          found.access.needed.add(found.column);
        }
      }
      return;
    }
    const func = child(item, 'RangeFunction');
    if (func) scope.set(aliasOf(func) ?? `?${scope.size}`, { columns: new Set() });
  }

  private table(relation: Relation): Scoped {
    const columns = new Set(relation.columns.map(column => column.name));
    if (relation.kind === 'view') return { columns, outputs: this.view(relation) };
    if (relation.kind === 'foreign table') return { columns };
    const access = newAccess(relation);
    this.accesses.push(access);
    return { access, columns };
  }

  /** A view is planned as a subquery in its place. */
  private view(relation: Relation): Outputs {
    if (relation.query === undefined || this.views.includes(relation)) return new Map();
    const query = this.source.parse(relation.query);
    const select = child(query.tree, 'SelectStmt');
    if (!select) return new Map();
    this.views.push(relation);
    const outputs = this.select(select, new Names(query, []), new Map(), true);
    this.views.pop();
    // the view's columns may have names of their own
    const written = outputNames(select);
    return new Map(
      relation.columns.flatMap(({ name }, position): [string, Resolved][] => {
        const found = outputs.get(written[position] ?? name);
        return found ? [[name, found]] : [];
      }),
    );
  }

  /** Marks every column read, and walks into subqueries. */
  private references(node: unknown, names: Names, ctes: Ctes): void {
    if (Array.isArray(node)) {
      for (const item of node) this.references(item, names, ctes);
      return;
    }
    if (!isNode(node)) return;
    const columnRef = child(node, 'ColumnRef');
    if (columnRef) return this.reference(columnRef, names);
    const select = child(node, 'SelectStmt');
    if (select) {
      const before = this.accesses.length;
      this.select(select, names, ctes);
      this.linkSublink(select, before);
      return;
    }
    for (const value of Object.values(node)) if (typeof value === 'object') this.references(value, names, ctes);
  }

  /** The output column of `IN (SELECT column ...)` is compared with the outer one. */
  private linkSublink(select: Node, firstAccess: number): void {
    const targets = list(select.targetList);
    const fields = list(child(child(targets[0], 'ResTarget')?.val, 'ColumnRef')?.fields);
    const name = targets.length === 1 ? stringOf(fields.at(-1)) : undefined;
    if (name === undefined) return;
    this.accesses
      .slice(firstAccess)
      .find(access => columnOf(access.relation, name))
      ?.join.add(name);
  }

  private reference(columnRef: Node, names: Names): void {
    const fields = list(columnRef.fields);
    const last = fields.at(-1);
    if (isNode(last) && 'A_Star' in last) {
      for (const { access, column } of everyColumn(columnRef, names).values()) access.needed.add(column);
      return;
    }
    const found = names.resolve(columnRef);
    if (found) found.access.needed.add(found.column);
  }
}

/** Whether a CTE is named once in the statement that declares it. */
function isReadOnce(name: string, statement: Node): boolean {
  let mentions = 0;
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const table = child(node, 'RangeVar');
    if (table?.relname === name && table.schemaname === undefined) mentions++;
    for (const value of Object.values(node)) walk(value);
  };
  walk(statement);
  return mentions === 1;
}
