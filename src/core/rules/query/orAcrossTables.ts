import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import {
  asColumn,
  contains,
  filteredQuery,
  fromTables,
  isConstantExpression,
  list,
  operatorOf,
} from '../support/expressions';
import { valueFamily } from '../support/columnTypes';
import { conjuncts, disjuncts, isOutermost } from '../support/trees';
import type { NodeFields, NodeMatch } from '../nodeIndex';

export const orAcrossTables = defineRule({
  id: 'query/or-across-tables',
  since: '0.2.0',
  severity: 'info',
  title: 'OR between conditions on different tables, or with a subquery',
  guideline: { guide: '002', section: '4.2 Query Optimization Examples' },
  nodes: ['BoolExpr'],
  docs: {
    problem: 'One side of the OR is about one table, the other about another table or a subquery.',
    why: 'Neither side narrows its table before the join: a row may still qualify by the other side. So both tables are read and joined first, and indexes on the columns are of no use; with IN or EXISTS beside OR there is no semi join, but a subplan. Two queries joined by UNION can each use their index.',
    whenToIgnore: 'The other conditions leave few rows, or both tables are small.',
  },
  messages: {
    tables:
      'Neither {first} nor {second} can be narrowed by an index before they are joined; UNION of two queries can.',
    subquery: 'Beside OR the subquery cannot become a semi join; UNION of two queries can use an index for each side.',
  },
  examples: [
    {
      title: 'a search in two tables',
      bad: "SELECT p.id FROM products p JOIN makers m ON m.id = p.maker_id WHERE p.name = 'milk' OR m.name = 'milk'",
      flags: "p.name = 'milk' OR m.name = 'milk'",
    },
    {
      title: 'a column or a subquery',
      bad: 'SELECT id FROM orders o WHERE o.customer_id = $1 OR o.id IN (SELECT order_id FROM order_shares WHERE user_id = $1)',
      flags: 'o.customer_id = $1 OR o.id IN (SELECT order_id FROM order_shares WHERE user_id = $1)',
    },
    {
      title: 'beside flags that leave many rows',
      bad: "SELECT p.id FROM product p JOIN template t ON t.id = p.template_id WHERE t.active = true AND (p.name ILIKE '%milk%' OR t.description ILIKE '%milk%')",
      flags: "p.name ILIKE '%milk%' OR t.description ILIKE '%milk%'",
    },
    {
      title: 'two columns of one table, which a bitmap can combine',
      good: 'SELECT id FROM orders WHERE buyer_id = 1 OR seller_id = 1',
    },
    {
      title: 'a row without a partner qualifies as well',
      good: 'SELECT p.id FROM products p LEFT JOIN makers m ON m.id = p.maker_id WHERE m.id IS NULL OR m.active = true',
    },
    {
      title: 'another condition narrows the rows',
      good: "SELECT p.id FROM products p JOIN makers m ON m.id = p.maker_id WHERE p.shop_id = $1 AND (p.name = 'milk' OR m.name = 'milk')",
    },
    {
      title: 'the same OR with each side narrowed by its own condition',
      good: "SELECT p.id FROM products p JOIN makers m ON m.id = p.maker_id WHERE (p.kind = 'a' AND m.kind = 'b') OR (p.kind = 'c' AND m.kind = 'd')",
    },
    { title: 'a flag in the select list', good: 'SELECT a.x = 1 OR b.y = 2 FROM a JOIN b ON a.id = b.id' },
    {
      title: 'two subqueries as two queries',
      good: 'SELECT id FROM orders WHERE customer_id = $1 UNION SELECT order_id FROM order_shares WHERE user_id = $1',
    },
    {
      title: 'a permission that does not depend on the row',
      good: 'SELECT id FROM orders WHERE customer_id = $1 OR EXISTS (SELECT 1 FROM admins WHERE admins.id = $1)',
    },
  ],
  check({ find, rangeOf, report }) {
    for (const or of find('BoolExpr')) {
      // With another condition beside it the planner has something to begin with; flags leave many rows.
      if (or.fields.boolop !== 'OR_EXPR' || !isOutermost(or) || !standsAlone(or)) continue;
      const query = filteredQuery(or);
      if (query?.type !== 'SelectStmt') continue;
      const arms = disjuncts({ BoolExpr: or.fields });
      const sides = arms.map(tableOfCondition);
      const first = sides.find(side => side !== undefined);
      if (first === undefined) continue;
      const { tables, others } = fromTables(query);
      const names = new Set(tables.map(table => table.alias ?? table.name));
      if (sides.every(side => side !== undefined)) {
        const second = sides.find(side => side !== first);
        if (second === undefined || first === '' || second === '' || !names.has(first) || !names.has(second)) continue;
        report({ at: rangeOf(or), message: 'tables', values: { first, second } });
      } else if (tables.length + others === 1 && arms.every((arm, i) => sides[i] !== undefined || dependsOnRow(arm))) {
        report({ at: rangeOf(or), message: 'subquery' });
      }
    }
  },
});

/** The whole WHERE, or beside nothing but flags: `active`, `kept = true`. */
function standsAlone(or: NodeMatch): boolean {
  if (or.key === 'whereClause') return true;
  const { parent } = or;
  if (parent?.type !== 'BoolExpr' || parent.key !== 'whereClause') return false;
  return conjuncts({ BoolExpr: parent.fields }).every(other => {
    const node = unwrap(other);
    if (node?.fields === or.fields || asColumn(other) || node?.type === 'BooleanTest') return true;
    return (
      node?.type === 'A_Expr' &&
      asColumn(node.fields.lexpr) !== undefined &&
      valueFamily(node.fields.rexpr) === 'boolean'
    );
  });
}

/** The qualifier in a comparison with constants that an index could answer; '' without one. */
function tableOfCondition(condition: unknown): string | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || !INDEXABLE.has(`${String(node.fields.kind)} ${operatorOf(node.fields)}`))
    return undefined;
  const column = asColumn(node.fields.lexpr);
  return column && isConstantExpression(node.fields.rexpr) ? (column.qualifier ?? '') : undefined;
}

const INDEXABLE = new Set(['AEXPR_OP =', 'AEXPR_IN =', 'AEXPR_OP_ANY =', 'AEXPR_LIKE ~~', 'AEXPR_ILIKE ~~*']);

/** `column IN (SELECT ...)`, not negated. */
function dependsOnRow(condition: unknown): boolean {
  const node = unwrap(condition);
  return (
    node?.type === 'SubLink' &&
    node.fields.subLinkType === 'ANY_SUBLINK' &&
    list(node.fields.operName).length === 0 &&
    asColumn(node.fields.testexpr) !== undefined &&
    !isValues(node.fields)
  );
}

function isValues(link: NodeFields): boolean {
  return !contains(link.subselect, type => type === 'RangeVar');
}
