import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { whyNotImmutable, zonedArgument } from '../support/immutability';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';
import type { TableColumn } from '../support/tableFacts';

export const notImmutableExpression = defineRule({
  id: 'index/not-immutable-expression',
  since: '0.2.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index expression that depends on a setting',
  docs: {
    problem: 'PostgreSQL refuses the index: the expression is not IMMUTABLE.',
    why: 'Its result depends on TimeZone, DateStyle or default_text_search_config, so entries written by one session would be wrong for another. Name the zone or configuration in the expression.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    zone: "PostgreSQL refuses {expression} in an index: the day and hour of a timestamptz depend on TimeZone. Use ({column} AT TIME ZONE 'UTC').",
    cast: 'PostgreSQL refuses {expression} in an index: this conversion depends on DateStyle or TimeZone.',
    stable: 'PostgreSQL refuses {expression} in an index: the function is not immutable.',
    textSearch: "PostgreSQL refuses {expression} in an index: name the configuration, to_tsvector('english', ...).",
  },
  examples: [
    {
      title: 'the day of a timestamptz',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz); CREATE INDEX ON orders (date(created_at));',
      flags: 'date(created_at)',
      fixed:
        "CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz); CREATE INDEX ON orders (date((created_at AT TIME ZONE 'UTC')));",
    },
    {
      title: 'a cast and a part',
      schema: 'CREATE TABLE orders (id bigint, created_at timestamp with time zone);',
      bad: 'CREATE INDEX ON orders ((created_at::date), extract(hour FROM created_at))',
      flags: ['created_at::date', 'extract(hour FROM created_at)'],
      fixed:
        "CREATE INDEX ON orders (((created_at AT TIME ZONE 'UTC')::date), extract(hour FROM (created_at AT TIME ZONE 'UTC')))",
    },
    {
      title: 'full text without a configuration',
      bad: 'CREATE INDEX ON articles USING gin (to_tsvector(body))',
      flags: 'to_tsvector(body)',
    },
    {
      title: 'a date inside a JSON document',
      bad: "CREATE INDEX ON events (((payload->>'day')::date))",
      flags: "(payload->>'day')::date",
    },
    {
      title: 'names put together',
      bad: "CREATE INDEX ON people (concat(first_name, ' ', last_name))",
      flags: "concat(first_name, ' ', last_name)",
    },
    {
      title: 'a named zone',
      good: "CREATE TABLE orders (created_at timestamptz); CREATE INDEX ON orders (((created_at AT TIME ZONE 'UTC')::date), date_trunc('day', created_at, 'UTC'));",
    },
    {
      title: 'timestamp without time zone',
      good: "CREATE TABLE orders (created_at timestamp); CREATE INDEX ON orders (date(created_at), date_trunc('month', created_at), extract(year FROM created_at));",
    },
    { title: 'an unknown column', good: 'CREATE INDEX ON orders (date(created_at), (created_at::date))' },
    {
      title: 'full text with its configuration',
      good: "CREATE INDEX ON articles USING gin (to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, '')))",
    },
    {
      title: 'a number inside a JSON document',
      good: "CREATE INDEX ON events (((payload->>'amount')::numeric), lower(payload->>'k'))",
    },
    {
      title: 'a function of their own',
      good: 'CREATE INDEX ON people (app.concat(first_name, last_name), to_timestamp(joined))',
    },
    {
      title: 'an interval between two columns',
      good: 'CREATE TABLE t (a timestamptz, b timestamptz); CREATE INDEX ON t ((a - b));',
    },
  ],
  check(context) {
    const { statement, find, rangeOf, report } = context;
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!relation) return;
    const columns = knownTable(asTable(relation), context)?.columns ?? new Map<string, TableColumn>();
    const candidates = [...find('FuncCall'), ...find('TypeCast'), ...find('A_Expr')];
    for (const node of candidates) {
      const verdict = whyNotImmutable(node, columns, context);
      if (!verdict) continue;
      const at = rangeOf(node);
      const expression = statement.text.slice(at.start, at.end);
      if (verdict === 'zone') {
        const argument = unwrap(zonedArgument(node));
        const range = argument?.type === 'ColumnRef' ? statement.rangeOf('ColumnRef', argument.fields) : undefined;
        const column = range ? statement.text.slice(range.start, range.end) : 'it';
        report({
          at,
          message: 'zone',
          values: { expression, column },
          fixes: range
            ? [
                {
                  title: 'Fix the time zone to UTC',
                  safe: false,
                  edits: [{ range, newText: `(${column} AT TIME ZONE 'UTC')` }],
                },
              ]
            : [],
        });
      } else report({ at, message: verdict, values: { expression } });
    }
  },
});
