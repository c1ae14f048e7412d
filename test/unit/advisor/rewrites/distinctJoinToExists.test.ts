import assert from 'node:assert/strict';
import { equalityOf, offerOf, offersNone } from './offers';

const ID = 'distinct-join-to-exists';

const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, total numeric, state text);
CREATE TABLE items (order_id int NOT NULL REFERENCES orders, line int NOT NULL, product text, PRIMARY KEY (order_id, line));
CREATE TABLE visits (customer_id int, at timestamptz);`;

describe('core/advisor/rewrites/distinctJoinToExists', () => {
  it('drops DISTINCT where a key of the table is selected', async () => {
    const offer = await offerOf(
      ID,
      'SELECT DISTINCT c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100 AND c.region = $1 ORDER BY c.name',
      SCHEMA,
    );
    assert.equal(
      offer.text,
      'SELECT c.id, c.name FROM customers c WHERE c.region = $1 AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 100) ORDER BY c.name',
    );
    assert.deepEqual(offer.equality, { kind: 'provably equal', facts: ['customers (id) is unique and NOT NULL'] });
  });

  it('keeps DISTINCT where no key is selected, or nobody knows one', async () => {
    const sql = 'SELECT DISTINCT c.name FROM customers c, orders o WHERE o.customer_id = c.id';
    for (const schema of [SCHEMA, undefined]) {
      const offer = await offerOf(ID, sql, schema);
      assert.equal(
        offer.text,
        'SELECT DISTINCT c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)',
      );
      assert.equal(equalityOf(offer), 'provably equal');
    }
  });

  it('joins what is asked together within one EXISTS, and asks apart what is not', async () => {
    const offer = await offerOf(
      ID,
      `SELECT DISTINCT c.id FROM customers c
       JOIN orders o ON o.customer_id = c.id
       JOIN items i ON i.order_id = o.id AND (i.product = 'milk' OR i.product = 'ghee')
       JOIN visits v ON v.customer_id = c.id`,
      SCHEMA,
    );
    assert.equal(
      offer.text,
      "SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = c.id AND (i.product = 'milk' OR i.product = 'ghee')) AND EXISTS (SELECT 1 FROM visits v WHERE v.customer_id = c.id)",
    );
  });

  it('joins what is selected as before', async () => {
    const offer = await offerOf(
      ID,
      'SELECT DISTINCT c.name, o.state FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id',
      SCHEMA,
    );
    assert.equal(
      offer.text,
      'SELECT DISTINCT c.name, o.state FROM customers c JOIN orders o ON o.customer_id = c.id WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id)',
    );
  });

  it('says that LIMIT may keep other rows, unless the order tells all of them apart', async () => {
    const sql = 'SELECT DISTINCT c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id';
    assert.equal(equalityOf(await offerOf(ID, `${sql} ORDER BY c.id LIMIT 5`, SCHEMA)), 'provably equal');
    assert.match(String(equalityOf(await offerOf(ID, `${sql} ORDER BY c.name LIMIT 5`, SCHEMA))), /tie/);
  });

  it('is not offered where a join repeats nothing, or the form has more to it', () =>
    offersNone(
      ID,
      SCHEMA,
      'SELECT DISTINCT o.state FROM orders o JOIN customers c ON c.id = o.customer_id',
      'SELECT DISTINCT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id',
      'SELECT DISTINCT * FROM customers c JOIN orders o ON o.customer_id = c.id',
      'SELECT DISTINCT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id',
      'SELECT DISTINCT c.name FROM customers c JOIN orders o USING (id)',
      'SELECT DISTINCT c.name, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name',
      'SELECT DISTINCT count(*) OVER (PARTITION BY c.name), c.name FROM customers c JOIN orders o ON o.customer_id = c.id',
      'SELECT DISTINCT ON (c.id) c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id',
      'SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id AND random() < 0.5',
      'SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id',
    ));
});
