import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, castType, functionName, list } from '../support/expressions';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

export const datePartExpression = defineRule({
  id: 'index/date-part-expression',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index on a part of a date',
  docs: {
    problem: 'The key is a day, month, hour or other part taken from a time column.',
    why: 'Only queries that write the very same expression can use it. An index on the column itself serves every range, and a day or month is a range: `t >= day AND t < day + 1`.',
    whenToIgnore:
      'Queries group by the expression, or ask for a part that is no range, such as every first of a month.',
  },
  messages: {
    part: 'Only queries with exactly this expression use it; an index on {column} serves them as ranges, and all others too.',
  },
  examples: [
    {
      title: 'the day of an order',
      bad: 'CREATE INDEX ON orders (customer_id, date(created_at))',
      flags: 'date(created_at)',
    },
    {
      title: 'year and month',
      bad: 'CREATE INDEX ON orders (extract(year FROM created_at), (created_at::date))',
      flags: ['extract(year FROM created_at)', '(created_at::date)'],
    },
    {
      title: 'what PostgreSQL refuses anyway',
      good: 'CREATE TABLE orders (created_at timestamptz); CREATE INDEX ON orders (date(created_at));',
    },
    { title: 'the column', good: 'CREATE INDEX ON orders (customer_id, created_at)' },
    { title: 'another expression', good: 'CREATE INDEX ON users (lower(email))' },
    { title: 'uniqueness by day', good: 'CREATE UNIQUE INDEX ON readings (sensor_id, date(taken_at))' },
    { title: 'a value of a document', good: "CREATE INDEX ON events (((payload->>'n')::int))" },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    if (!created || created.unique) return;
    const known = knownTable(created.table, { file, catalog });
    for (const { expression, range } of created.keys) {
      const column = datePart(expression);
      // PostgreSQL refuses the day of a timestamptz, and a rule of its own says so.
      if (column !== undefined && known?.columns.get(column)?.type !== 'timestamptz')
        report({ at: range, message: 'part', values: { column } });
    }
  },
});

/** The column whose day or other part an expression takes. */
function datePart(expression: unknown): string | undefined {
  const node = unwrap(expression);
  if (node?.type === 'TypeCast' && castType(node.fields) === 'date') return asColumn(node.fields.arg)?.name;
  if (node?.type !== 'FuncCall') return undefined;
  const args = list(node.fields.args);
  const name = functionName(node.fields);
  if (name === 'date' && args.length === 1) return asColumn(args[0])?.name;
  if (name === 'extract' || name === 'date_part' || name === 'date_trunc') return asColumn(args[1])?.name;
  return undefined;
}
