import type { Random } from '../random';
import type { RewriteShape } from '../shape';
import { simpleCondition } from './around';

const NO_CUSTOMER = {
  says: /rows with NULL in customer_id are a group/,
  applies: 'EXISTS (SELECT FROM orders WHERE customer_id IS NULL)',
};

/** The first row of each group, told apart by a key or not told apart by what is selected. */
export const FIRST_OF_GROUP_SHAPES: readonly RewriteShape[] = [
  {
    title: 'row_number() of which 1 is kept',
    rewrites: ['row-number-to-distinct-on', 'row-number-to-lateral'],
    statements: 240,
    generate: random => {
      const { columns, order } = firstBy(random);
      const group = random.pick([
        'o.customer_id',
        'o.owner_id',
        'o.status',
        'o.customer_id, o.paid',
        'lower(o.status)',
        '',
      ]);
      const partition = group === '' ? '' : `PARTITION BY ${group} `;
      const where = random.chance(40) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : '';
      const inner = `SELECT ${columns}, row_number() OVER (${partition}ORDER BY ${order}) AS rn FROM orders o${where}`;
      const rest = random.maybe(' AND r.ordered_at IS NOT NULL', 30);
      const outer = random.pick(['*', 'r.ordered_at', 'r.ordered_at, r.rn']);
      const sql = random.chance(30)
        ? `WITH r AS (${inner}) SELECT ${outer} FROM r WHERE r.rn = 1${rest}`
        : `SELECT ${outer} FROM (${inner}) AS r WHERE 1 = r.rn${rest}`;
      return {
        sql,
        differences: { 'row-number-to-distinct-on': [ties()], 'row-number-to-lateral': [ties(), NO_CUSTOMER] },
      };
    },
  },
  {
    title: 'DISTINCT ON',
    rewrites: ['distinct-on-to-lateral'],
    statements: 160,
    generate: random => {
      const { columns, order } = firstBy(random);
      const group = random.pick(['customer_id', 'owner_id', 'owner_id', 'status']);
      const where = random.chance(40)
        ? ` WHERE ${simpleCondition(random, 'orders', 'o')}`
        : random.maybe(' WHERE o.customer_id IS NOT NULL');
      const query = `SELECT DISTINCT ON (o.${group}) ${columns}, o.${group} AS key FROM orders o${where} ORDER BY o.${group}${random.maybe(' DESC', 30)}, ${order}`;
      return {
        sql: random.chance(30) ? `SELECT f.key, c.name FROM (${query}) f JOIN customers c ON c.id = f.quantity` : query,
        differences: { 'distinct-on-to-lateral': [ties(), NO_CUSTOMER] },
      };
    },
  },
  {
    title: 'rows with the greatest value of their group',
    rewrites: ['max-join-to-distinct-on', 'max-join-to-lateral'],
    statements: 200,
    generate: random => {
      const group = random.pick(['customer_id', 'owner_id', 'status']);
      const value = random.pick(['ordered_at', 'ordered_at', 'id', 'total']);
      const most = random.pick(['max', 'min']);
      const columns = random.pick(['o.id', 'o.*', `o.${group}, o.${value}`]);
      const rest = random.chance(40) ? simpleCondition(random, 'orders', 'o') : '';
      const sql = random.chance(50)
        ? `SELECT ${columns} FROM orders o JOIN (SELECT ${group}, ${most}(${value}) AS v FROM orders GROUP BY ${group}) m ON m.${group} = o.${group} AND o.${value} = m.v${rest && ` WHERE ${rest}`}`
        : `SELECT ${columns} FROM orders o${random.maybe(' JOIN customers c ON c.id = o.owner_id')} WHERE o.${value} = (SELECT ${most}(x.${value}) FROM orders x WHERE x.${group} = o.${group})${rest && ` AND ${rest}`}`;
      const tied = `EXISTS (SELECT FROM orders GROUP BY ${group}, ${value} HAVING count(*) > 1)`;
      return {
        sql,
        differences: { 'max-join-to-distinct-on': [{ says: /tie for the greatest value/, applies: tied }] },
      };
    },
  },
];

/** Rows that tie differ in nothing that is selected. */
function ties(): { readonly says: RegExp; readonly applies: string } {
  return { says: /tie for the first place/, applies: 'false' };
}

function firstBy(random: Random): { readonly columns: string; readonly order: string } {
  const direction = random.maybe(' DESC');
  return random.pick([
    { columns: 'o.id, o.quantity, o.ordered_at', order: `o.ordered_at${direction}, o.id` },
    {
      columns: 'o.total, o.quantity, o.ordered_at',
      order: `o.ordered_at${direction}${random.maybe(' NULLS LAST')}, o.number DESC`,
    },
    { columns: 'o.ordered_at, o.quantity', order: `o.ordered_at${direction}, o.quantity` },
    { columns: 'o.id, o.quantity, o.ordered_at', order: `o.id${direction}` },
  ]);
}
