import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE breeds (id int PRIMARY KEY, name text);
CREATE TABLE animals (id int PRIMARY KEY, name text, breed_id int REFERENCES breeds, weight numeric); -- animals: 5000 rows
CREATE TABLE milkings (id int PRIMARY KEY, animal_id int NOT NULL REFERENCES animals, day date NOT NULL, liters numeric(8,2), score int, fat double precision); -- milkings: 500000 rows
CREATE TABLE calvings (animal_id int PRIMARY KEY REFERENCES animals, day date); -- calvings: 3000 rows`;

export const aggregateBeforeJoin: RewriteCases = {
  id: 'aggregate-before-join',
  schema: SCHEMA,
  offers: [
    {
      title: 'sums by names of another table',
      sql: `SELECT
    a.name,
    b.name AS breed,
    extract(month FROM m.day) AS month,
    sum(m.liters) AS liters,
    avg(m.score),
    count(*)
FROM animals a
JOIN milkings m ON m.animal_id = a.id
LEFT JOIN breeds b ON b.id = a.breed_id
WHERE m.day >= '2026-01-01'
    AND m.day < '2026-02-01'
GROUP BY a.name, b.name, extract(month FROM m.day)
ORDER BY liters DESC`,
      becomes: `SELECT
    a.name,
    b.name AS breed,
    m.key AS month,
    sum(m.sum) AS liters,
    sum(m.sum_1) / nullif(sum(m.rows), 0) AS avg,
    sum(m.rows_1)::bigint AS count
FROM animals a
JOIN (SELECT m.animal_id, extract(month FROM m.day) AS key, sum(m.liters) AS sum, sum(m.score) AS sum_1, count(m.score) AS rows, count(*) AS rows_1 FROM milkings m WHERE m.day >= '2026-01-01' AND m.day < '2026-02-01' GROUP BY m.animal_id, extract(month FROM m.day)) AS m ON m.animal_id = a.id
LEFT JOIN breeds b ON b.id = a.breed_id
GROUP BY a.name, b.name, m.key
ORDER BY liters DESC`,
      equality: 'provably equal',
    },
    {
      title: 'rows without a match, and a condition on groups',
      sql: 'SELECT a.breed_id, count(m.id), count(*) AS n, max(m.day) - min(m.day) AS days FROM animals a LEFT JOIN milkings m ON m.animal_id = a.id AND m.score > 3 GROUP BY 1 HAVING count(m.id) FILTER (WHERE m.liters > 1) > 3',
      becomes:
        'SELECT a.breed_id, coalesce(sum(m.rows), 0)::bigint AS count, sum(coalesce(m.rows_1, 1))::bigint AS n, max(m.max) - min(m.min) AS days FROM animals a LEFT JOIN (SELECT m.animal_id, count(m.id) AS rows, count(*) AS rows_1, max(m.day) AS max, min(m.day) AS min, count(m.id) FILTER (WHERE m.liters > 1) AS rows_2 FROM milkings m WHERE m.score > 3 GROUP BY m.animal_id) AS m ON m.animal_id = a.id GROUP BY 1 HAVING coalesce(sum(m.rows_2), 0)::bigint > 3',
      equality: 'provably equal',
    },
    {
      title: 'floating point numbers',
      sql: 'SELECT a.name, avg(m.fat) FROM milkings m, animals a WHERE a.id = m.animal_id GROUP BY a.name',
      becomes:
        'SELECT a.name, sum(m.sum) / nullif(sum(m.rows), 0)::float8 AS avg FROM (SELECT m.animal_id, sum(m.fat) AS sum, count(m.fat) AS rows FROM milkings m GROUP BY m.animal_id) AS m, animals a WHERE a.id = m.animal_id GROUP BY a.name',
      equality: 'needs checking',
    },
    {
      title: 'values that the join counts several times',
      sql: 'SELECT a.breed_id, count(*), sum(a.weight) AS weight, sum(m.liters) AS liters FROM animals a LEFT JOIN milkings m ON m.animal_id = a.id GROUP BY a.breed_id',
      becomes:
        'SELECT a.breed_id, count(*), sum(a.weight) AS weight, sum(m.sum) AS liters FROM animals a LEFT JOIN (SELECT m.animal_id, sum(m.liters) AS sum FROM milkings m GROUP BY m.animal_id) AS m ON m.animal_id = a.id GROUP BY a.breed_id',
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'a join that repeats nothing',
      sql: 'SELECT a.name, max(c.day), count(*) FROM animals a JOIN calvings c ON c.animal_id = a.id GROUP BY a.name',
    },
    {
      title: 'a condition on the other table',
      sql: 'SELECT a.name, sum(m.liters) FROM animals a JOIN milkings m ON m.animal_id = a.id WHERE a.breed_id = 3 GROUP BY a.name',
    },
    {
      title: 'different values',
      sql: 'SELECT a.name, count(DISTINCT m.day) FROM animals a JOIN milkings m ON m.animal_id = a.id GROUP BY a.name',
    },
    {
      title: 'values of both tables',
      sql: 'SELECT a.name, sum(m.liters * a.weight) FROM animals a JOIN milkings m ON m.animal_id = a.id GROUP BY a.name',
    },
    {
      title: 'lists',
      sql: 'SELECT a.name, array_agg(m.day) FROM animals a JOIN milkings m ON m.animal_id = a.id GROUP BY a.name',
    },
    {
      title: 'grouping sets',
      sql: 'SELECT a.name, sum(m.liters) FROM animals a JOIN milkings m ON m.animal_id = a.id GROUP BY ROLLUP (a.name)',
    },
    {
      title: 'a condition of WHERE on an optional row',
      sql: 'SELECT a.name, sum(m.liters) FROM animals a LEFT JOIN milkings m ON m.animal_id = a.id WHERE m.score IS NULL GROUP BY a.name',
    },
    { title: 'one table', sql: 'SELECT animal_id, sum(liters) FROM milkings GROUP BY animal_id' },
  ],
};
