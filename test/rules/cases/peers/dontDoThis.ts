import { ACCESS, shared } from './peerRule';
import type { PeerRule } from './peerRule';
import { PGRUBIC } from './pgrubic';

/** The list of the PostgreSQL wiki. */
export const DONT_DO_THIS: readonly PeerRule[] = [
  ...shared(PGRUBIC, {
    SQL_ASCII: 'GN003 SQL_ASCII encoding',
    rules: 'GN002 create rule',
    'table inheritance': 'GN001 table inheritance',
    'NOT IN': 'GN026 NOT IN',
    'timestamp (without time zone)': 'TP001 timestamp without time zone',
    timetz: 'TP002 time with time zone',
    CURRENT_TIME: 'GN020 current_time',
    'timestamp(0) or timestamptz(0)': 'TP003 precision of a timestamp',
    'char(n)': 'TP004 char',
    'varchar(n) by default': 'TP005 varchar',
    money: 'TP006 money',
    serial: 'TP007 serial',
  }),
  {
    name: 'upper case names',
    sql: 'CREATE TABLE "Orders" (id bigint PRIMARY KEY);',
    rules: ['schema/quoted-mixed-case'],
  },
  {
    name: 'BETWEEN, especially with timestamps',
    schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, ordered_at timestamptz);',
    sql: "SELECT id FROM orders WHERE ordered_at BETWEEN '2024-05-01' AND '2024-05-31';",
    rules: ['query/between-timestamps'],
  },
  {
    name: 'timestamp (without time zone) to store UTC times',
    sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, ordered_at_utc timestamp);',
    rules: ['schema/timestamp-without-time-zone'],
  },
  {
    name: 'char(n) even for fixed-length identifiers',
    without: 'codes that fill it, of countries or hashes, get no blanks; of other lengths it is found',
  },
  { name: 'psql -W', without: ACCESS },
  { name: 'trust authentication over TCP/IP', without: ACCESS },
];
