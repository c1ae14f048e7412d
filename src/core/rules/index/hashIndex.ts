import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

/** Types of at most 16 bytes: a btree entry is hardly larger than the four bytes a hash index keeps. */
const NARROW = new Set([
  'int2',
  'int4',
  'int8',
  'bool',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'float4',
  'float8',
]);

export const hashIndex = defineRule({
  id: 'index/hash-index',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Hash index where a btree does more',
  docs: {
    problem: 'A hash index stands on a column whose values are small.',
    why: 'It answers `=` only: no order, no range, no uniqueness, no second column, no index-only scan. On small values it is not smaller than a btree, and on repeated values slow to build.',
    whenToIgnore:
      'You have measured that it helps; long text values, such as addresses of web pages, are where it can.',
  },
  messages: { btree: 'On {type} a btree answers = as well, and also ranges, ORDER BY and index-only scans.' },
  examples: [
    {
      title: 'on a number',
      bad: 'CREATE TABLE cameras (id bigint PRIMARY KEY, site_id bigint); CREATE INDEX ON cameras USING hash (site_id);',
      flags: 'USING hash',
      fixed: 'CREATE TABLE cameras (id bigint PRIMARY KEY, site_id bigint); CREATE INDEX ON cameras (site_id);',
    },
    {
      title: 'on a uuid',
      schema: 'CREATE TABLE sessions (id uuid, user_id uuid);',
      bad: 'CREATE INDEX CONCURRENTLY ON sessions USING HASH (user_id)',
      flags: 'USING HASH',
    },
    { title: 'on long text', good: 'CREATE TABLE pages (url text); CREATE INDEX ON pages USING hash (url);' },
    { title: 'an unknown column', good: 'CREATE INDEX ON pages USING hash (site)' },
    { title: 'btree', good: 'CREATE TABLE cameras (site_id bigint); CREATE INDEX ON cameras USING btree (site_id);' },
    { title: 'an expression', good: 'CREATE TABLE pages (url text); CREATE INDEX ON pages USING hash (lower(url));' },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const column = created?.keys[0]?.column;
    if (!created || created.method !== 'hash' || column === undefined) return;
    const type = knownTable(created.table, { file, catalog })?.columns.get(column)?.type;
    const using = /\busing\s+hash\b\s*/i.exec(statement.text);
    if (type === undefined || !NARROW.has(type) || !using) return;
    const range = { start: using.index, end: using.index + using[0].length };
    report({
      at: { start: range.start, end: range.start + using[0].trimEnd().length },
      message: 'btree',
      values: { type },
      fixes: [{ title: 'Make it a btree', safe: true, edits: [{ range, newText: '' }] }],
    });
  },
});
