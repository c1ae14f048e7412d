import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { contains, functionName, list } from '../support/expressions';
import type { Fix } from '../finding';

/** Plain functions; any other call in HAVING may be an aggregate, which the text cannot tell. */
const SCALAR_FUNCTIONS = new Set([
  'lower',
  'upper',
  'date',
  'date_trunc',
  'date_part',
  'extract',
  'abs',
  'round',
  'length',
  'btrim',
  'left',
  'now',
]);

export const havingWithoutAggregate = defineRule({
  id: 'query/having-without-aggregate',
  since: '0.1.0',
  severity: 'hint',
  title: 'HAVING condition without an aggregate',
  nodes: ['havingClause'],
  docs: {
    problem: 'A condition on rows stands in HAVING, which is for conditions on groups.',
    why: 'It belongs in WHERE, before grouping. PostgreSQL itself moves such a condition there when there are no grouping sets, so the plan is the same; the reader has to know that.',
    whenToIgnore: 'A generator writes the query.',
  },
  messages: { where: 'This condition looks at single rows and belongs in WHERE, before grouping.' },
  examples: [
    {
      title: 'a filter on the grouped column',
      bad: "SELECT status, count(*) FROM orders GROUP BY status HAVING status <> 'draft'",
      flags: "status <> 'draft'",
      fixed: "SELECT status, count(*) FROM orders WHERE status <> 'draft' GROUP BY status",
    },
    {
      title: 'beside a WHERE',
      bad: 'SELECT status, count(*) FROM orders WHERE a OR b GROUP BY status HAVING status > 3',
      flags: 'status > 3',
      fixed: 'SELECT status, count(*) FROM orders WHERE (a OR b) AND status > 3 GROUP BY status',
    },
    { title: 'an aggregate', good: 'SELECT status, count(*) FROM orders GROUP BY status HAVING count(*) > 10' },
    {
      title: 'both in one condition',
      good: "SELECT status FROM orders GROUP BY status HAVING status = 'a' OR count(*) > 10",
    },
    {
      title: 'grouping sets, where it means something else',
      good: 'SELECT a, b, count(*) FROM t GROUP BY ROLLUP (a, b) HAVING a = 1',
    },
    { title: 'a function that may be an aggregate', good: 'SELECT a FROM t GROUP BY a HAVING my_agg(a) > 1' },
    { title: 'without GROUP BY the whole table is one group', good: 'SELECT 1 FROM t HAVING true' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const groups = list(query.fields.groupClause);
      const having = unwrap(query.fields.havingClause);
      if (!having || groups.length === 0 || contains(groups, type => type === 'GroupingSet')) continue;
      const isAnd = having.type === 'BoolExpr' && having.fields.boolop === 'AND_EXPR';
      const conditions = isAnd ? list(having.fields.args) : [query.fields.havingClause];
      for (const condition of conditions) {
        if (!contains(condition, type => type === 'ColumnRef') || contains(condition, mayAggregate)) continue;
        const node = unwrap(condition)!;
        const at = statement.rangeOf(node.type, node.fields);
        if (!at) continue;
        const isOr = node.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR';
        const moved = isOr ? `(${statement.text.slice(at.start, at.end)})` : statement.text.slice(at.start, at.end);
        const group = unwrap(groups[0]);
        const groupAt = group && statement.rangeOf(group.type, group.fields);
        const where = unwrap(query.fields.whereClause);
        const whereAt = where && statement.rangeOf(where.type, where.fields);
        const keyword = groupAt && /\bgroup\s+by\s+$/i.exec(statement.text.slice(0, groupAt.start));
        const havingWord = /\s+having\s+$/i.exec(statement.text.slice(0, at.start));
        const fixes: Fix[] = [];
        if (keyword && havingWord && conditions.length === 1 && (!where || whereAt)) {
          const remove = { range: { start: havingWord.index, end: at.end }, newText: '' };
          const wrap = where?.type === 'BoolExpr' && where.fields.boolop === 'OR_EXPR';
          const add = whereAt
            ? [
                ...(wrap ? [{ range: { start: whereAt.start, end: whereAt.start }, newText: '(' }] : []),
                { range: { start: whereAt.end, end: whereAt.end }, newText: `${wrap ? ')' : ''} AND ${moved}` },
              ]
            : [{ range: { start: keyword.index, end: keyword.index }, newText: `WHERE ${moved} ` }];
          fixes.push({ title: 'Move to WHERE', safe: true, edits: [...add, remove] });
        }
        report({ at, message: 'where', fixes });
      }
    }
  },
});

function mayAggregate(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  if (type === 'SubLink' || type === 'GroupingFunc' || /Agg/.test(type)) return true;
  return type === 'FuncCall' && !SCALAR_FUNCTIONS.has(functionName(fields) ?? '');
}
