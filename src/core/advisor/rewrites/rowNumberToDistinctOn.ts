import type { Edit } from '../../rules/finding';
import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { asColumn, contains, functionName, integerConstant, list } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { keyText, sortText, targetRange, withComma } from './support/blockText';
import { removal } from './support/clauses';
import { asOperand } from './support/compose';
import { equalSides } from './support/conditions';
import { groupTableOf, isInIndexOrder, lateralText, TIES_IN_GROUP } from './support/latestPerGroup';
import { freshName, takenNames } from './support/names';
import { hasOnly, QueryBlock } from './support/queryBlock';
import type { BlockColumn } from './support/queryBlock';
import { isStar, uniqueBy } from './support/rowKeys';
import { isSteady } from './support/steady';

/** `row_number() OVER (PARTITION BY camera_id ORDER BY at DESC) AS rn` ... `WHERE rn = 1`. */
export const rowNumberToDistinctOn = defineRewrite({
  id: 'row-number-to-distinct-on',
  title: 'Keep the first row of each group with DISTINCT ON',
  why: 'All rows are sorted and numbered, and all numbers but 1 thrown away. DISTINCT ON keeps the first row of each group as it passes.',
  nodes: ['FuncCall'],
  mentions: /\brow_number\b/i,
  find: context => numberedReads(context).flatMap(read => distinctOn(read, context)),
});

/** The same where an index has the first row of each group and a table has the groups. */
export const rowNumberToLateral = defineRewrite({
  id: 'row-number-to-lateral',
  title: 'Read the first row of each group from an index (LATERAL)',
  why: 'All rows are sorted and numbered, and all numbers but 1 thrown away. For each row of the table of groups an index finds the first row at once.',
  nodes: ['FuncCall'],
  mentions: /\brow_number\b/i,
  find: context => numberedReads(context).flatMap(read => lateral(read, context)),
});

/** A subquery that numbers rows, and the query around it that keeps those with number 1. */
interface NumberedRead {
  readonly inner: QueryBlock;
  readonly reader: NodeMatch;
  readonly call: NodeMatch;
  readonly target: unknown;
  readonly name: string;
  /** `rn = 1`, one of the conditions of the reader. */
  readonly kept: unknown;
  readonly groups: readonly unknown[];
  readonly order: readonly unknown[];
  /** What tells rows apart: the columns among groups and order. */
  readonly columns: readonly BlockColumn[];
}

function numberedReads(context: RewriteContext): NumberedRead[] {
  return context.find('FuncCall').flatMap(call => readNumbered(call, context) ?? []);
}

function readNumbered(call: NodeMatch, context: RewriteContext): NumberedRead | undefined {
  const node = call.parent?.parent;
  const over = call.fields.over as NodeFields | undefined;
  const name = call.parent?.fields.name;
  if (functionName(call.fields) !== 'row_number' || call.parent?.type !== 'ResTarget' || node?.type !== 'SelectStmt')
    return undefined;
  if (typeof name !== 'string' || typeof over?.name === 'string' || typeof over?.refname === 'string') return undefined;
  const inner = QueryBlock.read(context, node);
  const reader = readerOf(node, context);
  const kept = reader && conjuncts(reader.fields.whereClause).find(condition => isFirst(condition, name));
  if (!inner || !reader || kept === undefined || !hasOnly(inner) || isAggregated(inner.fields)) return undefined;
  const targets = list(inner.fields.targetList);
  const target = targets.find(each => unwrap(each)?.fields === call.parent!.fields);
  if (targets.length < 2 || windowsIn(inner) > 1 || !isSteady(inner.fields, context.catalog)) return undefined;
  const groups = list(over?.partitionClause);
  const order = list(over?.orderClause);
  const keys = [...groups, ...order.map(key => unwrap(key)?.fields.node)];
  if (order.length === 0 || keys.some(key => isRenamed(key, inner))) return undefined;
  const columns = keys.flatMap(key => inner.column(key) ?? []);
  return { inner, reader, call, target, name, kept, groups, order, columns };
}

function isFirst(condition: unknown, name: string): boolean {
  const [left, right] = equalSides(condition) ?? [];
  const isOne = (value: unknown): boolean => unwrap(value)?.type === 'A_Const' && integerConstant(value) === 1;
  return (asColumn(left)?.name === name && isOne(right)) || (asColumn(right)?.name === name && isOne(left));
}

/** The one query that reads a subquery, or a WITH query, in an inner join or alone. */
function readerOf(node: NodeMatch, { find }: RewriteContext): NodeMatch | undefined {
  const { parent } = node;
  if (parent?.type !== 'RangeSubselect' && parent?.type !== 'CommonTableExpr') return undefined;
  if (parent.type === 'CommonTableExpr' && parent.fields.ctematerialized === 'CTEMaterializeAlways') return undefined;
  if (list((parent.fields.alias as NodeFields | undefined)?.colnames).length > 0 || parent.fields.aliascolnames)
    return undefined;
  const uses = parent.type === 'RangeSubselect' ? [parent] : find('RangeVar').filter(table => isReadOf(table, parent));
  const [use] = uses;
  if (!use || uses.length > 1 || use.fields.lateral === true) return undefined;
  let at = use;
  while (at.parent?.type === 'JoinExpr') {
    at = at.parent;
    if (at.fields.jointype !== 'JOIN_INNER') return undefined;
  }
  return at.key === 'fromClause' && at.parent?.type === 'SelectStmt' ? at.parent : undefined;
}

function isReadOf(table: NodeMatch, cte: NodeMatch): boolean {
  return table.fields.relname === cte.fields.ctename && table.fields.schemaname === undefined;
}

function windowsIn({ fields }: QueryBlock): number {
  let count = 0;
  contains(fields.targetList, (type, { over }) => {
    if (type === 'FuncCall' && over !== undefined) count++;
    return false;
  });
  return count;
}

/** True if the name would mean another column of the select list in ORDER BY. */
function isRenamed(key: unknown, { fields }: QueryBlock): boolean {
  const column = asColumn(key);
  if (!column || column.qualifier !== undefined) return false;
  return list(fields.targetList).some(target => {
    const output = unwrap(target)?.fields;
    return output?.name === column.name && asColumn(output.val)?.name !== column.name;
  });
}

function distinctOn(read: NumberedRead, context: RewriteContext): FoundRewrite[] {
  const { inner, groups, order } = read;
  const { statement } = context;
  const keys = groups.map(key => keyText(statement, key));
  const sort = order.map(key => sortText(statement, key));
  const number = numberEdit(read, context);
  const condition = withoutCondition(read, context);
  if (keys.includes(undefined) || sort.includes(undefined) || !number || !condition) return [];
  const { clauses } = inner;
  const at = { start: clauses.whole.end, end: clauses.whole.end };
  const isOne = keys.length === 0;
  const start = { start: clauses.select.end, end: clauses.select.end };
  return [
    {
      range: context.rangeOf(read.call),
      edits: [
        ...(isOne ? [] : [{ range: start, newText: ` DISTINCT ON (${keys.join(', ')})` }]),
        number,
        { range: at, newText: ` ORDER BY ${[...keys, ...sort].join(', ')}${isOne ? ' LIMIT 1' : ''}` },
        condition,
      ],
      ...(isOne && {
        title: 'Keep the first row with LIMIT 1',
        why: 'All rows are sorted and numbered, and all numbers but 1 thrown away. With LIMIT only the first is looked for.',
      }),
      equality: sameFirst(read, context, []),
    },
  ];
}

function lateral(read: NumberedRead, context: RewriteContext): FoundRewrite[] {
  const { inner, groups, order } = read;
  const { statement, catalog } = context;
  const [item] = inner.items;
  const columns = groups.flatMap(key => inner.column(key) ?? []);
  const first = inner.column(unwrap(order[0])?.fields.node);
  const sort = order.map(key => sortText(statement, key));
  const where = conjuncts(inner.fields.whereClause).map(condition => asOperand(inner, condition));
  if (!item?.relation || inner.items.length > 1 || columns.length !== groups.length || !first) return [];
  if (!isInIndexOrder(order[0], first)) return [];
  const table = groupTableOf(inner, columns, first.name, catalog);
  const number = numberEdit(read, context);
  const condition = withoutCondition(read, context);
  if (!table || !number || !condition || sort.includes(undefined) || where.includes(undefined)) return [];
  const { clauses } = inner;
  const taken = takenNames(context);
  const names = { parent: freshName('parent', taken), latest: freshName('latest', taken) };
  const { start, end } = clauses.targets;
  const text = lateralText(
    {
      item,
      groups: columns,
      targets:
        statement.text.slice(start, number.range.start) + number.newText + statement.text.slice(number.range.end, end),
      from: inner.text(clauses.from),
      where: where.map(each => each!),
      order: sort.join(', '),
      limit: 'LIMIT 1',
    },
    table,
    names,
  );
  return [
    {
      range: context.rangeOf(read.call),
      edits: [{ range: clauses.whole, newText: text }, condition],
      equality: sameFirst(read, context, table.differences, table.facts),
    },
  ];
}

function sameFirst(
  { inner, columns }: NumberedRead,
  { catalog }: RewriteContext,
  differences: readonly string[],
  facts: readonly string[] = [],
): FoundRewrite['equality'] {
  const unique = uniqueBy(inner, columns, catalog);
  return equalUnless([...differences, ...(unique ? [] : [TIES_IN_GROUP])], [...facts, ...(unique ?? [])]);
}

/** The number goes, or stays as what it is for every row that is kept, where something still reads it. */
function numberEdit(
  { target, name, kept, inner }: NumberedRead,
  { statement, find }: RewriteContext,
): Edit | undefined {
  const range = targetRange(statement, target);
  if (!range) return undefined;
  const isRead = find('ColumnRef').some(({ fields }) => {
    if (contains(kept, (_, own) => own === fields) || contains(inner.fields, (_, own) => own === fields)) return false;
    return asColumn({ ColumnRef: fields })?.name === name || isStar({ ColumnRef: fields });
  });
  return isRead
    ? { range, newText: `1::bigint AS ${statement.text.slice(range.start, range.end).split(/\s+/).at(-1)!}` }
    : { range: withComma(statement.text, range), newText: '' };
}

/** The reader without `rn = 1`. */
function withoutCondition({ reader, kept }: NumberedRead, context: RewriteContext): Edit | undefined {
  const block = QueryBlock.read(context, reader);
  const { where } = block?.clauses ?? {};
  if (!block || !where) return undefined;
  const others = conjuncts(reader.fields.whereClause).filter(each => each !== kept);
  const texts = others.map(each => asOperand(block, each));
  if (texts.includes(undefined) || !rangeOfTree(context.statement, kept)) return undefined;
  if (texts.length > 0) return { range: where, newText: texts.join(' AND ') };
  const keyword = /where\s*$/i.exec(context.statement.text.slice(0, where.start));
  return keyword ? removal(context.statement, { start: keyword.index, end: where.end }) : undefined;
}
