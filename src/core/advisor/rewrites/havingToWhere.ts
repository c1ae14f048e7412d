import { isAggregateCall } from '../../sql/aggregates';
import type { NodeMatch } from '../../rules/nodeIndex';
import { contains, functionName, list } from '../../rules/support/expressions';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, provablyEqual } from './rewrite';
import { addCondition, clausesOf, removal } from './support/clauses';
import { conjunctPlaces, removeConjuncts } from './support/conjuncts';
import { isBuiltIn, isSteady } from './support/steady';

/** Where HAVING is one condition, the rule `query/having-without-aggregate` has the fix. */
export const havingToWhere = defineRewrite({
  id: 'having-to-where',
  title: 'Move the conditions on rows from HAVING to WHERE',
  why: 'A condition on the grouping columns can be decided before rows are grouped, and in WHERE it can use an index. PostgreSQL moves it there by itself where it can; in WHERE everybody sees it.',
  nodes: ['SelectStmt'],
  mentions: /having/i,
  find(context) {
    return context.find('SelectStmt').flatMap(query => movedOf(context, query) ?? []);
  },
});

function movedOf(context: RewriteContext, query: NodeMatch): FoundRewrite | undefined {
  const { statement } = context;
  const { fields } = query;
  const groups = list(fields.groupClause);
  if (!fields.havingClause || groups.length === 0 || contains(groups, type => type === 'GroupingSet')) return undefined;
  const clauses = clausesOf(statement, fields);
  const all = conjunctPlaces(statement, fields.havingClause);
  if (!clauses?.having || !all || all.length < 2) return undefined;
  const moved = all.filter(({ tree }) => isOnRows(context, tree));
  if (moved.length === 0) return undefined;
  const remove =
    moved.length === all.length ? [removal(statement, clauses.having.range)] : removeConjuncts(statement, all, moved);
  const condition = moved
    .map(({ range, tree }) => {
      const text = statement.text.slice(range.start, range.end);
      const node = unwrap(tree);
      const isOr = node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' && !text.startsWith('(');
      return isOr ? `(${text})` : text;
    })
    .join(' AND ');
  const add = addCondition(statement, fields, clauses, condition);
  if (!remove || !add) return undefined;
  const range = { start: moved[0]!.range.start, end: moved.at(-1)!.range.end };
  return {
    range,
    edits: [...add, ...remove],
    equality: provablyEqual('all rows of a group agree on a condition that names no aggregate'),
  };
}

/** It reads a column, and nothing in it can be an aggregate. */
function isOnRows({ catalog }: RewriteContext, condition: unknown): boolean {
  return (
    contains(condition, type => type === 'ColumnRef') &&
    isSteady(condition, catalog) &&
    !contains(
      condition,
      (type, fields) =>
        type === 'SubLink' ||
        type === 'GroupingFunc' ||
        isAggregateCall(type, fields) ||
        (type === 'FuncCall' && (!isBuiltIn(functionName(fields) ?? '') || fields.agg_order !== undefined)),
    )
  );
}
