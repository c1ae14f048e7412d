import { shared } from './peerRule';
import type { PeerRule } from './peerRule';
import { SPLINTER } from './splinter';
import { SQUAWK } from './squawk';

/** Its rules of the group safety; those it shares with squawk have that tool's names in camel case. */
export const POSTGRES_LANGUAGE_SERVER: readonly PeerRule[] = [
  ...shared(SQUAWK, {
    addingFieldWithDefault: 'adding-field-with-default',
    addingForeignKeyConstraint: 'adding-foreign-key-constraint',
    addingNotNullField: 'adding-not-nullable-field',
    addingRequiredField: 'adding-required-field',
    banCharField: 'ban-char-field',
    banConcurrentIndexCreationInTransaction: 'ban-concurrent-index-creation-in-transaction',
    banDropColumn: 'ban-drop-column',
    banDropDatabase: 'ban-drop-database',
    banDropNotNull: 'ban-drop-not-null',
    banDropTable: 'ban-drop-table',
    banTruncateCascade: 'ban-truncate-cascade',
    changingColumnType: 'changing-column-type',
    constraintMissingNotValid: 'constraint-missing-not-valid',
    disallowUniqueConstraint: 'disallowed-unique-constraint',
    lockTimeoutWarning: 'require-lock-timeout',
    preferBigintOverInt: 'prefer-bigint-over-int',
    preferBigintOverSmallint: 'prefer-bigint-over-smallint',
    preferIdentity: 'prefer-identity',
    preferRobustStmts: 'prefer-robust-stmts',
    preferTextField: 'prefer-text-field',
    preferTimestamptz: 'prefer-timestamp-tz',
    renamingColumn: 'renaming-column',
    renamingTable: 'renaming-table',
    requireConcurrentDetachPartition: 'require-concurrent-partition-detach',
    requireConcurrentIndexCreation: 'require-concurrent-index-creation',
    requireConcurrentIndexDeletion: 'require-concurrent-index-deletion',
    requireConcurrentReindex: 'require-concurrent-reindex',
    requireStatementTimeout: 'require-statement-timeout',
    transactionNesting: 'transaction-nesting',
  }),
  ...shared(SPLINTER, {
    duplicateIndex: 'duplicate_index',
    multiplePermissivePolicies: 'multiple_permissive_policies',
    noPrimaryKey: 'no_primary_key',
    unindexedForeignKeys: 'unindexed_foreign_keys',
    authRlsInitplan: 'auth_rls_initplan',
    functionSearchPathMutable: 'function_search_path_mutable',
    tableBloat: 'table_bloat',
    unusedIndex: 'unused_index',
  }),
  {
    name: 'addSerialColumn',
    sql: 'ALTER TABLE readings ADD COLUMN number serial;',
    rules: ['ddl/add-column-rewrites-table'],
  },
  {
    name: 'addingPrimaryKeyConstraint',
    sql: 'ALTER TABLE readings ADD PRIMARY KEY (sensor_id, taken_at);',
    rules: ['ddl/constraint-builds-index'],
  },
  {
    name: 'avoidAddingExclusionConstraint',
    sql: 'ALTER TABLE bookings ADD CONSTRAINT bookings_apart EXCLUDE USING gist (during WITH &&);',
    rules: ['ddl/constraint-builds-index'],
  },
  {
    name: 'avoidAlterEnumAddValue',
    sql: "BEGIN; ALTER TYPE order_state ADD VALUE 'lost'; UPDATE orders SET state = 'lost' WHERE id = 7; COMMIT;",
    rules: ['ddl/enum-value-used-in-transaction'],
  },
  {
    name: 'avoidAttachingPartition',
    schema:
      'CREATE TABLE readings (taken_at timestamptz NOT NULL) PARTITION BY RANGE (taken_at); CREATE TABLE readings_2024 (taken_at timestamptz NOT NULL);',
    sql: "ALTER TABLE readings ATTACH PARTITION readings_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    rules: ['ddl/attach-partition-without-check'],
  },
  {
    name: 'avoidCreateTrigger',
    sql: 'CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();',
    rules: ['ddl/lock-timeout-not-set'],
  },
  {
    name: 'avoidEnableDisableTrigger',
    sql: 'ALTER TABLE orders DISABLE TRIGGER orders_touch;',
    rules: ['ddl/lock-timeout-not-set', 'ddl/triggers-left-disabled'],
  },
  {
    name: 'avoidWideLockWindow',
    sql: 'BEGIN; ALTER TABLE cows ADD COLUMN tag text; ALTER TABLE barns ADD COLUMN area numeric; COMMIT;',
    rules: ['ddl/several-tables-locked'],
  },
  { name: 'banDeleteWithoutWhere', sql: 'DELETE FROM sessions;', rules: ['query/delete-without-where'] },
  { name: 'banDropSchema', sql: 'DROP SCHEMA farm CASCADE;', rules: ['ddl/drop-cascade'] },
  { name: 'banDropTrigger', sql: 'DROP TRIGGER orders_touch ON orders;', rules: ['ddl/lock-timeout-not-set'] },
  { name: 'banTruncate', sql: 'TRUNCATE counting_results;', rules: ['ddl/truncate-table'] },
  { name: 'banUpdateWithoutWhere', sql: 'UPDATE cameras SET checked = false;', rules: ['query/update-without-where'] },
  { name: 'banVacuumFull', sql: 'VACUUM FULL counting_results;', rules: ['ddl/vacuum-full'] },
  {
    name: 'concurrentRefreshMatviewLock',
    without: 'its lock stops only other refreshes: nobody else writes to a materialized view',
  },
  { name: 'creatingEnum', sql: "CREATE TYPE order_state AS ENUM ('open', 'paid');", rules: ['schema/enum-type'] },
  {
    name: 'multipleAlterTable',
    sql: 'ALTER TABLE cows ADD COLUMN tag text; ALTER TABLE cows ADD COLUMN weight numeric;',
    rules: ['ddl/several-alter-table'],
  },
  { name: 'preferBigInt', without: 'a counter or a size often fits four bytes; keys, which do not, are found' },
  {
    name: 'preferJsonb',
    sql: 'CREATE TABLE events (id bigint PRIMARY KEY, body json);',
    rules: ['schema/json-column'],
  },
  {
    name: 'requireConcurrentRefreshMatview',
    schema:
      'CREATE MATERIALIZED VIEW daily_counts AS SELECT 1 AS day; CREATE UNIQUE INDEX daily_counts_day ON daily_counts (day);',
    sql: 'REFRESH MATERIALIZED VIEW daily_counts;',
    rules: ['ddl/refresh-not-concurrently'],
  },
  {
    name: 'requireIdleInTransactionTimeout',
    without: 'a migration does not idle; the setting belongs to the role or the server',
  },
  {
    name: 'requireSeparateConstraintValidation',
    sql: 'BEGIN; ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT orders_total; COMMIT;',
    rules: ['ddl/validate-in-same-transaction'],
  },
  {
    name: 'runningStatementWhileHoldingAccessExclusive',
    sql: 'BEGIN; ALTER TABLE orders ADD COLUMN region text; SELECT count(*) FROM orders; UPDATE orders SET region = city; COMMIT;',
    rules: ['ddl/work-under-exclusive-lock'],
  },
];
