import { list } from '../../rules/support/expressions';
import type { FromItem } from '../../rules/support/fromItems';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import { defineRewrite, needsChecking } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { removal } from './support/clauses';
import { asOperand } from './support/compose';
import { QueryBlock } from './support/queryBlock';

/**
 * `a LEFT JOIN b ON ... WHERE (b.at IS NULL OR b.at >= x)`, meant to keep rows of `a` without a recent match: those
 * whose matches are all older are lost, and the condition cannot be looked up before the join.
 */
export const nullOrConditionToOn = defineRewrite({
  id: 'null-or-condition-to-on',
  title: 'Ask in ON what the optional rows must meet',
  why: 'In WHERE the condition is looked at when all rows are joined, and drops rows whose matches all fail it. In ON it narrows the optional rows before they are joined, by an index if there is one, and every row of the other side stays.',
  guideline: { guide: '003', section: 'Query Optimization' },
  nodes: ['NullTest'],
  mentions: /\bleft\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(node => {
      const block = QueryBlock.read(context, node);
      return block ? rewrite(block, context) : [];
    }),
});

function rewrite(block: QueryBlock, { statement }: RewriteContext): FoundRewrite[] {
  const conditions = conjuncts(block.fields.whereClause);
  for (const condition of conditions) {
    const found = readCondition(block, condition);
    const range = rangeOfTree(statement, condition);
    const on = found && rangeOfTree(statement, found.item.join?.quals);
    const kept = conditions.filter(each => each !== condition).map(each => asOperand(block, each));
    const { where, from } = block.clauses;
    const text = found && asOperand(block, found.test);
    const joined = found && asOperand(block, found.item.join?.quals);
    if (!found || !range || !on || !where || text === undefined || joined === undefined || kept.includes(undefined))
      continue;
    return [
      {
        range,
        edits: [
          { range: on, newText: `${joined} AND ${text}` },
          kept.length > 0
            ? { range: where, newText: kept.join(' AND ') }
            : removal(statement, { start: from.end, end: where.end }),
        ],
        equality: needsChecking(
          `rows whose rows of ${found.item.name ?? ''} all fail the condition are found too, as rows without a match`,
          ...(found.isNullable
            ? [`rows of ${found.item.name ?? ''} with NULL in ${found.column} are found no more`]
            : []),
        ),
      },
    ];
  }
  return [];
}

interface NullOr {
  readonly item: FromItem;
  readonly column: string;
  readonly isNullable: boolean;
  readonly test: unknown;
}

/** `b.x IS NULL OR condition on b alone`, where b is the right side of a LEFT JOIN of its own. */
function readCondition(block: QueryBlock, condition: unknown): NullOr | undefined {
  const node = unwrap(condition);
  const args = node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' ? list(node.fields.args) : [];
  const isNull = args.find(arg => unwrap(arg)?.type === 'NullTest' && unwrap(arg)?.fields.nulltesttype === 'IS_NULL');
  const test = args.find(arg => arg !== isNull);
  const tested = block.column(unwrap(isNull)?.fields.arg);
  if (args.length !== 2 || !tested || test === undefined) return undefined;
  const { item, name } = tested;
  const { items, isCertain } = block.mentions(test);
  const isOwn = isCertain && items.size === 1 && items.has(item);
  const isPlain =
    item.combination === 'left' && item.join?.quals !== undefined && unwrap(item.join.rarg)?.type !== 'JoinExpr';
  // A RIGHT or FULL JOIN around it would make its rows optional once more.
  const isOnly = block.items.every(({ combination }) => combination !== 'right' && combination !== 'full');
  return isOwn && isPlain && isOnly
    ? { item, column: name, isNullable: tested.column?.notNull !== true, test }
    : undefined;
}
