import { isAggregateCall } from '../../sql/aggregates';
import { contains, functionName, list, operatorOf } from '../../rules/support/expressions';
import { textOfTree } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { correlationOf } from './support/correlation';
import { fromText, joinEdits, nameJoined, selectedTexts } from './support/joinedSubquery';
import { orderDependence } from './support/orderDependence';
import { groupedBySource, selectSubqueries } from './support/selectSubqueries';
import type { SelectSubquery } from './support/selectSubqueries';

export const subqueryToGroupedJoin = defineRewrite({
  id: 'subquery-to-grouped-join',
  title: 'Join the grouped rows instead of a subquery for each row',
  why: 'The subquery runs once for each row of the result. A join to the grouped table reads its rows once for all, which is faster where most of them are asked for; for few rows and an index the subquery is.',
  nodes: ['SubLink'],
  find(context) {
    return groupedBySource(selectSubqueries(context)).flatMap(group => groupedJoinOf(context, group) ?? []);
  },
});

/** The value for no rows is known, and the order of the rows does not matter. */
const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'min', 'max', 'avg', 'bool_and', 'bool_or', 'every']);

function groupedJoinOf(context: RewriteContext, all: readonly SelectSubquery[]): FoundRewrite | undefined {
  const group = all.filter(each => emptyValue(context, each) !== undefined);
  const [first] = group;
  if (!first || group.some(({ inner }) => inner.sortClause || inner.limitCount)) return undefined;
  // ON sees nothing of the items of FROM before a comma.
  if (list(first.outer.fields.fromClause).length !== 1) return undefined;
  const correlation = correlationOf(context, first);
  if (!correlation) return undefined;
  const { keys, rest } = correlation;
  const joined = nameJoined(context, group, table => `${table}_by_${keys.map(key => key.column).join('_')}`);
  const selected = selectedTexts(context, group, joined);
  if (!selected) return undefined;
  const columns = keys.map(key => joined.freshColumn(key.column));
  const keyTexts = keys.map(({ inside, column }, i) =>
    column === columns[i] ? inside : `${inside} AS ${quoteIdentifier(columns[i]!)}`,
  );
  const alias = quoteIdentifier(joined.alias);
  const where = rest.length > 0 ? ` WHERE ${rest.map(({ text }) => text).join(' AND ')}` : '';
  const on = keys.map(({ outside }, i) => `${alias}.${quoteIdentifier(columns[i]!)} = ${outside}`).join(' AND ');
  const join = `LEFT JOIN (SELECT ${[...keyTexts, ...selected].join(', ')} FROM ${fromText(context, first)}${where} GROUP BY ${keys.map(key => key.inside).join(', ')}) AS ${alias} ON ${on}`;
  return {
    ...(group.length > 1 && { title: `Join the grouped rows instead of ${group.length} subqueries for each row` }),
    range: context.rangeOf(first.link),
    edits: joinEdits(context, group, joined, join, (reference, subquery) => {
      const empty = emptyValue(context, subquery)!;
      return empty === 'NULL' ? reference : `COALESCE(${reference}, ${empty})`;
    }),
    equality: equalUnless(
      [
        ...(keys.every(key => key.isSure) ? [] : ['values of different types may be equal and yet be grouped apart']),
        ...new Set(group.flatMap(({ link }) => orderDependence(context, link))),
        ...(group.some(each => mayFail(each, rest)) ? ['an error in rows that nobody asks for now'] : []),
      ],
      [`each ${keys.map(key => key.column).join(', ')} is one group, so that the join repeats no row`],
    ),
  };
}

/** What the subquery gives where it finds no row, as SQL; undefined if that cannot be told. */
function emptyValue({ statement }: RewriteContext, { value }: SelectSubquery): string | undefined {
  const node = unwrap(value);
  if (node?.type === 'FuncCall') return aggregateOf(value) && (functionName(node.fields) === 'count' ? '0' : 'NULL');
  if (node?.type !== 'CoalesceExpr') return undefined;
  const [first, fallback, ...more] = list(node.fields.args);
  const name = aggregateOf(first);
  if (name === undefined || name === 'count' || more.length > 0 || unwrap(fallback)?.type !== 'A_Const')
    return undefined;
  return textOfTree(statement, fallback);
}

function aggregateOf(value: unknown): string | undefined {
  const call = unwrap(value);
  if (call?.type !== 'FuncCall' || !isAggregateCall(call.type, call.fields) || call.fields.agg_order) return undefined;
  const name = functionName(call.fields);
  return name !== undefined && AGGREGATES.has(name) && !contains(call.fields.args, isAggregateCall) ? name : undefined;
}

/** A division in a group that no row of the result belongs to is computed all the same. */
function mayFail({ value }: SelectSubquery, rest: readonly { readonly tree: unknown }[]): boolean {
  return contains([value, ...rest.map(({ tree }) => tree)], (type, fields) => {
    if (type === 'A_Expr') return /^[/%^]$/.test(operatorOf(fields) ?? '');
    return type === 'TypeCast' && unwrap(fields.arg)?.type !== 'A_Const';
  });
}
