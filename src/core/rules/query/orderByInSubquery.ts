import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { RuleContext } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { isOrderedAggregate, isUnorderedAggregate } from '../support/aggregates';
import { contains, list } from '../support/expressions';
import { rangeOfTree, selectedValues } from '../support/trees';

export const orderByInSubquery = defineRule({
  id: 'query/order-by-in-subquery',
  since: '0.2.0',
  severity: 'info',
  title: 'ORDER BY in a subquery whose order is lost',
  nodes: ['SortBy'],
  docs: {
    problem:
      'The rows of a subquery are sorted, and the query around it sorts them again, counts them or looks one up.',
    why: 'PostgreSQL sorts as it is told, also when nobody sees the order. Without LIMIT the order of a subquery matters only to array_agg and its like, to window functions, and to a query without an order of its own.',
    whenToIgnore: 'The query around it breaks ties by the order of the subquery (which PostgreSQL does not promise).',
  },
  messages: { lost: 'This order is lost: {reason}. The rows are sorted for nothing.' },
  examples: [
    {
      title: 'the query around it has its own order',
      bad: 'SELECT o.id FROM (SELECT id, total FROM orders ORDER BY created_at) AS o ORDER BY o.total',
      flags: 'ORDER BY created_at',
      fixed: 'SELECT o.id FROM (SELECT id, total FROM orders) AS o ORDER BY o.total',
    },
    {
      title: 'the rows are only counted',
      bad: 'WITH recent AS (SELECT id FROM orders WHERE total > 5 ORDER BY created_at DESC, id) SELECT count(*) FROM recent',
      flags: 'ORDER BY created_at DESC, id',
      fixed: 'WITH recent AS (SELECT id FROM orders WHERE total > 5) SELECT count(*) FROM recent',
    },
    {
      title: 'a set to look values up in',
      bad: 'SELECT id FROM orders WHERE customer_id IN (SELECT id FROM vip ORDER BY name)',
      flags: 'ORDER BY name',
      fixed: 'SELECT id FROM orders WHERE customer_id IN (SELECT id FROM vip)',
    },
    {
      title: 'the first rows',
      good: 'SELECT id FROM (SELECT id, total FROM orders ORDER BY created_at LIMIT 10) AS o ORDER BY o.total',
    },
    {
      title: 'an aggregate that keeps the order',
      good: 'SELECT json_agg(o) FROM (SELECT id, total FROM orders ORDER BY total) AS o',
    },
    { title: 'nothing else gives an order', good: 'SELECT id FROM (SELECT id FROM orders ORDER BY total) AS o' },
    {
      title: 'the first row of each group',
      good: 'SELECT id FROM (SELECT DISTINCT ON (customer_id) id FROM orders ORDER BY customer_id, total) AS o ORDER BY id',
    },
    { title: 'an array', good: 'SELECT ARRAY(SELECT id FROM orders ORDER BY total)' },
    {
      title: 'a window function numbers the rows',
      good: 'SELECT id, row_number() OVER () AS n FROM (SELECT id FROM orders ORDER BY total) AS o ORDER BY id',
    },
  ],
  check(context) {
    const { statement, find, report } = context;
    for (const query of find('SelectStmt')) {
      const sort = list(query.fields.sortClause);
      if (sort.length === 0 || KEEPING.some(clause => query.fields[clause] !== undefined)) continue;
      const reason = lossOf(query, context);
      const first = rangeOfTree(statement, unwrap(sort[0])?.fields.node);
      const last = rangeOfTree(statement, sort.at(-1)) ?? rangeOfTree(statement, unwrap(sort.at(-1))?.fields.node);
      if (reason === undefined || !first || !last) continue;
      const keyword = /(\s*)\border\s+by\s+$/i.exec(statement.text.slice(0, first.start));
      if (!keyword) continue;
      const rest = /^\s+(?:asc|desc)?(?:\s*nulls\s+(?:first|last))?/i.exec(statement.text.slice(last.end));
      const end = last.end + (rest ? rest[0].trimEnd().length : 0);
      const start = keyword.index + keyword[1]!.length;
      report({
        at: { start, end },
        message: 'lost',
        values: { reason },
        fixes: [
          {
            title: 'Remove ORDER BY',
            safe: reason === REASONS.lookup,
            edits: [{ range: { start: keyword.index, end }, newText: '' }],
          },
        ],
      });
    }
  },
});

/** Clauses that make an order matter inside. */
const KEEPING = ['limitCount', 'limitOffset', 'distinctClause', 'lockingClause', 'larg', 'intoClause'];

const REASONS = {
  sorted: 'the query around it has its own ORDER BY',
  aggregated: 'the rows are only aggregated',
  lookup: 'the subquery is only searched for a value',
};

function lossOf(
  query: NodeMatch,
  { find }: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'find'>,
): string | undefined {
  const { parent } = query;
  if (parent?.type === 'SubLink') {
    return ['ANY_SUBLINK', 'EXISTS_SUBLINK', 'ALL_SUBLINK'].includes(String(parent.fields.subLinkType))
      ? REASONS.lookup
      : undefined;
  }
  if (parent?.type === 'RangeSubselect') return parent.fields.lateral === true ? undefined : lossIn(readerOf(parent));
  if (parent?.type !== 'CommonTableExpr' || parent.parent?.fields.recursive === true) return undefined;
  const uses = find('RangeVar').filter(table => table.fields.relname === parent.fields.ctename);
  const losses = uses.map(use => lossIn(readerOf(use)));
  return uses.length > 0 && losses.every(loss => loss !== undefined) ? losses[0] : undefined;
}

/** The query in whose FROM an item stands. */
function readerOf(item: NodeMatch): NodeMatch | undefined {
  let at = item;
  while (at.parent?.type === 'JoinExpr') at = at.parent;
  return at.key === 'fromClause' ? at.parent : undefined;
}

/** Why a query does not show the order of its rows. */
function lossIn(reader: NodeMatch | undefined): string | undefined {
  if (reader?.type !== 'SelectStmt') return undefined;
  const seesOrder = contains(
    [reader.fields.targetList, reader.fields.havingClause, reader.fields.distinctClause],
    (type, fields) =>
      isOrderedAggregate(type, fields) ||
      fields.over !== undefined ||
      // Any other function may be an aggregate or return several rows.
      (type === 'FuncCall' && !isUnorderedAggregate(type, fields) && reader.fields.sortClause === undefined),
  );
  if (seesOrder || list(reader.fields.distinctClause).some(item => unwrap(item) !== undefined)) return undefined;
  if (reader.fields.sortClause !== undefined) return REASONS.sorted;
  if (reader.fields.groupClause !== undefined) return undefined;
  const values = selectedValues(reader.fields);
  return values.length > 0 && values.every(value => contains(value, isUnorderedAggregate))
    ? REASONS.aggregated
    : undefined;
}
