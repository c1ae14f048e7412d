import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const timePartsToRange: RewriteCases = {
  id: 'time-parts-to-range',
  schema: SHOP,
  offers: [
    {
      title: 'a month of a year',
      sql: 'SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed_at) = 2024 AND EXTRACT(MONTH FROM placed_at) = 12 AND total > 1',
      becomes:
        "SELECT id FROM orders WHERE placed_at >= date '2024-12-01' AND placed_at < date '2025-01-01' AND total > 1",
      equality: 'provably equal',
    },
    {
      title: 'a day, the month before the year',
      sql: "SELECT id FROM orders o WHERE date_part('month', o.placed_at) = 2 AND date_part('year', o.placed_at) = 2024 AND date_part('day', o.placed_at) = 29",
      becomes: "SELECT id FROM orders o WHERE o.placed_at >= date '2024-02-29' AND o.placed_at < date '2024-03-01'",
      equality: 'provably equal',
    },
    {
      title: 'years from to',
      sql: 'SELECT id FROM orders WHERE extract(year FROM due_on) BETWEEN 2021 AND 2023',
      becomes: "SELECT id FROM orders WHERE due_on >= date '2021-01-01' AND due_on < date '2024-01-01'",
      equality: 'provably equal',
    },
    {
      title: 'a list of years, two of them in a row',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) IN (2021, 2023, 2022, 2018) AND quantity > 1',
      becomes:
        "SELECT id FROM orders WHERE ((placed_at >= date '2018-01-01' AND placed_at < date '2019-01-01') OR (placed_at >= date '2021-01-01' AND placed_at < date '2024-01-01')) AND quantity > 1",
      equality: 'provably equal',
    },
    {
      title: 'a quarter as months, in one arm of an OR',
      sql: 'SELECT id FROM orders WHERE quantity > 9 OR (extract(year FROM placed_at) = 2024 AND (extract(month FROM placed_at) BETWEEN 4 AND 6))',
      becomes:
        "SELECT id FROM orders WHERE quantity > 9 OR (placed_at >= date '2024-04-01' AND placed_at < date '2024-07-01')",
      equality: 'provably equal',
    },
    {
      title: 'a column with time zone that partitions',
      sql: 'DELETE FROM readings WHERE extract(year FROM taken_at) = 2024 AND extract(month FROM taken_at) = 5',
      becomes: "DELETE FROM readings WHERE taken_at >= date '2024-05-01' AND taken_at < date '2024-06-01'",
      equality: 'needs checking',
    },
    {
      title: 'a column nobody knows',
      sql: 'SELECT 1 FROM logs WHERE extract(year FROM at) = 2024 AND extract(month FROM at) = 5',
      becomes: "SELECT 1 FROM logs WHERE at >= date '2024-05-01' AND at < date '2024-06-01'",
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'one year, which a rule rewrites',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) = 2024',
    },
    { title: 'one month of every year', sql: 'SELECT id FROM orders WHERE extract(month FROM placed_at) = 5' },
    {
      title: 'two columns',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) = 2024 AND extract(month FROM shipped_at) = 5',
    },
    {
      title: 'OR',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) = 2024 OR extract(month FROM placed_at) = 5',
    },
    {
      title: 'no day of the calendar',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) = 2023 AND extract(month FROM placed_at) = 2 AND extract(day FROM placed_at) = 29',
    },
    { title: 'years as parameters', sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) BETWEEN $1 AND $2' },
    {
      title: 'from high to low',
      sql: 'SELECT id FROM orders WHERE extract(year FROM placed_at) BETWEEN 2024 AND 2021',
    },
    {
      title: 'an index on the expression',
      sql: 'SELECT id FROM events WHERE extract(year FROM at) IN (2023, 2024)',
      schema: 'CREATE TABLE events (id int, at timestamp); CREATE INDEX ON events (extract(year FROM at));',
    },
    { title: 'the select list', sql: 'SELECT extract(year FROM placed_at) IN (2023, 2024) FROM orders' },
    {
      title: 'an interval',
      sql: 'SELECT 1 FROM t WHERE extract(year FROM gap) IN (1, 2)',
      schema: 'CREATE TABLE t (gap interval);',
    },
  ],
};
