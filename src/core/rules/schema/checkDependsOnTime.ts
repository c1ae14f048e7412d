import { contains, functionName, operatorOf } from '../support/expressions';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';

const NOW = new Set(['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp']);

export const checkDependsOnTime = defineRule({
  id: 'schema/check-depends-on-time',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'CHECK that stops being true',
  docs: {
    problem: 'A CHECK demands that a time lies in the future.',
    why: 'It is tested when a row is written, not when time passes. Later every UPDATE of the row fails, whatever it changes, and so does restoring a dump of the table.',
    whenToIgnore: 'Rows are never updated and no dump is ever restored.',
  },
  messages: {
    expires:
      'Once {column} has passed, every UPDATE of the row and every restore of a dump fails; check it where the row is inserted.',
  },
  examples: [
    {
      title: 'an appointment in the future',
      bad: 'CREATE TABLE appointments (id bigint PRIMARY KEY, starts_at timestamptz NOT NULL CHECK (starts_at > now()))',
      flags: 'starts_at > now()',
    },
    {
      title: 'the other way round',
      bad: 'ALTER TABLE coupons ADD CONSTRAINT valid CHECK (CURRENT_DATE <= valid_until)',
      flags: 'CURRENT_DATE <= valid_until',
    },
    {
      title: 'in the past, which stays true',
      good: 'CREATE TABLE people (id bigint PRIMARY KEY, born date CHECK (born <= CURRENT_DATE))',
    },
    {
      title: 'two columns',
      good: 'CREATE TABLE stays (id bigint PRIMARY KEY, since date, until date, CHECK (until > since))',
    },
    {
      title: 'a fixed day',
      good: "CREATE TABLE people (id bigint PRIMARY KEY, born date CHECK (born > '1900-01-01'))",
    },
    { title: 'a query', good: 'SELECT id FROM coupons WHERE valid_until > now()' },
    {
      title: 'a default',
      good: "CREATE TABLE coupons (id bigint PRIMARY KEY, valid_until timestamptz DEFAULT now() + interval '1 day')",
    },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const comparison of find('A_Expr')) {
      const operator = operatorOf(comparison.fields);
      const { lexpr, rexpr } = comparison.fields;
      const later =
        operator === '>' || operator === '>='
          ? [lexpr, rexpr]
          : operator === '<' || operator === '<='
            ? [rexpr, lexpr]
            : [];
      const [time, limit] = later;
      if (time === undefined || !isRequired(comparison) || !isNow(limit) || isNow(time) || !hasColumn(time)) continue;
      const at = rangeOf(comparison);
      const text = statement.text.slice(at.start, at.end);
      report({
        at,
        message: 'expires',
        values: { column: text.split(/[<>]=?/)[operator!.startsWith('>') ? 0 : 1]!.trim() },
      });
    }
  },
});

/** The CHECK is the comparison, or a conjunction with it. */
function isRequired(comparison: NodeMatch): boolean {
  let at = comparison.parent;
  while (at?.type === 'BoolExpr' && at.fields.boolop === 'AND_EXPR') at = at.parent;
  return at?.type === 'Constraint' && at.fields.contype === 'CONSTR_CHECK';
}

function isNow(node: unknown): boolean {
  return contains(
    node,
    (type, fields) => type === 'SQLValueFunction' || (type === 'FuncCall' && NOW.has(functionName(fields) ?? '')),
  );
}

function hasColumn(node: unknown): boolean {
  return contains(node, type => type === 'ColumnRef');
}
