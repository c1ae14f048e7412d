import type { SourceRange } from '../../base/sourceRange';
import { list } from '../../rules/support/expressions';
import type { FromItem } from '../../rules/support/fromItems';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { wordsBefore } from '../../rules/support/words';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { asOperand, itemText } from './support/compose';
import { removal } from './support/clauses';
import { columnPair } from './support/conditions';
import { hasOnly, QueryBlock } from './support/queryBlock';
import type { BlockColumn } from './support/queryBlock';
import { pageDifferences } from './support/rowKeys';
import { isSteady } from './support/steady';

/**
 * `LEFT JOIN b ON ... WHERE b.id IS NULL`. PostgreSQL (through 18) makes an anti join of it only if the column it tests
 * is one that the join compares (`reduce_outer_joins` in prepjointree.c); by any other it joins all rows first.
 */
export const leftJoinNullToNotExists = defineRewrite({
  id: 'left-join-null-to-not-exists',
  title: 'Ask with NOT EXISTS for rows without a match',
  why: 'The column that IS NULL tests is not one the join compares, so PostgreSQL joins all rows and then drops those that have a match. NOT EXISTS becomes an anti join, which is done with a row at its first match.',
  nodes: ['NullTest'],
  mentions: /\bleft\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const block = QueryBlock.read(context, node);
      return block ? rewrite(block, context) : [];
    }),
});

function rewrite(block: QueryBlock, { catalog, statement }: RewriteContext): FoundRewrite[] {
  const { fields, items } = block;
  if (
    !hasOnly(
      block,
      'distinctClause',
      'groupClause',
      'havingClause',
      'sortClause',
      'limitCount',
      'limitOffset',
      'withClause',
      'windowClause',
    )
  )
    return [];
  for (const condition of conjuncts(fields.whereClause)) {
    const node = unwrap(condition);
    const tested =
      node?.type === 'NullTest' && node.fields.nulltesttype === 'IS_NULL' ? block.column(node.fields.arg) : undefined;
    const at = rangeOfTree(statement, condition);
    if (!tested || !at || !isLastOfJoin(tested.item, items) || isTold(tested, block)) continue;
    const { item } = tested;
    const { quals } = item.join ?? {};
    const isElsewhere = block.mentions([
      fields.targetList,
      conjuncts(fields.whereClause).filter(each => each !== condition),
      fields.groupClause,
      fields.havingClause,
      fields.sortClause,
      items.filter(each => each.join && each !== item).map(each => each.join!.quals),
    ]);
    if (isElsewhere.items.has(item) || !isElsewhere.isCertain || !isSteady(quals, catalog)) continue;
    const table = itemText(block, item);
    const start = rangeOfTree(statement, { [item.type]: item.fields });
    const join = start && wordsBefore(statement.text, start.start, /left(?:\s+outer)?\s+join/i);
    const on = conjuncts(quals).map(each => asOperand(block, each));
    const joinedBy = rangeOfTree(statement, quals);
    if (table === undefined || !join || !joinedBy || on.includes(undefined)) continue;
    const isSure = tested.column?.notNull === true;
    const differences = [
      ...(isSure ? [] : [`rows whose match has NULL in ${item.name}.${tested.name} are found no more`]),
      ...pageDifferences(block, catalog),
    ];
    return [
      {
        range: at,
        edits: [
          removal(statement, { start: join.start, end: endOfOn(statement.text, joinedBy) }),
          { range: at, newText: `NOT EXISTS (SELECT 1 FROM ${table} WHERE ${on.map(text => text!).join(' AND ')})` },
        ],
        equality: equalUnless(differences, [`${item.name}.${tested.name} is NOT NULL`]),
      },
    ];
  }
  return [];
}

/** Where ON's condition ends with the parentheses around all of it, which are not part of its tree. */
function endOfOn(text: string, quals: SourceRange): number {
  const on = wordsBefore(text, quals.start, /on/i);
  const opened = on ? text.slice(on.end, quals.start).replace(/[^(]/g, '').length : 0;
  let { end } = quals;
  for (let i = 0; i < opened; i++) end += /^\s*\)/.exec(text.slice(end))?.[0].length ?? 0;
  return end;
}

/** The right side of a LEFT JOIN ... ON, alone. */
function isLastOfJoin(item: FromItem, items: readonly FromItem[]): boolean {
  const { combination, join, isLateral, type } = item;
  if (combination !== 'left' || !join?.quals || join.alias !== undefined || isLateral || type !== 'RangeVar')
    return false;
  if (unwrap(join.rarg)?.type === 'JoinExpr') return false;
  return !items.some(each => each.combination === 'right' || each.combination === 'full');
}

/** True if the join compares the column, so that PostgreSQL sees by itself that NULL means no match. */
function isTold({ item, name }: BlockColumn, block: QueryBlock): boolean {
  return conjuncts(item.join?.quals).some(condition => {
    const pair = columnPair(condition, block);
    if (pair?.some(column => column.item === item && column.name === name)) return true;
    const node = unwrap(condition);
    return (
      node?.type === 'A_Expr' &&
      [node.fields.lexpr, node.fields.rexpr, ...list(node.fields.rexpr)].some(side => {
        const column = block.column(side);
        return column?.item === item && column.name === name;
      })
    );
  });
}
