import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE frames (id bigint PRIMARY KEY, at timestamp, size int, name text); -- frames: 5000000 rows
CREATE TABLE cameras (id int PRIMARY KEY, name text); -- cameras: 300 rows
CREATE TABLE marks (at timestamp, note text); -- marks: 5000000 rows
CREATE TABLE parts (id int, at timestamp) PARTITION BY RANGE (at); -- parts: 5000000 rows`;

export const countToEstimate: RewriteCases = {
  id: 'count-to-estimate',
  schema: SCHEMA,
  offers: [
    {
      title: 'how many rows there are',
      sql: 'SELECT count(*) FROM frames',
      becomes: "SELECT reltuples::bigint AS count FROM pg_class WHERE oid = 'public.frames'::regclass",
      equality: 'needs checking',
    },
    {
      title: 'under a name',
      sql: 'SELECT count(*) AS "Frames" FROM public.frames f',
      becomes: `SELECT reltuples::bigint AS "Frames" FROM pg_class WHERE oid = 'public.frames'::regclass`,
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'a condition', sql: 'SELECT count(*) FROM frames WHERE size > 1' },
    { title: 'a table that is not big', sql: 'SELECT count(*) FROM cameras' },
    { title: 'a partitioned table', sql: 'SELECT count(*) FROM parts' },
    { title: 'a column', sql: 'SELECT count(name) FROM frames' },
    { title: 'the rows of the table alone', sql: 'SELECT count(*) FROM ONLY frames' },
    { title: 'other figures of the same pass', sql: 'SELECT count(*), max(at) FROM frames' },
  ],
};

export const writeInBatches: RewriteCases = {
  id: 'write-in-batches',
  schema: SCHEMA,
  offers: [
    {
      title: 'all rows changed',
      sql: 'UPDATE frames SET name = lower(name)',
      becomes: `DO $batches$
DECLARE
  first_key public.frames.id%TYPE := (SELECT id FROM public.frames ORDER BY id LIMIT 1);
  last_key public.frames.id%TYPE;
BEGIN
  WHILE first_key IS NOT NULL LOOP
    last_key := (SELECT id FROM (SELECT id FROM public.frames WHERE id >= first_key ORDER BY id LIMIT 10000) AS batch ORDER BY id DESC LIMIT 1);
    UPDATE frames SET name = lower(name)
    WHERE frames.id BETWEEN first_key AND last_key;
    COMMIT;
    first_key := (SELECT id FROM public.frames WHERE id > last_key ORDER BY id LIMIT 1);
  END LOOP;
END
$batches$`,
      equality: 'needs checking',
    },
    {
      title: 'old rows removed',
      sql: "DELETE FROM frames f WHERE f.at < now() - interval '90 days'",
      becomes: `DO $batches$
DECLARE
  first_key public.frames.id%TYPE := (SELECT id FROM public.frames ORDER BY id LIMIT 1);
  last_key public.frames.id%TYPE;
BEGIN
  WHILE first_key IS NOT NULL LOOP
    last_key := (SELECT id FROM (SELECT id FROM public.frames WHERE id >= first_key ORDER BY id LIMIT 10000) AS batch ORDER BY id DESC LIMIT 1);
    DELETE FROM frames f
    WHERE f.id BETWEEN first_key AND last_key AND f.at < now() - interval '90 days';
    COMMIT;
    first_key := (SELECT id FROM public.frames WHERE id > last_key ORDER BY id LIMIT 1);
  END LOOP;
END
$batches$`,
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'some rows changed', sql: "UPDATE frames SET name = lower(name) WHERE name = 'X'" },
    { title: 'one row removed', sql: 'DELETE FROM frames WHERE id = 5' },
    { title: 'a key that changes', sql: 'UPDATE frames SET id = id + 1' },
    { title: 'a table without a key', sql: 'DELETE FROM marks' },
    { title: 'a small table', sql: 'DELETE FROM cameras' },
    { title: 'what goes elsewhere', sql: 'DELETE FROM frames RETURNING id' },
    { title: 'a parameter', sql: 'DELETE FROM frames WHERE at < $1' },
  ],
};

export const writesToOne: RewriteCases = {
  id: 'writes-to-one',
  schema: SCHEMA,
  offers: [
    {
      title: 'a script of updates',
      sql: `UPDATE frames SET size = 0, name = 'x' WHERE id = 1;
update frames set size = 0, name = 'x' where id = 5;
UPDATE frames SET size = 0, name = 'x' WHERE id = 3;
UPDATE frames SET size = 1, name = 'x' WHERE id = 4;`,
      becomes: `UPDATE frames SET size = 0, name = 'x' WHERE id IN (1, 5, 3);
UPDATE frames SET size = 1, name = 'x' WHERE id = 4;`,
      equality: 'needs checking',
    },
    {
      title: 'deletes with another condition',
      sql: "DELETE FROM frames f WHERE f.size > 5 AND f.name = 'a'; DELETE FROM frames f WHERE f.size > 5 AND f.name = 'b'",
      becomes: "DELETE FROM frames f WHERE f.size > 5 AND f.name IN ('a', 'b')",
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'one statement', sql: 'UPDATE frames SET size = 0 WHERE id = 1' },
    {
      title: 'other values set',
      sql: 'UPDATE frames SET size = 0 WHERE id = 1; UPDATE frames SET size = 1 WHERE id = 2',
    },
    {
      title: 'the same row twice',
      sql: 'UPDATE frames SET size = size + 1 WHERE id = 1; UPDATE frames SET size = size + 1 WHERE id = 1',
    },
    {
      title: 'a value that is changed',
      sql: "UPDATE frames SET name = 'b' WHERE name = 'a'; UPDATE frames SET name = 'b' WHERE name = 'c'",
    },
    {
      title: 'what reads other rows',
      sql: 'UPDATE frames SET size = (SELECT max(size) FROM frames) WHERE id = 1; UPDATE frames SET size = (SELECT max(size) FROM frames) WHERE id = 2',
    },
    {
      title: 'parameters of a program',
      sql: 'UPDATE frames SET size = 0 WHERE id = $1; UPDATE frames SET size = 0 WHERE id = $2',
    },
    {
      title: 'rows that are returned',
      sql: 'DELETE FROM frames WHERE id = 1 RETURNING id; DELETE FROM frames WHERE id = 2 RETURNING id',
    },
    {
      title: 'something in between',
      sql: 'DELETE FROM frames WHERE id = 1; DELETE FROM cameras; DELETE FROM frames WHERE id = 2',
    },
    { title: 'another comparison', sql: 'DELETE FROM frames WHERE id < 1; DELETE FROM frames WHERE id < 2' },
  ],
};
