import { NAMING, STYLE } from './peerRule';
import type { PeerRule } from './peerRule';

/** Its groups AM, ST, RF and CV; layout and capitals are for formatters. */
export const SQLFLUFF: readonly PeerRule[] = [
  {
    name: 'AM01 distinct with group by',
    sql: 'SELECT DISTINCT barn_id FROM cows GROUP BY barn_id;',
    rules: ['query/distinct-with-group-by'],
  },
  {
    name: 'AM02 union',
    sql: 'SELECT id FROM cows UNION SELECT id FROM sold_cows;',
    rules: ['query/union-dedup'],
  },
  { name: 'AM03 order by with mixed directions', without: STYLE },
  { name: 'AM04 column count', sql: 'SELECT * FROM cows;', rules: ['query/select-star'] },
  { name: 'AM05 join without INNER', without: STYLE },
  {
    name: 'AM06 column references',
    sql: 'SELECT barn_id, count(*) FROM cows GROUP BY 1;',
    rules: ['query/position-in-order-by'],
  },
  {
    name: 'AM07 set columns',
    sql: 'SELECT id, tag FROM cows UNION ALL SELECT id FROM sold_cows;',
    rules: ['query/set-operation-columns'],
  },
  {
    name: 'AM08 join condition',
    sql: 'SELECT c.id, b.name FROM cows c, barns b;',
    rules: ['join/cross-join-without-condition'],
  },
  {
    name: 'AM09 limit without order by',
    sql: 'SELECT id FROM cows WHERE barn_id = 3 LIMIT 10;',
    rules: ['query/limit-without-order-by'],
  },
  { name: 'ST01 else null', without: STYLE },
  { name: 'ST02 simple case', without: STYLE },
  {
    name: 'ST03 unused cte',
    sql: 'WITH milk AS (SELECT cow_id FROM milkings) SELECT id FROM cows WHERE barn_id = 3;',
    rules: ['join/unused-cte'],
  },
  { name: 'ST04 nested case', without: STYLE },
  { name: 'ST05 subquery', without: 'since PostgreSQL 12 a subquery and a CTE plan alike' },
  { name: 'ST06 column order', without: STYLE },
  { name: 'ST07 using', without: STYLE },
  {
    name: 'ST08 distinct with parentheses',
    sql: 'SELECT DISTINCT (barn_id), tag FROM cows;',
    rules: ['query/distinct-parentheses'],
  },
  { name: 'ST09 join condition order', without: 'the planner does not mind which side is named first' },
  {
    name: 'ST10 constant expression',
    sql: 'SELECT id FROM cows WHERE barn_id = barn_id;',
    rules: ['query/column-compared-with-itself'],
  },
  {
    name: 'ST11 unused join',
    schema: 'CREATE TABLE barns (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint);',
    sql: 'SELECT c.id FROM cows c LEFT JOIN barns b ON b.id = c.barn_id WHERE c.id > 5;',
    rules: ['join/unused-left-join'],
  },
  { name: 'ST12 consecutive semicolons', without: STYLE },
  {
    name: 'RF01 from',
    schema: '-- of a connected server\nCREATE TABLE cows (id bigint PRIMARY KEY);',
    sql: 'SELECT b.id FROM cows;',
    rules: ['names/unknown-column'],
  },
  {
    name: 'RF02 qualification',
    schema:
      '-- of a connected server\nCREATE TABLE cows (id bigint, barn_id bigint); CREATE TABLE barns (id bigint, name text);',
    sql: 'SELECT id FROM cows JOIN barns ON barns.id = cows.barn_id WHERE cows.id = 3;',
    rules: ['names/ambiguous-column'],
  },
  { name: 'RF03 consistent', without: STYLE },
  { name: 'RF04 keywords', without: NAMING },
  { name: 'RF05 special characters', without: NAMING },
  { name: 'RF06 quoting', sql: 'CREATE TABLE "Cows" (id bigint PRIMARY KEY);', rules: ['schema/quoted-mixed-case'] },
  { name: 'RF07 window alias', without: NAMING },
  { name: 'CV01 not equal', without: STYLE },
  { name: 'CV02 coalesce', without: 'IFNULL and NVL are no functions of PostgreSQL, which says so' },
  { name: 'CV03 trailing comma', without: 'PostgreSQL refuses it; the syntax error stands where it is' },
  { name: 'CV04 count rows', without: 'count(1) and count(*) run alike' },
  { name: 'CV05 is null', sql: 'SELECT id FROM cows WHERE sold_on <> NULL;', rules: ['query/null-comparison'] },
  ...[
    'CV06 terminator',
    'CV07 statement brackets',
    'CV08 right join',
    'CV09 blocked words',
    'CV10 quoted literals',
    'CV11 casting style',
    'CV13 last select star',
  ].map(name => ({ name, without: STYLE })),
  { name: 'CV12 join condition in WHERE', without: 'the planner treats both spellings of an inner join alike' },
];
