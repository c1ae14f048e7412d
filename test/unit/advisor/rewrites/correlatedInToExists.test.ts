import assert from 'node:assert/strict';
import { offerOf, offersOf } from './offers';

const ID = 'correlated-in-to-exists';
const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, region text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, region text);`;
const CORRELATED =
  "SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.region = c.region OR o.region = 'x') AND c.region > 'a'";

describe('core/advisor/rewrites/correlatedInToExists', () => {
  it('is offered for servers that run such a subquery for each row', async () => {
    const offer = await offerOf(ID, CORRELATED, SCHEMA, 160004);
    assert.equal(
      offer.text,
      "SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE (o.region = c.region OR o.region = 'x') AND o.customer_id = c.id) AND c.region > 'a'",
    );
    assert.equal(offer.equality.kind, 'provably equal');
  });

  it('is not offered where PostgreSQL joins it by itself, or nobody knows the version', async () => {
    for (const version of [170000, 180004, undefined])
      assert.ok((await offersOf(CORRELATED, SCHEMA, version)).every(({ id }) => id !== ID));
  });

  it('leaves alone what is joined by all versions, and what is no condition', async () => {
    for (const sql of [
      "SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.region = 'x')",
      'SELECT c.id IN (SELECT o.customer_id FROM orders o WHERE o.region = c.region) FROM customers c',
      'SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT o.customer_id FROM orders o WHERE o.region = c.region)',
      'SELECT c.id FROM customers c WHERE c.id IN (SELECT max(o.customer_id) FROM orders o WHERE o.region = c.region)',
      'SELECT c.id FROM customers c WHERE c.id > ANY (SELECT o.customer_id FROM orders o WHERE o.region = c.region)',
    ])
      assert.ok(
        (await offersOf(sql, SCHEMA, 160004)).every(({ id }) => id !== ID),
        sql,
      );
  });
});
