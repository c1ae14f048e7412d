import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const intervalToBareColumn: RewriteCases = {
  id: 'interval-to-bare-column',
  schema: SHOP,
  offers: [
    {
      title: 'the last hours',
      sql: "SELECT id FROM orders WHERE now() - shipped_at < interval '36 hours' AND total > 1",
      becomes: "SELECT id FROM orders WHERE shipped_at > now() - interval '36 hours' AND total > 1",
      equality: 'provably equal',
    },
    {
      title: 'the interval first',
      sql: "SELECT id FROM orders WHERE '90 minutes'::interval >= CURRENT_TIMESTAMP - shipped_at",
      becomes: "SELECT id FROM orders WHERE shipped_at >= CURRENT_TIMESTAMP - '90 minutes'::interval",
      equality: 'provably equal',
    },
    {
      title: 'days',
      sql: "DELETE FROM readings WHERE now() - taken_at > interval '30 days'",
      becomes: "DELETE FROM readings WHERE taken_at < now() - interval '30 days'",
      equality: 'needs checking',
    },
    {
      title: 'a column without time zone',
      sql: "SELECT id FROM orders WHERE now() - placed_at <= interval '1 hour'",
      becomes: "SELECT id FROM orders WHERE placed_at >= now() - interval '1 hour'",
      equality: 'needs checking',
    },
    {
      title: 'a parameter',
      sql: 'SELECT id FROM orders WHERE now() - shipped_at < $1::interval',
      becomes: 'SELECT id FROM orders WHERE shipped_at > now() - $1::interval',
      equality: 'needs checking',
    },
    {
      title: 'the age of a row',
      sql: "SELECT sensor FROM readings r WHERE age(now(), r.taken_at) < interval '1 month'",
      becomes: "SELECT sensor FROM readings r WHERE r.taken_at > now() - interval '1 month'",
      equality: 'needs checking',
    },
    {
      title: 'its age today',
      sql: "SELECT sensor FROM readings WHERE age(taken_at) > interval '7 days'",
      becomes: "SELECT sensor FROM readings WHERE taken_at < current_date - interval '7 days'",
      equality: 'needs checking',
    },
    {
      title: 'seconds',
      sql: 'SELECT id FROM orders WHERE EXTRACT(EPOCH FROM (NOW() - shipped_at)) < 24 * 3600 AND total > 1',
      becomes: "SELECT id FROM orders WHERE shipped_at > NOW() - 24 * 3600 * interval '1 second' AND total > 1",
      equality: 'provably equal',
    },
    {
      title: 'seconds of a column without time zone',
      sql: "SELECT id FROM orders o WHERE date_part('epoch', now() - o.placed_at) >= 90",
      becomes: "SELECT id FROM orders o WHERE o.placed_at <= now() - 90 * interval '1 second'",
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'hours', sql: 'SELECT id FROM orders WHERE EXTRACT(HOUR FROM (now() - shipped_at)) < 5' },
    {
      title: 'seconds in a parameter',
      sql: 'SELECT id FROM orders WHERE EXTRACT(EPOCH FROM (now() - shipped_at)) < $1',
    },
    { title: 'a number of days', sql: 'SELECT id FROM orders WHERE current_date - due_on < 7' },
    { title: 'equality', sql: "SELECT id FROM orders WHERE now() - shipped_at = interval '1 hour'" },
    {
      title: 'a range of intervals',
      sql: "SELECT id FROM orders WHERE now() - shipped_at BETWEEN interval '1 hour' AND interval '2 hours'",
    },
    { title: 'the column first', sql: "SELECT id FROM orders WHERE shipped_at - now() < interval '1 hour'" },
    { title: 'two columns', sql: "SELECT id FROM orders WHERE shipped_at - placed_at < interval '1 hour'" },
    {
      title: 'another clock for each row',
      sql: "SELECT id FROM orders WHERE clock_timestamp() - shipped_at < interval '1 hour'",
    },
    { title: 'a text that may be anything', sql: "SELECT id FROM orders WHERE now() - shipped_at < '1 hour'" },
    { title: 'the select list', sql: "SELECT now() - shipped_at < interval '1 hour' FROM orders" },
    {
      title: 'a column computed in a subquery',
      sql: "SELECT 1 FROM (SELECT max(shipped_at) AS at FROM orders) x WHERE now() - at < interval '1 hour'",
    },
  ],
};
