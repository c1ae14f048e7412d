import type { Placeholder } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { castType } from '../support/expressions';

export const typedLiteralWithParameter = defineRule({
  id: 'query/typed-literal-with-parameter',
  since: '0.2.0',
  severity: 'info',
  nodes: ['TypeCast'],
  title: 'INTERVAL before a parameter',
  docs: {
    problem: 'The name of a type stands before a parameter, as it may before a string: `INTERVAL :age`.',
    why: 'The grammar wants a string there. It works as long as the driver writes the value into the text; one that sends parameters to the server gets a syntax error (42601).',
    whenToIgnore: 'The values are always filled in by the client: psql, or psycopg2.',
  },
  messages: {
    refused:
      '{type} takes a string here and no parameter: the server refuses it (42601). Write CAST({parameter} AS {type}).',
    client:
      '{type} takes a string here: this works only while the client fills in the value, and fails with a driver that sends it. Write CAST({parameter} AS {type}).',
  },
  examples: [
    {
      title: 'an age to be filled in',
      bad: 'SELECT pid FROM pg_stat_activity WHERE now() - query_start > interval :threshold',
      flags: 'interval :threshold',
      fixed: 'SELECT pid FROM pg_stat_activity WHERE now() - query_start > CAST(:threshold AS interval)',
    },
    {
      title: 'a numbered parameter',
      bad: 'SELECT id FROM orders WHERE created_at >= now() - INTERVAL $1',
      flags: 'INTERVAL $1',
      fixed: 'SELECT id FROM orders WHERE created_at >= now() - CAST($1 AS INTERVAL)',
    },
    {
      title: 'a day',
      bad: 'SELECT id FROM orders WHERE created_at >= date %(day)s',
      flags: 'date %(day)s',
      fixed: 'SELECT id FROM orders WHERE created_at >= CAST(%(day)s AS date)',
    },
    {
      title: 'the next value',
      bad: 'SELECT id FROM orders WHERE created_at >= now() - interval %s AND status = %s',
      flags: 'interval %s',
      fixed: 'SELECT id FROM orders WHERE created_at >= now() - CAST(%s AS interval) AND status = %s',
    },
    { title: 'a cast', good: 'SELECT id FROM orders WHERE created_at >= now() - $1::interval' },
    { title: 'CAST', good: 'SELECT id FROM orders WHERE created_at >= now() - CAST(:age AS interval)' },
    { title: 'a string', good: "SELECT id FROM orders WHERE created_at >= now() - interval '1 day'" },
    { title: 'quoted by psql', good: "SELECT id FROM orders WHERE created_at >= now() - interval :'age'" },
    { title: 'a number of days', good: "SELECT id FROM orders WHERE created_at >= now() - $1 * interval '1 day'" },
    {
      title: 'a parameter within the string',
      good: "SELECT id FROM orders WHERE created_at >= now() - interval ':days days'",
    },
  ],
  check({ statement, find, report }) {
    for (const { fields } of find('TypeCast')) {
      const parameter = unwrap(fields.arg);
      if (parameter?.type !== 'ParamRef') continue;
      const value = statement.rangeOf('ParamRef', parameter.fields);
      const placeholder = value && statement.placeholders.find(({ range }) => range.start === value.start);
      const word =
        value && /\b(interval|date|time|timestamp|timestamptz)\s*$/i.exec(statement.text.slice(0, value.start));
      if (!placeholder || !word || castType(fields) === undefined) continue;
      const message = MESSAGES[placeholder.style];
      if (message === undefined) continue;
      const at = { start: word.index, end: placeholder.range.end };
      const written = statement.text.slice(placeholder.range.start, placeholder.range.end);
      const type = word[1] ?? '';
      const newText = `CAST(${written} AS ${type})`;
      report({
        at,
        message,
        ...(message === 'refused' && { severity: 'error' as const }),
        values: { type, parameter: written },
        // A driver that knows the type of a parameter may want another value for it.
        fixes: [{ title: 'Write CAST', safe: false, edits: [{ range: at, newText }] }],
      });
    }
  },
});

/** Templates, and what psql quotes, become strings before anybody parses them. */
const MESSAGES: Readonly<Partial<Record<Placeholder['style'], 'refused' | 'client'>>> = {
  dollar: 'refused',
  colon: 'client',
  named: 'client',
  pyformat: 'client',
  format: 'client',
};
