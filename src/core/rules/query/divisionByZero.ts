import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asColumn, contains, functionName, list, operatorOf, readsOnlySystemTables } from '../support/expressions';
import { isSameTree, rangeOfTree, textOfTree } from '../support/trees';

export const divisionByZero = defineRule({
  id: 'query/division-by-zero',
  since: '0.2.0',
  severity: 'hint',
  title: 'Division by a sum or counter that may be 0',
  nodes: ['/', '%'],
  docs: {
    problem:
      'The divisor is a sum, a count of some rows or a counter of the server; when it is 0 the whole statement fails.',
    why: 'A group without matching rows, or a statistics view right after a reset, is enough. `NULLIF(divisor, 0)` makes the quotient NULL instead.',
    whenToIgnore: 'The divisor cannot be 0: the data or another condition sees to it.',
  },
  messages: { zero: 'When {divisor} is 0 the statement fails (division by zero); NULLIF(..., 0) gives NULL instead.' },
  examples: [
    {
      title: 'an average weight',
      bad: 'SELECT farm_id, sum(fat * litres) / sum(litres) AS fat FROM milk_production GROUP BY farm_id',
      flags: 'sum(litres)',
      fixed: 'SELECT farm_id, sum(fat * litres) / NULLIF(sum(litres), 0) AS fat FROM milk_production GROUP BY farm_id',
    },
    {
      title: 'cache hit ratio after a reset',
      bad: 'SELECT relname, heap_blks_hit * 100.0 / (heap_blks_hit + heap_blks_read) FROM pg_statio_user_tables',
      flags: 'heap_blks_hit + heap_blks_read',
      fixed:
        'SELECT relname, heap_blks_hit * 100.0 / (NULLIF(heap_blks_hit + heap_blks_read, 0)) FROM pg_statio_user_tables',
    },
    {
      title: 'a count of some rows',
      bad: 'SELECT sum(total) / count(*) FILTER (WHERE paid) FROM orders GROUP BY customer_id',
      flags: 'count(*) FILTER (WHERE paid)',
    },
    {
      title: 'the size of what may be an empty table',
      bad: 'SELECT pg_indexes_size(relid) * 100.0 / pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE relid > 16384',
      flags: 'pg_total_relation_size(relid)',
      fixed:
        'SELECT pg_indexes_size(relid) * 100.0 / NULLIF(pg_total_relation_size(relid), 0) FROM pg_stat_user_tables WHERE relid > 16384',
    },
    {
      title: 'only what has a size',
      good: 'SELECT pg_indexes_size(oid) * 100.0 / pg_table_size(oid) FROM pg_class WHERE pg_table_size(oid) > 0',
    },
    { title: 'NULLIF', good: 'SELECT sum(a) / NULLIF(sum(b), 0) FROM orders' },
    { title: 'a guard', good: 'SELECT CASE WHEN sum(b) > 0 THEN sum(a) / sum(b) END FROM orders' },
    {
      title: 'a guard that a simple CASE makes',
      good: 'SELECT CASE sum(b) WHEN 0 THEN NULL ELSE sum(a) / sum(b) END FROM orders',
    },
    { title: 'a group has at least one row', good: 'SELECT sum(total) / count(*) FROM orders GROUP BY customer_id' },
    {
      title: 'the condition excludes 0',
      good: 'SELECT blks_hit * 100.0 / (blks_hit + blks_read) FROM pg_stat_database WHERE blks_hit + blks_read > 0',
    },
    { title: 'groups that have some', good: 'SELECT sum(a) / sum(b) FROM orders GROUP BY c HAVING sum(b) > 0' },
    { title: 'never less than 1', good: 'SELECT sum(a) / greatest(sum(b), 1) FROM orders' },
    { title: 'columns of a table', good: 'SELECT total / quantity FROM order_items' },
  ],
  check({ statement, find, report }) {
    for (const division of find('A_Expr')) {
      const { kind, rexpr } = division.fields;
      const operator = operatorOf(division.fields);
      if (kind !== 'AEXPR_OP' || (operator !== '/' && operator !== '%')) continue;
      const divisor = openedCast(rexpr);
      const query = queryAround(division);
      if (!query || isGuarded(division, query, divisor)) continue;
      if (!isShakySum(divisor, query) && !isServerCounter(divisor, query)) continue;
      const at = rangeOfTree(statement, divisor);
      const text = textOfTree(statement, divisor);
      if (!at || text === undefined) continue;
      // A filter is part of the aggregate, but its text may end before it.
      const hasFilter = (unwrap(divisor)?.fields.agg_filter ?? undefined) !== undefined;
      const fixes = hasFilter
        ? []
        : [{ title: 'Wrap in NULLIF', safe: false, edits: [{ range: at, newText: `NULLIF(${text}, 0)` }] }];
      report({ at, message: 'zero', values: { divisor: text }, fixes });
    }
  },
});

function openedCast(tree: unknown): unknown {
  const node = unwrap(tree);
  return node?.type === 'TypeCast' ? openedCast(node.fields.arg) : tree;
}

function queryAround(node: NodeMatch): NodeMatch | undefined {
  for (let at = node.parent; at; at = at.parent) if (at.type === 'SelectStmt') return at;
  return undefined;
}

/** `sum(x)`, or a count of some rows only. Without rows both are NULL or harmless; with rows they may be 0. */
function isShakySum(tree: unknown, query: NodeMatch): boolean {
  const node = unwrap(tree);
  if (node?.type === 'A_Expr' && operatorOf(node.fields) === '+') {
    return isShakySum(node.fields.lexpr, query) && isShakySum(node.fields.rexpr, query);
  }
  if (node?.type !== 'FuncCall' || node.fields.over !== undefined) return false;
  const name = functionName(node.fields) ?? '';
  // sum(1) and sums of constants count rows.
  if (name === 'sum') return contains(node.fields.args, type => type === 'ColumnRef') && !isCountOfRows(node.fields);
  if (RELATION_SIZE.test(name)) return true;
  return name === 'count' && node.fields.agg_filter !== undefined && query.fields.groupClause !== undefined;
}

/** An empty table has no bytes. */
const RELATION_SIZE = /^pg_(?:total_)?(?:relation|table|indexes)_size$/;

function isCountOfRows(fields: NodeFields): boolean {
  const argument = asColumn(list(fields.args)[0]);
  return argument !== undefined && /^(?:count|cnt|n|num|number|calls|.*_count)$/.test(argument.name);
}

const COUNTER =
  /^(?:(?:heap|idx|toast|tidx)_blks_(?:hit|read)|blks_(?:hit|read)|(?:shared|local)_blks_(?:hit|read)|idx_scan|seq_scan|idx_tup_(?:read|fetch)|calls|n_(?:live|dead)_tup|n_tup_(?:ins|upd|del|hot_upd)|reltuples|relpages)$/;

/** Counters of the statistics views, alone or added up. */
function isServerCounter(tree: unknown, query: NodeMatch): boolean {
  if (!readsOnlySystemTables(query)) return false;
  const isCounter = (part: unknown): boolean => {
    const column = asColumn(openedCast(part));
    if (column) return COUNTER.test(column.name) && column.name !== 'calls';
    const node = unwrap(part);
    return (
      node?.type === 'A_Expr' &&
      operatorOf(node.fields) === '+' &&
      isCounter(node.fields.lexpr) &&
      isCounter(node.fields.rexpr)
    );
  };
  return isCounter(tree);
}

/** A CASE around it, or a condition of the query, that mentions the divisor or a column of it. */
function isGuarded(division: NodeMatch, query: NodeMatch, divisor: unknown): boolean {
  const { whereClause, havingClause } = query.fields;
  const called = unwrap(divisor);
  const isSize = called?.type === 'FuncCall' && RELATION_SIZE.test(functionName(called.fields) ?? '');
  const mentions = (clause: unknown) =>
    contains(clause, (type, fields) => {
      const node = { [type]: fields };
      if (isSameTree(node, divisor)) return true;
      // The name a size is asked by says nothing of the size.
      const name = isSize ? undefined : asColumn(node)?.name;
      return name !== undefined && contains(divisor, (inner, own) => asColumn({ [inner]: own })?.name === name);
    });
  for (let at = division.parent; at && at !== query; at = at.parent) {
    if (
      at.type === 'CaseExpr' &&
      mentions([at.fields.arg, ...list(at.fields.args).map(branch => unwrap(branch)?.fields.expr)])
    )
      return true;
  }
  return mentions(whereClause) || mentions(havingClause);
}
