import { isAggregateCall } from '../../sql/aggregates';
import type { Edit } from '../../rules/finding';
import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { contains, functionName, list } from '../../rules/support/expressions';
import type { FromItem } from '../../rules/support/fromItems';
import { isSameTree, rangeOfTree, selectedValues } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { outputName } from '../../sql/names/outputName';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { aggregatedTable, isWorthwhile } from './support/aggregatedTable';
import type { AggregatedTable } from './support/aggregatedTable';
import { freshName, takenNames } from './support/names';
import { partialAggregate } from './support/partialAggregates';
import type { PartialAggregate } from './support/partialAggregates';
import { hasOnly, QueryBlock } from './support/queryBlock';
import { keyWithin, pageDifferences } from './support/rowKeys';
import { isSteady } from './support/steady';

/**
 * Rows of a table are added up before they are joined: to one row for each value they are joined by. PostgreSQL
 * (through 18) does not do so by itself.
 */
export const aggregateBeforeJoin = defineRewrite({
  id: 'aggregate-before-join',
  title: 'Add up the rows before they are joined',
  why: 'All rows are joined and then added up. Added up first, there is one row for each value they are joined by, and so much less to join and to group.',
  guideline: { guide: '003', section: 'Materialized Views for Performance' },
  nodes: ['FuncCall'],
  mentions: /\bgroup\s+by\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const block = node.fields.groupClause ? QueryBlock.read(context, node) : undefined;
      return block ? rewrite(block, context) : [];
    }),
});

interface Aggregate {
  readonly match: NodeMatch;
  readonly items: ReadonlySet<FromItem>;
}

function rewrite(block: QueryBlock, context: RewriteContext): FoundRewrite[] {
  const { fields, items } = block;
  if (
    items.length < 2 ||
    !hasOnly(block, 'groupClause', 'havingClause', 'sortClause', 'limitCount', 'limitOffset', 'withClause')
  )
    return [];
  const keys = list(fields.groupClause);
  const aggregates = aggregatesOf(block, context);
  if (!aggregates || keys.some(key => unwrap(key)?.type === 'GroupingSet')) return [];
  if (!isSteady([fields.targetList, fields.whereClause, fields.fromClause, fields.havingClause], context.catalog))
    return [];
  for (const child of items) {
    const found = aggregates.some(({ items: named }) => named.has(child))
      ? rewriteChild(block, child, aggregates, context)
      : undefined;
    if (found) return [found];
  }
  return [];
}

/** The block's own aggregates; undefined if one of them names what cannot be told. */
function aggregatesOf(block: QueryBlock, { find }: RewriteContext): Aggregate[] | undefined {
  const own = find('FuncCall').filter(call => isAggregateCall(call.type, call.fields) && queryOf(call) === block.node);
  const read = own.map(match => ({
    match,
    ...block.mentions([match.fields.args, match.fields.agg_filter, match.fields.agg_order]),
  }));
  return read.every(({ isCertain }) => isCertain) && read.length > 0 ? read : undefined;
}

function queryOf(call: NodeMatch): NodeMatch | undefined {
  let at = call.parent;
  while (at && at.type !== 'SelectStmt') at = at.parent;
  return at;
}

function rewriteChild(
  block: QueryBlock,
  item: FromItem,
  aggregates: readonly Aggregate[],
  context: RewriteContext,
): FoundRewrite | undefined {
  const child = aggregatedTable(block, item);
  if (!child) return undefined;
  const { catalog, statement } = context;
  const others = aggregates.filter(({ items }) => [...items].some(each => each !== item));
  if (
    others.some(({ items }) => items.has(item)) ||
    keyWithin(item.relation, new Set(child.joined.map(({ name }) => name)), catalog, true)
  )
    return undefined;
  // A row of the other tables that was counted once for each of its rows is counted once.
  const repaired = others.filter(({ match }) => isSensitive(match.fields));
  if (repaired.length === 0 && !isWorthwhile(block, child)) return undefined;
  const mine = aggregates.filter(
    ({ match, items }) =>
      items.has(item) || (items.size === 0 && repaired.length === 0 && match.fields.agg_star === true),
  );
  const steps = mine.map(({ match }) => partialAggregate(block, match.fields));
  const keys = list(block.fields.groupClause).map(key => block.meant(key));
  const ownKeys = keys.filter(key => block.mentions(key).items.has(item));
  const isApart = keys.every(
    key =>
      block.mentions(key).isCertain && (!block.mentions(key).items.has(item) || block.mentions(key).items.size === 1),
  );
  if (steps.includes(undefined) || !isApart || mine.length === 0) return undefined;
  const inner = composeInner(
    block,
    child,
    ownKeys,
    steps.map(step => step!),
    context,
  );
  const range = rangeOfTree(statement, { [item.type]: item.fields });
  if (!inner || !range) return undefined;
  const outer = outerEdits(
    block,
    item,
    mine,
    steps.map(step => step!),
    inner,
    child,
    context,
  );
  if (!outer) return undefined;
  const inexact = steps.some(step => !step!.isExact);
  const differences = [
    ...repaired.map(
      ({ match }) =>
        `${block.textOf({ FuncCall: match.fields }) ?? 'it'} takes a row as often as it has rows of ${item.name ?? ''} now, and once afterwards`,
    ),
    ...(repaired.length > 0 && aggregates.some(({ match }) => isCountOfAll(match.fields))
      ? [`count(*) counts pairs with rows of ${item.name ?? ''} now, and rows afterwards`]
      : []),
    ...(inexact ? ['floating point numbers are added in another order, which can change their last digits'] : []),
    ...pageDifferences(block, catalog),
  ];
  return {
    range: context.rangeOf(mine[0]!.match),
    edits: [{ range, newText: inner.text }, ...child.edits, ...outer],
    equality: equalUnless(differences, ['sums of sums and counts are the same numbers']),
    ...(repaired.length > 0 && {
      title: 'Add up the rows before they are joined, so that none is counted twice',
      why: `The join repeats rows for each of their rows of ${item.name ?? ''}, and the sums count them as often. Added up first, there is one row to join.`,
    }),
  };
}

function isCountOfAll({ agg_star: star, agg_filter: filter }: NodeFields): boolean {
  return star === true && filter === undefined;
}

/** Aggregates that a repeated row changes. */
function isSensitive(fields: NodeFields): boolean {
  return (
    fields.agg_distinct !== true && !['min', 'max', 'bool_and', 'bool_or', 'every'].includes(functionName(fields) ?? '')
  );
}

interface Inner {
  readonly text: string;
  /** The names of each aggregate's partials, qualified. */
  readonly names: readonly (readonly string[])[];
  readonly keys: readonly { readonly tree: unknown; readonly name: string }[];
}

function composeInner(
  block: QueryBlock,
  { item, joined, own }: AggregatedTable,
  keys: readonly unknown[],
  steps: readonly PartialAggregate[],
  context: RewriteContext,
): Inner | undefined {
  const owner = quoteIdentifier(item.name ?? '');
  const table = block.textOf({ [item.type]: item.fields });
  const taken = takenNames(context);
  item.relation!.columns.forEach(({ name }) => taken.add(name));
  const columns = new Set(joined.map(({ name }) => `${owner}.${quoteIdentifier(name)}`));
  const named: { tree: unknown; name: string }[] = [];
  const selected: string[] = [];
  const groups: string[] = [];
  for (const tree of keys) {
    const text = block.textOf(tree);
    const column = block.column(tree);
    if (text === undefined) return undefined;
    if (column) columns.add(`${owner}.${quoteIdentifier(column.name)}`);
    else if (!named.some(each => isSameTree(each.tree, tree))) {
      const name = freshName('key', taken);
      named.push({ tree, name: `${owner}.${name}` });
      selected.push(`${text} AS ${name}`);
      groups.push(text);
    }
  }
  const known = new Map<string, string>();
  const nameOf = (partial: string): string => {
    const name =
      known.get(partial) ??
      freshName(partial.startsWith('count') ? 'rows' : partial.slice(0, partial.indexOf('(')), taken);
    if (!known.has(partial)) selected.push(`${partial} AS ${name}`);
    known.set(partial, name);
    return `${owner}.${name}`;
  };
  const names = steps.map(({ partials }) => partials.map(nameOf));
  const where = own.length > 0 ? ` WHERE ${own.map(({ text }) => text).join(' AND ')}` : '';
  const text = `(SELECT ${[...columns, ...selected].join(', ')} FROM ${table ?? ''}${where} GROUP BY ${[...columns, ...groups].join(', ')}) AS ${owner}`;
  return table === undefined ? undefined : { text, names, keys: named };
}

/** The second step in the place of each aggregate, and the keys by their names. */
function outerEdits(
  block: QueryBlock,
  item: FromItem,
  mine: readonly Aggregate[],
  steps: readonly PartialAggregate[],
  { names, keys }: Inner,
  { joined, optional }: AggregatedTable,
  { statement, find }: RewriteContext,
): Edit[] | undefined {
  const { fields } = block;
  const edits: Edit[] = [];
  const done = new Set<unknown>();
  for (const [i, { match }] of mine.entries()) {
    const range = rangeOfTree(statement, { FuncCall: match.fields });
    if (!range) return undefined;
    const text = steps[i]!.whole(names[i]!, optional);
    const isOperand = match.parent?.type === 'A_Expr' || match.parent?.type === 'TypeCast';
    edits.push({ range, newText: isOperand && text.includes(' / ') ? `(${text})` : text });
    done.add(match.fields);
  }
  const outer = [fields.targetList, fields.groupClause, fields.havingClause, fields.sortClause];
  const isOwnKey = (tree: unknown): { readonly name: string } | undefined =>
    keys.find(key => isSameTree(key.tree, tree));
  const free = new Set([
    ...joined.map(({ name }) => name),
    ...list(fields.groupClause).flatMap(key => block.column(block.meant(key))?.name ?? []),
  ]);
  let isComplete = true;
  const pending: unknown[] = [outer];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = unwrap(next);
    if (node && done.has(node.fields)) continue;
    const key = node && isOwnKey(next);
    if (key) {
      const range = rangeOfTree(statement, next);
      if (!range) return undefined;
      edits.push({ range, newText: key.name });
      continue;
    }
    if (node?.type === 'ColumnRef') {
      const column = block.column(next);
      const isOutput = block.meant(next) !== next;
      if (!isOutput && block.mentions(next).items.has(item) && !(column && free.has(column.name))) isComplete = false;
      continue;
    }
    pending.push(...(Array.isArray(next) ? (next as unknown[]) : Object.values(node?.fields ?? (next as NodeFields))));
  }
  if (!isComplete || find('SubLink').some(link => contains(outer, (_, own) => own === link.fields))) return undefined;
  return [...edits, ...aliasEdits(block, done, keys)];
}

/** Columns that were named after their aggregate keep that name. */
function aliasEdits(block: QueryBlock, done: ReadonlySet<unknown>, keys: Inner['keys']): Edit[] {
  return list(block.fields.targetList).flatMap((target, i) => {
    const value = selectedValues(block.fields)[i];
    const range = rangeOfTree(block.statement, target);
    const isChanged =
      contains(value, (_, fields) => done.has(fields)) || keys.some(({ tree }) => isSameTree(tree, value));
    if (unwrap(target)?.fields.name !== undefined || !range || !isChanged) return [];
    const name = outputName(value);
    return name === '?column?'
      ? []
      : [{ range: { start: range.end, end: range.end }, newText: ` AS ${quoteIdentifier(name)}` }];
  });
}
