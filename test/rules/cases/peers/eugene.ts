import type { PeerRule } from './peerRule';

export const EUGENE: readonly PeerRule[] = [
  {
    name: 'E1 validating table with a new constraint',
    sql: 'ALTER TABLE farms ADD CONSTRAINT farms_name_check CHECK (length(name) > 0);',
    rules: ['ddl/check-validated-at-once'],
  },
  {
    name: 'E2 validating table with a new NOT NULL column',
    sql: 'ALTER TABLE farms ALTER COLUMN name SET NOT NULL;',
    rules: ['ddl/set-not-null-scan'],
  },
  { name: 'E3 new json column', sql: 'ALTER TABLE farms ADD COLUMN meta json;', rules: ['schema/json-column'] },
  {
    name: 'E4 more statements under an AccessExclusiveLock',
    sql: 'BEGIN; ALTER TABLE farms ADD COLUMN region text; UPDATE farms SET region = city; COMMIT;',
    rules: ['ddl/work-under-exclusive-lock'],
  },
  {
    name: 'E5 type change that rewrites the table',
    sql: 'ALTER TABLE farms ALTER COLUMN area TYPE bigint USING area::bigint;',
    rules: ['ddl/alter-column-type-rewrites'],
  },
  {
    name: 'E6 new index on an existing table',
    sql: 'CREATE INDEX farms_region ON farms (region);',
    rules: ['ddl/index-not-concurrently'],
  },
  {
    name: 'E7 new unique constraint',
    sql: 'ALTER TABLE farms ADD CONSTRAINT farms_name_key UNIQUE (name);',
    rules: ['ddl/constraint-builds-index'],
  },
  {
    name: 'E8 new exclusion constraint',
    sql: 'ALTER TABLE leases ADD CONSTRAINT leases_apart EXCLUDE USING gist (farm_id WITH =, during WITH &&);',
    rules: ['ddl/constraint-builds-index'],
  },
  {
    name: 'E9 dangerous lock without timeout',
    sql: 'ALTER TABLE farms DROP CONSTRAINT farms_name_check;',
    rules: ['ddl/lock-timeout-not-set'],
  },
  {
    name: 'E10 table or index rewritten under a dangerous lock',
    sql: 'CLUSTER farms USING farms_pkey;',
    rules: ['ddl/vacuum-full'],
  },
  {
    name: 'E11 new serial or stored generated column',
    sql: 'ALTER TABLE farms ADD COLUMN hectares numeric GENERATED ALWAYS AS (area / 10000) STORED;',
    rules: ['ddl/add-column-rewrites-table'],
  },
  {
    name: 'W12 several ALTER TABLE where one will do',
    sql: 'ALTER TABLE farms ADD COLUMN tag text; ALTER TABLE farms ADD COLUMN area numeric;',
    rules: ['ddl/several-alter-table'],
  },
  { name: 'W13 creating an enum', sql: "CREATE TYPE mood AS ENUM ('ok', 'bad');", rules: ['schema/enum-type'] },
  {
    name: 'W14 primary key from an index over nullable columns',
    schema: 'CREATE TABLE farms (id bigint, name text); CREATE UNIQUE INDEX farms_id_idx ON farms (id);',
    sql: 'ALTER TABLE farms ADD CONSTRAINT farms_pkey PRIMARY KEY USING INDEX farms_id_idx;',
    rules: ['ddl/set-not-null-scan'],
  },
  {
    name: 'E15 missing index',
    sql: 'CREATE TABLE farms (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, farm_id bigint REFERENCES farms (id));',
    rules: ['schema/foreign-key-without-index'],
  },
];
