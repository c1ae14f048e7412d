import { defineRule } from '../defineRule';
import { createdIndex, indexNameRange } from '../support/indexElements';
import { earlierKeys, isDropped } from '../support/knownTable';
import { tableFactsOf } from '../support/tableFacts';
import type { TableKey } from '../support/tableFacts';

export const redundantPrefix = defineRule({
  id: 'index/redundant-prefix',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index that begins another index',
  docs: {
    problem: 'A wider index of the table begins with the same columns in the same order.',
    why: 'The wider index answers the same queries, and both are written to on every insert.',
    whenToIgnore:
      'The wide index is very much larger and the narrow one serves a query so hot that its smaller size pays.',
  },
  messages: {
    own: 'Index {other} begins with the same columns ({keys}) and serves the same queries.',
    other: 'This index begins with the columns of {other} ({keys}), which it makes redundant.',
  },
  examples: [
    {
      title: 'a narrow index beside a wide one',
      bad: 'CREATE INDEX idx_cr_camera_time ON counting_results (camera_id, created_at); CREATE INDEX idx_cr_camera ON counting_results (camera_id);',
      flags: 'idx_cr_camera',
    },
    {
      title: 'the wide one comes later',
      bad: 'CREATE INDEX idx_cr_camera ON counting_results (camera_id); CREATE INDEX idx_cr_camera_time ON counting_results (camera_id, created_at DESC);',
      flags: 'idx_cr_camera_time',
    },
    {
      title: 'the primary key begins with it',
      bad: 'CREATE TABLE order_items (order_id bigint, line int, PRIMARY KEY (order_id, line)); CREATE INDEX order_items_order ON order_items (order_id);',
      flags: 'order_items_order',
    },
    {
      title: 'not the first column',
      good: 'CREATE INDEX a ON counting_results (camera_id, created_at); CREATE INDEX b ON counting_results (created_at);',
    },
    {
      title: 'a unique index enforces something',
      good: 'CREATE UNIQUE INDEX users_email ON users (email); CREATE INDEX users_email_state ON users (email, state);',
    },
    {
      title: 'only some rows',
      good: "CREATE INDEX jobs_queue ON jobs (run_at) WHERE state = 'ready'; CREATE INDEX jobs_run ON jobs (run_at, id);",
    },
    {
      title: 'the narrow one is dropped',
      good: 'CREATE INDEX orders_customer_time ON orders (customer_id, created_at); DROP INDEX orders_customer; CREATE INDEX orders_status ON orders (status);',
    },
    {
      title: 'GIN and BRIN have no leading column',
      good: 'CREATE INDEX docs_tags ON docs USING gin (tags); CREATE INDEX docs_both ON docs USING gin (tags, labels);',
    },
    {
      title: 'the columns are included as well',
      good: 'CREATE INDEX orders_cover ON orders (customer_id) INCLUDE (total); CREATE INDEX orders_wide ON orders (customer_id, created_at);',
    },
    {
      title: 'the shorter one is dropped in the same body',
      schema: 'CREATE TABLE tokens (user_id bigint, kind text); CREATE INDEX tokens_user ON tokens (user_id);',
      good: 'DO $$ BEGIN DROP INDEX tokens_user; CREATE INDEX tokens_user_kind ON tokens (user_id, kind); END $$',
    },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const own = tableFactsOf(statement)?.keys[0];
    if (!created || !own || own.method !== 'btree' || isDropped(own.name, file)) return;
    const at = indexNameRange(statement, created);
    const others = earlierKeys(created.table, { file, catalog }).filter(
      key => key.method === 'btree' && key.name !== own.name && key.predicate === own.predicate,
    );
    const wider = own.unique ? undefined : others.find(other => isPrefix(own, other));
    if (wider) {
      const other = wider.primary ? 'of the primary key' : (wider.name ?? 'without a name');
      report({ at, message: 'own', values: { other, keys: own.keys.join(', ') } });
      return;
    }
    const narrower = others.find(other => !other.unique && !other.constraint && isPrefix(other, own));
    if (narrower) {
      report({ at, message: 'other', values: { other: narrower.name ?? 'an index', keys: narrower.keys.join(', ') } });
    }
  },
});

/** True if the wide index begins with all keys of the narrow one and holds whatever that includes. */
function isPrefix(narrow: TableKey, wide: TableKey): boolean {
  return (
    wide.keys.length > narrow.keys.length &&
    narrow.keys.every((key, i) => key === wide.keys[i]) &&
    narrow.include.every(column => wide.include.includes(column) || wide.columns.includes(column))
  );
}
