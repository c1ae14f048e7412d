import { findRelation } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';
import type { CreatedIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

const DOCUMENTS = new Set(['jsonb', 'json', 'bytea', 'xml', 'tsvector']);
/** A btree entry may have 2704 bytes; from this average on, some rows will have more. */
const WIDE_BYTES = 1000;

export const documentInBtree = defineRule({
  id: 'index/document-in-btree',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Whole documents in a btree',
  guideline: { guide: '004', section: 'Index Creation and Management' },
  docs: {
    problem: 'A btree stores a jsonb, bytea, array or long text column whole, in its key or with INCLUDE.',
    why: 'An entry may have at most 2704 bytes (after compression): the first larger value makes the INSERT fail. And a btree only compares whole values, it cannot look inside them; GIN can.',
    whenToIgnore: 'The values are known to be short, and whole values are compared.',
  },
  messages: {
    key: 'A btree holds {column} ({type}) whole: a value above 2704 bytes makes the INSERT fail, and nothing inside it can be searched.',
    array: 'A btree compares {column} ({type}) only as a whole; GIN finds the rows that contain an element.',
    include: 'INCLUDE stores {column} ({type}) in each entry: a value above 2704 bytes makes the INSERT fail.',
    wide: '{column} has {bytes} bytes on average; a value above 2704 bytes makes the INSERT fail.',
  },
  examples: [
    {
      title: 'a jsonb column',
      bad: 'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb); CREATE INDEX events_payload ON events (payload);',
      flags: 'payload',
      fixed:
        'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb); CREATE INDEX events_payload ON events USING gin (payload);',
    },
    {
      title: 'an array',
      schema: 'CREATE TABLE posts (id bigint, tags text[]);',
      bad: 'CREATE INDEX CONCURRENTLY ON posts USING btree (tags)',
      flags: 'tags',
      fixed: 'CREATE INDEX CONCURRENTLY ON posts USING gin (tags)',
    },
    {
      title: 'a document included',
      bad: 'CREATE TABLE agent_tasks (id bigint PRIMARY KEY, agent_id bigint, context jsonb); CREATE INDEX ON agent_tasks (agent_id) INCLUDE (id, context);',
      flags: 'context',
    },
    {
      title: 'GIN',
      good: 'CREATE TABLE events (payload jsonb, tags text[]); CREATE INDEX ON events USING gin (payload, tags);',
    },
    {
      title: 'one value of it',
      good: "CREATE TABLE events (payload jsonb); CREATE INDEX ON events ((payload->>'kind'));",
    },
    { title: 'a hash of it', good: 'CREATE TABLE files (content bytea); CREATE INDEX ON files (sha256(content));' },
    {
      title: 'a short text',
      good: 'CREATE TABLE users (email text, name varchar(80)); CREATE INDEX ON users (email) INCLUDE (name);',
    },
    { title: 'an unknown column', good: 'CREATE INDEX ON events (payload)' },
    { title: 'a unique list', good: 'CREATE TABLE paths (steps int[]); CREATE UNIQUE INDEX ON paths (steps);' },
    { title: 'a digest', good: 'CREATE TABLE blobs (sha256 bytea NOT NULL); CREATE INDEX ON blobs (sha256);' },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    if (!created || created.method !== 'btree') return;
    const table = knownTable(created.table, { file, catalog });
    if (!table) return;
    const relation = catalog && findRelation(catalog, created.table.name, created.table.schema);
    for (const [items, isKey] of [
      [created.keys, true],
      [created.include, false],
    ] as const) {
      for (const { column, range, operatorClass } of items) {
        const type = column === undefined ? undefined : table.columns.get(column)?.type;
        if (column === undefined || type === undefined || operatorClass !== undefined) continue;
        const isArray = type.endsWith('[]');
        // json and xml as keys are refused, which another rule says.
        if (isKey && (type === 'json' || type === 'xml')) continue;
        const bytes = relation?.columns.find(({ name }) => name === column)?.statistics?.averageWidthBytes;
        const isShort = bytes !== undefined ? bytes < 100 : type === 'bytea' && isDigestName(column);
        if (DOCUMENTS.has(type) && !isShort) {
          const fixes = isKey ? ginInstead(statement.text, created, type) : [];
          report({ at: range, message: isKey ? 'key' : 'include', values: { column, type }, fixes });
        } else if (isArray && isKey && !created.unique) {
          report({
            at: range,
            message: 'array',
            values: { column, type },
            fixes: ginInstead(statement.text, created, type),
          });
        } else if (bytes !== undefined && bytes > WIDE_BYTES) {
          report({ at: range, message: 'wide', values: { column, bytes } });
        }
      }
    }
  },
});

/** Digests, keys and tokens are bytea of a fixed, small size. */
function isDigestName(column: string): boolean {
  return /hash|digest|sha\d*|md5|checksum|token|key|uuid|id$|address|signature|salt/i.test(column);
}

function ginInstead(text: string, index: CreatedIndex, type: string) {
  if (index.keys.length > 1 || index.unique || index.include.length > 0 || type === 'bytea') return [];
  const open = text.lastIndexOf('(', index.keys[0]!.range.start);
  const using = /\s*\busing\s+btree\s*$/i.exec(text.slice(0, open));
  const range = using ? { start: using.index, end: open } : { start: text.slice(0, open).trimEnd().length, end: open };
  return [{ title: 'Make it a GIN index', safe: false, edits: [{ range, newText: ' USING gin ' }] }];
}
