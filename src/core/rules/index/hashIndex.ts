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

const TEXTS = new Set(['text', 'varchar', 'bpchar', 'citext']);

/** Names of columns whose values may be long. */
const LONG =
  /ur[il]|path|link|address|body|content|text|message|descr|comment|note|query|payload|data|doc|html|json|xml|title|token|key|hash|digest|sha|md5|signature|cert|agent|refer/i;

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
  messages: {
    btree: 'On {type} a btree answers = as well, and also ranges, ORDER BY and index-only scans.',
    short:
      'Unless the values of {column} are long, a btree is no larger, and also serves ranges, ORDER BY, uniqueness and index-only scans.',
  },
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
    {
      title: 'a name, which is short',
      bad: 'CREATE INDEX ON users USING hash (username)',
      flags: 'USING hash',
    },
    { title: 'addresses', good: 'CREATE INDEX ON pages USING hash (referrer_url)' },
    {
      title: 'a type nobody knows the size of',
      good: 'CREATE TABLE vehicles (plate bytea); CREATE INDEX ON vehicles USING hash (plate);',
    },
    { title: 'btree', good: 'CREATE TABLE cameras (site_id bigint); CREATE INDEX ON cameras USING btree (site_id);' },
    { title: 'an expression', good: 'CREATE TABLE pages (url text); CREATE INDEX ON pages USING hash (lower(url));' },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const column = created?.keys[0]?.column;
    if (!created || created.method !== 'hash' || column === undefined) return;
    const type = knownTable(created.table, { file, catalog })?.columns.get(column)?.type;
    const using = /\busing\s+hash\b\s*/i.exec(statement.text);
    const isNarrow = type !== undefined && NARROW.has(type);
    const mayBeShort = (type === undefined || TEXTS.has(type)) && !LONG.test(column);
    if (!using || (!isNarrow && !mayBeShort)) return;
    const range = { start: using.index, end: using.index + using[0].length };
    const at = { start: range.start, end: range.start + using[0].trimEnd().length };
    // Long values would not fit into an entry of a btree.
    const fixes = [{ title: 'Make it a btree', safe: isNarrow, edits: [{ range, newText: '' }] }];
    if (isNarrow) report({ at, message: 'btree', values: { type }, fixes });
    else report({ at, message: 'short', severity: 'hint', values: { column }, fixes });
  },
});
