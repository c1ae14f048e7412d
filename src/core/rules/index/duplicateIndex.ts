import { defineRule } from '../defineRule';
import { createdIndex, indexNameRange } from '../support/indexElements';
import { earlierKeys } from '../support/knownTable';
import { tableFactsOf } from '../support/tableFacts';
import type { TableKey } from '../support/tableFacts';

export const duplicateIndex = defineRule({
  id: 'index/duplicate-index',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index that exists already',
  guideline: { guide: '004', section: 'SQLAlchemy Index Definitions' },
  docs: {
    problem: 'Another index of the table has the same key, predicate and method.',
    why: 'Each one is written to by every insert and most updates, and takes its own disk and cache; no query gains anything.',
    whenToIgnore: 'The new index replaces a bloated or invalid one that is dropped elsewhere.',
  },
  messages: {
    same: 'Index {other} of {table} has the same definition; this one only costs writes and space.',
    unnamed: 'An index of {table} created before has the same definition; this one only costs writes and space.',
    constraint: 'The {kind} of {table} already has this index; a second one only costs writes and space.',
  },
  examples: [
    {
      title: 'the same columns under another name',
      bad: 'CREATE INDEX idx_cr_camera ON counting_results (camera_id, created_at); CREATE INDEX idx_results_lookup ON counting_results (camera_id, created_at);',
      flags: 'idx_results_lookup',
    },
    {
      title: 'an index without a name',
      bad: 'CREATE INDEX ON orders (customer_id); CREATE INDEX orders_customer ON orders (customer_id);',
      flags: 'orders_customer',
    },
    {
      title: 'an index on the primary key',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, status text); CREATE INDEX idx_orders_id ON orders (id);',
      flags: 'idx_orders_id',
    },
    {
      title: 'an index on a unique column',
      bad: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE); CREATE UNIQUE INDEX users_email ON users (email);',
      flags: 'users_email',
    },
    {
      title: 'the server has it',
      schema:
        'CREATE TABLE orders (id bigint, customer_id bigint); CREATE INDEX orders_customer ON orders (customer_id);',
      bad: 'CREATE INDEX CONCURRENTLY idx_orders_customer_id ON orders (customer_id)',
      flags: 'idx_orders_customer_id',
    },
    {
      title: 'other columns',
      good: 'CREATE INDEX orders_customer ON orders (customer_id, created_at); CREATE INDEX orders_created ON orders (created_at, customer_id);',
    },
    {
      title: 'another predicate',
      good: "CREATE INDEX orders_open ON orders (created_at) WHERE status = 'open'; CREATE INDEX orders_created ON orders (created_at) WHERE status = 'paid';",
    },
    {
      title: 'another direction or operator class',
      good: 'CREATE INDEX people_name ON people (name); CREATE INDEX people_name_like ON people (name text_pattern_ops); CREATE INDEX people_recent ON people (name DESC);',
    },
    {
      title: 'the constraint is dropped before',
      good: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE); ALTER TABLE users DROP CONSTRAINT users_email_key; CREATE UNIQUE INDEX users_email ON users (email);',
    },
    {
      title: 'the column was dropped with its index',
      good: 'CREATE TABLE orders (id int, state int); CREATE INDEX a ON orders (state); ALTER TABLE orders DROP COLUMN state; ALTER TABLE orders ADD COLUMN state text; CREATE INDEX b ON orders (state);',
    },
    {
      title: 'another method',
      good: 'CREATE INDEX docs_tags ON docs USING gin (tags); CREATE INDEX docs_tags_key ON docs (tags);',
    },
    {
      title: 'other parameters of a method that has its own',
      good: 'CREATE INDEX readings_day ON readings USING brin (taken_at); CREATE INDEX readings_hour ON readings USING brin (taken_at) WITH (pages_per_range = 8);',
    },
    {
      title: 'the old one is dropped afterwards',
      good: 'CREATE INDEX orders_a ON orders (customer_id); CREATE INDEX CONCURRENTLY orders_b ON orders (customer_id); DROP INDEX CONCURRENTLY orders_a;',
    },
    {
      title: 'the migration has run on the server already',
      schema:
        'CREATE TABLE orders (id bigint, customer_id bigint); CREATE INDEX orders_customer ON orders (customer_id);',
      good: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer ON orders (customer_id)',
    },
    {
      title: 'a table of the same name in another schema',
      good: 'CREATE TABLE a.events (id int PRIMARY KEY); CREATE UNIQUE INDEX CONCURRENTLY events_id ON b.events (id);',
    },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const own = tableFactsOf(statement)?.keys[0];
    if (!created || !own) return;
    const other = earlierKeys(created.table, { file, catalog }).find(
      key => isSameIndex(key, own) && (key.name === undefined || key.name !== own.name),
    );
    if (!other) return;
    const table = created.table.name;
    const at = indexNameRange(statement, created);
    if (other.constraint) {
      const kind = other.primary ? 'primary key' : 'unique constraint';
      report({ at, message: 'constraint', values: { kind, table } });
    } else if (other.name === undefined) report({ at, message: 'unnamed', values: { table } });
    else report({ at, message: 'same', values: { other: other.name, table } });
  },
});

function isSameIndex(other: TableKey, own: TableKey): boolean {
  return (
    other.method === own.method &&
    other.predicate === own.predicate &&
    other.options === own.options &&
    (!own.unique || (other.unique && other.nullsNotDistinct === own.nullsNotDistinct)) &&
    other.keys.join() === own.keys.join() &&
    own.include.every(column => other.include.includes(column))
  );
}
