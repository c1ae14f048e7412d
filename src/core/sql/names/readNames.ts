import type { ParseNode } from '../statement';
import type { TypedNode } from '../walk';
import { childrenOf, unwrap, wrappedNodes } from '../walk';
import { bare, strings } from './nodes';
import { outputName } from './outputName';
import { isDataChange, readDataChange } from './readDataChange';
import { readFrom } from './readFrom';
import { scopeOfUtility } from './readUtility';
import type {
  ColumnUse,
  Cte,
  CteList,
  Fields,
  Output,
  Query,
  QueryKind,
  RelationUse,
  Scope,
  StatementNames,
  TargetColumn,
} from './scope';

/** The same type while it is being filled. */
export type Draft<T> = {
  -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key];
};

/** Reads the names of a statement's tree. May throw a RangeError if queries are nested some thousand deep. */
export function readNames(tree: ParseNode): StatementNames {
  const reader = new NamesReader();
  const node = unwrap(tree);
  const root = node ? scopeOfUtility(node) : { items: [] };
  reader.expressions(tree, root);
  return { ...reader.names, root };
}

/** Collects what the parts of the grammar find. Queries are read one within the other, expressions in a loop. */
export class NamesReader {
  readonly names = {
    queries: [] as Query[],
    columns: new Map<object, ColumnUse>(),
    targets: [] as TargetColumn[],
    relations: [] as RelationUse[],
    functions: [] as { readonly fields: Fields }[],
    regions: [] as { readonly node: TypedNode; readonly scope: Scope }[],
    complete: true,
  };

  /** Reads expressions, and whatever statements stand in them, as seen from a scope. */
  expressions(value: unknown, scope: Scope): void {
    const pending = wrappedNodes(value).reverse();
    for (let node = pending.pop(); node; node = pending.pop()) {
      const { type, fields } = node;
      if (type === 'ColumnRef') this.column(fields, scope);
      else if (type === 'SelectStmt' || isDataChange(type)) this.query(node, scope);
      else if (type === 'RangeVar') this.relation(fields, 'ddl');
      else if (type !== 'TypeName') {
        if (type === 'FuncCall') this.names.functions.push({ fields });
        if (type === 'WindowDef') useWindow(fields, scope);
        const children = childrenOf(type, fields);
        for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]!);
      }
    }
  }

  column(fields: Fields, scope: Scope, output?: ColumnUse['output']): ColumnUse {
    const parts = wrappedNodes(fields.fields);
    const use: ColumnUse = {
      fields,
      parts: strings(fields.fields),
      star: parts.at(-1)?.type === 'A_Star',
      scope,
      ...(output && { output }),
    };
    this.names.columns.set(fields, use);
    return use;
  }

  relation(fields: Fields, use: RelationUse['use'], more: Partial<RelationUse> = {}): void {
    if (typeof fields.relname !== 'string') return;
    const schema = typeof fields.schemaname === 'string' ? fields.schemaname : undefined;
    this.names.relations.push({ ...(schema && { schema }), name: fields.relname, fields, use, ...more });
  }

  region(node: TypedNode | undefined, scope: Scope): void {
    if (node) this.names.regions.push({ node, scope });
  }

  /** A query or data-changing command, as seen from the scope around it. */
  query(node: TypedNode, outer: Scope): Query {
    return isDataChange(node.type) ? readDataChange(node, outer, this) : this.select(node, outer);
  }

  /** Begins a query: its WITH is read, the rest is empty. */
  begin(
    kind: QueryKind,
    node: TypedNode,
    outer: Scope,
  ): { readonly query: Draft<Query>; readonly scope: Draft<Scope> } {
    const scope: Draft<Scope> = { items: [], outer, ctes: outer.ctes };
    const query: Draft<Query> = {
      kind,
      node,
      outer,
      scope,
      ctes: [],
      sources: [],
      outputs: [],
      arms: [],
      windows: [],
      windowUses: [],
      locks: [],
    };
    scope.query = query;
    this.names.queries.push(query);
    scope.ctes = this.with(bare(node.fields.withClause), outer, query);
    return { query, scope };
  }

  outputs(targetList: unknown, scope: Scope, query: Query): Output[] {
    return wrappedNodes(targetList).map(({ fields }): Output => {
      const value = unwrap(fields.val);
      if (value?.type === 'ColumnRef') {
        const use = this.column(value.fields, scope);
        if (use.star) return { kind: 'star', use, fields, query };
      } else this.expressions(fields.val, scope);
      const steps = value?.type === 'A_Indirection' ? wrappedNodes(value.fields.indirection) : [];
      if (steps.at(-1)?.type === 'A_Star') return { kind: 'star', fields, query };
      const named = typeof fields.name === 'string';
      const name = named ? String(fields.name) : outputName(fields.val);
      return { kind: 'expression', name, named, value: fields.val, fields, query };
    });
  }

  private select(node: TypedNode, outer: Scope): Query {
    const { fields } = node;
    if (fields.op !== undefined && fields.op !== 'SETOP_NONE') return this.setOperation(node, outer);
    if (fields.valuesLists) return this.values(node, outer);
    const { query, scope } = this.begin('select', node, outer);
    const into = bare(bare(fields.intoClause)?.rel);
    if (into) this.relation(into, 'ddl');
    scope.items = readFrom(fields.fromClause, { query, outer, ctes: scope.ctes }, this);
    query.outputs = this.outputs(fields.targetList, scope, query);
    for (const clause of [fields.whereClause, fields.havingClause, fields.limitOffset, fields.limitCount])
      this.expressions(clause, scope);
    this.keys(fields.distinctClause, scope, { of: query, when: 'first' });
    this.keys(fields.groupClause, scope, { of: query, when: 'last' });
    this.sort(fields.sortClause, scope, { of: query, when: 'first' });
    for (const { fields: window } of wrappedNodes(fields.windowClause)) {
      if (typeof window.name === 'string') query.windows.push({ name: window.name, fields: window });
      if (typeof window.refname === 'string') query.windowUses.push({ name: window.refname, fields: window });
      this.expressions([window.partitionClause, window.orderClause, window.startOffset, window.endOffset], scope);
    }
    this.locks(fields.lockingClause, query);
    return query;
  }

  /** `a UNION b UNION c` is one query of three arms, unless parentheses give an arm clauses of its own. */
  private setOperation(node: TypedNode, outer: Scope): Query {
    const { fields } = node;
    const { query, scope } = this.begin('set operation', node, outer);
    const arms: Fields[] = [];
    let left = fields as Fields;
    do {
      arms.push(left.rarg as Fields);
      left = left.larg as Fields;
    } while (left.op !== 'SETOP_NONE' && !hasOwnClauses(left));
    arms.push(left);
    const around: Scope = { items: [], outer, ctes: scope.ctes };
    query.arms = arms.reverse().map(arm => this.query({ type: 'SelectStmt', fields: arm }, around));
    query.outputs = [...(query.arms[0]?.outputs ?? [])];
    this.sort(fields.sortClause, scope, { of: query, when: 'only' });
    this.expressions([fields.limitOffset, fields.limitCount], scope);
    this.locks(fields.lockingClause, query);
    return query;
  }

  private values(node: TypedNode, outer: Scope): Query {
    const { fields } = node;
    const { query, scope } = this.begin('values', node, outer);
    const rows = wrappedNodes(fields.valuesLists).map(row => (row.fields.items ?? []) as readonly unknown[]);
    this.expressions(rows, scope);
    query.outputs = (rows[0] ?? []).map((_, i) => {
      const name = `column${i + 1}`;
      return { kind: 'value', name, rows: rows.map(row => row[i]), query };
    });
    this.sort(fields.sortClause, scope, { of: query, when: 'first' });
    this.expressions([fields.limitOffset, fields.limitCount], scope);
    return query;
  }

  /** Each CTE sees those before it, with RECURSIVE all of them. */
  private with(clause: Fields | undefined, outer: Scope, query: Draft<Query>): CteList | undefined {
    const { ctes } = outer;
    if (!clause) return ctes;
    const drafts = wrappedNodes(clause.ctes).map(({ fields }) => ({ fields, cte: draftCte(fields) }));
    const recursive = clause.recursive === true;
    let visible = ctes;
    if (recursive) for (const { cte } of drafts) visible = { cte, ...(visible && { next: visible }) };
    for (const { fields, cte } of drafts) {
      const inner = unwrap(fields.ctequery);
      if (!inner) continue;
      cte.query = this.query(inner, { items: [], outer: outer, ctes: visible });
      cte.recursive = recursive && cte.query.kind === 'set operation';
      query.ctes.push(cte);
      if (!recursive) visible = { cte, ...(visible && { next: visible }) };
    }
    return visible;
  }

  private sort(clause: unknown, scope: Scope, output: NonNullable<ColumnUse['output']>): void {
    for (const { fields } of wrappedNodes(clause)) this.keys(fields.node, scope, output);
  }

  /** Sort and grouping keys: a bare name may mean an output column. */
  private keys(clause: unknown, scope: Scope, output: NonNullable<ColumnUse['output']>): void {
    for (const { type, fields } of wrappedNodes(clause)) {
      if (type === 'ColumnRef' && strings(fields.fields).length === 1) this.column(fields, scope, output);
      else if (type === 'GroupingSet') this.keys(fields.content, scope, output);
      else this.expressions({ [type]: fields }, scope);
    }
  }

  private locks(clause: unknown, query: Draft<Query>): void {
    for (const { fields } of wrappedNodes(clause)) {
      for (const { fields: locked } of wrappedNodes(fields.lockedRels))
        query.locks.push({ name: String(locked.relname ?? ''), fields: locked });
    }
  }
}

function draftCte(fields: Fields): Draft<Cte> {
  const search = bare(fields.search_clause)?.search_seq_column;
  const cycle = bare(fields.cycle_clause);
  const added = [search, cycle?.cycle_mark_column, cycle?.cycle_path_column];
  return {
    name: String(fields.ctename ?? ''),
    fields,
    columnNames: strings(fields.aliascolnames),
    query: undefined as unknown as Query,
    recursive: false,
    addedColumns: added.filter(name => typeof name === 'string'),
  };
}

/** `OVER w` and `OVER (w ...)`. */
function useWindow(fields: Fields, scope: Scope): void {
  const name = fields.name ?? fields.refname;
  if (typeof name === 'string') (scope.query as Draft<Query> | undefined)?.windowUses.push({ name, fields });
}

function hasOwnClauses(fields: Fields): boolean {
  return ['withClause', 'sortClause', 'limitCount', 'limitOffset', 'lockingClause'].some(name => name in fields);
}
