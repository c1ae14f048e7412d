import { NAMING, shared, STATISTICS } from './peerRule';
import type { PeerRule } from './peerRule';
import { PGRUBIC } from './pgrubic';

export const PG_INDEX_HEALTH: readonly PeerRule[] = [
  ...shared(PGRUBIC, {
    'duplicated indexes': 'GN025 duplicate index',
    'tables without primary key': 'GN004 missing primary key',
    'columns with json type': 'TP008 json',
    'primary keys with serial types': 'TP007 serial',
    'columns with varchar(n)': 'TP005 varchar',
    'columns with money type': 'TP006 money',
    'columns with timestamp type': 'TP001 timestamp without time zone',
    'columns with char(n)': 'TP004 char',
    'tables with inheritance': 'GN001 table inheritance',
  }),
  {
    name: 'intersected indexes',
    sql: 'CREATE INDEX cows_barn ON cows (barn_id); CREATE INDEX cows_barn_tag ON cows (barn_id, tag);',
    rules: ['index/redundant-prefix'],
  },
  {
    name: 'foreign keys without index',
    sql: 'CREATE TABLE barns (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint REFERENCES barns);',
    rules: ['schema/foreign-key-without-index'],
  },
  {
    name: 'invalid indexes',
    sql: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS cows_tag ON cows (tag);',
    rules: ['ddl/concurrently-if-not-exists'],
  },
  {
    name: 'serial columns that are not primary keys',
    sql: 'CREATE TABLE visits (id bigint PRIMARY KEY, number serial);',
    rules: ['schema/serial-column'],
  },
  {
    name: 'indexes with boolean',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, sold boolean NOT NULL); CREATE INDEX cows_sold ON cows (sold);',
    rules: ['index/low-cardinality'],
  },
  {
    name: 'btree indexes on array columns',
    sql: 'CREATE TABLE posts (id bigint PRIMARY KEY, tags text[]); CREATE INDEX posts_tags ON posts (tags);',
    rules: ['index/document-in-btree'],
  },
  {
    name: 'duplicated foreign keys',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint REFERENCES barns (id), FOREIGN KEY (barn_id) REFERENCES barns (id));',
    rules: ['schema/duplicate-foreign-key'],
  },
  { name: 'intersected foreign keys', without: 'a key of two columns that shares one with another is often right' },
  {
    name: 'possible object name overflow',
    sql: 'CREATE TABLE milk_production_by_cow_and_barn_and_day_for_the_monthly_report_of_the_board (id bigint PRIMARY KEY);',
    rules: ['ddl/identifier-too-long'],
  },
  {
    name: 'foreign keys with unmatched type',
    sql: 'CREATE TABLE barns (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id int REFERENCES barns (id));',
    rules: ['schema/foreign-key-type-mismatch'],
  },
  {
    name: 'primary keys with varchar instead of uuid',
    sql: 'CREATE TABLE sessions (session_uuid varchar(36) PRIMARY KEY);',
    rules: ['schema/uuid-as-text'],
  },
  {
    name: 'indexes with unnecessary where-clause',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, tag text NOT NULL); CREATE INDEX cows_tag ON cows (tag) WHERE tag IS NOT NULL;',
    rules: ['index/useless-predicate'],
  },
  {
    name: 'multicolumn foreign keys with nullable columns',
    sql: 'CREATE TABLE stalls (barn_id bigint, number int, PRIMARY KEY (barn_id, number)); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint, stall int, FOREIGN KEY (barn_id, stall) REFERENCES stalls (barn_id, number));',
    rules: ['schema/nullable-composite-foreign-key'],
  },
  {
    name: 'tables with incrementing column names',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, weight_1 numeric, weight_2 numeric, weight_3 numeric);',
    rules: ['schema/numbered-columns'],
  },
  {
    name: 'sequence overflow',
    sql: 'CREATE TABLE frames (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);',
    rules: ['schema/int4-primary-key'],
  },
  ...['unused indexes', 'tables with missing indexes', 'index bloat', 'table bloat', 'tables with no data'].map(
    name => ({
      name,
      without: STATISTICS,
    }),
  ),
  ...[
    'tables without description',
    'columns without description',
    'functions without description',
    'objects not following naming convention',
    'columns not following naming convention',
  ].map(name => ({ name, without: NAMING })),
  {
    name: 'indexes with null values',
    without: 'IS NULL needs them, and leaving them out saves little unless most are NULL',
  },
  {
    name: 'tables with not valid constraints',
    without: 'NOT VALID is half of the safe way; who validates later is not known',
  },
  { name: 'tables not linked to others', without: 'a log or a queue need not be linked to anything' },
  { name: 'tables with zero or one columns', without: 'a list of allowed values has one column' },
  { name: 'natural primary keys', without: 'a natural key may be the right one' },
  {
    name: 'indexes with a timestamp in the middle',
    without: 'right where the column behind it is sorted by or only read',
  },
  { name: 'primary key columns not first', without: 'the order of columns does not matter to a key' },
  { name: 'all columns nullable', without: 'may be right for a table of optional answers' },
  { name: 'self-referenced keys without ON DELETE', without: 'refusing to delete a parent may be what is wanted' },
  { name: 'large object types', without: 'PostgreSQL has no BLOB or CLOB; bytea and text are stored apart by TOAST' },
  {
    name: 'same column with different types',
    without: 'across unrelated tables it is no mistake; in joins it is found',
  },
];
