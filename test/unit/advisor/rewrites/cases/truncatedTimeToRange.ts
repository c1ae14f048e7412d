import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const truncatedTimeToRange: RewriteCases = {
  id: 'truncated-time-to-range',
  schema: SHOP,
  offers: [
    {
      title: 'since the beginning of a month',
      sql: "SELECT id FROM orders WHERE date_trunc('month', placed_at) >= '2024-05-01'",
      becomes: "SELECT id FROM orders WHERE placed_at >= date '2024-05-01'",
      equality: 'provably equal',
    },
    {
      title: 'after a month',
      sql: "SELECT id FROM orders WHERE timestamp '2024-12-01' < date_trunc('month', placed_at)",
      becomes: "SELECT id FROM orders WHERE placed_at >= date '2025-01-01'",
      equality: 'provably equal',
    },
    {
      title: 'up to a year',
      sql: "SELECT id FROM orders WHERE date_trunc('year', placed_at) <= '2024-01-01 00:00:00' AND total > 1",
      becomes: "SELECT id FROM orders WHERE placed_at < date '2025-01-01' AND total > 1",
      equality: 'provably equal',
    },
    {
      title: 'weeks from to',
      sql: "SELECT id FROM orders WHERE date_trunc('week', placed_at) BETWEEN '2024-05-06' AND '2024-05-20'",
      becomes: "SELECT id FROM orders WHERE placed_at >= date '2024-05-06' AND placed_at < date '2024-05-27'",
      equality: 'provably equal',
    },
    {
      title: 'the last months of a partitioned table',
      sql: "SELECT sensor FROM readings WHERE date_trunc('month', taken_at) >= date_trunc('month', now() - interval '3 months')",
      becomes: "SELECT sensor FROM readings WHERE taken_at >= date_trunc('month', now() - interval '3 months')",
      equality: 'needs checking',
    },
    {
      title: 'a month as text',
      sql: "SELECT id FROM orders WHERE to_char(placed_at, 'YYYY-MM') = '2024-12'",
      becomes: "SELECT id FROM orders WHERE placed_at >= date '2024-12-01' AND placed_at < date '2025-01-01'",
      equality: 'needs checking',
    },
    {
      title: 'a day as Europeans write it',
      sql: "SELECT id FROM orders WHERE to_char(shipped_at, 'DD.MM.YYYY') = '29.02.2024'",
      becomes: "SELECT id FROM orders WHERE shipped_at >= date '2024-02-29' AND shipped_at < date '2024-03-01'",
      equality: 'needs checking',
    },
    {
      title: 'days in a list',
      sql: "SELECT id FROM orders WHERE placed_at::date IN ('2024-05-01', date '2024-05-02', '2024-05-09')",
      becomes:
        "SELECT id FROM orders WHERE ((placed_at >= date '2024-05-01' AND placed_at < date '2024-05-03') OR (placed_at >= date '2024-05-09' AND placed_at < date '2024-05-10'))",
      equality: 'provably equal',
    },
    {
      title: 'DATE() in a list',
      sql: "SELECT id FROM orders WHERE DATE(placed_at) IN ('2024-05-01', '2024-05-02')",
      becomes: "SELECT id FROM orders WHERE placed_at >= date '2024-05-01' AND placed_at < date '2024-05-03'",
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'not the beginning of a month',
      sql: "SELECT id FROM orders WHERE date_trunc('month', placed_at) >= '2024-05-02'",
    },
    { title: 'not a Monday', sql: "SELECT id FROM orders WHERE date_trunc('week', placed_at) >= '2024-05-07'" },
    { title: 'hours', sql: "SELECT id FROM orders WHERE date_trunc('hour', placed_at) >= '2024-05-01'" },
    {
      title: 'equality, which a rule rewrites',
      sql: "SELECT id FROM orders WHERE date_trunc('month', placed_at) = '2024-05-01'",
    },
    {
      title: 'units that differ',
      sql: "SELECT id FROM orders WHERE date_trunc('month', placed_at) >= date_trunc('day', now())",
    },
    { title: 'a parameter', sql: "SELECT id FROM orders WHERE date_trunc('month', placed_at) >= $1" },
    {
      title: 'a zone of its own',
      sql: "SELECT id FROM orders WHERE date_trunc('day', shipped_at, 'UTC') >= '2024-05-01'",
    },
    {
      title: 'a moment with a zone',
      sql: "SELECT id FROM orders WHERE date_trunc('day', placed_at) >= timestamptz '2024-05-01'",
    },
    {
      title: 'no day of the calendar',
      sql: "SELECT id FROM orders WHERE to_char(placed_at, 'YYYY-MM-DD') = '2023-02-29'",
    },
    { title: 'the name of the month', sql: "SELECT id FROM orders WHERE to_char(placed_at, 'YYYY-Mon') = '2024-May'" },
    { title: 'the weekday', sql: "SELECT id FROM orders WHERE to_char(placed_at, 'D') = '2'" },
    { title: 'texts in order', sql: "SELECT id FROM orders WHERE to_char(placed_at, 'YYYY-MM') >= '2024-05'" },
    {
      title: 'a column that is a date already',
      sql: "SELECT id FROM orders WHERE due_on::date IN ('2024-05-01', '2024-05-02')",
    },
    { title: 'grouping', sql: "SELECT date_trunc('month', placed_at), count(*) FROM orders GROUP BY 1" },
    {
      title: 'an index on the expression',
      sql: "SELECT id FROM e WHERE date_trunc('month', at) >= '2024-05-01'",
      schema: "CREATE TABLE e (id int, at timestamp); CREATE INDEX ON e (date_trunc('month', at));",
    },
  ],
};
