import type { RewriteCases } from '../rewriteCases';

export const insertsToOne: RewriteCases = {
  id: 'inserts-to-one',
  offers: [
    {
      title: 'a script of inserts',
      sql: `INSERT INTO zones (id, name) VALUES (1, 'a; b');
INSERT INTO zones (id, name) VALUES (2, now()::text);
insert into zones (id, name) values (3, DEFAULT);
SELECT 1;`,
      becomes: `INSERT INTO zones (id, name) VALUES (1, 'a; b'),
  (2, now()::text),
  (3, DEFAULT);
SELECT 1;`,
      equality: 'needs checking',
    },
    {
      title: 'up to a comment, and from it on',
      sql: `INSERT INTO zones VALUES (1);
INSERT INTO zones VALUES (2);
-- the others
INSERT INTO zones VALUES (3);
INSERT INTO zones VALUES (4);`,
      becomes: `INSERT INTO zones VALUES (1),
  (2);
-- the others
INSERT INTO zones VALUES (3);
INSERT INTO zones VALUES (4);`,
      equality: 'needs checking',
      again: true,
    },
  ],
  refuses: [
    { title: 'one statement', sql: 'INSERT INTO zones VALUES (1), (2)' },
    { title: 'two tables', sql: 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);' },
    { title: 'other columns', sql: 'INSERT INTO a (x) VALUES (1); INSERT INTO a (y) VALUES (1);' },
    { title: 'a table whose name differs in case', sql: 'INSERT INTO "A" VALUES (1); INSERT INTO a VALUES (1);' },
    {
      title: 'ON CONFLICT',
      sql: 'INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING; INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING;',
    },
    { title: 'RETURNING', sql: 'INSERT INTO a VALUES (1) RETURNING x; INSERT INTO a VALUES (1) RETURNING x;' },
    { title: 'parameters of a program', sql: 'INSERT INTO a VALUES ($1); INSERT INTO a VALUES ($1);' },
    {
      title: 'a row that reads the one before',
      sql: 'INSERT INTO a VALUES (1); INSERT INTO a VALUES ((SELECT max(x) + 1 FROM a));',
    },
    {
      title: 'the number of the row before',
      sql: "INSERT INTO a VALUES (1, 2); INSERT INTO a VALUES (2, currval('a_id_seq'));",
    },
    { title: 'a function that nobody knows', sql: 'INSERT INTO a VALUES (1); INSERT INTO a VALUES (next_number());' },
    { title: 'something in between', sql: 'INSERT INTO a VALUES (1); DELETE FROM b; INSERT INTO a VALUES (2);' },
    { title: 'a query', sql: 'INSERT INTO a SELECT 1; INSERT INTO a SELECT 2;' },
    { title: 'comments within', sql: 'INSERT INTO a /* one */ VALUES (1); INSERT INTO a /* two */ VALUES (2);' },
  ],
};
