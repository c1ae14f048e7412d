import { contains, list } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { clauseBreak, composeFrom, conditionsOf, groupsOf, isPlainDistinct, isPlainJoin } from './support/compose';
import { hasOnly, QueryBlock, trimmed } from './support/queryBlock';
import { pageDifferences, selectedColumns, uniqueBy } from './support/rowKeys';
import { isSteady } from './support/steady';

export const distinctJoinToExists = defineRewrite({
  id: 'distinct-join-to-exists',
  title: 'Ask with EXISTS instead of joining',
  why: 'The join builds all pairs of rows, and DISTINCT sorts or hashes them to drop the repeats. EXISTS is done with a row at its first match, and nothing is multiplied.',
  nodes: ['JoinExpr', 'RangeVar'],
  mentions: /distinct/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const block = isPlainDistinct(node.fields) ? QueryBlock.read(context, node) : undefined;
      return block ? rewrite(block, context) : [];
    }),
});

function rewrite(block: QueryBlock, { catalog }: RewriteContext): FoundRewrite[] {
  const { fields, items, clauses } = block;
  if (items.length < 2 || !isPlainJoin(block) || isAggregated(fields) || hasWindows(block)) return [];
  if (!hasOnly(block, 'distinctClause', 'sortClause', 'limitCount', 'limitOffset', 'withClause')) return [];
  const shown = block.mentions([fields.targetList, fields.sortClause]);
  const conditions = conditionsOf(block);
  if (!shown.isCertain || !conditions || !isSteady([fields.targetList, conditions.map(each => each.tree)], catalog))
    return [];
  const kept = items.filter(item => shown.items.has(item));
  const asked = items.filter(item => !shown.items.has(item));
  const columns = selectedColumns(block);
  // What is joined by its own key multiplies nothing: then DISTINCT is there for other reasons, or for none.
  if (kept.length === 0 || asked.length === 0 || uniqueBy(block, everyColumn(kept), catalog)) return [];

  const isAsked = conditions.filter(condition => asked.some(item => condition.items.has(item)));
  const outer = composeFrom(
    block,
    kept,
    conditions.filter(condition => !isAsked.includes(condition)),
  );
  const exists = groupsOf(asked, isAsked).map(group => {
    const own = isAsked.filter(condition => group.some(item => condition.items.has(item)));
    const inner = composeFrom(block, group, own);
    const where = inner && inner.where.length > 0 ? ` WHERE ${inner.where.join(' AND ')}` : '';
    return inner && `EXISTS (SELECT 1 FROM ${inner.from}${where})`;
  });
  if (!outer || exists.includes(undefined)) return [];

  const gap = clauseBreak(block);
  const key = hasFunction(block) ? undefined : uniqueBy(block, columns, catalog, kept);
  const distinct = { start: clauses.select.end, end: clauses.targets.start };
  return [
    {
      range: trimmed(block.statement.text, { start: clauses.select.start, end: clauses.targets.start }),
      edits: [
        ...(key ? [{ range: distinct, newText: ' ' }] : []),
        {
          range: { start: clauses.from.start, end: (clauses.where ?? clauses.from).end },
          newText: `${outer.from}${gap}WHERE ${[...outer.where, ...exists].join(`${gap === ' ' ? ' ' : `${gap}  `}AND `)}`,
        },
      ],
      equality: equalUnless(pageDifferences(block, catalog, kept), key ?? ['DISTINCT stays, over fewer rows']),
    },
  ];
}

/** All columns of the items: what tells their rows apart if anything does. */
function everyColumn(items: readonly QueryBlock['items'][number][]): Parameters<typeof uniqueBy>[1] {
  return items.flatMap(item => (item.relation?.columns ?? []).map(({ name }) => ({ item, name })));
}

/** A function may return several rows for one. */
function hasFunction({ fields }: QueryBlock): boolean {
  return contains(fields.targetList, type => type === 'FuncCall');
}

function hasWindows({ fields }: QueryBlock): boolean {
  return contains(list(fields.targetList), (type, { over }) => type === 'FuncCall' && over !== undefined);
}
