import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, functionName } from '../support/expressions';
import { whyNotImmutable } from '../support/immutability';
import { knownTable } from '../support/knownTable';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import type { TableColumn } from '../support/tableFacts';

/** Stable or volatile whatever their arguments. */
const CHANGING = new Set([
  'now',
  'clock_timestamp',
  'statement_timestamp',
  'random',
  'gen_random_uuid',
  'nextval',
  'current_setting',
]);

export const generatedColumnNotImmutable = defineRule({
  id: 'schema/generated-column-not-immutable',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Generated column that depends on the time or a setting',
  docs: {
    problem: 'The expression of a generated column is not IMMUTABLE, so PostgreSQL refuses the table.',
    why: 'A generated column is computed from its row alone. What depends on the clock, TimeZone, DateStyle or default_text_search_config needs a trigger, or the zone or configuration written into it.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: { refused: 'PostgreSQL refuses {expression} in a generated column: it depends on the time or a setting.' },
  examples: [
    {
      title: 'a search document without its configuration',
      bad: 'CREATE TABLE articles (id bigint PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector(body)) STORED)',
      flags: 'to_tsvector(body)',
    },
    {
      title: 'the day of a timestamptz',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz, day date GENERATED ALWAYS AS (placed_at::date) STORED)',
      flags: 'placed_at::date',
    },
    {
      title: 'the age of a row',
      bad: 'CREATE TABLE people (id bigint PRIMARY KEY, born date, age interval GENERATED ALWAYS AS (now() - born) STORED)',
      flags: 'now()',
    },
    {
      title: 'with its configuration',
      good: "CREATE TABLE articles (id bigint PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(body, ''))) STORED)",
    },
    {
      title: 'with its zone',
      good: "CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz, day date GENERATED ALWAYS AS ((placed_at AT TIME ZONE 'UTC')::date) STORED)",
    },
    {
      title: 'a default, which may change',
      good: "CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz DEFAULT now(), label text DEFAULT to_char(now(), 'YYYY'))",
    },
    {
      title: 'arithmetic',
      good: 'CREATE TABLE items (id bigint PRIMARY KEY, price numeric, n int, total numeric GENERATED ALWAYS AS (price * n) STORED)',
    },
    { title: 'a CHECK', good: "CREATE TABLE people (id bigint PRIMARY KEY, born date CHECK (born::text > '1900'))" },
  ],
  check(context) {
    const { statement, find, rangeOf, report } = context;
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const isGenerated = find('Constraint').some(({ fields }) => fields.contype === 'CONSTR_GENERATED');
    if (!relation || !isGenerated) return;
    const columns = knownTable(asTable(relation), context, { statement })?.columns ?? new Map<string, TableColumn>();
    for (const node of [...find('FuncCall'), ...find('TypeCast'), ...find('A_Expr'), ...find('SQLValueFunction')]) {
      if (!isInGenerated(node)) continue;
      const changes = node.type === 'SQLValueFunction' || CHANGING.has(functionName(node.fields) ?? '');
      if (!changes && whyNotImmutable(node, columns, context) === undefined) continue;
      const at = rangeOf(node);
      report({ at, message: 'refused', values: { expression: statement.text.slice(at.start, at.end) } });
    }
  },
});

function isInGenerated(node: NodeMatch): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (at.type === 'Constraint') return at.fields.contype === 'CONSTR_GENERATED';
  }
  return false;
}
