import type { NodeFields } from '../../../rules/nodeIndex';
import { contains, list } from '../../../rules/support/expressions';
import type { FromItem } from '../../../rules/support/fromItems';
import { conjuncts, rangeOfTree } from '../../../rules/support/trees';
import { unwrap } from '../../../sql/walk';
import type { QueryBlock } from './queryBlock';

/** One of the conditions that AND joins, and the items of the block it names. */
export interface BlockCondition {
  readonly tree: unknown;
  /** In parentheses where AND would tear it apart. */
  readonly text: string;
  readonly items: ReadonlySet<FromItem>;
}

/** The conditions of WHERE and of inner joins; undefined if one of them cannot be told. */
export function conditionsOf(block: QueryBlock): readonly BlockCondition[] | undefined {
  const joins = new Set(block.items.flatMap(({ join, combination }) => (join && combination !== 'left' ? [join] : [])));
  const trees = [...[...joins].flatMap(({ quals }) => conjuncts(quals)), ...conjuncts(block.fields.whereClause)];
  const found = trees.map(tree => readCondition(block, tree));
  return found.includes(undefined) ? undefined : found.map(condition => condition!);
}

export function readCondition(block: QueryBlock, tree: unknown): BlockCondition | undefined {
  const { items, isCertain } = block.mentions(tree);
  const text = asOperand(block, tree);
  return isCertain && text !== undefined ? { tree, text, items } : undefined;
}

/** Text of a condition as it can stand beside AND. */
export function asOperand(block: Pick<QueryBlock, 'textOf'>, tree: unknown): string | undefined {
  const text = block.textOf(tree);
  const node = unwrap(tree);
  return text !== undefined && node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' ? `(${text})` : text;
}

/** True if FROM is nothing but tables and subqueries with inner joins by ON, so that it can be taken apart. */
export function isPlainJoin({ items, fields }: QueryBlock): boolean {
  const hasOther = contains(
    fields.fromClause,
    (type, { isNatural, usingClause }) =>
      type === 'RangeTableSample' || (type === 'JoinExpr' && (isNatural === true || usingClause !== undefined)),
  );
  return (
    !hasOther &&
    items.every(
      ({ type, isLateral, combination, join }) =>
        (type === 'RangeVar' || type === 'RangeSubselect') &&
        !isLateral &&
        (combination === 'first' || combination === 'comma' || isInner(join)),
    )
  );
}

function isInner(join: NodeFields | undefined): boolean {
  return join?.jointype === 'JOIN_INNER' && join.alias === undefined;
}

/** FROM and WHERE over some of a block's items, each condition where it reads best; undefined if an item has no text. */
export function composeFrom(
  block: QueryBlock,
  items: readonly FromItem[],
  conditions: readonly BlockCondition[],
): { readonly from: string; readonly where: readonly string[] } | undefined {
  const seen = new Set<FromItem>();
  const placed = new Set<BlockCondition>();
  let from = '';
  for (const item of items) {
    const text = itemText(block, item);
    if (text === undefined) return undefined;
    seen.add(item);
    const on = conditions.filter(
      condition =>
        !placed.has(condition) && condition.items.has(item) && condition.items.size > 1 && isAll(condition, seen),
    );
    on.forEach(condition => placed.add(condition));
    if (seen.size === 1) from = text;
    else from += on.length > 0 ? ` JOIN ${text} ON ${on.map(each => each.text).join(' AND ')}` : ` CROSS JOIN ${text}`;
  }
  return { from, where: conditions.filter(condition => !placed.has(condition)).map(({ text }) => text) };
}

/** An item of FROM with its alias; a subquery with its parentheses, unless there is more between them. */
export function itemText(block: QueryBlock, { type, fields, isLateral }: FromItem): string | undefined {
  if (type === 'RangeVar') return block.textOf({ [type]: fields });
  const { text } = block.statement;
  const query = type === 'RangeSubselect' && !isLateral ? rangeOfTree(block.statement, fields.subquery) : undefined;
  const before = query && /\(\s*$/.exec(text.slice(0, query.start));
  const after = query && /^\s*\)\s*(?:as\s+)?(?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\([^()]*\))?/i.exec(text.slice(query.end));
  return before && after ? text.slice(before.index, query.end + after[0].length) : undefined;
}

function isAll({ items }: BlockCondition, seen: ReadonlySet<FromItem>): boolean {
  return [...items].every(item => seen.has(item));
}

/** What stands between clauses that are written anew: a line break if the block has some. */
export function clauseBreak(block: QueryBlock): string {
  const { whole } = block.clauses;
  const text = block.text(whole);
  if (!text.includes('\n')) return ' ';
  const line = block.statement.text.slice(0, whole.start).split('\n').at(-1) ?? '';
  return `\n${' '.repeat(line.length - line.trimStart().length + (line.trim() === '' ? 0 : 0))}`;
}

/** The items, in groups that conditions connect with one another. */
export function groupsOf(items: readonly FromItem[], conditions: readonly BlockCondition[]): FromItem[][] {
  const group = new Map(items.map(item => [item, item]));
  const rootOf = (item: FromItem): FromItem => {
    let root = item;
    while (group.get(root) !== root) root = group.get(root)!;
    return root;
  };
  for (const condition of conditions) {
    const [first, ...others] = [...condition.items].filter(item => group.has(item));
    for (const other of others) group.set(rootOf(other), rootOf(first!));
  }
  const roots = [...new Set(items.map(rootOf))];
  return roots.map(root => items.filter(item => rootOf(item) === root));
}

/** True for a list with one empty item, which is how plain DISTINCT arrives. */
export function isPlainDistinct({ distinctClause }: NodeFields): boolean {
  const keys = list(distinctClause);
  return keys.length > 0 && keys.every(key => unwrap(key) === undefined);
}
