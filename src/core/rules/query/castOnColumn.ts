import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, castType, hasIndexKey } from '../support/expressions';
import { hasNoIndexAtAll } from '../support/computedColumns';
import type { Fix } from '../finding';
import { comparedExpressions } from '../support/comparisons';
import { dayCondition, isExactDayCondition, isZoneless } from '../support/rangeRewrite';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow } from '../support/trees';

/** Types that share one representation: a cast between them leaves an index usable. */
const TEXT_TYPES = /^(?:text|varchar|character varying)(?:\(\d+\))?$/;

/** The grammar's names of types that have other spellings. */
const SPELLINGS: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  boolean: 'bool',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

export const castOnColumn = defineRule({
  id: 'query/cast-on-column',
  since: '0.1.0',
  severity: 'info',
  title: 'Cast on a column in a condition',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['TypeCast'],
  docs: {
    problem: 'The condition casts the column, so it compares another value than the one an index holds.',
    why: "An index on the column is ordered by the column's own type. Casting the constant instead leaves the index usable, and the row estimate comes from the column's statistics.",
    whenToIgnore: 'The table is small, or an index on the cast expression exists.',
  },
  messages: {
    day: 'An index on {column} cannot serve {column}::date; a half-open range of {column} can.',
    constant: 'An index on {column} cannot serve a cast of it; cast the other side to the type of {column}.',
  },
  examples: [
    {
      title: 'the rows of one day',
      bad: "SELECT id FROM events WHERE captured_at::date = '2024-05-01'",
      flags: 'captured_at::date',
      fixed: "SELECT id FROM events WHERE captured_at >= date '2024-05-01' AND captured_at < date '2024-05-01' + 1",
    },
    {
      title: 'a span of days',
      bad: 'SELECT id FROM events WHERE CAST(captured_at AS date) BETWEEN $1 AND $2',
      flags: 'CAST(captured_at AS date)',
      fixed: 'SELECT id FROM events WHERE captured_at >= $1::date AND captured_at < $2::date + 1',
    },
    {
      title: 'today',
      bad: 'SELECT id FROM events WHERE captured_at::date = CURRENT_DATE',
      flags: 'captured_at::date',
      fixed: 'SELECT id FROM events WHERE captured_at >= CURRENT_DATE AND captured_at < CURRENT_DATE + 1',
    },
    { title: 'a number compared as text', bad: "SELECT id FROM events WHERE id::text = '42'", flags: 'id::text' },
    { title: 'the constant is cast', good: "SELECT id FROM events WHERE captured_at >= '2024-05-01'::timestamptz" },
    { title: 'in the select list', good: 'SELECT captured_at::date, count(*) FROM events GROUP BY 1' },
    {
      title: 'a value out of jsonb has no type of its own',
      good: "SELECT id FROM events WHERE (payload->>'n')::int = 5",
    },
    {
      title: 'varchar and text share an index',
      schema: 'CREATE TABLE events (id bigint, name varchar(80));',
      good: "SELECT id FROM events WHERE name::text = 'door'",
    },
    {
      title: 'a text that a subquery cuts out of another',
      good: "SELECT 1 FROM (SELECT split_part(bounds, ',', 1) AS lower_bound FROM parts) x WHERE lower_bound::timestamptz <= $1",
    },
    {
      title: 'an index on the expression exists',
      schema: 'CREATE TABLE events (id bigint, at timestamp); CREATE INDEX ON events ((at::date));',
      good: "SELECT id FROM events WHERE at::date = '2024-05-01'",
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    for (const { query, comparison, side, operator, value } of comparedExpressions(find, 'TypeCast', body)) {
      const column = asColumn(side.fields.arg);
      const type = castType(side.fields);
      if (!column || type === undefined || hasNoIndexAtAll(query, column)) continue;
      const match = matchBelow(side, 'arg', side.fields.arg);
      const known = match && resolve(match);
      if (isSmallTable(known?.relation, thresholds)) continue;
      const own = known?.column.type;
      if (own !== undefined && ((SPELLINGS[own] ?? own) === type || (TEXT_TYPES.test(own) && TEXT_TYPES.test(type))))
        continue;
      if (hasIndexKey(known?.relation, `${column.name}::${type}`)) continue;
      const argument = unwrap(side.fields.arg)!;
      const columnRange = statement.rangeOf(argument.type, argument.fields);
      const columnText = columnRange ? statement.text.slice(columnRange.start, columnRange.end) : undefined;
      const condition =
        type === 'date' && columnText !== undefined
          ? dayCondition(statement, columnText, comparison.fields, operator, value)
          : undefined;
      const fixes: Fix[] = condition
        ? [
            {
              title: `Compare ${column.name} itself`,
              // The first hour of a day can repeat where clocks are set back, hence not for timestamptz.
              safe: isZoneless(own) && isExactDayCondition(comparison.fields, operator, value),
              edits: [{ range: rangeOf(comparison), newText: condition }],
            },
          ]
        : [];
      report({
        at: rangeOf(side),
        message: type === 'date' ? 'day' : 'constant',
        values: { column: column.name },
        fixes,
        // Without a schema a cast to text may be one between text types, which costs nothing.
        ...(own === undefined && TEXT_TYPES.test(type) && { severity: 'hint' as const }),
        ...warningIfBig(known?.relation, thresholds),
      });
    }
  },
});
