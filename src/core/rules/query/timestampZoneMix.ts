import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { typeFamily, valueFamily } from '../support/columnTypes';
import {
  asColumn,
  contains,
  filteredQuery,
  functionName,
  isConstantExpression,
  operatorOf,
} from '../support/expressions';
import { ORDER_OPERATORS } from '../support/rangeRewrite';
import { matchBelow } from '../support/trees';

export const timestampZoneMix = defineRule({
  id: 'query/timestamp-zone-mix',
  since: '0.2.0',
  severity: 'hint',
  needs: ['catalog'],
  title: 'Local time compared with a moment',
  nodes: ['A_Expr'],
  docs: {
    problem:
      'A `timestamp` column (no time zone) is compared with a `timestamptz` value such as `now()`, or the other way round.',
    why: "PostgreSQL reads the local time in the session's TimeZone. The same query finds other rows in another session: eight hours ago in UTC is not eight hours ago in Ho Chi Minh City.",
    whenToIgnore: 'All sessions that write and read the column have the same TimeZone setting.',
  },
  messages: {
    local: "{column} has no time zone; compared with a moment it is read in the session's TimeZone.",
    moment: "{column} is a moment; the value without time zone is read in the session's TimeZone.",
  },
  examples: [
    {
      title: 'the last eight hours',
      schema: 'CREATE TABLE counting_results (id bigint, created_at timestamp);',
      bad: "SELECT id FROM counting_results WHERE created_at > now() - interval '8 hours'",
      flags: "created_at > now() - interval '8 hours'",
    },
    {
      title: 'a moment compared with a local time',
      schema: 'CREATE TABLE events (id bigint, at timestamptz);',
      bad: 'SELECT id FROM events WHERE at >= LOCALTIMESTAMP',
      flags: 'at >= LOCALTIMESTAMP',
    },
    {
      title: 'moments',
      schema: 'CREATE TABLE events (id bigint, at timestamptz);',
      good: "SELECT id FROM events WHERE at > now() - interval '8 hours'",
    },
    {
      title: 'the zone is named',
      schema: 'CREATE TABLE counting_results (id bigint, created_at timestamp);',
      good: "SELECT id FROM counting_results WHERE created_at > now() AT TIME ZONE 'UTC'",
    },
    {
      title: 'a literal takes on the type of the column',
      schema: 'CREATE TABLE counting_results (id bigint, created_at timestamp);',
      good: "SELECT id FROM counting_results WHERE created_at >= '2024-01-01'",
    },
    {
      title: 'the value is cast',
      schema: 'CREATE TABLE counting_results (id bigint, created_at timestamp);',
      good: 'SELECT id FROM counting_results WHERE created_at >= now()::timestamp',
    },
    { title: 'a table nobody knows', good: 'SELECT id FROM counting_results WHERE created_at > now()' },
    {
      title: 'an age in seconds',
      schema: 'CREATE TABLE counting_results (id bigint, seconds int);',
      good: 'SELECT id FROM counting_results WHERE seconds > extract(epoch FROM now())',
    },
  ],
  check({ find, rangeOf, resolve, report }) {
    for (const comparison of find('A_Expr')) {
      const { kind, lexpr, rexpr } = comparison.fields;
      const operator = operatorOf(comparison.fields) ?? '';
      if (kind !== 'AEXPR_OP' || !ORDER_OPERATORS.has(operator) || !filteredQuery(comparison)) continue;
      const [key, columnTree, value] = asColumn(lexpr) ? ['lexpr', lexpr, rexpr] : ['rexpr', rexpr, lexpr];
      const match = matchBelow(comparison, String(key), columnTree);
      const column = asColumn(columnTree);
      if (!column || !match || !isConstantExpression(value)) continue;
      const family = typeFamily(resolve(match)?.column.type);
      const other = family === 'timestamp' || family === 'timestamptz' ? timeFamily(value) : undefined;
      if (other === undefined || other === family) continue;
      const message = family === 'timestamp' ? 'local' : 'moment';
      report({ at: rangeOf(comparison), message, values: { column: column.name } });
    }
  },
});

const MOMENTS = /^(?:now|transaction_timestamp|statement_timestamp|clock_timestamp)$/;

/** Whether an expression is a local time or a moment, through `+` and `-` with intervals and date_trunc. */
function timeFamily(value: unknown): 'timestamp' | 'timestamptz' | undefined {
  const node = unwrap(value);
  if (!node) return undefined;
  const { type, fields } = node;
  if (type === 'SQLValueFunction') {
    if (/^SVFOP_CURRENT_TIMESTAMP/.test(String(fields.op))) return 'timestamptz';
    return /^SVFOP_LOCALTIMESTAMP/.test(String(fields.op)) ? 'timestamp' : undefined;
  }
  if (type === 'FuncCall') {
    const name = functionName(fields) ?? '';
    if (MOMENTS.test(name)) return 'timestamptz';
    if (name !== 'date_trunc') return undefined;
    return timeFamily((fields.args as readonly unknown[] | undefined)?.[1]);
  }
  if (type === 'A_Expr' && /^[+-]$/.test(operatorOf(fields) ?? '')) {
    // The difference of two moments is an interval.
    if (contains(fields.rexpr, (inner, own) => timeFamily({ [inner]: own }) !== undefined)) return undefined;
    return timeFamily(fields.lexpr);
  }
  const family = type === 'TypeCast' ? valueFamily(value) : undefined;
  return family === 'timestamp' || family === 'timestamptz' ? family : undefined;
}
