import type { Edit } from '../../rules/finding';
import type { NodeMatch } from '../../rules/nodeIndex';
import { functionName, list } from '../../rules/support/expressions';
import type { FromItem } from '../../rules/support/fromItems';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { wordsBefore } from '../../rules/support/words';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { removal } from './support/clauses';
import { asOperand } from './support/compose';
import { columnPair, equalSides } from './support/conditions';
import { groupTableOf, lateralText } from './support/latestPerGroup';
import { freshName, takenNames } from './support/names';
import { hasOnly, hasSystemColumns, QueryBlock } from './support/queryBlock';
import type { BlockColumn } from './support/queryBlock';
import { keyFact, keyWithin } from './support/rowKeys';

const WHY =
  'The table is read twice: once for the greatest value of each group, and once more for the rows that have it.';

/** The rows with the greatest value of their group, found by a second reading of the table. */
export const maxJoinToDistinctOn = defineRewrite({
  id: 'max-join-to-distinct-on',
  title: 'Keep the first row of each group with DISTINCT ON',
  why: `${WHY} DISTINCT ON reads it once.`,
  nodes: ['FuncCall'],
  mentions: /\b(?:max|min)\b/i,
  find: context => latestReads(context).flatMap(read => distinctOn(read, context)),
});

export const maxJoinToLateral = defineRewrite({
  id: 'max-join-to-lateral',
  title: 'Read the first rows of each group from an index (LATERAL)',
  why: `${WHY} For each row of the table of groups an index finds them at once.`,
  nodes: ['FuncCall'],
  mentions: /\b(?:max|min)\b/i,
  find: context => latestReads(context).flatMap(read => lateral(read, context)),
});

/** `a JOIN (SELECT k, max(v) AS m FROM t GROUP BY k) x ON x.k = a.k AND x.m = a.v`, or the same as a subquery in WHERE. */
interface LatestRead {
  readonly block: QueryBlock;
  /** The item whose rows are kept. */
  readonly item: FromItem;
  readonly groups: readonly BlockColumn[];
  readonly value: BlockColumn;
  readonly direction: ' DESC' | '';
  readonly call: NodeMatch;
  /** What goes with the second reading. */
  readonly edits: readonly Edit[];
}

function latestReads(context: RewriteContext): LatestRead[] {
  return context.find('FuncCall').flatMap(call => {
    const name = functionName(call.fields);
    const node = call.parent?.type === 'ResTarget' ? call.parent.parent : undefined;
    if ((name !== 'max' && name !== 'min') || node?.type !== 'SelectStmt' || call.fields.over || call.fields.agg_filter)
      return [];
    const inner = QueryBlock.read(context, node);
    const value = inner?.column(list(call.fields.args)[0]);
    if (!inner || !value || inner.items.length > 1 || !inner.items[0]?.relation || inner.items[0].type !== 'RangeVar')
      return [];
    const found = readJoined(inner, value, node, context) ?? readCompared(inner, value, node, context);
    return found ? [{ ...found, call, direction: name === 'max' ? ' DESC' : '' }] : [];
  });
}

type Found = Omit<LatestRead, 'call' | 'direction'>;

/** The subquery as an item of FROM. */
function readJoined(
  inner: QueryBlock,
  value: BlockColumn,
  node: NodeMatch,
  context: RewriteContext,
): Found | undefined {
  const subquery = node.parent?.type === 'RangeSubselect' ? node.parent : undefined;
  const join = subquery?.parent;
  let at = subquery;
  while (at?.parent?.type === 'JoinExpr') at = at.parent;
  const around = at?.key === 'fromClause' ? at.parent : undefined;
  const block = around && QueryBlock.read(context, around);
  const second = block?.items.find(({ fields }) => fields === subquery?.fields);
  const names = innerNames(inner, value);
  if (!block || !second || !names || !hasOnly(inner, 'groupClause') || inner.clauses.where) return undefined;
  if (
    join?.type !== 'JoinExpr' ||
    join.fields.jointype !== 'JOIN_INNER' ||
    second.combination !== 'inner' ||
    !join.fields.quals
  )
    return undefined;
  const pairs = conjuncts(join.fields.quals).map(condition => columnPair(condition, block));
  const sides = pairs.flatMap(pair => (pair ? [pair[0].item === second ? pair : ([pair[1], pair[0]] as const)] : []));
  const [item] = new Set(sides.map(([, own]) => own.item));
  if (sides.length < pairs.length || !item || sides.some(([its, own]) => its.item !== second || own.item !== item))
    return undefined;
  if (item.relation !== inner.items[0]!.relation || item.type !== 'RangeVar' || !isSure(item)) return undefined;
  const rows = sides.map(([its, own]) => ({ meant: names.get(its.name), own }));
  const groups = rows.filter(({ meant }) => meant !== value.name).map(({ own }) => own);
  const compared = rows.find(({ meant }) => meant === value.name)?.own;
  if (rows.some(({ meant, own }) => meant !== own.name) || !compared || groups.length !== names.size - 1)
    return undefined;
  // Nothing else may read the second item.
  const others = [
    block.fields.targetList,
    block.fields.whereClause,
    block.fields.groupClause,
    block.fields.sortClause,
    block.fields.havingClause,
  ];
  const mentions = block.mentions([
    others,
    block.items.flatMap(each => (each.join && each.join !== join.fields ? [each.join.quals] : [])),
  ]);
  const start = rangeOfTree(context.statement, { SelectStmt: node.fields })?.start;
  const word = start === undefined ? undefined : wordsBefore(context.statement.text, start, /(?:inner\s+)?join/i);
  const end = rangeOfTree(context.statement, join.fields.quals)?.end;
  if (!mentions.isCertain || mentions.items.has(second) || !word || end === undefined) return undefined;
  if (/\(\s*$/.test(context.statement.text.slice(0, rangeOfTree(context.statement, join.fields.quals)!.start)))
    return undefined;
  return { block, item, groups, value: compared, edits: [removal(context.statement, { start: word.start, end })] };
}

/** What the columns of the subquery are: group columns and the value, by the names it gives them. */
function innerNames(inner: QueryBlock, value: BlockColumn): ReadonlyMap<string, string> | undefined {
  const grouped = list(inner.fields.groupClause).map(key => inner.column(key)?.name);
  const names = new Map<string, string>();
  for (const target of list(inner.fields.targetList)) {
    const { name, val } = unwrap(target)?.fields ?? {};
    const column = inner.column(val);
    const isValue = unwrap(val)?.type === 'FuncCall';
    if (!isValue && !column) return undefined;
    const shown = typeof name === 'string' ? name : (column?.name ?? functionName(unwrap(val)!.fields)!);
    names.set(shown, isValue ? value.name : column!.name);
  }
  const own = [...names.values()].filter(name => name !== value.name);
  const isAll = own.length === grouped.length && grouped.every(name => name !== undefined && own.includes(name));
  return isAll && names.size === grouped.length + 1 && grouped.length > 0 ? names : undefined;
}

/** `a.v = (SELECT max(b.v) FROM t b WHERE b.k = a.k)` as a condition. */
function readCompared(
  inner: QueryBlock,
  value: BlockColumn,
  node: NodeMatch,
  context: RewriteContext,
): Found | undefined {
  const link = node.parent;
  const comparison = link?.type === 'SubLink' && link.fields.subLinkType === 'EXPR_SUBLINK' ? link.parent : undefined;
  let at = comparison;
  while (at?.parent?.type === 'BoolExpr' && at.parent.fields.boolop === 'AND_EXPR') at = at.parent;
  const around = at?.key === 'whereClause' ? at.parent : undefined;
  const block = around && QueryBlock.read(context, around);
  const whole = comparison && { [comparison.type]: comparison.fields };
  const sides = equalSides(whole);
  const own = sides?.map(side => block?.column(side)).find(column => column !== undefined);
  if (!block || !own || !hasOnly(inner) || list(inner.fields.targetList).length !== 1) return undefined;
  if (
    own.item.relation !== inner.items[0]!.relation ||
    own.item.type !== 'RangeVar' ||
    own.name !== value.name ||
    !isSure(own.item)
  )
    return undefined;
  const groups = conjuncts(inner.fields.whereClause).map(condition => {
    const [left, right] = equalSides(condition) ?? [];
    const its = inner.column(left) ?? inner.column(right);
    const outer = block.column(left) ?? block.column(right);
    return its && outer?.item === own.item && outer.name === its.name ? outer : undefined;
  });
  if (groups.length === 0 || groups.includes(undefined)) return undefined;
  const { where, from } = block.clauses;
  const others = conjuncts(block.fields.whereClause).filter(each => unwrap(each)?.fields !== comparison!.fields);
  const texts = others.map(each => asOperand(block, each));
  if (!where || texts.includes(undefined) || others.length === conjuncts(block.fields.whereClause).length)
    return undefined;
  const edit =
    texts.length > 0
      ? { range: where, newText: texts.join(' AND ') }
      : removal(context.statement, { start: from.end, end: where.end });
  return { block, item: own.item, groups: groups.map(group => group!), value: own, edits: [edit] };
}

/** The rows are chosen before anything is joined to them, so no outer join may have put NULLs in their place. */
function isSure({ combination }: FromItem): boolean {
  return combination === 'first' || combination === 'inner' || combination === 'comma' || combination === 'cross';
}

/** `=` finds no NULL, and the greatest value is never one. */
function notNullConditions({ item, groups, value }: LatestRead): string[] {
  const name = item.name ?? '';
  return [...groups, value]
    .filter(({ column }) => column?.notNull !== true)
    .map(column => `${quoteIdentifier(name)}.${quoteIdentifier(column.name)} IS NOT NULL`);
}

function distinctOn(read: LatestRead, context: RewriteContext): FoundRewrite[] {
  const { block, item, groups, value, direction, edits } = read;
  const range = rangeOfTree(context.statement, { [item.type]: item.fields });
  if (!range || hasSystemColumns(block) || !isPlain(block)) return [];
  const owner = quoteIdentifier(item.name ?? '');
  const keys = groups.map(({ name }) => `${owner}.${quoteIdentifier(name)}`).join(', ');
  const conditions = notNullConditions(read);
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const newText = `(SELECT DISTINCT ON (${keys}) * FROM ${block.text(range)}${where} ORDER BY ${keys}, ${owner}.${quoteIdentifier(value.name)}${direction}) AS ${owner}`;
  const key = keyWithin(item.relation, new Set([...groups, value].map(({ name }) => name)), context.catalog, true);
  return [
    {
      range: context.rangeOf(read.call),
      edits: [{ range, newText }, ...edits],
      equality: equalUnless(key ? [] : [ALL_OF_TIES], key ? [keyFact(item.relation!, key)] : []),
    },
  ];
}

const ALL_OF_TIES = 'where rows of a group tie for the greatest value all of them are found now, and one afterwards';

function lateral(read: LatestRead, context: RewriteContext): FoundRewrite[] {
  const { block, item, groups, value, direction, edits } = read;
  const range = rangeOfTree(context.statement, { [item.type]: item.fields });
  // NULL groups are found in neither form.
  const table = groupTableOf(
    block,
    groups.map(group => ({ ...group, notNull: true })),
    value.name,
    context.catalog,
  );
  if (!range || !table || hasSystemColumns(block) || !isPlain(block)) return [];
  const taken = takenNames(context);
  const names = { parent: freshName('parent', taken), latest: freshName('latest', taken) };
  const owner = quoteIdentifier(item.name ?? '');
  const text = lateralText(
    {
      item,
      groups,
      targets: '*',
      from: block.text(range),
      where: notNullConditions({ ...read, groups: [] }),
      order: `${owner}.${quoteIdentifier(value.name)}${direction}`,
      limit: 'FETCH FIRST 1 ROW WITH TIES',
    },
    table,
    names,
  );
  return [
    {
      range: context.rangeOf(read.call),
      edits: [{ range, newText: `(${text}) AS ${owner}` }, ...edits],
      equality: equalUnless(table.differences, [...table.facts, 'rows that tie are all kept']),
    },
  ];
}

/** Groups may select what depends on a key of the table, which a subquery has not; and its rows cannot be locked. */
function isPlain({ fields }: QueryBlock): boolean {
  return fields.lockingClause === undefined && fields.groupClause === undefined;
}
