import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const offsetToKeyset: RewriteCases = {
  id: 'offset-to-keyset',
  schema: SHOP,
  offers: [
    {
      title: 'a page sorted by a column that is not unique',
      sql: 'SELECT id, status FROM orders ORDER BY placed_at DESC LIMIT 20 OFFSET $1',
      becomes:
        'SELECT id, status FROM orders WHERE (placed_at, id) < ($1, $2) ORDER BY placed_at DESC, id DESC LIMIT 20',
      equality: 'needs checking',
    },
    {
      title: 'sorted by the key',
      sql: 'SELECT * FROM orders WHERE status = $1 ORDER BY id LIMIT $2 OFFSET $3',
      becomes: 'SELECT * FROM orders WHERE status = $1 AND id > $3 ORDER BY id LIMIT $2',
      equality: 'needs checking',
    },
    {
      title: 'a program that names its parameters',
      sql: 'SELECT id FROM orders WHERE a OR status = :status ORDER BY placed_at, id LIMIT :size OFFSET :skip',
      becomes:
        'SELECT id FROM orders WHERE (a OR status = :status) AND (placed_at, id) > (:last_placed_at, :last_id) ORDER BY placed_at, id LIMIT :size',
      equality: 'needs checking',
    },
    {
      title: 'Python',
      sql: 'SELECT id FROM orders ORDER BY id OFFSET %(skip)s LIMIT %(size)s',
      becomes: 'SELECT id FROM orders WHERE id > %(last_id)s ORDER BY id LIMIT %(size)s',
      equality: 'needs checking',
    },
    {
      title: 'question marks',
      sql: 'SELECT id FROM orders ORDER BY placed_at LIMIT 10 OFFSET ?',
      becomes: 'SELECT id FROM orders WHERE (placed_at, id) > (?, ?) ORDER BY placed_at, id LIMIT 10',
      equality: 'needs checking',
    },
    {
      title: 'a constant, with clauses on lines of their own and comments',
      sql: `SELECT id, -- what is shown
       status
FROM orders o -- all of them
WHERE quantity > 3 -- the big ones
  AND status <> 'draft'
ORDER BY o.placed_at
LIMIT 20
OFFSET 20000 ROWS`,
      becomes: `SELECT id, -- what is shown
       status
FROM orders o -- all of them
WHERE quantity > 3 -- the big ones
  AND status <> 'draft'
  AND (placed_at, id) > ($1, $2)
ORDER BY o.placed_at, id
LIMIT 20`,
      equality: 'needs checking',
    },
    {
      title: 'a page as the standard writes it',
      sql: 'SELECT id FROM orders ORDER BY id OFFSET 40 ROWS FETCH NEXT 20 ROWS ONLY',
      becomes: 'SELECT id FROM orders WHERE id > $1 ORDER BY id FETCH NEXT 20 ROWS ONLY',
      equality: 'needs checking',
    },
    {
      title: 'directions that differ',
      sql: 'SELECT id FROM orders ORDER BY placed_at DESC, id LIMIT 20 OFFSET 500',
      becomes:
        'SELECT id FROM orders WHERE placed_at <= $1 AND (placed_at < $1 OR (placed_at = $1 AND id > $2)) ORDER BY placed_at DESC, id LIMIT 20',
      equality: 'needs checking',
    },
    {
      title: 'a join that repeats no row',
      sql: 'SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY o.placed_at LIMIT 5 OFFSET $1',
      becomes:
        'SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE (o.placed_at, o.id) > ($1, $2) ORDER BY o.placed_at, o.id LIMIT 5',
      equality: 'needs checking',
    },
    {
      title: 'a key of which the condition fixes one half',
      sql: 'SELECT product FROM items WHERE order_id = $1 ORDER BY line LIMIT 5 OFFSET $2',
      becomes: 'SELECT product FROM items WHERE order_id = $1 AND line > $2 ORDER BY line LIMIT 5',
      equality: 'needs checking',
    },
  ],
  refuses: [
    { title: 'a column that may be NULL', sql: 'SELECT id FROM orders ORDER BY total LIMIT 20 OFFSET 500' },
    { title: 'no key to break ties', sql: 'SELECT 1 FROM readings ORDER BY taken_at LIMIT 20 OFFSET 500' },
    {
      title: 'the column of a LEFT JOIN',
      sql: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY c.name LIMIT 5 OFFSET 9',
    },
    {
      title: 'a join that repeats rows',
      sql: 'SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id ORDER BY o.id LIMIT 5 OFFSET 500',
    },
    { title: 'an expression', sql: 'SELECT id FROM orders ORDER BY lower(status), id LIMIT 5 OFFSET 500' },
    { title: 'a position', sql: 'SELECT id FROM orders ORDER BY 1 LIMIT 5 OFFSET 500' },
    {
      title: 'groups',
      sql: 'SELECT customer_id FROM orders GROUP BY customer_id ORDER BY customer_id LIMIT 5 OFFSET 9',
    },
    { title: 'DISTINCT', sql: 'SELECT DISTINCT id FROM orders ORDER BY id LIMIT 5 OFFSET 500' },
    { title: 'ties are wanted', sql: 'SELECT id FROM orders ORDER BY id OFFSET 9 ROWS FETCH FIRST 5 ROWS WITH TIES' },
    {
      title: 'a number of each row',
      sql: 'SELECT row_number() OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 5 OFFSET 9',
    },
    { title: 'no order', sql: 'SELECT id FROM orders LIMIT 5 OFFSET 500' },
    { title: 'no page', sql: 'SELECT id FROM orders ORDER BY id OFFSET 1' },
    { title: 'the first page', sql: 'SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 0' },
    { title: 'rows to lock', sql: 'SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 5 FOR UPDATE' },
    { title: 'a union', sql: 'SELECT id FROM orders UNION SELECT id FROM customers ORDER BY id LIMIT 5 OFFSET 500' },
    { title: 'a subquery', sql: 'SELECT * FROM (SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 500) x' },
    { title: 'tables nobody knows', sql: 'SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET 500', schema: '' },
    { title: 'a template', sql: 'SELECT id FROM orders ORDER BY id LIMIT 5 OFFSET {{ skip }}' },
    { title: 'the second highest of each', sql: 'SELECT (SELECT id FROM orders ORDER BY id LIMIT 1 OFFSET 1)' },
  ],
};
