import type { SourceRange } from '../../base/sourceRange';
import type { Edit } from '../../rules/finding';
import { contains, list } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import { conjuncts, disjuncts, rangeOfTree, selectedValues } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { clauseBreak } from './support/compose';
import { columnPair } from './support/conditions';
import { anyOf, hasIndexFor, isNarrowing, noneOf, readArm } from './support/orArms';
import type { OrArm } from './support/orArms';
import { outputNamesOfOrder } from './support/outputOrder';
import { hasOnly, QueryBlock } from './support/queryBlock';
import { pageDifferences } from './support/rowKeys';
import { isSteady } from './support/steady';

/** OR between conditions on different tables, in WHERE or in the condition of a join, as a query for each. */
export const orToUnionAll = defineRewrite({
  id: 'or-to-union-all',
  title: 'Ask for each side of OR in a query of its own (UNION ALL)',
  why: 'Beside OR no side can be found by an index before the tables are joined.',
  guideline: { guide: '002', section: '4.2 Query Optimization Examples' },
  nodes: ['BoolExpr'],
  mentions: /\bor\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const parent = node.parent?.type;
      if (parent !== undefined && !PLACES.has(parent)) return [];
      // INSERT gives a bare string or NULL the type of its column; in a set operation it is a text.
      if (parent === 'InsertStmt' && selectedValues(node.fields).some(isUntyped)) return [];
      const block = QueryBlock.read(context, node);
      return block ? rewrite(block, context) : [];
    }),
});

/** Where a query may become a set operation without parentheses around it. */
const PLACES = new Set([
  'RangeSubselect',
  'CommonTableExpr',
  'InsertStmt',
  'CreateTableAsStmt',
  'ViewStmt',
  'ExplainStmt',
]);

function rewrite(block: QueryBlock, { catalog }: RewriteContext): FoundRewrite[] {
  const { fields, items } = block;
  if (items.length < 2 || !hasOnly(block, 'sortClause', 'limitCount', 'limitOffset', 'withClause')) return [];
  // Without an order the first rows of any kind will do, and those are soon found.
  if (isAggregated(fields) || hasWindows(block) || (fields.limitCount && !fields.sortClause)) return [];
  const found = orInWhere(block) ?? orInJoin(block);
  const order = outputNamesOfOrder(block, catalog);
  if (!found || !order || !isSteady([fields.targetList, fields.fromClause, fields.whereClause], catalog)) return [];
  const edits = unionEdits(block, found);
  if (!edits) return [];
  return [
    {
      range: found.range,
      edits: [...edits, ...order],
      equality: equalUnless(pageDifferences(block, catalog), [
        'each query leaves out the rows that those before it find',
      ]),
      why: found.why,
    },
  ];
}

/** An OR whose arms, in groups, become a query each. */
interface SplitOr {
  readonly range: SourceRange;
  readonly groups: readonly (readonly OrArm[])[];
  readonly why: string;
}

/** `a.x = 1 OR b.y = 2` beside nothing that narrows the rows. */
function orInWhere(block: QueryBlock): SplitOr | undefined {
  const conditions = conjuncts(block.fields.whereClause);
  if (conditions.some(condition => isNarrowing(block, condition))) return undefined;
  for (const condition of conditions) {
    const range = rangeOfTree(block.statement, condition);
    const arms = readArms(block, condition);
    if (!range || !arms) continue;
    if (!arms.every(({ column, kind, items }) => column && items.size === 1 && kind !== 'other' && kind !== 'subquery'))
      continue;
    const groups = groupByColumn(arms);
    const isAcross = new Set(arms.flatMap(({ items }) => [...items])).size > 1;
    if (isAcross) return { range, groups, why: whySplit(arms) };
  }
  return undefined;
}

function readArms(block: QueryBlock, condition: unknown): OrArm[] | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'BoolExpr' || node.fields.boolop !== 'OR_EXPR') return undefined;
  const arms = disjuncts(condition).map(arm => readArm(block, arm));
  return arms.includes(undefined) ? undefined : arms.map(arm => arm!);
}

/** A query for each column, so that each can use an index whether or not there is one for the others. */
function groupByColumn(arms: readonly OrArm[]): OrArm[][] {
  const groups: OrArm[][] = [];
  for (const arm of arms) {
    const group = groups.find(
      ([first]) => first?.column?.item === arm.column?.item && first?.column?.name === arm.column?.name,
    );
    if (group) group.push(arm);
    else groups.push([arm]);
  }
  return groups;
}

function whySplit(arms: readonly OrArm[]): string {
  const why =
    'A row may qualify by either table, so both are read and joined before OR is looked at. A query for each column begins at an index on it, and none finds a row that another has found.';
  const lacking = arms.filter(arm => hasIndexFor(arm) === false).map(({ column }) => nameOf(column));
  return lacking.length === 0
    ? why
    : `${why} It pays with an index on each column; there is none on ${lacking.join(', ')}.`;
}

function nameOf(column: OrArm['column']): string {
  return `${column?.item.name ?? ''}.${column?.name ?? ''}`;
}

/** `JOIN b ON a.x = b.x OR a.y = b.y`, each arm with an equality to join by. */
function orInJoin(block: QueryBlock): SplitOr | undefined {
  for (const { join, combination } of block.items) {
    if (!join || combination !== 'inner' || hasOuterJoin(block)) continue;
    const whole = conjuncts(join.quals).find(
      condition => unwrap(condition)?.type === 'BoolExpr' && unwrap(condition)?.fields.boolop === 'OR_EXPR',
    );
    const range = rangeOfTree(block.statement, whole);
    const arms = readArms(block, whole);
    // Beside another equality the join has something to be made by.
    if (!range || !arms || conjuncts(join.quals).some(condition => columnPair(condition, block))) continue;
    const isJoinable = arms.every(({ tree }) => conjuncts(tree).some(condition => columnPair(condition, block)));
    if (!isJoinable) continue;
    const why =
      'With OR in its condition a join can only be made by comparing every row with every other. Each equality alone can be joined by a hash, a merge or an index.';
    return { range, groups: arms.map(arm => [arm]), why };
  }
  return undefined;
}

function isUntyped(value: unknown): boolean {
  const type = unwrap(value)?.type;
  return type === 'A_Const' || type === 'ParamRef' || type === 'SetToDefault';
}

function hasOuterJoin({ items }: QueryBlock): boolean {
  return items.some(({ combination }) => combination === 'left' || combination === 'right' || combination === 'full');
}

function hasWindows({ fields }: QueryBlock): boolean {
  return contains(list(fields.targetList), (type, { over }) => type === 'FuncCall' && over !== undefined);
}

/** The query keeps its first group; the others follow as queries of their own, before ORDER BY. */
function unionEdits(block: QueryBlock, { range, groups }: SplitOr): Edit[] | undefined {
  const { clauses, statement } = block;
  const { from, where, targets } = clauses;
  const inWhere = where && where.start <= range.start && range.end <= where.end;
  const clause = inWhere ? where : from;
  if (range.start < clause.start || clause.end < range.end) return undefined;
  const gap = clauseBreak(block);
  const before = statement.text.slice(clause.start, range.start);
  const after = statement.text.slice(range.end, clause.end);
  const isEnclosed = /\(\s*$/.test(before) && /^\s*\)/.test(after);
  const condition = (group: readonly OrArm[]): string => (isEnclosed ? withoutParentheses(group) : anyOf(group));
  const withOr = (group: readonly OrArm[]): string => before + condition(group) + after;
  const queries = groups.slice(1).map((group, i) => {
    const none = noneOf(groups.slice(0, i + 1).flat());
    const ownFrom = inWhere ? block.text(from) : withOr(group);
    const kept = inWhere ? withOr(group) : where && withParentheses(block, block.text(where));
    const conditions = kept === undefined ? none : `${kept} AND ${none}`;
    return `${gap}UNION ALL${gap}SELECT ${block.text(targets)}${gap}FROM ${ownFrom}${gap}WHERE ${conditions}`;
  });
  return [
    { range, newText: condition(groups[0]!) },
    { range: { start: (where ?? from).end, end: (where ?? from).end }, newText: queries.join('') },
  ];
}

function withoutParentheses(group: readonly OrArm[]): string {
  return group.map(({ text }) => text).join(' OR ');
}

function withParentheses({ fields }: QueryBlock, text: string): string {
  const node = unwrap(fields.whereClause);
  return node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' ? `(${text})` : text;
}
