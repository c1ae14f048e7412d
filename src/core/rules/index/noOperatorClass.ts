import { defineRule } from '../defineRule';
import { SCALAR_TYPES } from '../support/dataTypes';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';
import { typeOfExpression } from '../support/expressionTypes';
import type { TableColumn } from '../support/tableFacts';

/** Types without an order. */
const UNORDERED = new Set(['json', 'xml', 'point', 'polygon']);

export const noOperatorClass = defineRule({
  id: 'index/no-operator-class',
  since: '0.2.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index method that does not know the type',
  docs: {
    problem: 'The index method has no default operator class for the type of the column.',
    why: 'A btree needs an order, which json, xml and points have not; GIN needs values with parts, which a number or a text is not. PostgreSQL refuses the index, or for GIN takes it only with the extension btree_gin.',
    whenToIgnore:
      'For GIN: btree_gin is installed, and the column stands beside a full text or array column in one index.',
  },
  messages: {
    unordered: 'PostgreSQL has no {method} operator class for {type}: the statement fails.',
    json: 'PostgreSQL has no {method} operator class for json: make the column jsonb, or index one value of it with ->>.',
    scalar: 'GIN takes {type} only with the extension btree_gin; a btree answers =, <, > and ORDER BY.',
  },
  examples: [
    {
      title: 'GIN on one text value of a document',
      bad: "CREATE INDEX ON code_generations USING gin ((metadata->>'language'))",
      flags: "(metadata->>'language')",
      fixed: "CREATE INDEX ON code_generations USING btree ((metadata->>'language'))",
    },
    {
      title: 'a json column',
      bad: 'CREATE TABLE events (id bigint PRIMARY KEY, payload json); CREATE INDEX ON events (payload); CREATE INDEX ON events USING gin (payload);',
      flags: ['payload', 'payload'],
    },
    {
      title: 'a point',
      bad: 'CREATE TABLE cameras (id bigint PRIMARY KEY, place point); CREATE INDEX ON cameras (place);',
      flags: 'place',
    },
    {
      title: 'a jsonb column',
      good: 'CREATE TABLE events (payload jsonb); CREATE INDEX ON events USING gin (payload);',
    },
    { title: 'a text value in a btree', good: "CREATE INDEX ON events ((payload->>'kind'))" },
    { title: 'trigrams', good: 'CREATE TABLE users (name text); CREATE INDEX ON users USING gin (name gin_trgm_ops);' },
    {
      title: 'together with an array, as btree_gin allows',
      good: 'CREATE TABLE posts (tenant_id bigint, tags text[]); CREATE INDEX ON posts USING gin (tenant_id, tags);',
    },
    {
      title: 'a point in GiST',
      good: 'CREATE TABLE cameras (place point); CREATE INDEX ON cameras USING gist (place);',
    },
    { title: 'an unknown column', good: 'CREATE INDEX ON posts USING gin (tags)' },
    {
      title: 'an object in a document',
      good: "CREATE TABLE events (payload jsonb); CREATE INDEX ON events USING gin ((payload->'tags'));",
    },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    if (!created) return;
    const { method } = created;
    const columns = knownTable(created.table, { file, catalog })?.columns ?? new Map<string, TableColumn>();
    const hasServer = catalog !== undefined && catalog.source !== 'ddl';
    for (const key of created.keys) {
      if (key.operatorClass !== undefined) continue;
      const type = key.column === undefined ? typeOfExpression(key.expression, columns) : columns.get(key.column)?.type;
      if (type === undefined) continue;
      if (type === 'json' && (method === 'btree' || method === 'hash' || method === 'gin')) {
        report({ at: key.range, message: 'json', values: { method } });
      } else if (UNORDERED.has(type) && (method === 'btree' || method === 'hash')) {
        report({ at: key.range, message: 'unordered', values: { method, type } });
      } else if (method === 'gin' && SCALAR_TYPES.has(type)) {
        const isKnownMissing = hasServer && !catalog.extensions.some(({ name }) => name === 'btree_gin');
        if (created.keys.length > 1 && !isKnownMissing) continue;
        const using = /\busing\s+(gin)\b/i.exec(statement.text);
        const start = using ? using.index + using[0].length - 3 : 0;
        report({
          at: key.range,
          message: 'scalar',
          values: { type },
          severity: isKnownMissing ? 'error' : 'warning',
          fixes:
            using && created.keys.length === 1
              ? [
                  {
                    title: 'Make it a btree',
                    safe: false,
                    edits: [{ range: { start, end: start + 3 }, newText: 'btree' }],
                  },
                ]
              : [],
        });
      }
    }
  },
});
