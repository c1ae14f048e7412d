import { columnFixedBy } from '../../rules/support/columnEqualities';
import { integerConstant, list } from '../../rules/support/expressions';
import { fromItems, isAggregated } from '../../rules/support/fromItems';
import { hasInheritanceChildren, isUniqueBy } from '../../rules/support/uniqueness';
import { quoteIdentifier } from '../../sql/identifiers';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { correlationOf } from './support/correlation';
import { fromText, joinEdits, nameJoined, selectedTexts } from './support/joinedSubquery';
import { groupedBySource, selectSubqueries } from './support/selectSubqueries';
import type { SelectSubquery } from './support/selectSubqueries';

export const subqueryToLeftJoin = defineRewrite({
  id: 'subquery-to-left-join',
  title: 'Look the row up with LEFT JOIN',
  why: 'The subquery looks up one row for each row of the result, one by one. A join can read the table once for all of them, and gives several values of the row at once.',
  nodes: ['SubLink'],
  find(context) {
    return groupedBySource(selectSubqueries(context)).flatMap(group => lookupOf(context, group) ?? []);
  },
});

function lookupOf(context: RewriteContext, group: readonly SelectSubquery[]): FoundRewrite | undefined {
  const { catalog, find } = context;
  const [first] = group;
  const inner = first && find('SelectStmt').find(({ fields }) => fields === first.inner);
  if (!first || !inner || group.some(each => isAggregated(each.inner))) return undefined;
  const { limitCount } = inner.fields;
  if (limitCount !== undefined && integerConstant(limitCount) !== 1) return undefined;
  if (list(first.outer.fields.fromClause).length !== 1) return undefined;
  const [item, ...others] = fromItems(inner, catalog);
  const correlation = correlationOf(context, first);
  if (!item?.relation || others.length > 0 || !correlation) return undefined;
  const { keys, rest } = correlation;
  const fixed = rest.flatMap(({ tree }) => columnFixedBy(tree, [item])?.name ?? []);
  const columns = [...keys.map(key => key.column), ...fixed];
  if (!isUniqueBy(item.relation, columns) || hasInheritanceChildren(catalog, item.relation)) return undefined;
  const joined = nameJoined(context, group, table => table);
  const selected = selectedTexts(context, group, joined);
  if (!selected) return undefined;
  const names = keys.map(key => joined.freshColumn(key.column));
  const keyTexts = keys.map(({ inside, column }, i) =>
    column === names[i] ? inside : `${inside} AS ${quoteIdentifier(names[i]!)}`,
  );
  const alias = quoteIdentifier(joined.alias);
  const where = rest.length > 0 ? ` WHERE ${rest.map(({ text }) => text).join(' AND ')}` : '';
  const on = keys.map(({ outside }, i) => `${alias}.${quoteIdentifier(names[i]!)} = ${outside}`).join(' AND ');
  const join = `LEFT JOIN (SELECT ${[...keyTexts, ...selected].join(', ')} FROM ${fromText(context, first)}${where}) AS ${alias} ON ${on}`;
  return {
    range: context.rangeOf(first.link),
    edits: joinEdits(context, group, joined, join, reference => reference),
    equality: equalUnless(
      keys.every(key => key.isSure) ? [] : ['columns of different types may find several rows by one value'],
      [`${columns.join(', ')} is a unique key of ${item.relation.name}, so that the join repeats no row`],
    ),
  };
}
