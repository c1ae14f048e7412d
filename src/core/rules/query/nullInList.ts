import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { isNullConstant, list, operatorOf } from '../support/expressions';
import { rangeOfTree, textOfTree } from '../support/trees';

export const nullInList = defineRule({
  id: 'query/null-in-list',
  since: '0.2.0',
  severity: 'error',
  title: 'NULL in an IN list',
  nodes: ['AEXPR_IN'],
  docs: {
    problem:
      '`x NOT IN (1, NULL)` is never true: the query returns no rows. In an IN list NULL matches nothing, not even NULL.',
    why: 'NOT IN means `x <> 1 AND x <> NULL`, and a comparison with NULL is neither true nor false.',
    whenToIgnore: 'Never; `x IS NULL` asks for NULLs.',
  },
  messages: {
    never: 'NOT IN with a NULL in the list is never true: no row is returned.',
    nothing: 'NULL in an IN list matches nothing; OR {tested} IS NULL asks for NULLs.',
  },
  examples: [
    {
      title: 'no rows at all',
      bad: "SELECT id FROM cameras WHERE status NOT IN ('retired', NULL)",
      flags: 'NULL',
      fixed: "SELECT id FROM cameras WHERE status NOT IN ('retired')",
    },
    {
      title: 'rows without a zone are not found',
      bad: 'SELECT id FROM cameras WHERE zone_id IN (NULL, 1, 2)',
      flags: 'NULL',
      fixed: 'SELECT id FROM cameras WHERE (zone_id IN (1, 2) OR zone_id IS NULL)',
    },
    { title: 'without NULL', good: 'SELECT id FROM cameras WHERE zone_id IN (1, 2) OR zone_id IS NULL' },
    { title: 'a text', good: "SELECT id FROM cameras WHERE status NOT IN ('NULL', 'none')" },
    { title: 'a parameter', good: 'SELECT id FROM cameras WHERE zone_id NOT IN ($1, $2)' },
    { title: 'a placeholder of the host language', good: 'SELECT id FROM cameras WHERE zone_id IN (%s, %s)' },
    { title: 'a row of values to insert', good: "INSERT INTO cameras (status, zone_id) VALUES ('new', NULL)" },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const test of find('A_Expr')) {
      if (test.fields.kind !== 'AEXPR_IN') continue;
      const items = list(test.fields.rexpr);
      const nulls = items.filter(item => isNullConstant(item));
      const at = rangeOfTree(statement, nulls[0]);
      // A placeholder of the host language is not a NULL, whatever stands in for it while parsing.
      if (!at || !/^null$/i.test(statement.text.slice(at.start, at.end))) continue;
      const tested = textOfTree(statement, test.fields.lexpr) ?? '';
      const isNot = operatorOf(test.fields) === '<>';
      const others = items.filter(item => !isNullConstant(item)).map(item => textOfTree(statement, item));
      const fixes: Fix[] = [];
      if (others.length > 0 && !others.includes(undefined) && unwrap(test.fields.lexpr)?.type === 'ColumnRef') {
        const kept = `${tested} ${isNot ? 'NOT IN' : 'IN'} (${others.join(', ')})`;
        fixes.push({
          title: isNot ? 'Remove NULL from the list' : 'Ask for NULLs with IS NULL',
          // It changes the result, which is the point.
          safe: false,
          edits: [{ range: rangeOf(test), newText: isNot ? kept : `(${kept} OR ${tested} IS NULL)` }],
        });
      }
      if (isNot) report({ at, message: 'never', fixes });
      else report({ at, message: 'nothing', severity: 'warning', values: { tested }, fixes });
    }
  },
});
