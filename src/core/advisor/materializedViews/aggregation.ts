import { isAggregateCall } from '../../sql/aggregates';
import type { SourceRange } from '../../base/sourceRange';
import { Binder } from '../../catalog/binding/binder';
import type { Catalog } from '../../catalog/catalog';
import { contains, functionName, integerConstant, list } from '../../rules/support/expressions';
import { conjuncts } from '../../rules/support/trees';
import type { NodeFields } from '../../rules/nodeIndex';
import { namesOf } from '../../sql/names/namesOf';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap, walk, type TypedNode } from '../../sql/walk';
import { graphOf, isJoin, readFrom } from './fromGraph';
import { Expressions, isMoving, isVolatile, type Expression, type Instance } from './expressions';
import { rollUp, type RolledUp } from './measures';

/** A conjunct of WHERE that is no join. */
export interface Condition {
  readonly expression: Expression;
  /** The same for every run of the statement: it may stand inside a view. */
  readonly isFixed: boolean;
  /** It names the clock or the user. */
  readonly isMoving: boolean;
}

/** A query that groups and aggregates the rows of tables, read apart. */
export interface Aggregation {
  readonly id: number;
  readonly statement: ParsedStatement;
  readonly weight: number;
  readonly select: NodeFields;
  readonly expressions: Expressions;
  readonly instances: readonly Instance[];
  /** Equal for two queries over the same rows: the same tables joined on the same conditions. */
  readonly graph: string;
  readonly fromRange: SourceRange;
  /** Conditions of WHERE that join two tables; they belong to the graph. */
  readonly joins: readonly Expression[];
  readonly conditions: readonly Condition[];
  /** What it groups by, and columns that follow from it (of a table whose primary key is grouped by). */
  readonly groups: readonly Expression[];
  /** Those that are not in its GROUP BY but follow from it. */
  readonly following: readonly Expression[];
  readonly aggregates: readonly { readonly node: TypedNode; readonly rolledUp: RolledUp }[];
}

export type Read = Aggregation | { readonly reason: string; readonly aggregates: boolean };

const NOT_AGGREGATED = 'it aggregates nothing';

/** Reads a statement as an aggregation over tables; else says why it is none that a view could keep. */
export function readAggregation(
  { id, statement, weight }: { readonly id: number; readonly statement: ParsedStatement; readonly weight: number },
  catalog: Catalog,
): Read {
  const root = unwrap(statement.tree);
  const no = (reason: string, aggregates = true): Read => ({ reason, aggregates });
  if (root?.type !== 'SelectStmt') return no('it is no SELECT', false);
  const select = root.fields;
  const parts = { targetList: select.targetList, havingClause: select.havingClause, sortClause: select.sortClause };
  const aggregates = aggregateCalls(parts);
  if (aggregates.length === 0 && list(select.groupClause).length === 0) return no(NOT_AGGREGATED, false);
  const obstacle = obstacleOf(select);
  if (obstacle) return no(obstacle);

  const names = namesOf(statement);
  const query = names.queries.find(({ node }) => node.fields === select);
  if (!query || !names.complete) return no('its names could not be read');
  const binder = new Binder(names, catalog);
  const from = readFrom(select, catalog);
  if ('reason' in from) return no(from.reason);
  const expressions = new Expressions(statement, binder, from.instances, from.byFields);

  const rolled: { node: TypedNode; rolledUp: RolledUp }[] = [];
  for (const node of aggregates) {
    const result = rollUp(node, expressions, catalog);
    if ('reason' in result) return no(result.reason);
    rolled.push({ node, rolledUp: result });
  }
  const grouped = readGroups(select, expressions);
  if ('reason' in grouped) return no(grouped.reason);
  for (const { node } of grouped.groups) {
    if (expressions.hasPlaceholder(node)) return no('it groups by an expression with a parameter');
    if (isMoving(node, catalog)) return no('it groups by what changes with time: in a view it would be frozen');
  }
  const following = followingColumns(parts, grouped.groups, expressions);
  if ('reason' in following) return no(following.reason);

  const joins: Expression[] = [];
  const conditions: Condition[] = [];
  for (const condition of conjuncts(select.whereClause)) {
    const node = unwrap(condition);
    const expression = node && expressions.read(node);
    if (!expression) return no('its WHERE names something that is not known');
    // Over the view it would be asked once a group, not once a row.
    if (isVolatile(node, catalog)) return no('its WHERE calls a volatile function');
    const moving = isMoving(node, catalog);
    const isFixed = !moving && !expressions.hasPlaceholder(node);
    if (isFixed && isJoin(expression)) joins.push(expression);
    else conditions.push({ expression, isFixed, isMoving: moving });
  }
  const merged = [...grouped.groups, ...conditions.map(({ expression }) => expression)]
    .flatMap(({ columns }) => columns)
    .find(({ column }) => column.type === 'citext' || column.type === 'interval');
  if (merged) return no(`values of ${merged.column.name} that are equal may be written differently: groups merge them`);
  const fromRange = rangeAround(select.fromClause, statement);
  if (!fromRange) return no('its FROM could not be read');
  if (contains(select.fromClause, (type, fields) => type !== 'RangeVar' && isClock({ type, fields }, catalog)))
    return no('it joins on what changes with time: in a view it would be frozen');
  const graph = graphOf(select, expressions, from, joins);
  if (graph === undefined) return no('it joins on something that is not known');
  return {
    id,
    statement,
    weight,
    select,
    expressions,
    instances: from.instances,
    graph,
    fromRange,
    joins,
    conditions,
    groups: [...grouped.groups, ...following.columns],
    following: following.columns,
    aggregates: rolled,
  };
}

const OBSTACLES: readonly (readonly [field: string, reason: string])[] = [
  ['withClause', 'it reads a WITH query'],
  ['distinctClause', 'it has DISTINCT beside its aggregates'],
  ['windowClause', 'it has window functions'],
  ['lockingClause', 'it locks rows'],
  ['intoClause', 'it makes a table'],
];

function obstacleOf(select: NodeFields): string | undefined {
  const found = OBSTACLES.find(([field]) => select[field] !== undefined);
  if (found) return found[1];
  if (select.groupDistinct === true) return 'it has GROUP BY DISTINCT';
  if (contains(select, type => type === 'SubLink')) return 'it has a subquery';
  if (contains(select, (type, fields) => type === 'FuncCall' && fields.over !== undefined))
    return 'it has window functions';
  return undefined;
}

function aggregateCalls(tree: object): TypedNode[] {
  const found: TypedNode[] = [];
  for (const part of Object.values(tree)) {
    walk(part, (type, fields) => {
      if (type === 'SubLink') return false;
      if (type !== 'FuncCall' || !isAggregateCall(type, fields)) return undefined;
      found.push({ type, fields });
      return false;
    });
  }
  return found;
}

/** GROUP BY by expression, by place in the select list, or by a name of it. */
function readGroups(
  select: NodeFields,
  expressions: Expressions,
): { readonly groups: readonly Expression[] } | { readonly reason: string } {
  const targets = list(select.targetList).map(target => unwrap(target)?.fields);
  const groups: Expression[] = [];
  for (const item of list(select.groupClause)) {
    let node = unwrap(item);
    if (node?.type === 'GroupingSet') return { reason: 'it has GROUPING SETS, ROLLUP or CUBE' };
    const place = integerConstant(item);
    if (place !== undefined) node = unwrap(targets[place - 1]?.val);
    const name = node?.type === 'ColumnRef' ? expressions.outputOf(node.fields) : undefined;
    if (name !== undefined) node = unwrap(targets.find(target => target?.name === name)?.val);
    const expression = node && expressions.read(node);
    if (!expression) return { reason: 'it groups by something that is not known' };
    if (!groups.some(({ key }) => key === expression.key)) groups.push(expression);
  }
  return { groups };
}

/** Columns outside aggregates that GROUP BY does not name: PostgreSQL allows them if they follow from a primary key. */
function followingColumns(
  parts: object,
  groups: readonly Expression[],
  expressions: Expressions,
): { readonly columns: readonly Expression[] } | { readonly reason: string } {
  const keys = new Set(groups.map(({ key }) => key));
  const columns = new Map<string, Expression>();
  let reason: string | undefined;
  for (const part of Object.values(parts)) {
    walk(part, (type, fields) => {
      if (type === 'FuncCall' && isAggregateCall(type, fields)) return false;
      const expression = type === 'ResTarget' || type === 'SortBy' ? undefined : expressions.read({ type, fields });
      if (expression && keys.has(expression.key)) return false;
      if (type !== 'ColumnRef' || expressions.outputOf(fields) !== undefined) return undefined;
      if (expressions.hasPlaceholder({ type, fields })) return undefined;
      if (!expression) reason ??= 'it selects something that is not known';
      else columns.set(expression.key, expression);
      return undefined;
    });
  }
  return reason === undefined ? { columns: [...columns.values()] } : { reason };
}

function isClock(node: TypedNode, catalog: Catalog): boolean {
  return (node.type === 'FuncCall' || node.type === 'SQLValueFunction') && isMoving(node, catalog);
}

function rangeAround(tree: unknown, statement: ParsedStatement): SourceRange | undefined {
  const ranges = list(tree).map(item => {
    const node = unwrap(item);
    return node && statement.rangeOf(node.type, node.fields);
  });
  if (ranges.length === 0 || ranges.some(range => !range)) return undefined;
  return {
    start: Math.min(...ranges.map(range => range!.start)),
    end: Math.max(...ranges.map(range => range!.end)),
  };
}

/** The words of an expression, for a name. */
export function wordsOf({ node }: Expression): string {
  if (node.type === 'ColumnRef') return String(unwrap(list(node.fields.fields).at(-1))?.fields.sval ?? 'key');
  if (node.type === 'FuncCall' && functionName(node.fields) === 'date_trunc') {
    const unit = unwrap(list(node.fields.args)[0])?.fields.sval as NodeFields | undefined;
    if (typeof unit?.sval === 'string') return unit.sval;
  }
  if (node.type === 'FuncCall') return functionName(node.fields) ?? 'key';
  return node.type === 'TypeCast'
    ? String(unwrap(list((node.fields.typeName as NodeFields | undefined)?.names).at(-1))?.fields.sval ?? 'key')
    : 'key';
}
