import { isAggregateCall } from '../../sql/aggregates';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { hasOwnOrder, isOrderedAggregate } from '../support/aggregates';
import { asColumn, contains, fromTables, integerConstant, list } from '../support/expressions';
import { rangeOfTree, selectedValues } from '../support/trees';

export const orderOutsideAggregate = defineRule({
  id: 'query/order-outside-aggregate',
  since: '0.2.0',
  severity: 'error',
  title: 'ORDER BY or LIMIT outside an aggregate',
  nodes: ['sortClause', 'limitCount'],
  docs: {
    problem:
      'ORDER BY and LIMIT of a query work on its result, and an aggregate without GROUP BY has one row as result.',
    why: 'Ordering that row by a column of the table fails: the column must appear in GROUP BY. LIMIT 10 does not limit what is aggregated. `array_agg(x ORDER BY y)` orders the input; for the first ten rows aggregate a subquery with ORDER BY and LIMIT.',
    whenToIgnore: 'Never.',
  },
  messages: {
    refused:
      'The aggregate leaves one row, which has no {column} to order by: PostgreSQL refuses this. Order inside the aggregate, or in a subquery.',
    limit: 'The aggregate leaves one row: LIMIT {rows} does not limit what is aggregated. Put it into a subquery.',
  },
  examples: [
    {
      title: 'the ten slowest as JSON, as it does not work',
      bad: 'SELECT jsonb_agg(q) FROM (SELECT query, calls FROM slow_queries) AS q ORDER BY calls DESC',
      flags: 'calls',
    },
    {
      title: 'an order for nothing',
      bad: 'SELECT count(*) FROM orders WHERE total > 5 ORDER BY created_at',
      flags: 'created_at',
    },
    {
      title: 'a limit for nothing',
      bad: "SELECT json_agg(json_build_object('id', id)) FROM orders LIMIT 10",
      flags: '10',
    },
    { title: 'the order is inside', good: 'SELECT json_agg(o ORDER BY o.total) FROM orders o' },
    {
      title: 'the first ten are chosen below',
      good: 'SELECT jsonb_agg(q) FROM (SELECT query, calls FROM slow_queries ORDER BY calls DESC LIMIT 10) AS q',
    },
    { title: 'groups', good: 'SELECT status, array_agg(id) FROM orders GROUP BY status ORDER BY status LIMIT 10' },
    { title: 'by the output', good: 'SELECT count(*) AS n FROM orders ORDER BY n' },
    { title: 'by position', good: 'SELECT count(*) FROM orders ORDER BY 1' },
    { title: 'a window function', good: 'SELECT id, count(*) OVER () FROM orders ORDER BY created_at LIMIT 10' },
    { title: 'one row anyway', good: 'SELECT max(id) FROM orders LIMIT 1' },
    { title: 'an aggregate of the query around it', good: 'SELECT (SELECT o.x FROM o ORDER BY o.id LIMIT 2) FROM c' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const { groupClause, sortClause, limitCount, distinctClause, larg } = query.fields;
      if (groupClause || distinctClause || larg || (!sortClause && !limitCount)) continue;
      const values = selectedValues(query.fields);
      if (values.length === 0 || !values.every(value => isAggregated(value))) continue;
      const names = list(query.fields.targetList).map(target => unwrap(target)?.fields.name);
      const { tables } = fromTables(query);
      const own = tables.map(table => table.alias ?? table.name);
      const wrong = list(sortClause)
        .map(item => unwrap(item)?.fields.node)
        .find(node => {
          const column = asColumn(node);
          if (!column) return false;
          // In a subquery the column may belong to the query around it.
          return column.qualifier === undefined
            ? !query.parent && !names.includes(column.name) && !isImplied(column.name, values)
            : own.includes(column.qualifier);
        });
      const at = rangeOfTree(statement, wrong);
      const rows = integerConstant(limitCount);
      const limitAt = rangeOfTree(statement, limitCount);
      if (wrong !== undefined && at) {
        report({ at, message: 'refused', values: { column: statement.text.slice(at.start, at.end) } });
      } else if (rows !== undefined && rows > 1 && limitAt && values.some(value => contains(value, isUnordered))) {
        report({ at: limitAt, message: 'limit', severity: 'warning', values: { rows } });
      }
    }
  },
});

/** An aggregate, with nothing but constants beside it. */
function isAggregated(value: unknown): boolean {
  const call = unwrap(value);
  if (call?.type === 'FuncCall' && isAggregateCall(call.type, call.fields)) return true;
  if (call?.type === 'TypeCast') return isAggregated(call.fields.arg);
  if (call?.type === 'CoalesceExpr') return list(call.fields.args).some(isAggregated);
  return false;
}

/** The output of `count(*)` is named `count`. */
function isImplied(name: string, values: readonly unknown[]): boolean {
  return (
    values.some(value => contains(value, (_, fields) => unwrap(list(fields.funcname).at(-1))?.fields.sval === name)) ||
    name === 'coalesce'
  );
}

function isUnordered(type: string, fields: NodeFields): boolean {
  return isOrderedAggregate(type, fields) && !hasOwnOrder(fields);
}
