import type { TypedNode } from '../walk';
import { unwrap, wrappedNodes } from '../walk';
import { aliasOf, bare, tableName, typed } from './nodes';
import { readFrom } from './readFrom';
import type { Draft, NamesReader } from './readNames';
import type { Fields, Query, RowSource, Scope, Source, TableSource } from './scope';

const KINDS = { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete', MergeStmt: 'merge' } as const;

type ChangeType = keyof typeof KINDS;

export function isDataChange(type: string): type is ChangeType {
  return type in KINDS;
}

/** INSERT, UPDATE, DELETE or MERGE. */
export function readDataChange(node: TypedNode, outer: Scope, reader: NamesReader): Query {
  const { fields } = node;
  const { query, scope } = reader.begin(KINDS[node.type as ChangeType], node, outer);
  const relation = bare(fields.relation);
  if (!relation) return query;
  const target = targetOf(relation);
  reader.relation(relation, 'write', { query });
  query.target = target;
  query.sources.push(target);
  const context = { query, scope, outer, target };
  if (node.type === 'InsertStmt') readInsert(fields, context, reader);
  else if (node.type === 'MergeStmt') readMerge(fields, context, reader);
  else {
    const from = readFrom(fields.fromClause ?? fields.usingClause, { query, outer, ctes: scope.ctes }, reader);
    scope.items = [target, ...from];
    assign(fields.targetList, scope, context, reader);
    reader.expressions(fields.whereClause, scope);
  }
  readReturning(fields, context, reader);
  return query;
}

interface ChangeContext {
  readonly query: Draft<Query>;
  readonly scope: Draft<Scope>;
  readonly outer: Scope;
  readonly target: TableSource;
}

function targetOf(relation: Fields): TableSource {
  const alias = aliasOf(relation);
  const table = tableName(relation);
  return {
    kind: 'table',
    table,
    name: alias.name ?? table.name,
    aliased: alias.name !== undefined,
    columnAliases: alias.columns,
    node: { type: 'RangeVar', fields: relation },
    nullExtended: false,
  };
}

/** `SET column = ...` and the column list of INSERT. */
function assign(targetList: unknown, scope: Scope, { query, target }: ChangeContext, reader: NamesReader): void {
  for (const node of wrappedNodes(targetList)) {
    const { name, indirection, val } = node.fields;
    if (typeof name === 'string') reader.names.targets.push({ name, source: target, node, query });
    reader.expressions([indirection, val], scope);
  }
}

function readInsert(fields: Fields, context: ChangeContext, reader: NamesReader): void {
  const { query, scope, outer, target } = context;
  const around: Scope = { items: [], outer, ctes: scope.ctes };
  assign(fields.cols, scope, context, reader);
  const source = unwrap(fields.selectStmt);
  if (source) reader.query(source, around);
  const conflict = bare(fields.onConflictClause);
  if (!conflict) return;
  const own: Scope = { items: [target], outer, ctes: scope.ctes, query };
  const infer = bare(conflict.infer);
  for (const node of wrappedNodes(infer?.indexElems)) {
    const { name, expr } = node.fields;
    if (typeof name === 'string') reader.names.targets.push({ name, source: target, node, query });
    reader.expressions(expr, own);
  }
  reader.expressions(infer?.whereClause, own);
  const excluded = rowOf(target, 'excluded', 'excluded');
  query.sources.push(excluded);
  const both: Scope = { ...own, items: [target, excluded] };
  assign(conflict.targetList, both, context, reader);
  reader.expressions(conflict.whereClause, both);
  reader.region(typed('OnConflictClause', conflict), both);
}

function readMerge(fields: Fields, context: ChangeContext, reader: NamesReader): void {
  const { query, scope, outer, target } = context;
  const sources = readFrom(fields.sourceRelation, { query, outer, ctes: scope.ctes }, reader);
  scope.items = [target, ...sources];
  reader.expressions(fields.joinCondition, scope);
  for (const node of wrappedNodes(fields.mergeWhenClauses)) {
    const { matchKind, condition, targetList, values } = node.fields;
    const kind = String(matchKind);
    // A row that has no partner can only be named on its own side.
    const items = kind.endsWith('BY_TARGET') ? sources : kind.endsWith('BY_SOURCE') ? [target] : scope.items;
    const when: Scope = { items, outer, ctes: scope.ctes, query };
    reader.expressions(condition, when);
    assign(targetList, when, context, reader);
    reader.expressions(values, when);
    reader.region(node, when);
  }
}

function readReturning(fields: Fields, { query, scope, outer, target }: ChangeContext, reader: NamesReader): void {
  const clause = bare(fields.returningClause);
  if (!clause) return;
  const items: Source[] = query.kind === 'insert' ? [target] : [...scope.items];
  const options = new Map(
    wrappedNodes(clause.options).map(({ fields: { option, value } }) => [String(option), String(value)]),
  );
  const taken = new Set(query.sources.map(({ name }) => name));
  const rows = (['old', 'new'] as const).flatMap(kind => {
    const name = options.get(`RETURNING_OPTION_${kind.toUpperCase()}`) ?? kind;
    return taken.has(name) ? [] : [rowOf(target, kind, name)];
  });
  query.sources.push(...rows);
  const returned: Scope = { items: [...items, ...rows], outer, ctes: scope.ctes, query };
  query.outputs = reader.outputs(clause.exprs, returned, query);
  reader.region(typed('ReturningClause', clause), returned);
}

/** EXCLUDED, OLD or NEW. Only EXCLUDED can be meant by a bare column name. */
export function rowOf(of: TableSource, kind: RowSource['kind'], name: string): RowSource {
  const { columnAliases, node } = of;
  return {
    kind,
    of,
    name,
    aliased: name !== kind,
    columnAliases,
    node,
    nullExtended: kind !== 'excluded',
    qualifiedOnly: kind !== 'excluded',
  };
}

/** The table a definition hangs on (a trigger, a policy, an index), as a target. */
export { targetOf as tableSourceOf };
