import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { isNullConstant, operatorOf } from '../support/expressions';

export const nullComparison = defineRule({
  id: 'query/null-comparison',
  since: '0.1.0',
  severity: 'error',
  title: 'Comparison with NULL',
  nodes: ['isnull'],
  docs: {
    problem: '`x = NULL` and `x <> NULL` are never true, not even when x is NULL.',
    why: 'A comparison with NULL yields NULL, and a filter keeps only what is true: the condition removes every row. Write `IS NULL` or `IS NOT NULL`.',
    whenToIgnore: 'Never, unless the server runs with `transform_null_equals`.',
  },
  messages: {
    equal: 'A comparison with NULL is never true; IS NULL was probably meant.',
    unequal: 'A comparison with NULL is never true; IS NOT NULL was probably meant.',
  },
  examples: [
    {
      title: 'rows without a value',
      bad: 'SELECT id FROM orders WHERE shipped_at = NULL',
      flags: 'shipped_at = NULL',
      fixed: 'SELECT id FROM orders WHERE shipped_at IS NULL',
    },
    {
      title: 'rows with a value',
      bad: 'SELECT id FROM orders WHERE shipped_at != null AND id > 3',
      flags: 'shipped_at != null',
      fixed: 'SELECT id FROM orders WHERE shipped_at IS NOT NULL AND id > 3',
    },
    { title: 'the test for NULL', good: 'SELECT id FROM orders WHERE shipped_at IS NULL' },
    { title: 'an assignment', good: 'UPDATE orders SET shipped_at = NULL WHERE id = 3' },
    { title: 'NULL-safe comparison', good: 'SELECT id FROM orders WHERE shipped_at IS DISTINCT FROM NULL' },
    { title: 'a parameter that may be NULL', good: 'SELECT id FROM orders WHERE shipped_at = $1' },
    { title: 'a text', good: "SELECT id FROM orders WHERE note = 'NULL'" },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const comparison of find('A_Expr')) {
      const operator = operatorOf(comparison.fields);
      if (comparison.fields.kind !== 'AEXPR_OP' || (operator !== '=' && operator !== '<>')) continue;
      const nullOnRight = isNullConstant(comparison.fields.rexpr);
      const other = unwrap(nullOnRight ? comparison.fields.lexpr : comparison.fields.rexpr);
      if ((!nullOnRight && !isNullConstant(comparison.fields.lexpr)) || !other) continue;
      const at = rangeOf(comparison);
      // A placeholder of the host language is not a NULL, whatever stands in for it while parsing.
      if (!/\bnull\b/i.test(statement.text.slice(at.start, at.end))) continue;
      const tested = statement.rangeOf(other.type, other.fields);
      const suffix = operator === '=' ? 'IS NULL' : 'IS NOT NULL';
      report({
        at,
        message: operator === '=' ? 'equal' : 'unequal',
        fixes: tested
          ? [
              {
                title: `Write ${suffix}`,
                // It changes the result, which is the point.
                safe: false,
                edits: [{ range: at, newText: `${statement.text.slice(tested.start, tested.end)} ${suffix}` }],
              },
            ]
          : [],
      });
    }
  },
});
