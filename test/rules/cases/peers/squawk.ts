import { INSTANT } from './peerRule';
import type { PeerRule } from './peerRule';

export const SQUAWK: readonly PeerRule[] = [
  {
    name: 'adding-field-with-default',
    sql: 'ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();',
    rules: ['ddl/add-column-rewrites-table'],
  },
  {
    name: 'adding-foreign-key-constraint',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);',
    rules: ['ddl/foreign-key-validated-at-once'],
  },
  {
    name: 'adding-not-nullable-field',
    sql: 'ALTER TABLE orders ALTER COLUMN shipped_on SET NOT NULL;',
    rules: ['ddl/set-not-null-scan'],
  },
  {
    name: 'adding-required-field',
    sql: 'ALTER TABLE cameras ADD COLUMN model text NOT NULL;',
    rules: ['ddl/add-column-not-null-without-default'],
  },
  {
    name: 'adding-serial-primary-key-field',
    sql: 'ALTER TABLE readings ADD COLUMN id bigserial PRIMARY KEY;',
    rules: ['ddl/add-column-rewrites-table', 'schema/serial-column'],
  },
  {
    name: 'ban-alter-domain-with-add-constraint',
    sql: "ALTER DOMAIN email ADD CONSTRAINT email_has_at CHECK (value LIKE '_%@%');",
    rules: ['ddl/domain-constraint-scan'],
  },
  {
    name: 'ban-char-field',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, tag char(12));',
    rules: ['schema/padded-char'],
  },
  {
    name: 'ban-concurrent-index-creation-in-transaction',
    sql: 'BEGIN; CREATE INDEX CONCURRENTLY orders_day ON orders (ordered_on); COMMIT;',
    rules: ['ddl/not-in-transaction'],
  },
  {
    name: 'ban-create-domain-with-constraint',
    without: 'a new domain is used by no table yet; only a constraint added later reads tables',
  },
  { name: 'ban-drop-column', sql: 'ALTER TABLE orders DROP COLUMN region;', rules: ['ddl/drop-in-use'] },
  { name: 'ban-drop-database', sql: 'DROP DATABASE shop;', rules: ['ddl/drop-in-use'] },
  { name: 'ban-drop-not-null', without: INSTANT },
  { name: 'ban-drop-table', sql: 'DROP TABLE old_orders;', rules: ['ddl/drop-in-use'] },
  {
    name: 'ban-duplicate-column-assignments',
    sql: 'UPDATE orders SET total = 0, total = net + tax WHERE id = 4;',
    rules: ['dml/duplicate-assignment'],
  },
  { name: 'ban-truncate-cascade', sql: 'TRUNCATE customers CASCADE;', rules: ['ddl/truncate-table'] },
  {
    name: 'ban-uncommitted-transaction',
    sql: 'BEGIN; ALTER TABLE orders ADD COLUMN note text;',
    rules: ['ddl/transaction-shape'],
  },
  {
    name: 'changing-column-type',
    sql: 'ALTER TABLE orders ALTER COLUMN id TYPE bigint;',
    rules: ['ddl/alter-column-type-rewrites'],
  },
  {
    name: 'constraint-missing-not-valid',
    sql: 'ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);',
    rules: ['ddl/check-validated-at-once'],
  },
  {
    name: 'disallowed-unique-constraint',
    sql: 'ALTER TABLE cameras ADD CONSTRAINT cameras_serial_key UNIQUE (serial_number);',
    rules: ['ddl/constraint-builds-index'],
  },
  {
    name: 'identifier-too-long',
    sql: 'CREATE INDEX CONCURRENTLY counting_results_by_camera_and_day_and_hour_for_the_monthly_report ON counting_results (camera_id);',
    rules: ['ddl/identifier-too-long'],
  },
  {
    name: 'prefer-bigint-over-int',
    sql: 'CREATE TABLE frames (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);',
    rules: ['schema/int4-primary-key'],
  },
  {
    name: 'prefer-bigint-over-smallint',
    sql: 'CREATE TABLE zones (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);',
    rules: ['schema/int4-primary-key'],
  },
  {
    name: 'prefer-identity',
    sql: 'CREATE TABLE frames (id bigserial PRIMARY KEY);',
    rules: ['schema/serial-column'],
  },
  { name: 'prefer-repack', sql: 'VACUUM FULL counting_results;', rules: ['ddl/vacuum-full'] },
  {
    name: 'prefer-robust-stmts',
    sql: 'CREATE TABLE vets (id bigint PRIMARY KEY); ALTER TABLE visits ADD COLUMN vet_id bigint;',
    rules: ['ddl/if-exists-missing'],
  },
  {
    name: 'prefer-text-field',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, name varchar(80));',
    rules: ['schema/varchar-limit'],
  },
  {
    name: 'prefer-timestamp-tz',
    sql: 'CREATE TABLE milkings (id bigint PRIMARY KEY, milked_at timestamp);',
    rules: ['schema/timestamp-without-time-zone'],
  },
  {
    name: 'renaming-column',
    sql: 'ALTER TABLE orders RENAME COLUMN sum TO total;',
    rules: ['ddl/rename-in-use'],
  },
  { name: 'renaming-table', sql: 'ALTER TABLE orders RENAME TO purchases;', rules: ['ddl/rename-in-use'] },
  {
    name: 'require-concurrent-index-creation',
    sql: 'CREATE INDEX orders_day ON orders (ordered_on);',
    rules: ['ddl/index-not-concurrently'],
  },
  {
    name: 'require-concurrent-index-deletion',
    sql: 'DROP INDEX orders_day;',
    rules: ['ddl/drop-index-not-concurrently'],
  },
  {
    name: 'require-concurrent-partition-detach',
    sql: 'ALTER TABLE counting_results DETACH PARTITION counting_results_2023;',
    rules: ['ddl/detach-not-concurrently'],
  },
  { name: 'require-concurrent-reindex', sql: 'REINDEX INDEX orders_day;', rules: ['ddl/reindex-not-concurrently'] },
  {
    name: 'require-enum-value-ordering',
    without: 'a value without BEFORE or AFTER goes to the end, which is where most new values belong',
  },
  {
    name: 'require-lock-timeout',
    sql: 'ALTER TABLE orders ADD COLUMN note text;',
    rules: ['ddl/lock-timeout-not-set'],
  },
  {
    name: 'require-statement-timeout',
    without: 'a lock_timeout bounds the waiting; a statement_timeout also ends long work that blocks nobody',
  },
  { name: 'require-table-schema', without: 'unqualified names are meant to follow search_path' },
  {
    name: 'transaction-nesting',
    sql: 'BEGIN; BEGIN; ALTER TABLE orders ADD COLUMN note text; COMMIT;',
    rules: ['ddl/transaction-shape'],
  },
];
