import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

const numbers = Array.from({ length: 101 }, (_, i) => i);
const words = ["it''s", 'a "b"', 'back\\slash', '{}', '', 'null', 'a,b', ...numbers.slice(7).map(n => `w${n}`)];

export const inListToArray: RewriteCases = {
  id: 'in-list-to-array',
  schema: SHOP,
  offers: [
    {
      title: 'many numbers',
      sql: `SELECT id FROM orders o WHERE o.customer_id IN (${numbers.join(', ')}) AND total > 1`,
      becomes: `SELECT id FROM orders o WHERE o.customer_id = ANY ('{${numbers.join(',')}}'::int[]) AND total > 1`,
      equality: 'provably equal',
    },
    {
      title: 'large ones, that are left out',
      sql: `SELECT id FROM orders WHERE number NOT IN (${numbers.join(', ')}, 9000000000)`,
      becomes: `SELECT id FROM orders WHERE number <> ALL ('{${numbers.join(',')},9000000000}'::bigint[])`,
      equality: 'provably equal',
    },
    {
      title: 'texts with all that is special in an array',
      sql: `SELECT id FROM orders WHERE status IN (${words.map(word => `'${word}'`).join(', ')})`,
      becomes: `SELECT id FROM orders WHERE status = ANY (E'{"it''s","a \\\\"b\\\\"","back\\\\\\\\slash","{}","","null","a,b",${numbers
        .slice(7)
        .map(n => `w${n}`)
        .join(',')}}')`,
      equality: 'provably equal',
    },
    {
      title: 'a column nobody knows',
      sql: `SELECT id FROM orders WHERE total IN (${numbers.join(', ')})`,
      becomes: `SELECT id FROM orders WHERE total = ANY ('{${numbers.join(',')}}'::int[])`,
      equality: 'needs checking',
    },
    {
      title: 'a list of parameters',
      sql: 'SELECT id FROM orders WHERE status = $1 AND customer_id IN ($2, $3, $4)',
      becomes: 'SELECT id FROM orders WHERE status = $1 AND customer_id = ANY ($2)',
      equality: 'needs checking',
    },
    {
      title: 'question marks',
      sql: 'SELECT id FROM orders WHERE customer_id NOT IN (?, ?, ?) AND status = ?',
      becomes: 'SELECT id FROM orders WHERE customer_id <> ALL (?) AND status = ?',
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'a short list', sql: 'SELECT id FROM orders WHERE customer_id IN (1, 2, 3)' },
    { title: 'two parameters', sql: 'SELECT id FROM orders WHERE customer_id IN ($1, $2)' },
    {
      title: 'parameters with others behind',
      sql: 'SELECT id FROM orders WHERE customer_id IN ($1, $2, $3) AND total > $4',
    },
    { title: 'a parameter used elsewhere', sql: 'SELECT $3 FROM orders WHERE customer_id IN ($1, $2, $3)' },
    { title: 'numbers and a NULL', sql: `SELECT id FROM orders WHERE customer_id IN (${numbers.join(', ')}, NULL)` },
    { title: 'mixed items', sql: `SELECT id FROM orders WHERE customer_id IN (${numbers.join(', ')}, '7')` },
    { title: 'fractions', sql: `SELECT id FROM orders WHERE total IN (${numbers.join('.5, ')})` },
    { title: 'a subquery', sql: 'SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers)' },
    { title: 'a list in the select list', sql: `SELECT customer_id IN (${numbers.join(', ')}) FROM orders` },
    {
      title: 'rows',
      sql: `SELECT id FROM orders WHERE (id, number) IN (${numbers.map(n => `(${n}, ${n})`).join(', ')})`,
    },
  ],
};
