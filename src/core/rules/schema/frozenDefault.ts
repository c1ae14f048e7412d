import { unwrap } from '../../sql/walk';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';
import { stringConstant } from '../support/expressions';
import { typeOfNode } from '../support/dataTypes';
import type { NodeFields } from '../nodeIndex';

const MOMENTS = new Set(['date', 'timestamp', 'timestamptz', 'time', 'timetz']);

export const frozenDefault = defineRule({
  id: 'schema/frozen-default',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: "Default 'now' in quotes",
  docs: {
    problem: "The default is the text 'now', 'today' or the like, which is read when the table is created.",
    why: 'The moment of the CREATE TABLE becomes a constant, and every row gets it. now() and CURRENT_DATE are computed for each statement.',
    whenToIgnore: 'Never.',
  },
  messages: { frozen: '{written} is read once, when the table is created: every row gets that moment. Use {instead}.' },
  examples: [
    {
      title: 'when a row was made',
      bad: "CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz DEFAULT 'now')",
      flags: "'now'",
      fixed: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz DEFAULT now())',
    },
    {
      title: 'a cast changes nothing',
      bad: "ALTER TABLE orders ADD COLUMN day date DEFAULT 'today'::date",
      flags: "'today'::date",
      fixed: 'ALTER TABLE orders ADD COLUMN day date DEFAULT CURRENT_DATE',
    },
    {
      title: 'the function',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz DEFAULT now(), day date DEFAULT CURRENT_DATE)',
    },
    {
      title: 'a fixed day',
      good: "CREATE TABLE orders (id bigint PRIMARY KEY, valid_to timestamptz DEFAULT 'infinity', since date DEFAULT '1970-01-01')",
    },
    { title: 'a word in a text', good: "CREATE TABLE jobs (id bigint PRIMARY KEY, run text DEFAULT 'now')" },
    {
      title: 'read for each row, through text',
      good: "CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz DEFAULT ('now'::text)::timestamp with time zone)",
    },
    { title: 'no default', good: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL)' },
  ],
  check({ statement, find, report }) {
    for (const { type, defaultValue } of columnDefinitions({ statement, find })) {
      const node = unwrap(defaultValue);
      const text = node && MOMENTS.has(type) ? directText(node.type, node.fields) : undefined;
      const word = text?.trim().toLowerCase().replace(/\(\)$/, '');
      if (!node || (word !== 'now' && word !== 'today' && word !== 'tomorrow' && word !== 'yesterday')) continue;
      const at = statement.rangeOf(node.type, node.fields);
      if (!at) continue;
      const day = { today: 'CURRENT_DATE', tomorrow: 'CURRENT_DATE + 1', yesterday: 'CURRENT_DATE - 1', now: 'now()' };
      const instead = day[word];
      report({
        at,
        message: 'frozen',
        values: { written: statement.text.slice(at.start, at.end), instead },
        fixes: [{ title: `Use ${instead}`, safe: false, edits: [{ range: at, newText: instead }] }],
      });
    }
  },
});

/** The text of a constant, or of one that is cast to a moment at once; through text it is read for each row. */
function directText(type: string, fields: NodeFields): string | undefined {
  if (type === 'A_Const') return stringConstant({ A_Const: fields });
  if (type !== 'TypeCast' || !MOMENTS.has(typeOfNode(fields.typeName as NodeFields) ?? '')) return undefined;
  return unwrap(fields.arg)?.type === 'A_Const' ? stringConstant(fields.arg) : undefined;
}
