import { unwrap } from '../../sql/walk';
import type { ParsedStatement } from '../../sql/statement';
import { defineRule } from '../defineRule';
import { asColumn, functionName, hasIndexKey, list, stringConstant } from '../support/expressions';
import { hasNoIndexAtAll } from '../support/computedColumns';
import type { Fix } from '../finding';
import type { NodeFields } from '../nodeIndex';
import { comparedExpressions } from '../support/comparisons';
import { dayCondition, isExactDayCondition, isZoneless } from '../support/rangeRewrite';
import { indexedExpression } from '../support/indexKeys';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { isBeginning, type DayUnit } from '../support/timeUnits';
import { matchBelow, textOfTree } from '../support/trees';

/** Functions whose result is compared although the column itself, or an index on the expression, would do. */
const FUNCTIONS = new Set([
  'date',
  'date_trunc',
  'to_char',
  'lower',
  'upper',
  'btrim',
  'ltrim',
  'rtrim',
  'left',
  'substr',
  'substring',
]);

/** Those an index may be built on: their result depends on nothing but their arguments. */
const IMMUTABLE = new Set(['lower', 'upper', 'btrim', 'ltrim', 'rtrim', 'left', 'substr', 'substring']);

export const functionOnColumn = defineRule({
  id: 'query/function-on-column',
  since: '0.1.0',
  severity: 'info',
  title: 'Function on a column in a condition',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['FuncCall'],
  docs: {
    problem: 'The condition compares the result of a function of a column, not the column.',
    why: 'An ordinary index is ordered by the column, so it cannot find the result of a function; and without statistics on the expression PostgreSQL guesses how many rows match (0.5 % for equality).',
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    range: 'An index on {column} cannot serve {function}({column}); a range of {column} can.',
    expression: 'An index on {column} cannot serve {function}({column}); that needs an index on the expression.',
    build: 'An index on {column} cannot serve {function}({column}); {index} would.',
    other: 'No index serves {function}({column}); there is one on {expression}, which the condition could use instead.',
  },
  examples: [
    {
      title: 'the rows of one day',
      bad: "SELECT id FROM counting_results WHERE date(created_at) = '2024-05-01'",
      flags: 'date(created_at)',
      fixed:
        "SELECT id FROM counting_results WHERE created_at >= date '2024-05-01' AND created_at < date '2024-05-01' + 1",
    },
    {
      title: 'everything since a day given as parameter',
      bad: 'SELECT id FROM counting_results WHERE date(created_at) >= $1 AND camera_id = $2',
      flags: 'date(created_at)',
      fixed: 'SELECT id FROM counting_results WHERE created_at >= $1::date AND camera_id = $2',
    },
    {
      title: 'a whole year',
      bad: 'SELECT count(*) FROM orders WHERE extract(year FROM created_at) = 2024',
      flags: 'extract(year FROM created_at)',
      fixed: "SELECT count(*) FROM orders WHERE created_at >= date '2024-01-01' AND created_at < date '2025-01-01'",
    },
    {
      title: 'this month',
      bad: "SELECT id FROM orders WHERE date_trunc('month', created_at) = date_trunc('month', now())",
      flags: "date_trunc('month', created_at)",
      fixed:
        "SELECT id FROM orders WHERE created_at >= date_trunc('month', now()) AND created_at < date_trunc('month', now()) + interval '1 month'",
    },
    { title: 'ignoring case', bad: "SELECT id FROM users WHERE lower(email) = 'a@b.c'", flags: 'lower(email)' },
    {
      title: 'another expression has the index',
      schema: 'CREATE TABLE users (id bigint, email text); CREATE INDEX ON users (lower(email));',
      bad: "SELECT id FROM users WHERE upper(email) = 'A@B.C'",
      flags: 'upper(email)',
    },
    {
      title: 'an index on the expression exists',
      schema: 'CREATE TABLE users (id bigint, email text); CREATE INDEX ON users (lower(email));',
      good: "SELECT id FROM users WHERE lower(email) = 'a@b.c'",
    },
    { title: 'a range', good: "SELECT id FROM orders WHERE created_at >= '2024-01-01' AND created_at < '2024-02-01'" },
    {
      title: 'the function is on the constant',
      good: "SELECT id FROM orders WHERE created_at >= date_trunc('month', now())",
    },
    { title: 'in the select list', good: 'SELECT date(created_at), count(*) FROM orders GROUP BY date(created_at)' },
    { title: 'two columns are compared', good: 'SELECT a.id FROM a JOIN b ON lower(a.name) = lower(b.name)' },
    {
      title: 'no range of the column means the same',
      good: 'SELECT id FROM orders WHERE extract(dow FROM created_at) = 1',
    },
    {
      title: 'a column that a subquery computes',
      good: "SELECT day FROM (SELECT max(created_at) AS day FROM orders GROUP BY customer_id) x WHERE date(day) = '2024-05-01'",
    },
    { title: "a server's own view", good: "SELECT pid FROM pg_stat_activity WHERE left(query, 6) = 'VACUUM'" },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    for (const { query, comparison, side, operator, value } of comparedExpressions(find, 'FuncCall', body)) {
      const name = functionName(side.fields);
      const call = name === undefined ? undefined : readCall(name, side.fields);
      if (name === undefined || !call) continue;
      const column = asColumn(call.argument)!;
      if (hasNoIndexAtAll(query, column)) continue;
      const match = matchBelow(side, 'args', call.argument);
      const known = match && resolve(match);
      const at = rangeOf(side);
      const argument = unwrap(call.argument)!;
      const columnRange = statement.rangeOf(argument.type, argument.fields);
      const columnText = columnRange && statement.slice(columnRange);
      // An index spells the column without the table's name.
      const key = statement.slice(at).replace(columnText ?? '', column.name);
      if (isSmallTable(known?.relation, thresholds) || hasIndexKey(known?.relation, key)) continue;
      const condition =
        columnText === undefined
          ? undefined
          : name === 'date'
            ? dayCondition(statement, columnText, comparison.fields, operator, value)
            : name === 'date_trunc' && operator === '=' && comparison.fields.kind === 'AEXPR_OP'
              ? truncatedCondition(statement, columnText, list(side.fields.args)[0], value)
              : call.isYear && comparison.fields.kind === 'AEXPR_OP'
                ? yearCondition(columnText, operator, value)
                : undefined;
      const fixes: Fix[] = condition
        ? [
            {
              title: `Compare ${column.name} itself`,
              // The first hour of a day can repeat where clocks are set back, hence not for timestamptz.
              safe:
                name !== 'date_trunc' &&
                (known?.column.type === 'date' || isZoneless(known?.column.type)) &&
                (call.isYear || isExactDayCondition(comparison.fields, operator, value)),
              edits: [{ range: rangeOf(comparison), newText: condition }],
            },
          ]
        : [];
      const size = warningIfBig(known?.relation, thresholds);
      const values = { column: column.name, function: name };
      const indexed = condition === undefined ? indexedExpression(known?.relation, column.name) : undefined;
      if (indexed !== undefined && known) {
        report({ at, message: 'other', values: { ...values, expression: indexed }, ...size });
      } else if (name === 'date' || name === 'date_trunc' || call.isYear) {
        report({ at, message: 'range', values, fixes, ...size });
      } else {
        const index = known && IMMUTABLE.has(name) ? `CREATE INDEX ON ${known.relation.name} (${key})` : undefined;
        if (index === undefined) report({ at, message: 'expression', values, fixes, ...size });
        else report({ at, message: 'build', values: { ...values, index }, fixes, ...size });
      }
    }
  },
});

interface Call {
  readonly argument: unknown;
  readonly isYear: boolean;
}

/** The column a listed function is called with; other arguments must be constants. */
function readCall(name: string, fields: NodeFields): Call | undefined {
  const args = list(fields.args);
  const columns = args.filter(argument => asColumn(argument));
  if (columns.length !== 1) return undefined;
  if (name === 'extract' || name === 'date_part') {
    return stringConstant(args[0])?.toLowerCase() === 'year' ? { argument: columns[0], isYear: true } : undefined;
  }
  return FUNCTIONS.has(name) ? { argument: columns[0], isYear: false } : undefined;
}

const TRUNCATED: Readonly<Record<string, string>> = {
  second: '1 second',
  minute: '1 minute',
  hour: '1 hour',
  day: '1 day',
  week: '1 week',
  month: '1 month',
  quarter: '3 months',
  year: '1 year',
};

/** `date_trunc(unit, column) = beginning` as a half-open range, for a value that is the beginning of a unit. */
function truncatedCondition(
  statement: ParsedStatement,
  column: string,
  unit: unknown,
  value: unknown,
): string | undefined {
  const name = stringConstant(unit)?.toLowerCase() ?? '';
  const step = TRUNCATED[name];
  const written = textOfTree(statement, value);
  const node = unwrap(value);
  if (step === undefined || written === undefined || !node) return undefined;
  const isTruncated =
    node.type === 'FuncCall' &&
    functionName(node.fields) === 'date_trunc' &&
    stringConstant(list(node.fields.args)[0]) === stringConstant(unit);
  // No truncated value is a day within the unit: such a condition is never true, and no range says that.
  const isDay =
    node.type === 'A_Const' &&
    /^'\d{4}-\d\d-\d\d'$/.test(written) &&
    (!isDayUnit(name) || isBeginning(written.slice(1, -1), name));
  if (!isTruncated && !isDay) return undefined;
  const first = isDay ? `date ${written}` : written;
  return `${column} >= ${first} AND ${column} < ${first} + interval '${step}'`;
}

function isDayUnit(name: string): name is DayUnit {
  return ['day', 'week', 'month', 'quarter', 'year'].includes(name);
}

function yearCondition(column: string, operator: string, value: unknown): string | undefined {
  const constant =
    unwrap(value)?.type === 'A_Const' ? (unwrap(value)!.fields.ival as NodeFields | undefined) : undefined;
  const year = Number(constant?.ival ?? 0);
  if (year < 1000 || year > 9998) return undefined;
  const first = `date '${year}-01-01'`;
  const next = `date '${year + 1}-01-01'`;
  switch (operator) {
    case '=':
      return `${column} >= ${first} AND ${column} < ${next}`;
    case '>=':
      return `${column} >= ${first}`;
    case '<':
      return `${column} < ${first}`;
    case '>':
      return `${column} >= ${next}`;
    case '<=':
      return `${column} < ${next}`;
    default:
      return undefined;
  }
}
