import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { isConstantExpression, operatorOf, readsOnlySystemTables } from '../support/expressions';
import { allConditions, fromItems, readsOneItem } from '../support/fromItems';
import type { FromItem } from '../support/fromItems';
import { connectedGroups } from '../support/mentions';
import { columnFixedBy, itemColumn } from '../support/columnEqualities';
import { isUniqueBy } from '../support/uniqueness';
import { unwrap } from '../../sql/walk';

export const crossJoinWithoutCondition = defineRule({
  id: 'join/cross-join-without-condition',
  since: '0.2.0',
  severity: 'warning',
  title: 'Tables combined without a condition',
  nodes: ['JoinExpr', ','],
  docs: {
    problem: 'Nothing relates the two tables, so each row of one is paired with each row of the other.',
    why: 'The result has as many rows as both counts multiplied, and usually a join condition was forgotten. `DISTINCT` or `GROUP BY` hide it but do not make it cheap.',
    whenToIgnore: 'All combinations are wanted. Write `CROSS JOIN` to say so.',
  },
  messages: {
    comma: 'Nothing relates {table} to the tables before it: every row is paired with every row.',
    big: 'Nothing relates {table} to the tables before it: about {rows} pairs of rows.',
  },
  examples: [
    {
      title: 'rows picked by the values of a trigger',
      good: 'SELECT o.gid, n.gid FROM releases o, releases n WHERE o.id = OLD.release_id AND n.id = NEW.release_id',
    },
    {
      title: 'a forgotten condition',
      bad: "SELECT c.name, r.total FROM cameras c, counting_results r WHERE c.status = 'active'",
      flags: 'counting_results r',
    },
    {
      title: 'the third table is left alone',
      bad: 'SELECT o.id FROM orders o, customers c, regions g WHERE o.customer_id = c.id AND g.active',
      flags: 'regions g',
    },
    {
      title: 'two big tables, whatever it is called',
      bad: 'SELECT c.name, r.total FROM cameras c CROSS JOIN counting_results r',
      schema: `CREATE TABLE cameras (id int PRIMARY KEY, name text); -- cameras: 2000 rows
        CREATE TABLE counting_results (id int, camera_id int, total int); -- counting_results: 5000000 rows`,
      flags: 'counting_results r',
    },
    { title: 'the condition in WHERE', good: 'SELECT 1 FROM cameras c, counting_results r WHERE r.camera_id = c.id' },
    {
      title: 'an unqualified condition',
      good: 'SELECT name, total FROM cameras c, counting_results r WHERE camera_id = c.id',
    },
    {
      title: 'a function of each row',
      good: 'SELECT o.id, item FROM orders o, jsonb_array_elements(o.items) AS item',
    },
    {
      title: 'a series',
      good: 'SELECT d, c.id FROM generate_series(1, 31) AS d, cameras c',
    },
    {
      title: 'a row of totals for each row',
      good: 'SELECT o.id, o.total / t.total FROM orders o, (SELECT sum(total) AS total FROM orders) t',
    },
    {
      title: 'parameters in a CTE',
      good: 'WITH params AS (SELECT now() AS until) SELECT o.id FROM orders o, params WHERE o.created_at < params.until',
    },
    {
      title: 'LATERAL',
      good: 'SELECT 1 FROM cameras c, LATERAL (SELECT * FROM counting_results r WHERE r.camera_id = c.id LIMIT 1) last',
    },
    {
      title: "PostgreSQL's own catalogs",
      good: "SELECT datdba, a.oid FROM pg_database, pg_authid a WHERE datname = current_database() AND rolname = 'owner'",
    },
    {
      title: 'tables of one name in two schemas',
      good: 'SELECT 1 FROM live.orders, archive.orders WHERE live.orders.id = archive.orders.id',
    },
    {
      title: 'rows picked by name',
      good: "INSERT INTO role_permissions (role_id, permission_id) SELECT r.id, p.id FROM roles r, permissions p WHERE r.name = 'admin'",
    },
    { title: 'all combinations on purpose', good: 'SELECT s.size, c.colour FROM sizes s CROSS JOIN colours c' },
    {
      title: 'a full-text query beside its table',
      good: "SELECT id FROM articles, to_tsquery('english', $1) query WHERE body @@ query",
    },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    for (const query of find('SelectStmt')) {
      if (readsOneItem(query)) continue;
      const items = fromItems(query, catalog);
      if (items.length < 2 || readsOnlySystemTables(query)) continue;
      for (const { item, pairs } of unrelated(query, items)) {
        const at = statement.rangeOf(item.type, item.fields);
        if (!at || pairs < thresholds.bigTableRows) continue;
        const table = item.name ?? 'the subquery';
        if (!Number.isFinite(pairs)) report({ at, message: 'comma', values: { table } });
        else report({ at, message: 'big', values: { table, rows: pairs.toLocaleString('en') } });
      }
    }
  },
});

interface Unrelated {
  readonly item: FromItem;
  /** Pairs of rows; infinite if unknown. */
  readonly pairs: number;
}

/** The first table of each group that nothing relates to the first group. */
function unrelated(query: NodeMatch, items: readonly FromItem[]): Unrelated[] {
  const groups = connectedGroups(query, items);
  const conditions = allConditions(query);
  const isPicked = (group: readonly FromItem[]): boolean => conditions.some(each => picksFew(each, group, items));
  const [first, ...others] = groups?.filter(group => group.some(item => !item.isFew) && !isPicked(group)) ?? [];
  if (!first) return [];
  return others.flatMap(group => {
    const item = group.find(each => !each.isFew)!;
    const pairs = rowsOf(first) * rowsOf(group);
    // CROSS JOIN says that all pairs are wanted; only their number speaks against it.
    const isMeant = item.combination === 'cross' && !Number.isFinite(pairs);
    return (item.combination === 'comma' || item.combination === 'cross') && !isMeant ? [{ item, pairs }] : [];
  });
}

/** Rows of the largest table of a group: joins within it are thought to keep them. Infinite if unknown. */
function rowsOf(group: readonly FromItem[]): number {
  return Math.max(...group.filter(item => !item.isFew).map(item => item.relation?.rowEstimate ?? Infinity));
}

/** Columns of which a value, as their name says, picks one row or a few. */
const KEY = /^(?:id|uuid|name|code|key|slug|email|username|sku)$|_(?:id|code|key|name)$/;

/** `r.name = 'admin'`, `p.code IN ('read', 'write')`: the rows of the group are picked one by one. */
function picksFew(condition: unknown, group: readonly FromItem[], items: readonly FromItem[]): boolean {
  const node = unwrap(condition);
  const isList = node?.type === 'A_Expr' && (node.fields.kind === 'AEXPR_IN' || node.fields.kind === 'AEXPR_OP_ANY');
  const isPick = isList && operatorOf(node.fields) === '=' && isConstantExpression(node.fields.rexpr);
  const column = isPick ? itemColumn(node.fields.lexpr, items) : columnFixedBy(condition, items);
  if (!column || !group.includes(column.item)) return false;
  return column.item.relation ? isUniqueBy(column.item.relation, [column.name]) : KEY.test(column.name);
}
