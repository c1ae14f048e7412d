import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, functionName, list, operatorOf } from '../support/expressions';
import { fromItems } from '../support/fromItems';
import { conjuncts } from '../support/trees';
import type { FromItem } from '../support/fromItems';
import { itemOf, leavesOf, mentionsIn } from '../support/mentions';
import { isUniqueBy } from '../support/uniqueness';

export const countStarOverLeftJoin = defineRule({
  id: 'join/count-star-over-left-join',
  since: '0.2.0',
  severity: 'warning',
  title: 'count(*) over a LEFT JOIN',
  nodes: ['FuncCall'],
  docs: {
    problem: 'A row without a match is still one row, so `count(*)` says 1 where there is nothing to count.',
    why: 'Count a column of the joined table that is NULL when there is no match.',
    whenToIgnore: 'The rows of the join are what is to be counted.',
  },
  messages: { one: 'count(*) says 1 for a row without a match in {table}; count a column of {table} instead.' },
  examples: [
    {
      title: 'tasks of each agent',
      bad: 'SELECT a.id, count(*) AS tasks FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id GROUP BY a.id',
      flags: 'count(*)',
      fixed:
        'SELECT a.id, count(t.agent_id) AS tasks FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id GROUP BY a.id',
    },
    {
      title: 'grouped by key and name',
      bad: 'SELECT c.id, c.name, COUNT(*) FROM cameras c LEFT JOIN alerts al ON c.id = al.camera_id AND al.open GROUP BY c.id, c.name',
      flags: 'COUNT(*)',
      fixed:
        'SELECT c.id, c.name, COUNT(al.camera_id) FROM cameras c LEFT JOIN alerts al ON c.id = al.camera_id AND al.open GROUP BY c.id, c.name',
    },
    {
      title: 'a day of the joined table among the keys',
      bad: 'SELECT a.id, date(t.created_at), count(*) FROM agents a LEFT JOIN agent_tasks t ON a.id = t.agent_id GROUP BY a.id, date(t.created_at)',
      flags: 'count(*)',
    },
    {
      title: 'a column of the joined table',
      good: 'SELECT a.id, count(t.id) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id GROUP BY a.id',
    },
    {
      title: 'the joined table is looked up by its key',
      good: 'SELECT o.status, count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id GROUP BY o.status',
    },
    {
      title: 'an inner join',
      good: 'SELECT a.id, count(*) FROM agents a JOIN agent_tasks t ON t.agent_id = a.id GROUP BY a.id',
    },
    {
      title: 'not grouped by the key of the other table',
      good: 'SELECT t.status, count(*) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id GROUP BY t.status',
    },
    {
      title: 'only rows without a match',
      good: 'SELECT a.id, count(*) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id WHERE t.id IS NULL GROUP BY a.id',
    },
    {
      title: 'only matches are counted',
      good: 'SELECT a.id, count(*) FILTER (WHERE t.done) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id GROUP BY a.id',
    },
  ],
  check({ catalog, find, rangeOf, statement, report }) {
    for (const count of find('FuncCall')) {
      const { fields } = count;
      if (functionName(fields) !== 'count' || !fields.agg_star || fields.agg_filter || fields.over) continue;
      let query = count.parent;
      if (query?.type !== 'ResTarget' || query.key !== 'targetList') continue;
      query = query.parent;
      if (query?.type !== 'SelectStmt' || !query.fields.groupClause) continue;
      const items = fromItems(query, catalog);
      const grouped = list(query.fields.groupClause);
      const groupItems = mentionsIn(grouped, items);
      if (groupItems.hasUnknown || groupItems.items.size === 0) continue;
      const found = items.map(item => oneToMany(item, items, grouped)).find(each => each !== undefined);
      if (!found) continue;
      if (dropsUnmatched(query.fields.whereClause, found.item, items)) continue;
      if (items.some(item => item !== found.item && item.combination !== 'first' && !isLookup(item, items))) continue;
      const at = rangeOf(count);
      const table = found.item.name ?? '';
      const column = `${quoteIdentifier(table)}.${quoteIdentifier(found.column)}`;
      const star = statement.text.slice(at.start, at.end).indexOf('*');
      report({
        at,
        message: 'one',
        values: { table },
        // With a column of the joined table among the keys, the rows without a match are a group of their own.
        ...(groupItems.items.has(found.item) && { severity: 'info' as const }),
        fixes: [
          {
            title: `Count ${column}`,
            safe: false,
            edits: [{ range: { start: at.start + star, end: at.start + star + 1 }, newText: column }],
          },
        ],
      });
    }
  },
});

/** A LEFT JOIN of a table by a column that refers to the key the query groups by. */
function oneToMany(
  item: FromItem,
  items: readonly FromItem[],
  grouped: readonly unknown[],
): { readonly item: FromItem; readonly column: string } | undefined {
  if (item.combination !== 'left' || !item.join || leavesOf(item.join.rarg, items).length !== 1) return undefined;
  for (const condition of conjuncts(item.join.quals)) {
    const pair = joinedColumns(condition, item, items);
    if (!pair) continue;
    const { own, other, otherName } = pair;
    const isGroupedBy = grouped.some(key => {
      const column = unwrap(key);
      return (
        column?.type === 'ColumnRef' && itemOf(column.fields, items) === other && asColumn(key)?.name === otherName
      );
    });
    if (!isGroupedBy) continue;
    const isMany = item.relation
      ? other.relation !== undefined && !isUniqueBy(item.relation, [own]) && isUniqueBy(other.relation, [otherName])
      : otherName === 'id' && own !== 'id';
    if (isMany) return { item, column: own };
  }
  return undefined;
}

/** `item.own = other.otherName`, either way round. */
function joinedColumns(
  condition: unknown,
  item: FromItem,
  items: readonly FromItem[],
): { readonly own: string; readonly other: FromItem; readonly otherName: string } | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  const sides = [node.fields.lexpr, node.fields.rexpr].map(side => {
    const column = asColumn(side);
    const owner = column && itemOf(unwrap(side)!.fields, items);
    return owner && { owner, name: column.name };
  });
  const own = sides.find(side => side?.owner === item);
  const other = sides.find(side => side && side.owner !== item);
  return own && other ? { own: own.name, other: other.owner, otherName: other.name } : undefined;
}

/** A table joined by its own `id` adds no rows. */
function isLookup(item: FromItem, items: readonly FromItem[]): boolean {
  if (item.isFew) return true;
  return conjuncts(item.join?.quals).some(condition => {
    const pair = joinedColumns(condition, item, items);
    if (!pair) return false;
    return item.relation ? isUniqueBy(item.relation, [pair.own]) : pair.own === 'id';
  });
}

/** True if WHERE speaks of the joined table otherwise than to keep the rows without a match. */
function dropsUnmatched(where: unknown, item: FromItem, items: readonly FromItem[]): boolean {
  return conjuncts(where).some(condition => {
    if (!mentionsIn(condition, items).items.has(item)) return false;
    const node = unwrap(condition);
    const isOr = node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR';
    return !isOr || !list(node.fields.args).some(arg => unwrap(arg)?.fields.nulltesttype === 'IS_NULL');
  });
}
