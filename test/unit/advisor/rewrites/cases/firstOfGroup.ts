import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE cameras (id int PRIMARY KEY, name text NOT NULL, region text); -- cameras: 500 rows
CREATE TABLE readings (id int PRIMARY KEY, camera_id int NOT NULL REFERENCES cameras, at timestamp NOT NULL, n int, UNIQUE (camera_id, at)); -- readings: 500000 rows
CREATE TABLE visits (id int PRIMARY KEY, camera_id int REFERENCES cameras, at timestamp, n int); -- visits: 200000 rows
CREATE INDEX ON visits (camera_id, at DESC);
CREATE TABLE plans (id int PRIMARY KEY, camera_id int REFERENCES cameras, at timestamp, n int); -- plans: 800 rows
CREATE INDEX ON plans (camera_id, at);
CREATE TABLE notes (camera_id int, at timestamp, text text); -- notes: 200000 rows`;

export const rowNumberToDistinctOn: RewriteCases = {
  id: 'row-number-to-distinct-on',
  schema: SCHEMA,
  offers: [
    {
      title: 'the latest of each',
      sql: 'SELECT camera_id, n FROM (SELECT camera_id, n, row_number() OVER (PARTITION BY camera_id ORDER BY at DESC) AS rn FROM readings) AS r WHERE rn = 1 AND n > 3',
      becomes:
        'SELECT camera_id, n FROM (SELECT DISTINCT ON (camera_id) camera_id, n FROM readings ORDER BY camera_id, at DESC) AS r WHERE n > 3',
      equality: 'provably equal',
    },
    {
      title: 'where the number is selected',
      sql: 'SELECT * FROM (SELECT camera_id, row_number() OVER (PARTITION BY camera_id ORDER BY id) AS rn FROM readings) AS r WHERE r.rn = 1 ORDER BY camera_id',
      becomes:
        'SELECT * FROM (SELECT DISTINCT ON (camera_id) camera_id, 1::bigint AS rn FROM readings ORDER BY camera_id, id) AS r ORDER BY camera_id',
      equality: 'provably equal',
    },
    {
      title: 'in a WITH query, with ties',
      sql: "WITH r AS (SELECT v.id, row_number() OVER (PARTITION BY v.camera_id, v.n ORDER BY v.at DESC NULLS LAST) AS pos FROM visits v WHERE n > 3) SELECT r.id FROM r JOIN cameras c ON c.id = r.id WHERE r.pos = 1 AND c.region = 'x'",
      becomes:
        "WITH r AS (SELECT DISTINCT ON (v.camera_id, v.n) v.id FROM visits v WHERE n > 3 ORDER BY v.camera_id, v.n, v.at DESC NULLS LAST) SELECT r.id FROM r JOIN cameras c ON c.id = r.id WHERE c.region = 'x'",
      equality: 'needs checking',
    },
    {
      title: 'groups by an expression',
      sql: 'SELECT day, n FROM (SELECT at::date AS day, n, row_number() OVER (PARTITION BY at::date ORDER BY id) AS rn FROM readings) AS r WHERE rn = 1',
      becomes:
        'SELECT day, n FROM (SELECT DISTINCT ON ((at::date)) at::date AS day, n FROM readings ORDER BY (at::date), id) AS r',
      equality: 'provably equal',
    },
    {
      title: 'the one first row',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (ORDER BY id DESC) AS rn FROM readings) AS r WHERE 1 = rn',
      becomes: 'SELECT n FROM (SELECT n FROM readings ORDER BY id DESC LIMIT 1) AS r',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'the first three',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) AS r WHERE rn <= 3',
    },
    {
      title: 'ranks',
      sql: 'SELECT n FROM (SELECT n, rank() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) AS r WHERE rn = 1',
    },
    {
      title: 'no order',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY camera_id) AS rn FROM readings) AS r WHERE rn = 1',
    },
    {
      title: 'another window beside it',
      sql: 'SELECT n FROM (SELECT sum(n) OVER (ORDER BY at) AS n, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) AS r WHERE rn = 1',
    },
    {
      title: 'the optional side of a join',
      sql: 'SELECT c.id FROM cameras c LEFT JOIN (SELECT n, camera_id, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) AS r ON r.camera_id = c.id WHERE rn = 1',
    },
    {
      title: 'a WITH query that is read twice',
      sql: 'WITH r AS (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) SELECT a.n FROM r a, r b WHERE a.rn = 1 AND b.rn = 2',
    },
    {
      title: 'a name that means something else in ORDER BY',
      sql: 'SELECT at FROM (SELECT n AS at, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM readings) AS r WHERE rn = 1',
    },
  ],
};

export const rowNumberToLateral: RewriteCases = {
  id: 'row-number-to-lateral',
  schema: SCHEMA,
  offers: [
    {
      title: 'the latest of each',
      sql: 'SELECT camera_id, n FROM (SELECT camera_id, n, row_number() OVER (PARTITION BY camera_id ORDER BY at DESC) AS rn FROM readings WHERE n > 0 OR n < -5) AS r WHERE rn = 1 AND n > 3',
      becomes:
        'SELECT camera_id, n FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT camera_id, n FROM readings WHERE (n > 0 OR n < -5) AND readings.camera_id = parent.id ORDER BY at DESC LIMIT 1) AS latest) AS r WHERE n > 3',
      equality: 'provably equal',
    },
    {
      title: 'groups that may be NULL',
      sql: 'SELECT * FROM (SELECT v.*, row_number() OVER (PARTITION BY v.camera_id ORDER BY v.at DESC) AS rn FROM visits v) AS r WHERE rn = 1',
      becomes:
        'SELECT * FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT v.*, 1::bigint AS rn FROM visits v WHERE v.camera_id = parent.id ORDER BY v.at DESC LIMIT 1) AS latest) AS r',
      equality: 'needs checking',
    },
    {
      title: 'groups that may not',
      sql: 'SELECT r.n FROM (SELECT v.n, row_number() OVER (PARTITION BY v.camera_id ORDER BY v.at, v.id) AS rn FROM visits v WHERE v.camera_id IS NOT NULL) AS r WHERE rn = 1',
      becomes:
        'SELECT r.n FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT v.n FROM visits v WHERE v.camera_id IS NOT NULL AND v.camera_id = parent.id ORDER BY v.at, v.id LIMIT 1) AS latest) AS r',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'few rows of each',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM plans) AS r WHERE rn = 1',
    },
    {
      title: 'no table of the groups',
      sql: 'SELECT text FROM (SELECT text, row_number() OVER (PARTITION BY camera_id ORDER BY at) AS rn FROM notes) AS r WHERE rn = 1',
    },
    {
      title: 'an order no index has',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY n) AS rn FROM readings) AS r WHERE rn = 1',
    },
    {
      title: 'NULLs where the index has not got them',
      sql: 'SELECT n FROM (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY at DESC NULLS LAST) AS rn FROM visits) AS r WHERE rn = 1',
    },
    {
      title: 'two tables',
      sql: 'SELECT n FROM (SELECT r.n, row_number() OVER (PARTITION BY r.camera_id ORDER BY r.at) AS rn FROM readings r JOIN cameras c ON c.id = r.camera_id) AS r WHERE rn = 1',
    },
  ],
};

export const distinctOnToLateral: RewriteCases = {
  id: 'distinct-on-to-lateral',
  schema: SCHEMA,
  offers: [
    {
      title: 'the latest of each',
      sql: 'SELECT DISTINCT ON (camera_id) camera_id, n, at FROM readings WHERE n > 0 ORDER BY camera_id, at DESC',
      becomes:
        'SELECT camera_id, n, at FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT * FROM readings WHERE n > 0 AND readings.camera_id = parent.id ORDER BY at DESC LIMIT 1) AS latest) AS readings ORDER BY camera_id, at DESC',
      equality: 'provably equal',
    },
    {
      title: 'groups that may be NULL, backwards',
      sql: 'SELECT DISTINCT ON (v.camera_id) * FROM visits v ORDER BY v.camera_id DESC, at DESC',
      becomes:
        'SELECT * FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT * FROM visits v WHERE v.camera_id = parent.id ORDER BY at DESC LIMIT 1) AS latest) AS v ORDER BY v.camera_id DESC, at DESC',
      equality: 'needs checking',
    },
    {
      title: 'in a subquery',
      sql: 'SELECT c.name, l.n FROM cameras c JOIN (SELECT DISTINCT ON (camera_id) camera_id, n FROM readings ORDER BY camera_id, at) AS l ON l.camera_id = c.id',
      becomes:
        'SELECT c.name, l.n FROM cameras c JOIN (SELECT camera_id, n FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT * FROM readings WHERE readings.camera_id = parent.id ORDER BY at LIMIT 1) AS latest) AS readings ORDER BY camera_id, at) AS l ON l.camera_id = c.id',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'few rows of each',
      sql: 'SELECT DISTINCT ON (camera_id) camera_id, n FROM plans ORDER BY camera_id, at DESC',
    },
    {
      title: 'no table of the groups',
      sql: 'SELECT DISTINCT ON (camera_id) camera_id, text FROM notes ORDER BY camera_id, at DESC',
    },
    {
      title: 'an order no index has',
      sql: 'SELECT DISTINCT ON (camera_id) camera_id, n FROM readings ORDER BY camera_id, n',
    },
    { title: 'no order', sql: 'SELECT DISTINCT ON (camera_id) camera_id, n FROM readings' },
    {
      title: 'a page',
      sql: 'SELECT DISTINCT ON (camera_id) camera_id, n FROM readings ORDER BY camera_id, at LIMIT 5',
    },
    {
      title: 'groups by an expression',
      sql: 'SELECT DISTINCT ON (at::date) at::date, n FROM readings ORDER BY at::date, at',
    },
    { title: 'plain DISTINCT', sql: 'SELECT DISTINCT camera_id FROM readings ORDER BY camera_id' },
  ],
};

export const maxJoinToDistinctOn: RewriteCases = {
  id: 'max-join-to-distinct-on',
  schema: SCHEMA,
  offers: [
    {
      title: 'a join with the greatest',
      sql: 'SELECT r.* FROM readings r JOIN (SELECT camera_id, max(at) AS latest FROM readings GROUP BY camera_id) m ON m.camera_id = r.camera_id AND r.at = m.latest WHERE r.n > 5',
      becomes:
        'SELECT r.* FROM (SELECT DISTINCT ON (r.camera_id) * FROM readings r ORDER BY r.camera_id, r.at DESC) AS r WHERE r.n > 5',
      equality: 'provably equal',
    },
    {
      title: 'a subquery for the least, where rows may tie',
      sql: 'SELECT v.id, c.name FROM visits v JOIN cameras c ON c.id = v.camera_id WHERE v.at = (SELECT min(x.at) FROM visits x WHERE x.camera_id = v.camera_id) AND (v.n > 3 OR c.id = 1)',
      becomes:
        'SELECT v.id, c.name FROM (SELECT DISTINCT ON (v.camera_id) * FROM visits v WHERE v.camera_id IS NOT NULL AND v.at IS NOT NULL ORDER BY v.camera_id, v.at) AS v JOIN cameras c ON c.id = v.camera_id WHERE (v.n > 3 OR c.id = 1)',
      equality: 'needs checking',
    },
    {
      title: 'of a table nobody refers to',
      sql: 'SELECT n.text FROM notes AS n WHERE n.at = (SELECT max(x.at) FROM notes x WHERE n.camera_id = x.camera_id)',
      becomes:
        'SELECT n.text FROM (SELECT DISTINCT ON (n.camera_id) * FROM notes AS n WHERE n.camera_id IS NOT NULL AND n.at IS NOT NULL ORDER BY n.camera_id, n.at DESC) AS n',
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'the greatest is selected',
      sql: 'SELECT r.*, m.latest FROM readings r JOIN (SELECT camera_id, max(at) AS latest FROM readings GROUP BY camera_id) m ON m.camera_id = r.camera_id AND r.at = m.latest',
    },
    {
      title: 'the greatest of some',
      sql: 'SELECT v.id FROM visits v WHERE v.at = (SELECT max(x.at) FROM visits x WHERE x.camera_id = v.camera_id AND x.n > 3)',
    },
    {
      title: 'the greatest of another table',
      sql: 'SELECT v.id FROM visits v WHERE v.at = (SELECT max(x.at) FROM readings x WHERE x.camera_id = v.camera_id)',
    },
    {
      title: 'groups of one table joined by another column',
      sql: 'SELECT r.id FROM readings r JOIN (SELECT camera_id, max(at) AS latest FROM readings GROUP BY camera_id) m ON m.camera_id = r.n AND r.at = m.latest',
    },
    {
      title: 'an outer join',
      sql: 'SELECT r.id FROM readings r LEFT JOIN (SELECT camera_id, max(at) AS latest FROM readings GROUP BY camera_id) m ON m.camera_id = r.camera_id AND r.at = m.latest',
    },
    { title: 'the greatest of all', sql: 'SELECT r.id FROM readings r WHERE r.at = (SELECT max(at) FROM readings)' },
    {
      title: 'row locks',
      sql: 'SELECT v.id FROM visits v WHERE v.at = (SELECT max(x.at) FROM visits x WHERE x.camera_id = v.camera_id) FOR UPDATE',
    },
  ],
};

export const maxJoinToLateral: RewriteCases = {
  id: 'max-join-to-lateral',
  schema: SCHEMA,
  offers: [
    {
      title: 'a join with the greatest',
      sql: 'SELECT r.* FROM readings r JOIN (SELECT camera_id, max(at) AS at FROM readings GROUP BY camera_id) m ON m.camera_id = r.camera_id AND r.at = m.at WHERE r.n > 5',
      becomes:
        'SELECT r.* FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT * FROM readings r WHERE r.camera_id = parent.id ORDER BY r.at DESC FETCH FIRST 1 ROW WITH TIES) AS latest) AS r WHERE r.n > 5',
      equality: 'provably equal',
    },
    {
      title: 'a subquery for the least, where rows may tie',
      sql: 'SELECT v.id FROM visits v WHERE v.at = (SELECT min(x.at) FROM visits x WHERE x.camera_id = v.camera_id)',
      becomes:
        'SELECT v.id FROM (SELECT latest.* FROM cameras AS parent CROSS JOIN LATERAL (SELECT * FROM visits v WHERE v.at IS NOT NULL AND v.camera_id = parent.id ORDER BY v.at FETCH FIRST 1 ROW WITH TIES) AS latest) AS v',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'few rows of each',
      sql: 'SELECT p.id FROM plans p WHERE p.at = (SELECT max(x.at) FROM plans x WHERE x.camera_id = p.camera_id)',
    },
    {
      title: 'no table of the groups',
      sql: 'SELECT n.text FROM notes AS n WHERE n.at = (SELECT max(x.at) FROM notes x WHERE n.camera_id = x.camera_id)',
    },
    {
      title: 'no index',
      sql: 'SELECT r.id FROM readings r WHERE r.n = (SELECT max(x.n) FROM readings x WHERE x.camera_id = r.camera_id)',
    },
    {
      title: 'groups around it',
      sql: 'SELECT v.n, count(*) FROM visits v WHERE v.at = (SELECT max(x.at) FROM visits x WHERE x.camera_id = v.camera_id) GROUP BY v.n',
    },
  ],
};
