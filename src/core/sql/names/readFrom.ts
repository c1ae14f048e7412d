import type { TypedNode } from '../walk';
import { unwrap, wrappedNodes } from '../walk';
import { aliasOf, bare, definedColumns, strings, tableName } from './nodes';
import type { Draft, NamesReader } from './readNames';
import type { Cte, CteList, FunctionSource, JoinSource, Query, Scope, Source } from './scope';

/** The query whose FROM is read, and what it sees from around it. */
export interface FromContext {
  readonly query: Draft<Query>;
  readonly outer: Scope;
  readonly ctes: CteList | undefined;
}

/** The items of a FROM clause. Each item's LATERAL parts see the items before it. */
export function readFrom(clause: unknown, context: FromContext, reader: NamesReader): Source[] {
  const items: Source[] = [];
  for (const node of wrappedNodes(clause)) {
    const item = readItem(node, { ...context, left: items, nullExtended: false }, reader);
    if (item) items.push(item);
  }
  return items;
}

interface ItemContext extends FromContext {
  /** What LATERAL can name. */
  readonly left: readonly Source[];
  readonly nullExtended: boolean;
}

const JOIN_TYPES: Readonly<Record<string, JoinSource['joinType']>> = {
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
};

function readItem(node: TypedNode, context: ItemContext, reader: NamesReader): Source | undefined {
  const item = itemOf(node, context, reader);
  if (item) context.query.sources.push(item);
  return item;
}

function itemOf(node: TypedNode, context: ItemContext, reader: NamesReader): Source | undefined {
  const { type, fields } = node;
  const { query, outer, ctes, nullExtended } = context;
  const alias = aliasOf(fields);
  const facts = {
    ...(alias.name !== undefined && { name: alias.name }),
    aliased: alias.name !== undefined,
    columnAliases: alias.columns,
    node,
    nullExtended,
  };
  const lateral: Scope = { items: [...context.left], outer, ctes, query };
  switch (type) {
    case 'RangeVar': {
      const table = tableName(fields);
      const cte = table.schema === undefined ? findCte(ctes, table.name) : undefined;
      reader.relation(fields, 'read', { query, ...(cte && { cte }) });
      const named = { ...facts, name: alias.name ?? table.name };
      return cte ? { ...named, kind: 'cte', cte } : { ...named, kind: 'table', table };
    }
    case 'RangeSubselect': {
      const inner = unwrap(fields.subquery);
      if (!inner) return undefined;
      const around = fields.lateral === true ? lateral : { items: [], outer, ctes };
      return { ...facts, kind: 'subquery', query: reader.query(inner, around) };
    }
    case 'RangeFunction':
      return readFunction(fields, facts, lateral, reader);
    case 'RangeTableFunc':
    case 'JsonTable':
      for (const [field, value] of Object.entries(fields)) if (field !== 'alias') reader.expressions(value, lateral);
      reader.expressions(bare(fields.context_item)?.raw_expr, lateral);
      reader.region(node, lateral);
      return {
        ...facts,
        kind: 'function',
        name: alias.name ?? (type === 'JsonTable' ? 'json_table' : 'xmltable'),
        calls: [{ args: [], columns: definedColumns(fields.columns) }],
        ordinality: false,
        declared: true,
      };
    case 'RangeTableSample': {
      reader.expressions([fields.args, fields.repeatable], lateral);
      const sampled = unwrap(fields.relation);
      return sampled && itemOf(sampled, context, reader);
    }
    case 'JoinExpr':
      return readJoin(node, context, reader);
    default:
      reader.expressions({ [type]: fields }, lateral);
      return undefined;
  }
}

/** The nearest CTE of that name. */
function findCte(list: CteList | undefined, name: string): Cte | undefined {
  for (let at = list; at; at = at.next) if (at.cte.name === name) return at.cte;
  return undefined;
}

type Facts = Omit<FunctionSource, 'kind' | 'calls' | 'ordinality' | 'declared'>;

function readFunction(
  fields: Readonly<Record<string, unknown>>,
  facts: Facts,
  lateral: Scope,
  reader: NamesReader,
): FunctionSource {
  const calls = wrappedNodes(fields.functions).map(list => {
    const [call, definitions] = (list.fields.items ?? []) as readonly unknown[];
    reader.expressions(call, lateral);
    const node = unwrap(call);
    if (node) reader.region(node, lateral);
    const parts = node?.type === 'FuncCall' ? strings(node.fields.funcname) : [];
    const name = parts.at(-1) ?? (node?.type === 'SQLValueFunction' ? undefined : node?.type.toLowerCase());
    const schema = parts.at(-2);
    const columns = definedColumns(definitions);
    return {
      ...(name !== undefined && { name: { ...(schema !== undefined && { schema }), name } }),
      args: node?.type === 'FuncCall' && Array.isArray(node.fields.args) ? node.fields.args : [],
      columns: columns.length > 0 ? columns : definedColumns(fields.coldeflist),
    };
  });
  // Without an alias the call's columns are qualified by the function's name; those of ROWS FROM cannot be.
  const own = calls.length === 1 ? calls[0]?.name?.name : undefined;
  const name = facts.name ?? own;
  return {
    ...facts,
    ...(name !== undefined && { name }),
    kind: 'function',
    calls,
    ordinality: fields.ordinality === true,
    declared: false,
  };
}

function readJoin(node: TypedNode, context: ItemContext, reader: NamesReader): Source | undefined {
  const { fields } = node;
  const { query, outer, ctes, nullExtended } = context;
  const joinType = JOIN_TYPES[String(fields.jointype)] ?? 'inner';
  const leftNode = unwrap(fields.larg);
  const rightNode = unwrap(fields.rarg);
  const fillsLeft = joinType === 'right' || joinType === 'full';
  const fillsRight = joinType === 'left' || joinType === 'full';
  const left = leftNode && readItem(leftNode, { ...context, nullExtended: nullExtended || fillsLeft }, reader);
  if (!left || !rightNode) return left;
  const sides = { ...context, left: [...context.left, left], nullExtended: nullExtended || fillsRight };
  const right = readItem(rightNode, sides, reader);
  if (!right) return left;
  const condition: Scope = { items: [left, right], outer, ctes, query };
  reader.expressions(fields.quals, condition);
  const quals = unwrap(fields.quals);
  if (quals) reader.region(quals, condition);
  const alias = aliasOf(fields);
  const join: Draft<JoinSource> = {
    kind: 'join',
    ...(alias.name !== undefined && { name: alias.name }),
    aliased: alias.name !== undefined,
    columnAliases: [...alias.columns],
    node,
    nullExtended,
    left,
    right,
    joinType,
    using: strings(fields.usingClause),
    natural: fields.isNatural === true,
  };
  const merged = bare(fields.join_using_alias)?.aliasname;
  if (typeof merged === 'string') {
    join.merged = { kind: 'merged', name: merged, aliased: true, columnAliases: [], node, nullExtended, join };
    query.sources.push(join.merged);
  }
  return join;
}
