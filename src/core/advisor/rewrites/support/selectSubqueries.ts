import type { NodeFields, NodeMatch } from '../../../rules/nodeIndex';
import { asColumn, list } from '../../../rules/support/expressions';
import { isAggregated } from '../../../rules/support/fromItems';
import { isSameTree } from '../../../rules/support/trees';
import { outputName } from '../../../sql/names/outputName';
import type { Query } from '../../../sql/names/scope';
import { unwrap } from '../../../sql/walk';
import type { RewriteContext } from '../rewrite';
import { clausesOf } from './clauses';
import type { Clauses } from './clauses';
import { levelOf, queryNamed } from './names';
import { isSteady } from './steady';

/** A subquery of one value in a select list. */
export interface SelectSubquery {
  readonly link: NodeMatch;
  /** The item of the select list it stands in. */
  readonly target: NodeMatch;
  readonly outer: NodeMatch;
  readonly outerClauses: Clauses;
  readonly inner: NodeFields;
  readonly innerClauses: Clauses;
  readonly innerQuery: Query;
  /** What it selects. */
  readonly value: unknown;
  /** The name of that column. */
  readonly name: string;
}

/** With one of these around it, a join in FROM would be made for more rows than the subquery, or not be allowed. */
const OUTER_BLOCKING = ['limitCount', 'limitOffset', 'lockingClause', 'larg', 'valuesLists'];
const INNER_BLOCKING = [
  ...['larg', 'valuesLists', 'withClause', 'groupClause', 'havingClause', 'distinctClause', 'windowClause'],
  ...['lockingClause', 'limitOffset'],
];

/**
 * The subqueries in select lists that read the row around them and could be joined instead: nothing in them is
 * volatile, and the query around them reads all its rows.
 */
export function selectSubqueries(context: RewriteContext): SelectSubquery[] {
  return context.find('SubLink').flatMap(link => readSubquery(context, link) ?? []);
}

function readSubquery(context: RewriteContext, link: NodeMatch): SelectSubquery | undefined {
  const { statement, catalog } = context;
  const target = targetOf(link);
  const outer = target?.parent;
  const inner = unwrap(link.fields.subselect)?.fields;
  if (link.fields.subLinkType !== 'EXPR_SUBLINK' || !target || outer?.type !== 'SelectStmt' || !inner) return undefined;
  if (OUTER_BLOCKING.some(name => outer.fields[name] !== undefined) || isAggregated(outer.fields)) return undefined;
  if (isLocked(outer)) return undefined;
  if (INNER_BLOCKING.some(name => inner[name] !== undefined)) return undefined;
  if (list(outer.fields.targetList).some(isBareStar)) return undefined;
  // DISTINCT wants what it sorts by in the select list, where it would be spelled otherwise.
  if (outer.fields.distinctClause && outer.fields.sortClause) return undefined;
  const targets = list(inner.targetList);
  const output = unwrap(targets[0])?.fields;
  const outerClauses = clausesOf(statement, outer.fields);
  const innerClauses = clausesOf(statement, inner);
  const innerQuery = queryNamed(context, inner);
  if (targets.length !== 1 || !output || !innerQuery || !outerClauses?.from || !innerClauses?.from) return undefined;
  if (asStar(output.val) || !isSteady(inner, catalog)) return undefined;
  if (!isOneOf(levelOf(context, inner.fromClause, innerQuery), 'inside', 'none')) return undefined;
  if (!isOneOf(levelOf(context, output.val, innerQuery), 'inside', 'none')) return undefined;
  const name = typeof output.name === 'string' ? output.name : outputName(output.val);
  return { link, target, outer, outerClauses, inner, innerClauses, innerQuery, value: output.val, name };
}

function isOneOf(level: string, ...levels: readonly string[]): boolean {
  return levels.includes(level);
}

/** FOR UPDATE goes on into the subqueries in FROM, where it allows no groups. */
function isLocked(query: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = query; at; at = at.parent) if (at.fields.lockingClause) return true;
  return false;
}

/** The item of the select list, with nothing in between under which the subquery might not be evaluated. */
function targetOf(link: NodeMatch): NodeMatch | undefined {
  let at = link;
  for (let parent = at.parent; parent; at = parent, parent = at.parent) {
    if (parent.type === 'ResTarget') return parent.key === 'targetList' ? parent : undefined;
    const isFirst = unwrap(list(parent.fields.args)[0])?.fields === at.fields;
    const passes =
      parent.type === 'TypeCast' ||
      (parent.type === 'CoalesceExpr' && isFirst) ||
      (parent.type === 'A_Expr' && parent.fields.kind === 'AEXPR_OP');
    if (!passes) return undefined;
  }
  return undefined;
}

function isBareStar(target: unknown): boolean {
  const parts = list(unwrap(unwrap(target)?.fields.val)?.fields.fields);
  return parts.length === 1 && unwrap(parts[0])?.type === 'A_Star';
}

function asStar(value: unknown): boolean {
  return unwrap(value)?.type === 'ColumnRef' && asColumn(value) === undefined;
}

/** The subqueries of one select list that read the same rows, put together; each group in the order of the text. */
export function groupedBySource(found: readonly SelectSubquery[]): SelectSubquery[][] {
  const groups: SelectSubquery[][] = [];
  for (const each of found) {
    const group = groups.find(([first]) => first!.outer === each.outer && readsSameRows(first!.inner, each.inner));
    if (group) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

function readsSameRows(a: NodeFields, b: NodeFields): boolean {
  return ['fromClause', 'whereClause', 'sortClause', 'limitCount'].every(clause => isSameTree(a[clause], b[clause]));
}
