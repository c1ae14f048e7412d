/** Tables that comparisons stumble over: NULLs, duplicates, types without an order, volatile functions. */
export const SETUP = `
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, nick text, born date, data json, spot point, score numeric);
  INSERT INTO people SELECT n, 'name ' || n % 50, CASE WHEN n % 4 > 0 THEN 'nick ' || n % 20 END,
    date '2000-01-01' + n % 30, json_build_object('n', n % 3), point(n % 2, 0), n % 5 FROM generate_series(1, 200) n;
  CREATE TABLE bans (person_id int, reason text);
  INSERT INTO bans SELECT CASE WHEN n % 9 > 0 THEN n END, 'because' FROM generate_series(1, 40) n;
  INSERT INTO bans SELECT 7, 'again';
  CREATE TABLE prices (amount numeric);
  INSERT INTO prices VALUES (1.0), (1.00), (2), (NULL), (NULL);
  CREATE VIEW dice AS SELECT id, random() AS roll FROM people;
  CREATE FUNCTION peek() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE secrets (id int);
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
  CREATE TABLE diary (day date, mood mood, words text[], tags json[], at xid, cost money);
  INSERT INTO diary SELECT date '2024-01-01' + n / 2, (enum_range(NULL::mood))[1 + n % 3], array['a', NULL], NULL, '3', n
    FROM generate_series(1, 20) n;
  CREATE ROLE reader LOGIN;
  GRANT SELECT ON people TO reader;
  ANALYZE;`;

/** Pairs that give the same rows, with a title. */
export const RIGHT: readonly (readonly [title: string, original: string, rewritten: string])[] = [
  [
    'an anti-join where the column cannot be NULL',
    'SELECT * FROM people WHERE id NOT IN (SELECT person_id FROM bans WHERE person_id IS NOT NULL)',
    'SELECT * FROM people p WHERE NOT EXISTS (SELECT FROM bans b WHERE b.person_id = p.id)',
  ],
  [
    'a range instead of a cast',
    `SELECT id FROM people WHERE extract(year FROM born) = 2000 -- this year`,
    `SELECT id FROM people WHERE born >= '2000-01-01' AND born < '2001-01-01' -- this year`,
  ],
  ['no rows', 'SELECT * FROM people WHERE id < 0', 'SELECT * FROM people WHERE false'],
  ['no columns', 'SELECT FROM people WHERE id < 9', 'SELECT FROM people WHERE id <= 8'],
  ['columns that have the same name', 'SELECT id, id FROM people', 'SELECT p.id, p.id FROM people p'],
  ['a hidden sort key', 'SELECT name FROM people ORDER BY id', 'SELECT p.name FROM people AS p ORDER BY p.id + 0'],
  ['ties in another order', 'SELECT * FROM people ORDER BY name', 'SELECT * FROM people ORDER BY name, id DESC'],
  [
    'positions to sort by',
    'SELECT name, id FROM people ORDER BY 1, 2 DESC',
    'SELECT name, id FROM people ORDER BY name, id DESC',
  ],
  [
    'a sorted UNION',
    'SELECT id FROM people UNION SELECT person_id FROM bans ORDER BY id NULLS FIRST',
    'SELECT id FROM people UNION SELECT person_id FROM bans ORDER BY 1 NULLS FIRST',
  ],
  [
    'DISTINCT with a sort key',
    'SELECT DISTINCT lower(name) AS n, nick FROM people ORDER BY lower(name), nick',
    'SELECT lower(name) AS n, nick FROM people GROUP BY 1, 2 ORDER BY 1, 2',
  ],
  ['its own WITH', 'WITH x AS (SELECT 1 AS a) SELECT a FROM x', 'SELECT 1 AS a'],
  ['VALUES', 'VALUES (1, NULL), (2, $$b$$)', `SELECT * FROM (VALUES (1, NULL), (2, 'b')) AS v`],
  [
    'a page with a full order',
    'SELECT * FROM people ORDER BY id LIMIT 5 OFFSET 5',
    'SELECT * FROM people WHERE id > 5 ORDER BY id FETCH FIRST 5 ROWS ONLY',
  ],
  ['types without an order', 'SELECT spot, data, at FROM people, diary', 'SELECT spot, data, at FROM diary, people'],
  [
    'arrays, enums and money',
    'SELECT mood, words, cost FROM diary',
    'SELECT mood, words, cost FROM diary ORDER BY day',
  ],
  [
    'whole rows',
    'SELECT p, b FROM people p JOIN bans b ON b.person_id = p.id',
    'SELECT p, b FROM bans b JOIN people p ON p.id = b.person_id',
  ],
  ['a name nobody gave', 'SELECT 1 + 1', 'SELECT 2 AS two'],
];

/** Pairs that do not. */
export const WRONG: readonly (readonly [title: string, original: string, rewritten: string])[] = [
  [
    'NULL in a list',
    `SELECT id FROM people WHERE nick NOT IN ('nick 1', NULL)`,
    `SELECT id FROM people WHERE nick <> 'nick 1'`,
  ],
  [
    'NULL that a comparison drops',
    `SELECT id FROM people WHERE nick IS DISTINCT FROM 'nick 1'`,
    `SELECT id FROM people WHERE nick <> 'nick 1'`,
  ],
  [
    'an outer join made inner',
    'SELECT p.id, b.reason FROM people p LEFT JOIN bans b ON b.person_id = p.id',
    'SELECT p.id, b.reason FROM people p JOIN bans b ON b.person_id = p.id',
  ],
  [
    'UNION ALL in place of UNION',
    'SELECT person_id FROM bans UNION SELECT 1',
    'SELECT person_id FROM bans UNION ALL SELECT 1',
  ],
  [
    'a day too much',
    `SELECT id FROM people WHERE born < '2000-01-15'`,
    `SELECT id FROM people WHERE born <= '2000-01-15'`,
  ],
  ['count of a column', 'SELECT count(*) FROM people', 'SELECT count(nick) FROM people'],
  ['NULL and an empty text', 'SELECT nick FROM people', `SELECT coalesce(nick, '') AS nick FROM people`],
  ['upper and lower case', 'SELECT name FROM people', 'SELECT upper(name) AS name FROM people'],
  ['another page', 'SELECT id FROM people ORDER BY id LIMIT 5', 'SELECT id FROM people ORDER BY id LIMIT 6'],
  ['json that differs', 'SELECT data FROM people', `SELECT json_build_object('n', 0) AS data FROM people`],
  [
    'a page of other rows',
    'SELECT id FROM people ORDER BY id LIMIT 5',
    'SELECT id FROM people WHERE id > 1 ORDER BY id LIMIT 5',
  ],
  [
    'FETCH WITH TIES',
    'SELECT name FROM people ORDER BY name FETCH FIRST 1 ROW WITH TIES',
    'SELECT name FROM people ORDER BY name LIMIT 1',
  ],
];

/** What is not run, and why. */
export const REFUSED: readonly (readonly [reason: RegExp, sql: string])[] = [
  [/random\(\) is volatile/, 'SELECT id FROM people WHERE random() < 0.5'],
  [/random\(\) is volatile/, 'SELECT * FROM dice'],
  [/public\.peek\(\) is volatile.*declare a function that only reads STABLE/, 'SELECT peek()'],
  [/clock_timestamp\(\)/, 'SELECT clock_timestamp()'],
  [/TABLESAMPLE/, 'SELECT * FROM people TABLESAMPLE bernoulli (10)'],
  [/changes or locks something/, 'SELECT * FROM people FOR UPDATE'],
  [/changes or locks something/, 'SELECT * INTO copied FROM people'],
  [/changes or locks something/, 'WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone'],
  [/changes or locks something/, `SELECT nextval('s')`],
  [/changes or locks something/, 'SELECT pg_advisory_lock(1)'],
  [/is no query/, 'DELETE FROM people'],
  [/is no query/, 'TRUNCATE people'],
  [/does not parse/, 'SELECT FROM WHERE'],
  [/does not parse/, 'SELECT 1; DELETE FROM people'],
  [/does not parse/, 'SELECT 1) AS x; DELETE FROM people; SELECT (1'],
];
