import { list } from '../../rules/support/expressions';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { sortText } from './support/blockText';
import { asOperand } from './support/compose';
import { groupTableOf, isInIndexOrder, lateralText, TIES_IN_GROUP } from './support/latestPerGroup';
import { freshName, takenNames } from './support/names';
import { hasOnly, hasSystemColumns, QueryBlock, trimmed } from './support/queryBlock';
import { sortColumns, uniqueBy } from './support/rowKeys';
import { isSteady } from './support/steady';

/** `DISTINCT ON (camera_id) ... ORDER BY camera_id, at DESC` as a look into an index for each camera. */
export const distinctOnToLateral = defineRewrite({
  id: 'distinct-on-to-lateral',
  title: 'Read the first row of each group from an index (LATERAL)',
  why: 'DISTINCT ON reads all rows in order and keeps the first of each group. For each row of the table of groups an index finds that one row at once.',
  nodes: ['SelectStmt'],
  mentions: /\bdistinct\s+on\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const keys = list(node.fields.distinctClause).filter(key => unwrap(key));
      const block = keys.length > 0 ? QueryBlock.read(context, node) : undefined;
      return block ? rewrite(block, keys, context) : [];
    }),
});

function rewrite(block: QueryBlock, keys: readonly unknown[], context: RewriteContext): FoundRewrite[] {
  const { fields, clauses, items } = block;
  const { catalog, statement } = context;
  const [item] = items;
  if (!item?.relation || items.length > 1 || !hasOnly(block, 'distinctClause', 'sortClause', 'withClause')) return [];
  const groups = keys.flatMap(key => block.column(key) ?? []);
  const sorted = list(fields.sortClause);
  const order = sorted.slice(keys.length);
  const lead = sortColumns(block).slice(0, keys.length);
  if (groups.length !== keys.length || lead.length !== keys.length || !isSteady(fields, catalog)) return [];
  if (!lead.every(column => groups.some(({ name }) => name === column.name))) return [];
  const [first] = sortColumns(block).slice(keys.length);
  const table = groupTableOf(block, groups, first?.name, catalog);
  const orderTexts = order.map(key => sortText(statement, key));
  const where = conjuncts(fields.whereClause).map(condition => asOperand(block, condition));
  if (
    !table ||
    (order.length > 0 && !(first && isInIndexOrder(order[0], first))) ||
    orderTexts.includes(undefined) ||
    where.includes(undefined)
  )
    return [];
  const range = rangeOfTree(statement, { [item.type]: item.fields });
  if (!range || item.type !== 'RangeVar' || hasSystemColumns(block)) return [];
  const taken = takenNames(context);
  const names = { parent: freshName('parent', taken), latest: freshName('latest', taken) };
  const text = lateralText(
    {
      item,
      groups,
      targets: '*',
      from: block.text(range),
      where: where.map(condition => condition!),
      order: orderTexts.join(', '),
      limit: 'LIMIT 1',
    },
    table,
    names,
  );
  const unique = uniqueBy(block, [...groups, ...sortColumns(block)], catalog);
  return [
    {
      range: trimmed(statement.text, { start: clauses.select.start, end: clauses.targets.start }),
      edits: [
        { range: { start: clauses.select.end, end: clauses.targets.start }, newText: ' ' },
        {
          range: { start: clauses.from.start, end: (clauses.where ?? clauses.from).end },
          newText: `(${text}) AS ${quoteIdentifier(item.name ?? '')}`,
        },
      ],
      equality: equalUnless(
        [...table.differences, ...(unique ? [] : [TIES_IN_GROUP])],
        [...table.facts, ...(unique ?? [])],
      ),
    },
  ];
}
