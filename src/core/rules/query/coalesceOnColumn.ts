import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { typeFamily, valueFamily } from '../support/columnTypes';
import { comparedExpressions } from '../support/comparisons';
import {
  asColumn,
  hasIndexKey,
  integerConstant,
  isConstantExpression,
  isNullConstant,
  list,
  stringConstant,
} from '../support/expressions';
import { isBesideEquality } from '../support/narrowing';
import { saidNotNull } from '../support/saidNotNull';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, textOfTree } from '../support/trees';

export const coalesceOnColumn = defineRule({
  id: 'query/coalesce-on-column',
  since: '0.2.0',
  severity: 'info',
  title: 'COALESCE around a column in a condition',
  nodes: ['CoalesceExpr'],
  docs: {
    problem: 'The condition compares `COALESCE(column, default)`, not the column.',
    why: 'An index on the column is not used, not even when the column is NOT NULL and COALESCE does nothing. `column = value` leaves out NULLs by itself, and `column = value OR column IS NULL` can use the index for both parts.',
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    split:
      'An index on {column} cannot serve COALESCE; compare {column} itself, with OR {column} IS NULL where the default matches.',
    needless: '{column} is NOT NULL: COALESCE does nothing here but keep an index from being used.',
  },
  examples: [
    {
      title: 'the default matches as well',
      bad: 'SELECT id FROM agent_tasks WHERE coalesce(priority, 0) = 0',
      flags: 'coalesce(priority, 0)',
      fixed: 'SELECT id FROM agent_tasks WHERE (priority = 0 OR priority IS NULL)',
    },
    {
      title: 'the default does not match',
      bad: 'SELECT id FROM agent_tasks WHERE coalesce(priority, 0) = 5 AND owner = 3',
      flags: 'coalesce(priority, 0)',
      fixed: 'SELECT id FROM agent_tasks WHERE priority = 5 AND owner = 3',
    },
    {
      title: 'the column is never NULL',
      schema: 'CREATE TABLE agent_tasks (id bigint, status text NOT NULL);',
      bad: "SELECT id FROM agent_tasks WHERE coalesce(status, 'new') = $1",
      flags: "coalesce(status, 'new')",
      fixed: 'SELECT id FROM agent_tasks WHERE status = $1',
    },
    { title: 'the column itself', good: 'SELECT id FROM agent_tasks WHERE priority = 0 OR priority IS NULL' },
    { title: 'in the select list', good: 'SELECT coalesce(priority, 0) = 0 AS idle FROM agent_tasks' },
    {
      title: 'the first of two columns',
      good: 'SELECT id FROM agent_tasks WHERE coalesce(finished_at, started_at) > $1',
    },
    {
      title: 'a flag, which hardly needs an index',
      good: 'SELECT id FROM agent_tasks WHERE coalesce(archived, false) = false',
    },
    { title: 'a default for a parameter', good: 'SELECT id FROM agent_tasks WHERE priority = coalesce($1, 0)' },
    {
      title: 'an index on the expression exists',
      schema:
        'CREATE TABLE agent_tasks (id bigint, priority int); CREATE INDEX ON agent_tasks (coalesce(priority, 0));',
      good: 'SELECT id FROM agent_tasks WHERE coalesce(priority, 0) = 5',
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    for (const { query, comparison, side, operator, value } of comparedExpressions(find, 'CoalesceExpr', body)) {
      const [first, fallback, ...more] = list(side.fields.args);
      const column = asColumn(first);
      const match = matchBelow(side, 'args', first);
      if (!column || !match || more.length > 0 || !isConstantExpression(fallback) || isNullConstant(value)) continue;
      const known = resolve(match);
      const family = typeFamily(known?.column.type);
      if (family === 'boolean' || valueFamily(fallback) === 'boolean' || valueFamily(value) === 'boolean') continue;
      const at = rangeOf(side);
      const columnText = textOfTree(statement, first);
      const key = statement.text.slice(at.start, at.end).replace(columnText ?? '', column.name);
      if (isSmallTable(known?.relation, thresholds) || hasIndexKey(known?.relation, key)) continue;
      const fixes: Fix[] = [];
      const notNull = known?.column.notNull === true;
      if (known && notNull && columnText) {
        const edits = [{ range: at, newText: columnText }];
        fixes.push({ title: 'Leave out COALESCE', safe: true, edits, facts: [saidNotNull(known)] });
      } else if (columnText && comparison.fields.kind === 'AEXPR_OP' && operator === '=') {
        const matches = isSameValue(fallback, value, family === 'text');
        const condition = `${columnText} = ${textOfTree(statement, value)}`;
        if (matches !== undefined) {
          fixes.push({
            title: `Compare ${column.name} itself`,
            // A collation may call texts equal that are not the same.
            safe: matches || stringConstant(fallback) === undefined,
            edits: [
              { range: rangeOf(comparison), newText: matches ? `(${condition} OR ${columnText} IS NULL)` : condition },
            ],
          });
        }
      }
      report({
        at,
        message: notNull ? 'needless' : 'split',
        values: { column: column.name },
        fixes,
        ...(isBesideEquality(query, comparison) ? HINT : warningIfBig(known?.relation, thresholds)),
      });
    }
  },
});

const HINT = { severity: 'hint' } as const;

/** Whether two literals are the same value; undefined if their text does not tell. */
function isSameValue(a: unknown, b: unknown, isText: boolean): boolean | undefined {
  const numbers = [integerConstant(a), integerConstant(b)];
  if (valueFamily(a) === 'integer' && valueFamily(b) === 'integer') return numbers[0] === numbers[1];
  const texts = [stringConstant(a), stringConstant(b)];
  if (texts[0] === undefined || texts[1] === undefined) return undefined;
  // Different texts may be the same value of another type: '1.0' and '1'.
  return texts[0] === texts[1] ? true : isText ? false : undefined;
}
