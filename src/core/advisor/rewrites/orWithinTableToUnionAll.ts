import type { FromItem } from '../../rules/support/fromItems';
import { conjuncts, disjuncts, rangeOfTree } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import { quoteIdentifier } from '../../sql/identifiers';
import { defineRewrite, equalUnless } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { asOperand } from './support/compose';
import { hasOrderedIndex, isNarrowing, noneOf, readArm } from './support/orArms';
import type { OrArm } from './support/orArms';
import { hasOnly, hasSystemColumns, QueryBlock } from './support/queryBlock';
import { pageDifferences, sortColumns } from './support/rowKeys';
import { isSteady } from './support/steady';

/**
 * OR over one table where a bitmap of two indexes cannot help: beside a subquery, or where the first rows in an order
 * are wanted. The table is then read once for each side, in its place in FROM; the rest of the query stays.
 */
export const orWithinTableToUnionAll = defineRewrite({
  id: 'or-within-table-to-union-all',
  title: 'Read the table once for each side of OR (UNION ALL)',
  why: 'Each side can then use an index of its own.',
  nodes: ['BoolExpr'],
  mentions: /\bor\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const block = QueryBlock.read(context, node);
      return block ? rewrite(block, context) : [];
    }),
});

function rewrite(block: QueryBlock, { catalog }: RewriteContext): FoundRewrite[] {
  const { fields, statement, clauses } = block;
  if (!hasOnly(block, 'distinctClause', 'sortClause', 'limitCount', 'limitOffset', 'withClause') || !clauses.where)
    return [];
  const conditions = conjuncts(fields.whereClause);
  if (conditions.some(condition => isNarrowing(block, condition))) return [];
  for (const condition of conditions) {
    const range = rangeOfTree(statement, condition);
    const found = range && readOr(block, condition);
    if (!found || !isSteady(condition, catalog)) continue;
    const { item, arms, why } = found;
    const place = rangeOfTree(statement, { [item.type]: item.fields });
    const others = conditions.filter(each => each !== condition).map(each => asOperand(block, each));
    const rows = place && readsOf(block, item, arms);
    if (!rows || others.includes(undefined) || hasSystemColumns(block)) continue;
    const gap = /\s*$/.exec(statement.text.slice(0, clauses.where.start).replace(/where\s*$/i, ''))![0];
    const whereEdit =
      others.length === 0
        ? { range: { start: clauses.from.end, end: clauses.where.end }, newText: '' }
        : {
            range: { start: clauses.from.end, end: clauses.where.end },
            newText: `${gap || ' '}WHERE ${others.join(' AND ')}`,
          };
    return [
      {
        range,
        edits: [{ range: place, newText: rows }, whereEdit],
        equality: equalUnless(pageDifferences(block, catalog), [
          'each reading leaves out the rows that those before it find',
        ]),
        why,
      },
    ];
  }
  return [];
}

function readOr(
  block: QueryBlock,
  condition: unknown,
): { readonly item: FromItem; readonly arms: readonly OrArm[]; readonly why: string } | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'BoolExpr' || node.fields.boolop !== 'OR_EXPR') return undefined;
  const read = disjuncts(condition).map(arm => readArm(block, arm));
  const arms = read.flatMap(arm => arm ?? []);
  const [item] = arms[0]?.items ?? [];
  if (arms.length < read.length || !item || item.type !== 'RangeVar' || isOptional(item)) return undefined;
  if (!arms.every(({ items, column, kind }) => items.size === 1 && items.has(item) && column && kind !== 'other'))
    return undefined;
  const subqueries = arms.filter(({ kind }) => kind === 'subquery');
  if (subqueries.length > 0) {
    // What is cheap to ask comes first: the others ask it of each row they find.
    const inOrder = [...arms.filter(arm => !subqueries.includes(arm)), ...subqueries];
    const why =
      'Beside OR the subquery cannot become a semi join: it is looked up for every row of the table. Alone it can, and the other side can use an index.';
    return { item, arms: inOrder, why };
  }
  return isOrderedPage(block, item, arms)
    ? {
        item,
        arms,
        why: `For each side an index has its rows in the order wanted: the first rows are merged from both (${arms
          .map(({ column }) => column!.name)
          .join(', ')}), and nothing is sorted.`,
      }
    : undefined;
}

/** A row that an outer join may put NULLs in place of is chosen after the join. */
function isOptional({ combination }: FromItem): boolean {
  return combination === 'left' || combination === 'right' || combination === 'full';
}

/** ORDER BY ... LIMIT where an index of each arm's column goes on with the first sort key. */
function isOrderedPage(block: QueryBlock, item: FromItem, arms: readonly OrArm[]): boolean {
  const [first] = sortColumns(block);
  const { relation } = item;
  if (!block.fields.limitCount || block.fields.distinctClause || first?.item !== item || !relation) return false;
  return arms.every(({ kind, column }) => kind === 'equality' && hasOrderedIndex(relation, column!.name, first.name));
}

/** The table as the rows of its arms, under the same name. */
function readsOf(block: QueryBlock, item: FromItem, arms: readonly OrArm[]): string | undefined {
  const table = block.textOf({ [item.type]: item.fields });
  if (table === undefined || item.name === undefined) return undefined;
  const reads = arms.map((arm, i) => {
    const none = i === 0 ? '' : ` AND ${noneOf(arms.slice(0, i))}`;
    return `SELECT * FROM ${table} WHERE ${arm.text}${none}`;
  });
  return `(${reads.join(' UNION ALL ')}) AS ${quoteIdentifier(item.name)}`;
}
