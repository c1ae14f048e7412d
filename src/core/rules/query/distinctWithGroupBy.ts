import { isAggregateCall } from '../../sql/aggregates';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { contains, functionName, integerConstant, list } from '../support/expressions';
import { isSameTree, rangeOfTree, selectedValues } from '../support/trees';

export const distinctWithGroupBy = defineRule({
  id: 'query/distinct-with-group-by',
  since: '0.2.0',
  severity: 'info',
  title: 'DISTINCT over groups that differ already',
  nodes: ['distinctClause'],
  docs: {
    problem:
      'All grouping columns are selected, so no two rows are equal, and DISTINCT looks for duplicates all the same.',
    why: 'PostgreSQL sorts or hashes the groups once more.',
    whenToIgnore: 'Never.',
  },
  messages: { needless: 'GROUP BY leaves no duplicates here; DISTINCT sorts or hashes the groups once more.' },
  examples: [
    {
      title: 'a count per status',
      bad: 'SELECT DISTINCT status, count(*) FROM orders GROUP BY status',
      flags: 'DISTINCT',
      fixed: 'SELECT status, count(*) FROM orders GROUP BY status',
    },
    {
      title: 'groups by position',
      bad: 'SELECT DISTINCT camera_id, day, max(n) FROM counting_results GROUP BY 1, 2',
      flags: 'DISTINCT',
      fixed: 'SELECT camera_id, day, max(n) FROM counting_results GROUP BY 1, 2',
    },
    { title: 'a grouping column is not selected', good: 'SELECT DISTINCT count(*) FROM orders GROUP BY status' },
    {
      title: 'grouping sets repeat rows',
      good: 'SELECT DISTINCT status, count(*) FROM orders GROUP BY ROLLUP (status)',
    },
    {
      title: 'DISTINCT ON',
      good: 'SELECT DISTINCT ON (status) status, day, count(*) FROM orders GROUP BY status, day ORDER BY 1, 3 DESC',
    },
    {
      title: 'a function that returns several rows',
      good: 'SELECT DISTINCT status, unnest(array_agg(id)) FROM orders GROUP BY status',
    },
    { title: 'count(DISTINCT ...)', good: 'SELECT status, count(DISTINCT customer_id) FROM orders GROUP BY status' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const { distinctClause, groupClause, targetList } = query.fields;
      const distinct = list(distinctClause);
      const groups = list(groupClause);
      if (distinct.length === 0 || distinct.some(item => unwrap(item) !== undefined) || groups.length === 0) continue;
      if (contains(groupClause, type => type === 'GroupingSet') || contains(targetList, mayReturnSet)) continue;
      const values = selectedValues(query.fields);
      // An output name is no proof: GROUP BY prefers a column of the table of the same name.
      const isSelected = (group: unknown): boolean => {
        const position = integerConstant(group);
        return position === undefined ? values.some(value => isSameTree(value, group)) : position <= values.length;
      };
      if (!groups.every(isSelected)) continue;
      const target = rangeOfTree(statement, list(targetList)[0]);
      const word = target && /\bdistinct\s+$/i.exec(statement.text.slice(0, target.start));
      if (!word) continue;
      report({
        at: { start: word.index, end: word.index + 'distinct'.length },
        message: 'needless',
        fixes: [
          {
            title: 'Remove DISTINCT',
            safe: !contains(targetList, mayBeAnything),
            edits: [{ range: { start: word.index, end: word.index + word[0].length }, newText: '' }],
          },
        ],
      });
    }
  },
});

const SET_FUNCTION = /^(?:unnest|generate_|json|regexp_|string_to_table)/;

/** Functions of the user may return several rows as well, but hardly over groups. */
function mayReturnSet(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  if (type !== 'FuncCall') return false;
  const name = unwrap(list(fields.funcname).at(-1))?.fields.sval;
  return typeof name === 'string' && SET_FUNCTION.test(name) && !/_agg$|^jsonb?_build/.test(name);
}

/** One value of each group for sure, unlike functions nobody here knows. */
const ONE_VALUE = new Set(['date', 'date_part', 'date_trunc', 'extract', 'round', 'lower', 'upper', 'btrim', 'length']);

function mayBeAnything(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  if (type !== 'FuncCall' || isAggregateCall(type, fields)) return false;
  const isAggregate = fields.over ?? fields.agg_filter ?? fields.agg_distinct ?? fields.agg_within_group;
  return isAggregate === undefined && !ONE_VALUE.has(functionName(fields) ?? '');
}
