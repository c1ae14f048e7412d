import type { Catalog } from '../../catalog/catalog';
import { list, operatorOf } from '../../rules/support/expressions';
import { MAX_NAME_BYTES, quoteIdentifier } from '../../sql/identifiers';
import { cutToUtf8 } from '../../base/utf8';
import { unwrap, walk, type TypedNode } from '../../sql/walk';
import { wordsOf, type Aggregation, type Condition } from './aggregation';
import type { Expression, Expressions } from './expressions';
import type { Measure } from './measures';
import { beginsPeriod, periodOf } from './periods';

export interface Dimension {
  readonly key: string;
  /** Name of the view's column. */
  readonly column: string;
  readonly text: string;
  readonly expression: Expression;
}

/** A view that several aggregations can be computed from. */
export interface ViewDesign {
  readonly schema: string;
  readonly name: string;
  /** In the order of the unique index; empty for totals of all rows. */
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly { readonly measure: Measure; readonly column: string; readonly text: string }[];
  /** Keys of the conditions that stand inside the view: all its queries have them. */
  readonly inner: ReadonlySet<string>;
  readonly members: readonly Aggregation[];
  /** The view's query. */
  readonly query: string;
}

/** A part of a condition or select list that a column of the view stands for. */
export interface Use {
  readonly node: TypedNode;
  readonly key: string;
}

/**
 * The view for queries over the same rows: grouped by all that they group by, and by the columns that their
 * changing conditions compare. A condition that all of them have is applied inside.
 */
export function designView(members: readonly Aggregation[], catalog: Catalog): ViewDesign {
  const first = members[0]!;
  const dimensions = new Map<string, { expression: Expression; expressions: Expressions }>();
  for (const { groups, expressions } of members) {
    for (const expression of groups) {
      if (!dimensions.has(expression.key)) dimensions.set(expression.key, { expression, expressions });
    }
  }
  const inner = new Set(
    first.conditions
      .filter(({ isFixed, expression }) => isFixed && !usesIn(first, expression.node, dimensions))
      .map(({ expression }) => expression.key)
      .filter(key => members.every(({ conditions }) => conditions.some(hasKey(key)))),
  );
  for (const member of members) {
    for (const { expression } of member.conditions) {
      if (inner.has(expression.key) || usesIn(member, expression.node, dimensions)) continue;
      for (const column of columnsOf(member, expression.node))
        if (!dimensions.has(column.key))
          dimensions.set(column.key, { expression: column, expressions: member.expressions });
    }
  }
  const aliases = new Map(
    first.instances.length === 1 ? [] : first.instances.map(({ id, alias }) => [id, alias] as const),
  );
  const taken = new Set<string>();
  const chosen = [...dimensions.entries()].map(([key, { expression, expressions }]) => ({
    key,
    expression,
    column: freeName(aliasOf(members, key) ?? wordsOf(expression), taken),
    text: expressions.textOf(expression.node, aliases),
  }));
  const measures = new Map<string, Measure>();
  for (const { aggregates } of members)
    for (const { rolledUp } of aggregates)
      for (const measure of rolledUp.measures) if (!measures.has(measure.key)) measures.set(measure.key, measure);
  const columns = [...measures.values()].map(measure => ({
    measure,
    column: freeName(measure.words, taken),
    text: measure.text(aliases),
  }));
  const { schema, name: table } = first.instances[0]!.relation;
  const suffix = chosen.length === 0 ? 'totals' : `by_${chosen.map(({ column }) => column).join('_')}`;
  const names = new Set(catalog.relations.filter(each => each.schema === schema).map(each => each.name));
  return {
    schema,
    name: freeName(`${table} ${suffix}`, names),
    dimensions: chosen,
    measures: columns,
    inner,
    members,
    query: viewQuery(first, chosen, columns, inner, aliases),
  };
}

/**
 * The parts of a condition that columns of the view stand for; undefined if it reads anything else. A comparison with
 * the beginning of a period is one with the period.
 */
export function usesIn(
  { expressions }: Aggregation,
  node: TypedNode,
  dimensions: ReadonlyMap<string, { readonly expression: Expression }>,
): Use[] | undefined {
  const uses: Use[] = [];
  let isCovered = true;
  walk({ [node.type]: node.fields }, (type, fields) => {
    const at = { type, fields };
    const expression = isNamed(type) ? undefined : expressions.read(at);
    if (expression && dimensions.has(expression.key)) {
      uses.push({ node: at, key: expression.key });
      return false;
    }
    const period = comparedPeriod(at, expressions, dimensions);
    if (period) {
      uses.push(period);
      return false;
    }
    if (type === 'ColumnRef' && expressions.columnOf(fields)) isCovered = false;
    return undefined;
  });
  return isCovered ? uses : undefined;
}

/** Nodes that are no expressions of their own. */
function isNamed(type: string): boolean {
  return type === 'ResTarget' || type === 'SortBy' || type === 'String' || type === 'TypeName';
}

/** `t >= beginning of a day` where the view has the days of t: the side that is replaced. */
function comparedPeriod(
  { type, fields }: TypedNode,
  expressions: Expressions,
  dimensions: ReadonlyMap<string, { readonly expression: Expression }>,
): Use | undefined {
  if (type !== 'A_Expr' || fields.kind !== 'AEXPR_OP') return undefined;
  const operator = operatorOf(fields);
  const node = unwrap(fields.lexpr);
  const value = unwrap(fields.rexpr);
  if ((operator !== '>=' && operator !== '<') || !node || !value || expressions.hasPlaceholder(value)) return undefined;
  const key = expressions.read(node)?.key;
  if (key === undefined || (expressions.read(value)?.columns.length ?? 1) > 0) return undefined;
  for (const [dimension, { expression }] of dimensions) {
    const period = periodOf(expression.node);
    if (!period || expression.key !== dimension) continue;
    // The dimension may be another statement's: its columns are compared by name.
    const [column] = expression.columns;
    const isOfColumn =
      period.of.type === 'ColumnRef' && column && `${column.instance.id}.${column.column.name}` === key;
    if (isOfColumn && beginsPeriod(value, period.unit)) return { node, key: dimension };
  }
  return undefined;
}

function columnsOf({ expressions }: Aggregation, node: TypedNode): Expression[] {
  const found: Expression[] = [];
  walk({ [node.type]: node.fields }, (type, fields) => {
    if (type !== 'ColumnRef' || !expressions.columnOf(fields)) return;
    const column = expressions.read({ type, fields });
    if (column) found.push(column);
  });
  return found;
}

function viewQuery(
  first: Aggregation,
  dimensions: readonly Dimension[],
  measures: ViewDesign['measures'],
  inner: ReadonlySet<string>,
  aliases: ReadonlyMap<string, string>,
): string {
  const { statement, fromRange, joins, conditions, expressions } = first;
  const selected = [...dimensions, ...measures].map(({ text, column }) => `  ${text} AS ${quoteIdentifier(column)}`);
  const where = [...joins, ...conditions.filter(isOf(inner)).map(({ expression }) => expression)].map(({ node }) => {
    const text = expressions.textOf(node, aliases);
    return node.type === 'BoolExpr' ? `(${text})` : text;
  });
  return [
    `SELECT\n${selected.join(',\n')}`,
    `FROM ${statement.text.slice(fromRange.start, fromRange.end)}`,
    ...(where.length > 0 ? [`WHERE ${where.join('\n  AND ')}`] : []),
    ...(dimensions.length > 0 ? [`GROUP BY ${dimensions.map((_, place) => place + 1).join(', ')}`] : []),
  ].join('\n');
}

function hasKey(key: string): (condition: Condition) => boolean {
  return ({ expression }) => expression.key === key;
}

function isOf(keys: ReadonlySet<string>): (condition: Condition) => boolean {
  return ({ expression }) => keys.has(expression.key);
}

/** What a query calls the expression. */
function aliasOf(members: readonly Aggregation[], key: string): string | undefined {
  for (const { select, expressions } of members) {
    for (const target of list(select.targetList)) {
      const fields = unwrap(target)?.fields;
      const node = unwrap(fields?.val);
      if (typeof fields?.name === 'string' && node && expressions.read(node)?.key === key) return fields.name;
    }
  }
  return undefined;
}

/** A name of small letters that is not taken yet, short enough for PostgreSQL. */
function freeName(words: string, taken: Set<string>): string {
  const slug = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  // Room for a number behind it, and for `_key` behind the name of the view.
  const name = cutToUtf8(slug === '' || /^\d/.test(slug) ? `value_${slug}` : slug, MAX_NAME_BYTES - 8).replace(
    /_+$/,
    '',
  );
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
  taken.add(free);
  return free;
}
