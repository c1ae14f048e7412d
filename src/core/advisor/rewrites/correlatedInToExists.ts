import type { NodeMatch } from '../../rules/nodeIndex';
import { filteredQuery, list, operatorOf } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import { rangeOfTree } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRewrite, equalUnless, provablyEqual } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { hasOnly, QueryBlock } from './support/queryBlock';
import type { BlockColumn } from './support/queryBlock';
import { isSteady } from './support/steady';

/** Since 17 PostgreSQL joins `IN (SELECT ...)` also where the subquery names columns from around it. */
const CORRELATED_IN_IS_JOINED = 170000;

/** `x IN (SELECT y ... WHERE z = outer.z)` on servers that run it once for each row. */
export const correlatedInToExists = defineRewrite({
  id: 'correlated-in-to-exists',
  title: 'Write EXISTS',
  why: 'Before PostgreSQL 17 IN over a subquery that names columns from around it is run for each row. EXISTS becomes a semi join.',
  nodes: ['SubLink'],
  mentions: /\b(?:in|any|some)\b/i,
  find: context => {
    const { serverVersion } = context;
    if (serverVersion === undefined || serverVersion >= CORRELATED_IN_IS_JOINED) return [];
    return context.find('SubLink').flatMap(link => {
      const { subLinkType, operName } = link.fields;
      const operator = list(operName).length === 0 ? '=' : operatorOf({ name: operName });
      const found =
        subLinkType === 'ANY_SUBLINK' && operator === '=' && filteredQuery(link) ? read(link, context) : undefined;
      if (!found || !isCorrelated(found.inner, context)) return [];
      return rewrite(
        link,
        found,
        'EXISTS',
        context,
        provablyEqual('as a condition IN is true when one row matches, and EXISTS too'),
      );
    });
  },
});

/** `x <> ALL (SELECT y ...)`, which is NOT IN in other words. */
export const allToNotExists = defineRewrite({
  id: 'all-to-not-exists',
  title: 'Write NOT EXISTS',
  why: 'A comparison with ALL rows of a subquery cannot become an anti join: a hash of all of them is built, and where that does not fit work_mem the subquery is run for each row.',
  nodes: ['SubLink'],
  mentions: /\ball\b/i,
  find: context =>
    context.find('SubLink').flatMap(link => {
      const { subLinkType, operName } = link.fields;
      if (subLinkType !== 'ALL_SUBLINK' || operatorOf({ name: operName }) !== '<>' || !filteredQuery(link)) return [];
      const found = read(link, context);
      if (!found) return [];
      const { outer, column } = found;
      const differences = [
        ...(column.notNull
          ? []
          : ['no row at all is found now if the subquery yields a NULL, and all others afterwards']),
        ...(outer.notNull ? [] : ['rows with NULL in the compared column are found by NOT EXISTS only']),
      ];
      return rewrite(link, found, 'NOT EXISTS', context, equalUnless(differences, ['both columns are NOT NULL']));
    }),
});

interface Compared {
  readonly inner: QueryBlock;
  /** The column the subquery selects. */
  readonly column: BlockColumn;
  readonly outer: BlockColumn;
}

/** A column compared with the rows of a plain subquery. */
function read(link: NodeMatch, context: RewriteContext): Compared | undefined {
  const node = context.find('SelectStmt').find(query => query.parent === link);
  const around = filteredQuery(link);
  const inner = node && QueryBlock.read(context, node);
  const outer =
    around?.type === 'SelectStmt' ? QueryBlock.read(context, around)?.column(link.fields.testexpr) : undefined;
  if (!inner || !outer || !hasOnly(inner) || isAggregated(inner.fields)) return undefined;
  const targets = list(inner.fields.targetList);
  const column = targets.length === 1 ? inner.column(unwrap(targets[0])?.fields.val) : undefined;
  return column && isSteady(inner.fields, context.catalog) ? { inner, column, outer } : undefined;
}

/** True if its WHERE names something that is not in its FROM. */
function isCorrelated(inner: QueryBlock, { find }: RewriteContext): boolean {
  return find('ColumnRef').some(match => {
    for (let at: NodeMatch | undefined = match; at; at = at.parent)
      if (at === inner.node) {
        const { items, isCertain } = inner.mentions({ ColumnRef: match.fields });
        return isCertain && items.size === 0;
      }
    return false;
  });
}

function rewrite(
  link: NodeMatch,
  { inner, column, outer }: Compared,
  word: string,
  { statement }: RewriteContext,
  equality: FoundRewrite['equality'],
): FoundRewrite[] {
  const at = rangeOfTree(statement, { SubLink: link.fields });
  const { from, where } = inner.clauses;
  const innerName = column.item.name;
  const outerName = outer.item.name;
  // Inside the subquery the outer name must still mean what it means outside.
  if (!at || !innerName || !outerName || inner.items.some(({ name }) => name === outerName)) return [];
  const match = `${quoteIdentifier(innerName)}.${quoteIdentifier(column.name)} = ${quoteIdentifier(outerName)}.${quoteIdentifier(outer.name)}`;
  const whole = unwrap(inner.fields.whereClause);
  const isOr = whole?.type === 'BoolExpr' && whole.fields.boolop === 'OR_EXPR';
  const kept = where && (isOr ? `(${inner.text(where)})` : inner.text(where));
  const condition = kept === undefined ? match : `${kept} AND ${match}`;
  return [
    {
      range: at,
      edits: [{ range: at, newText: `${word} (SELECT 1 FROM ${inner.text(from)} WHERE ${condition})` }],
      equality,
    },
  ];
}
