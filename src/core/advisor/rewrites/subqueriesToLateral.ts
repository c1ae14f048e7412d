import { integerConstant } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, needsChecking, provablyEqual } from './rewrite';
import { fromText, joinEdits, nameJoined, selectedTexts } from './support/joinedSubquery';
import { groupedBySource, selectSubqueries } from './support/selectSubqueries';
import type { SelectSubquery } from './support/selectSubqueries';

export const subqueriesToLateral = defineRewrite({
  id: 'subqueries-to-lateral',
  title: 'Read the rows of these subqueries once with LATERAL',
  why: 'Each of these subqueries reads the same rows again for every row of the result. One LATERAL join reads them once for each row and gives all values.',
  nodes: ['SubLink'],
  find(context) {
    return groupedBySource(selectSubqueries(context)).flatMap(group => lateralOf(context, group) ?? []);
  },
});

function lateralOf(context: RewriteContext, group: readonly SelectSubquery[]): FoundRewrite | undefined {
  const [first] = group;
  if (!first || group.length < 2) return undefined;
  const { sortClause, limitCount, whereClause } = first.inner;
  const isOneRow = group.every(({ inner }) => isAggregated(inner) && !limitCount && !sortClause);
  const isFirstRow =
    group.every(({ inner }) => !isAggregated(inner)) && integerConstant(limitCount) === 1 && sortClause;
  if ((!isOneRow && !isFirstRow) || !whereClause) return undefined;
  const joined = nameJoined(context, group, table => `${table}_each`);
  const selected = selectedTexts(context, group, joined);
  if (!selected) return undefined;
  const { where, order, limit, from } = first.innerClauses;
  const rest = [where, order, limit].flatMap(clause =>
    clause ? context.statement.text.slice(clause.range.start, clause.range.end) : [],
  );
  if (!from || rest.length !== (isOneRow ? 1 : 3)) return undefined;
  const join = `LEFT JOIN LATERAL (SELECT ${selected.join(', ')} FROM ${fromText(context, first)} ${rest.join(' ')}) AS ${joined.alias} ON true`;
  return {
    title: `Read the rows of these ${group.length} subqueries once with LATERAL`,
    range: context.rangeOf(first.link),
    edits: joinEdits(context, group, joined, join, reference => reference),
    equality: isOneRow
      ? provablyEqual('an aggregate without groups gives exactly one row')
      : needsChecking('of rows that tie for the first place the values now come from one row, and not from one each'),
  };
}
