import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { operatorOf, stringConstant } from '../support/expressions';
import { createdIndex } from '../support/indexElements';

/** Names of objects with values that are read one by one. */
const OBJECTS = /^(?:limits|quotas|thresholds|settings|options|preferences|parameters|params|dimensions|totals)$/i;

export const ginOnDocumentPath = defineRule({
  id: 'index/gin-on-document-path',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['IndexStmt'],
  title: 'GIN index on one value of a document',
  docs: {
    problem: 'The GIN index stands on `document -> key`, and the key is named like a single value.',
    why: "It serves `(document -> 'key') @> ...` and the like, written in just this way; `document ->> 'key' = ...` and `document @> ...` do not use it. For a single value a btree on `(document ->> 'key')` is smaller and has order.",
    whenToIgnore: 'The value is an array or an object, and queries ask what it contains.',
  },
  messages: {
    path: "Only (document -> '{key}') @> ... uses this index; for a single value make it a btree on (document ->> '{key}').",
    object:
      "Only (document -> '{key}') @> ... uses this index; a value read by -> '{key}' ->> '...' needs a btree of its own.",
  },
  examples: [
    {
      title: 'a type in the metadata',
      bad: "CREATE INDEX CONCURRENTLY idx_tasks_type ON agent_tasks USING gin ((metadata->'type'))",
      flags: "(metadata->'type')",
    },
    {
      title: 'an object of numbers',
      bad: "CREATE INDEX ON plans USING gin ((settings->'quotas'))",
      flags: "(settings->'quotas')",
    },
    { title: 'a list', good: "CREATE INDEX ON projects USING gin ((settings->'features'))" },
    { title: 'the whole document', good: 'CREATE INDEX ON projects USING gin (settings jsonb_path_ops)' },
    { title: 'a btree', good: "CREATE INDEX ON agent_tasks ((metadata->>'type'))" },
    {
      title: 'an operator class was chosen',
      good: "CREATE INDEX ON tasks USING gin ((metadata->'owner') jsonb_path_ops)",
    },
  ],
  check({ statement, report }) {
    const created = createdIndex(statement);
    if (created?.method !== 'gin') return;
    for (const { expression, range, operatorClass } of created.keys) {
      const node = unwrap(expression);
      if (node?.type !== 'A_Expr' || operatorOf(node.fields) !== '->' || operatorClass !== undefined) continue;
      const key = stringConstant(node.fields.rexpr);
      if (key === undefined) continue;
      if (OBJECTS.test(key)) report({ at: range, message: 'object', values: { key } });
      // Another plural is a list, which is what such an index is for.
      else if (!/(?:s|list|data|array)$/i.test(key)) report({ at: range, message: 'path', values: { key } });
    }
  },
});
