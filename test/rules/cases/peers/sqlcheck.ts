import { NAMING } from './peerRule';
import type { PeerRule } from './peerRule';

export const SQLCHECK: readonly PeerRule[] = [
  {
    name: '1001 multi-valued attribute',
    sql: "SELECT id FROM orders WHERE item_ids LIKE '%,42,%';",
    rules: ['query/leading-wildcard-like'],
  },
  { name: '1002 recursive dependency', without: 'WITH RECURSIVE walks a tree by its parent key, with an index on it' },
  {
    name: '1003 no primary key',
    sql: 'CREATE TABLE sales (day date, total numeric);',
    rules: ['schema/missing-primary-key'],
  },
  { name: '1004 generic primary key', without: NAMING },
  { name: '1005 no foreign key', without: 'a table without one may be right, and its text does not tell' },
  {
    name: '1006 entity-attribute-value',
    without: 'the names of columns do not tell it from an honest key-value table',
  },
  {
    name: '1007 metadata tribbles',
    sql: 'CREATE TABLE people (id bigint PRIMARY KEY, phone1 text, phone2 text, phone3 text);',
    rules: ['schema/numbered-columns'],
  },
  {
    name: '2001 imprecise data type',
    sql: 'CREATE TABLE bills (id bigint PRIMARY KEY, amount real);',
    rules: ['schema/float-for-money'],
  },
  {
    name: '2002 values in definition',
    sql: "CREATE TYPE state AS ENUM ('open', 'paid');",
    rules: ['schema/enum-type'],
  },
  { name: '2003 files are not SQL data types', without: 'a path is cheaper to store than a file in bytea' },
  {
    name: '2004 too many indexes',
    sql: `CREATE TABLE logs (id bigint PRIMARY KEY, a1 int, b int, c int, d int, e int, f int, g int, h int, i int, j int, k int, l int);
${'bcdefghijkl'
  .split('')
  .map(column => `CREATE INDEX ON logs (${column});`)
  .join('\n')}`,
    rules: ['index/too-many-indexes'],
  },
  {
    name: '2005 index attribute order',
    sql: 'CREATE INDEX people_name ON people (last_name, first_name); CREATE INDEX people_last ON people (last_name);',
    rules: ['index/redundant-prefix'],
  },
  { name: '3001 select star', sql: 'SELECT * FROM people WHERE id = 4;', rules: ['query/select-star'] },
  { name: '3002 null usage', sql: 'SELECT id FROM people WHERE left_on = NULL;', rules: ['query/null-comparison'] },
  { name: '3003 not null usage', without: 'NOT NULL says what is so, and helps the planner' },
  {
    name: '3004 string concatenation',
    sql: "SELECT id FROM people WHERE first_name || ' ' || last_name = 'Ada Lovelace';",
    rules: ['query/concatenation-compared'],
  },
  { name: '3005 group by usage', without: 'PostgreSQL refuses columns that are not grouped' },
  {
    name: '3006 order by rand',
    sql: 'SELECT id FROM people ORDER BY random() LIMIT 1;',
    rules: ['query/order-by-random'],
  },
  {
    name: '3007 pattern matching',
    sql: "SELECT id FROM people WHERE biography ~ 'engine';",
    rules: ['query/unanchored-regex'],
  },
  {
    name: '3008 spaghetti query',
    sql: 'SELECT 1 FROM a JOIN b ON b.a = a.id JOIN c ON c.b = b.id JOIN d ON d.c = c.id JOIN e ON e.d = d.id JOIN f ON f.e = e.id JOIN g ON g.f = f.id JOIN h ON h.g = g.id JOIN i ON i.h = h.id JOIN j ON j.i = i.id;',
    rules: ['join/too-many-joins'],
  },
  {
    name: '3009 number of joins',
    sql: 'SELECT 1 FROM a JOIN b ON b.a = a.id JOIN c ON c.b = b.id JOIN d ON d.c = c.id JOIN e ON e.d = d.id JOIN f ON f.e = e.id JOIN g ON g.f = f.id JOIN h ON h.g = g.id JOIN i ON i.h = h.id JOIN j ON j.i = i.id;',
    rules: ['join/too-many-joins'],
  },
  {
    name: '3010 unnecessary distinct',
    schema: 'CREATE TABLE people (id bigint PRIMARY KEY, name text);',
    sql: 'SELECT DISTINCT id, name FROM people;',
    rules: ['query/distinct-with-unique-key'],
  },
  {
    name: '3011 implicit column usage',
    sql: "INSERT INTO people VALUES (4, 'Ada');",
    rules: ['dml/insert-without-columns'],
  },
  {
    name: '3012 having',
    sql: "SELECT city, count(*) FROM people GROUP BY city HAVING city <> 'Bern';",
    rules: ['query/having-without-aggregate'],
  },
  {
    name: '3013 nested subqueries',
    sql: 'SELECT p.id, (SELECT count(*) FROM visits v WHERE v.person_id = p.id) FROM people p;',
    rules: ['query/correlated-subquery'],
  },
  {
    name: '3014 or usage',
    sql: "SELECT id FROM people WHERE city = 'Bern' OR city = 'Basel' OR city = 'Genf';",
    rules: ['query/or-of-same-column'],
  },
  { name: '3015 union usage', sql: 'SELECT id FROM people UNION SELECT id FROM guests;', rules: ['query/union-dedup'] },
  {
    name: '3016 distinct and join',
    sql: 'SELECT DISTINCT p.id, p.name FROM people p JOIN visits v ON v.person_id = p.id;',
    rules: ['query/distinct-over-join'],
  },
  { name: '4001 readable passwords', without: 'the name of a column does not tell whether its text is hashed' },
];
