import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { comparedExpressions } from '../support/comparisons';
import { contains, filteredQuery, list } from '../support/expressions';
import { isBesideEquality } from '../support/narrowing';
import type { SourceRange } from '../../base/sourceRange';

export const caseAsFilter = defineRule({
  id: 'query/case-as-filter',
  since: '0.2.0',
  severity: 'info',
  title: 'CASE as a condition',
  nodes: ['CaseExpr'],
  docs: {
    problem: 'WHERE filters by the result of a CASE expression.',
    why: 'PostgreSQL does not look into CASE for conditions: no index serves what stands in its branches, and the number of rows is guessed. AND and OR say the same: `(kind = 1 AND a = 5) OR (kind <> 1 AND b = 5)`.',
    whenToIgnore: 'Another condition leaves few rows, or CASE keeps an error from happening (a division, a cast).',
  },
  messages: { opaque: 'No index can serve conditions inside CASE; AND and OR can say the same.' },
  examples: [
    {
      title: 'a filter by mode',
      bad: "SELECT id FROM orders WHERE CASE WHEN $1 = 'open' THEN closed_at IS NULL ELSE closed_at > $2 END",
      flags: "CASE WHEN $1 = 'open' THEN closed_at IS NULL ELSE closed_at > $2 END",
    },
    {
      title: 'a class computed and compared',
      bad: "SELECT id FROM orders WHERE CASE WHEN total > 100 THEN 'big' ELSE 'small' END = 'big'",
      flags: "CASE WHEN total > 100 THEN 'big' ELSE 'small' END",
    },
    {
      title: 'AND and OR',
      good: "SELECT id FROM orders WHERE (kind = 'a' AND total > 100) OR (kind = 'b' AND total > 10)",
    },
    { title: 'in the select list', good: 'SELECT CASE WHEN total > 100 THEN 1 ELSE 0 END FROM orders' },
    { title: 'an order', good: "SELECT id FROM orders ORDER BY CASE WHEN status = 'new' THEN 0 ELSE 1 END" },
    { title: 'conditional aggregate', good: 'SELECT sum(CASE WHEN paid THEN 1 ELSE 0 END) FROM orders' },
    {
      title: 'the value is chosen, not the column',
      good: "SELECT id FROM orders WHERE total > CASE WHEN $1 = 'a' THEN 10 ELSE 20 END",
    },
    {
      title: 'beside an equality that narrows the rows',
      good: 'SELECT id FROM orders WHERE customer_id = $1 AND CASE WHEN $2 THEN paid ELSE true END',
    },
    {
      title: 'a cast that must not fail',
      good: "SELECT id FROM events WHERE CASE WHEN v ~ '^[0-9]+$' THEN v::int > 5 ELSE false END",
    },
  ],
  check({ find, rangeOf, report, body }) {
    const found: { readonly node: NodeMatch; readonly query: NodeMatch; readonly at: SourceRange }[] = [];
    for (const node of find('CaseExpr')) {
      const query = filteredQuery(node);
      if (query) found.push({ node, query, at: rangeOf(node) });
    }
    for (const { side, query } of comparedExpressions(find, 'CaseExpr', body))
      found.push({ node: side, query, at: rangeOf(side) });
    for (const { node, query, at } of found) {
      if (!contains(node.fields, type => type === 'ColumnRef') || list(query.fields.fromClause).length === 0) continue;
      if (contains(node.fields, mayFail) || isBesideEquality(query, node) || isInJoin(node)) continue;
      report({ at, message: 'opaque' });
    }
  },
});

/** Casts and divisions are put into CASE to be tried only where they succeed. */
function mayFail(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  const name = unwrap(list(fields.name)[0])?.fields.sval;
  return (
    (type === 'TypeCast' && contains(fields.arg, inner => inner === 'ColumnRef')) ||
    (type === 'A_Expr' && name === '/') ||
    type === 'FuncCall'
  );
}

function isInJoin(node: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    if (at.key === 'quals') return true;
    if (at.key === 'whereClause') return false;
  }
  return false;
}
