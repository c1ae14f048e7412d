import { shared } from './peerRule';
import type { PeerRule } from './peerRule';
import { PGFENCE } from './pgfence';
import { SQUAWK } from './squawk';

/** Its checks for PostgreSQL, on the SQL such migrations run. */
export const STRONG_MIGRATIONS: readonly PeerRule[] = [
  ...shared(SQUAWK, {
    'removing a column': 'ban-drop-column',
    'changing the type of a column': 'changing-column-type',
    'renaming a column': 'renaming-column',
    'renaming a table': 'renaming-table',
    'adding an auto-incrementing column': 'adding-serial-primary-key-field',
    'adding a foreign key': 'adding-foreign-key-constraint',
    'adding a check constraint': 'constraint-missing-not-valid',
    'adding an index non-concurrently': 'require-concurrent-index-creation',
    'adding a unique constraint': 'disallowed-unique-constraint',
    'adding a column with a volatile default value': 'adding-field-with-default',
    'setting NOT NULL on an existing column': 'adding-not-nullable-field',
    'removing an index non-concurrently': 'require-concurrent-index-deletion',
  }),
  ...shared(PGFENCE, {
    'adding a stored generated column': 'add-column-stored-generated',
    'adding an exclusion constraint': 'add-constraint-exclude',
    'adding a json column': 'add-column-json',
    'renaming a schema': 'rename-schema',
  }),
  {
    name: 'creating a table with the force option',
    sql: 'DROP TABLE IF EXISTS visits CASCADE;',
    rules: ['ddl/drop-cascade', 'ddl/drop-in-use'],
  },
  {
    name: 'backfilling data',
    sql: 'ALTER TABLE visits ADD COLUMN paid boolean; UPDATE visits SET paid = false;',
    rules: ['ddl/backfill-with-schema-change'],
  },
  {
    name: 'adding a reference',
    sql: 'ALTER TABLE visits ADD COLUMN vet_id bigint CONSTRAINT visits_vet_fk REFERENCES vets (id);',
    rules: ['ddl/lock-timeout-not-set', 'schema/foreign-key-without-index'],
  },
  {
    name: 'renaming an enum value',
    sql: "ALTER TYPE order_state RENAME VALUE 'open' TO 'new';",
    rules: ['ddl/rename-in-use'],
  },
  {
    name: 'keeping non-unique indexes to three columns or less',
    sql: 'CREATE INDEX CONCURRENTLY visits_all ON visits (vet_id, owner_id, pet_id, visited_at, room);',
    rules: ['index/wide-key'],
  },
  { name: 'executing SQL directly', without: 'the SQL is what is read here' },
];
