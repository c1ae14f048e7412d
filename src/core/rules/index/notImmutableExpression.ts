import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { RuleContext } from '../defineRule';
import { typeOfNode } from '../support/dataTypes';
import { asTable, functionName, list, operatorOf } from '../support/expressions';
import { typeOfExpression } from '../support/expressionTypes';
import { knownTable } from '../support/knownTable';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import type { TableColumn } from '../support/tableFacts';

/** Stable in `pg_proc` for every argument type, PostgreSQL 14 to 18. */
const STABLE = new Set(
  `to_char concat concat_ws format array_to_string to_date to_number to_json to_jsonb row_to_json array_to_json
  json_build_object json_build_array jsonb_build_object jsonb_build_array make_timestamptz
  jsonb_path_exists_tz jsonb_path_query_tz`.split(/\s+/),
);
/** Stable with one argument, which leaves a setting or the clock to say the rest; immutable with two. */
const STABLE_ALONE = new Set(['to_tsvector', 'to_tsquery', 'plainto_tsquery', 'websearch_to_tsquery', 'age']);
const TIMES = new Set(['date', 'time', 'timestamp', 'timestamptz', 'timetz']);
const ZONED = new Set(['timestamptz', 'timetz']);

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
      const verdict = judge(node, columns, context);
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

type Verdict = 'zone' | 'cast' | 'stable' | 'textSearch';

function judge(
  { type, fields }: NodeMatch,
  columns: ReadonlyMap<string, TableColumn>,
  { catalog, serverVersion }: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'catalog' | 'serverVersion'>,
): Verdict | undefined {
  if (type === 'TypeCast') {
    const from = typeOfExpression(fields.arg, columns);
    const to = typeOfNode(fields.typeName as NodeFields | undefined);
    return from !== undefined && to !== undefined ? castVerdict(from, to) : undefined;
  }
  if (type === 'A_Expr') {
    const left = typeOfExpression(fields.lexpr, columns);
    if (left !== 'timestamptz' || (operatorOf(fields) !== '+' && operatorOf(fields) !== '-')) return undefined;
    return typeOfExpression(fields.rexpr, columns) === 'interval' ? 'stable' : undefined;
  }
  const name = functionName(fields);
  if (name === undefined || catalog?.functions?.some(routine => routine.name === name)) return undefined;
  const args = list(fields.args);
  if (STABLE.has(name) || (name === 'to_timestamp' && args.length === 2)) return 'stable';
  if (STABLE_ALONE.has(name) && args.length === 1) return name === 'age' ? 'stable' : 'textSearch';
  // With a named zone date_trunc is immutable since PostgreSQL 16.
  const isOld = serverVersion !== undefined && serverVersion < 160000;
  if (name === 'date_trunc' && args.length === 3) return isOld ? 'stable' : undefined;
  const zoned = zonedArgument({ type, fields, key: '' });
  if (zoned === undefined) return undefined;
  const argument = typeOfExpression(zoned, columns);
  if (argument === 'timestamptz') return 'zone';
  return argument === 'date' && name === 'date_trunc' ? 'stable' : undefined;
}

/** Verified on 14 and 18: text to a time reads DateStyle, a time to text writes it, and zones come and go by TimeZone. */
function castVerdict(from: string, to: string): Verdict | undefined {
  const isText = (name: string): boolean => name === 'text' || name === 'varchar' || name === 'bpchar';
  if (from === 'timestamptz' && (to === 'date' || to === 'time' || to === 'timestamp')) return 'zone';
  if (isText(from) && TIMES.has(to)) return 'cast';
  if (isText(to) && TIMES.has(from) && from !== 'time' && from !== 'timetz') return 'cast';
  return ZONED.has(to) && (from === 'date' || from === 'timestamp') ? 'cast' : undefined;
}

/** The argument whose day or hour a call or cast takes. */
function zonedArgument({ type, fields }: NodeMatch): unknown {
  if (type === 'TypeCast') return fields.arg;
  const args = list(fields.args);
  switch (functionName(fields)) {
    case 'date':
      return args.length === 1 ? args[0] : undefined;
    case 'date_trunc':
    case 'date_part':
    case 'extract':
      return args.length === 2 ? args[1] : undefined;
    default:
      return undefined;
  }
}
