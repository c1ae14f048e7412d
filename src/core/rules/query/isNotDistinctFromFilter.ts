import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { asColumn, filteredQuery, isConstantExpression, isNullConstant } from '../support/expressions';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, textOfTree } from '../support/trees';

export const isNotDistinctFromFilter = defineRule({
  id: 'query/is-not-distinct-from-filter',
  since: '0.2.0',
  severity: 'info',
  title: 'IS NOT DISTINCT FROM in a condition',
  nodes: ['AEXPR_NOT_DISTINCT'],
  docs: {
    problem: 'The condition compares with `IS NOT DISTINCT FROM`, which treats two NULLs as equal.',
    why: 'Through PostgreSQL 18 no index serves it, and a join on it can only be a nested loop. With a value that is not NULL `=` means the same; otherwise `(a = b OR (a IS NULL AND b IS NULL))` lets the planner use an index for each part.',
    whenToIgnore: 'The tables are small.',
  },
  messages: {
    filter: 'No index serves IS NOT DISTINCT FROM; = does, with IS NULL beside it where NULL is meant.',
    join: 'A join on IS NOT DISTINCT FROM can only be a nested loop: each row is compared with each.',
  },
  examples: [
    {
      title: 'a value that is not NULL',
      bad: "SELECT id FROM cameras WHERE zone IS NOT DISTINCT FROM 'north'",
      flags: "zone IS NOT DISTINCT FROM 'north'",
      fixed: "SELECT id FROM cameras WHERE zone = 'north'",
    },
    {
      title: 'a parameter',
      bad: 'SELECT id FROM cameras WHERE zone IS NOT DISTINCT FROM $1',
      flags: 'zone IS NOT DISTINCT FROM $1',
    },
    {
      title: 'a join',
      bad: 'SELECT n.id FROM new_rows n JOIN old_rows o ON o.zone IS NOT DISTINCT FROM n.zone',
      flags: 'o.zone IS NOT DISTINCT FROM n.zone',
    },
    { title: 'equality', good: 'SELECT id FROM cameras WHERE zone = $1' },
    {
      title: 'changed rows only, by their key',
      good: 'UPDATE cameras c SET zone = n.zone FROM new_rows n WHERE n.id = c.id AND c.zone IS DISTINCT FROM n.zone',
    },
    {
      title: 'a further condition of a join',
      good: 'SELECT 1 FROM a JOIN b ON a.id = b.id AND a.zone IS NOT DISTINCT FROM b.zone',
    },
    { title: 'in the select list', good: 'SELECT zone IS NOT DISTINCT FROM $1 AS same FROM cameras' },
    { title: 'an expression', good: 'SELECT id FROM cameras WHERE (a AND b) IS NOT DISTINCT FROM true' },
    { title: 'a trigger that compares rows', good: 'SELECT 1 WHERE $1 IS NOT DISTINCT FROM $2' },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report }) {
    for (const test of find('A_Expr')) {
      const { kind, lexpr, rexpr } = test.fields;
      const query = filteredQuery(test);
      if (kind !== 'AEXPR_NOT_DISTINCT' || !query || !asColumn(lexpr)) continue;
      const at = rangeOf(test);
      if (isConstantExpression(rexpr)) {
        const match = matchBelow(test, 'lexpr', lexpr);
        const relation = match && resolve(match)?.relation;
        if (isSmallTable(relation, thresholds)) continue;
        const isValue = unwrap(rexpr)?.type === 'A_Const' && !isNullConstant(rexpr);
        const newText = `${textOfTree(statement, lexpr)} = ${textOfTree(statement, rexpr)}`;
        const fixes: Fix[] = isValue ? [{ title: 'Write =', safe: true, edits: [{ range: at, newText }] }] : [];
        report({ at, message: 'filter', fixes, ...warningIfBig(relation, thresholds) });
      } else if (asColumn(rexpr) && test.key === 'quals') report({ at, message: 'join' });
    }
  },
});
