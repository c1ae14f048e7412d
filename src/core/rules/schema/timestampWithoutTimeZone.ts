import { contains, functionName } from '../support/expressions';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const timestampWithoutTimeZone = defineRule({
  id: 'schema/timestamp-without-time-zone',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'timestamp without time zone',
  docs: {
    problem: '`timestamp` keeps the digits of a clock and forgets which clock it was.',
    why: "`now()` is converted by the session's TimeZone on the way in and again on comparison: a session with another TimeZone is hours off, and finds no rows of the last hour. `timestamptz` takes the same 8 bytes and means one moment.",
    whenToIgnore:
      'Every session is known to use UTC, or the column is meant as a local time of day, such as an opening hour.',
  },
  messages: {
    column: '{column} does not say which time zone it means; timestamptz does, in the same 8 bytes.',
    now: '{column} takes now() in the TimeZone of each session, so sessions with different zones write different times; timestamptz does not.',
  },
  examples: [
    {
      title: 'when something happened',
      bad: 'CREATE TABLE counting_results (id bigint PRIMARY KEY, result_timestamp timestamp NOT NULL)',
      flags: 'timestamp',
      fixed: 'CREATE TABLE counting_results (id bigint PRIMARY KEY, result_timestamp timestamptz NOT NULL)',
    },
    {
      title: 'several columns, said once',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at TIMESTAMP NOT NULL, paid_at TIMESTAMP)',
      flags: 'TIMESTAMP',
      fixed: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL, paid_at TIMESTAMPTZ)',
    },
    {
      title: 'filled by now()',
      bad: 'ALTER TABLE orders ADD COLUMN created_at timestamp(3) without time zone DEFAULT now()',
      flags: 'timestamp(3) without time zone',
      fixed: 'ALTER TABLE orders ADD COLUMN created_at timestamp(3) with time zone DEFAULT now()',
    },
    {
      title: 'with time zone',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz, paid_at timestamp with time zone)',
    },
    { title: 'a date', good: 'CREATE TABLE bookings (id bigint PRIMARY KEY, day date)' },
    { title: 'a local time by name', good: 'CREATE TABLE shops (id bigint PRIMARY KEY, opens_local timestamp)' },
    { title: 'a query', good: "SELECT timestamp '2024-01-01'" },
    { title: 'a temporary table', good: 'CREATE TEMP TABLE loaded (at timestamp)' },
  ],
  check({ statement, find, report }) {
    const columns = columnDefinitions({ statement, find }).filter(
      ({ name, type }) => type === 'timestamp' && !/local/i.test(name),
    );
    const first = columns[0];
    if (!first) return;
    const withNow = columns.find(({ defaultValue }) => isNow(defaultValue));
    report({
      at: first.typeRange,
      message: withNow ? 'now' : 'column',
      values: { column: (withNow ?? first).name },
      fixes: [
        {
          title: columns.length > 1 ? `Make all ${columns.length} timestamptz` : 'Make it timestamptz',
          safe: false,
          edits: columns.map(({ typeRange }) => ({
            range: typeRange,
            newText: withTimeZone(statement.text.slice(typeRange.start, typeRange.end)),
          })),
        },
      ],
    });
  },
});

function withTimeZone(written: string): string {
  if (/without/i.test(written)) return written.replace(/without/i, 'with');
  return written.replace(/timestamp/i, word => `${word}${word === 'TIMESTAMP' ? 'TZ' : 'tz'}`);
}

function isNow(value: unknown): boolean {
  return contains(
    value,
    (type, fields) =>
      (type === 'FuncCall' && functionName(fields) === 'now') ||
      (type === 'SQLValueFunction' && String(fields.op).startsWith('SVFOP_CURRENT_TIMESTAMP')),
  );
}
