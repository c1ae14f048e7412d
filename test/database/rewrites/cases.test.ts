import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { bindParameters } from '../../../src/core/sql/parameters';
import { Script } from '../../../src/core/sql/script';
import { REWRITE_CASES } from '../../unit/advisor/rewrites/cases/index';
import { offeredWith } from '../../unit/advisor/rewrites/offered';
import { SHOP } from '../../unit/advisor/rewrites/rewriteCases';
import { withClient } from '../ruleFixesRun';
import { onEachServer, type TestServer } from '../servers';
import { randomFrom } from './random';

/** The partitioned table takes rows too. */
const SETUP = `${SHOP}
CREATE TABLE readings_all PARTITION OF readings DEFAULT;
CREATE EXTENSION pg_trgm;`;

const PAGES = [
  { sql: 'SELECT id, placed_at FROM orders ORDER BY placed_at DESC LIMIT 7 OFFSET $1', keys: ['placed_at', 'id'] },
  {
    sql: 'SELECT id, quantity, placed_at FROM orders WHERE total > 2 OR status IS NULL ORDER BY quantity, placed_at DESC, id LIMIT 5 OFFSET $1',
    keys: ['quantity', 'placed_at', 'id'],
  },
  {
    sql: 'SELECT order_id, line, price FROM items ORDER BY price LIMIT 4 OFFSET $1',
    keys: ['price', 'order_id', 'line'],
  },
  { sql: 'SELECT line, product FROM items WHERE order_id = 3 ORDER BY line DESC LIMIT 2 OFFSET $1', keys: ['line'] },
  {
    sql: 'SELECT o.id, o.quantity, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY o.quantity LIMIT 6 OFFSET $1',
    keys: ['quantity', 'id'],
  },
] as const;

const MONTHS = `
CREATE TABLE logs (at timestamptz NOT NULL, n int) PARTITION BY RANGE (at);
${[1, 2, 3, 4].map(month => `CREATE TABLE logs_${month} PARTITION OF logs FOR VALUES FROM ('2024-0${month}-01') TO ('2024-0${month + 1}-01');`).join('\n')}`;

/** Conditions that hide the partition key, and how many of four partitions are read when it is bare. */
const HIDDEN_KEYS: readonly (readonly [sql: string, left: number])[] = [
  ['SELECT n FROM logs WHERE extract(year FROM at) = 2024 AND extract(month FROM at) = 2', 1],
  ["SELECT n FROM logs WHERE date_trunc('month', at) >= '2024-03-01'", 2],
  ["SELECT n FROM logs WHERE to_char(at, 'YYYY-MM') IN ('2024-01', '2024-04')", 2],
  ["SELECT n FROM logs WHERE at::date IN ('2024-03-05', '2024-03-06')", 1],
  ["SELECT n FROM logs WHERE now() - at < interval '2 hours'", 0],
];

describe('core/advisor/rewrites: cases on PostgreSQL', function () {
  this.timeout(300_000);

  onEachServer(SETUP, server => {
    it('are accepted by the server', async () => {
      const grammar = await loadGrammar();
      let accepted = 0;
      await withClient(server().url, async client => {
        for (const { id, schema, offers } of REWRITE_CASES) {
          for (const offer of offers) {
            if (!(offer.schema ?? schema)?.includes(SHOP)) continue;
            if (!(await runs(offer.sql))) continue;
            accepted++;
            assert.ok(await runs(offer.becomes), `${id}: ${offer.becomes}`);
          }
        }

        /** True if all statements of a text can be planned. */
        async function runs(text: string): Promise<boolean> {
          for (const { statement } of new Script(grammar, text).statements) {
            const { sql } = bindParameters(statement);
            try {
              await client.query(`PREPARE tried AS ${sql}`);
              await client.query('DEALLOCATE tried');
            } catch {
              return false;
            }
          }
          return true;
        }
      });
      assert.ok(accepted >= 50, `${accepted} accepted`);
    });

    it('go through all pages without OFFSET, each row once', async () => {
      await server().run(rows());
      const { db } = server();
      const catalog = await db.readCatalog();
      for (const { sql, keys } of PAGES) await comparePages(server(), catalog, sql, keys);
    });

    it('let partitions be left out', async () => {
      await server().run(MONTHS);
      const catalog = await server().db.readCatalog();
      await withClient(server().url, async client => {
        const scans = async (sql: string): Promise<number> => {
          const { rows: lines } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
          return lines.filter(line => /Seq Scan on logs_/.test(line['QUERY PLAN'])).length;
        };
        for (const [sql, left] of HIDDEN_KEYS) {
          const [rewrite] = (await offeredWith(sql, catalog)).filter(({ edits }) => edits.length > 0);
          assert.ok(rewrite, sql);
          assert.match(rewrite.why, /partitioned by at/);
          assert.equal(await scans(sql), 4, sql);
          assert.equal(await scans(rewrite.becomes), left, rewrite.becomes);
        }
      });
    });

    it('pick rows by chance', async () => {
      await server().run(rows());
      const { db } = server();
      const catalog = asIfLarge(await db.readCatalog());
      const all = await offeredWith('SELECT id FROM orders ORDER BY random() LIMIT 1', catalog);
      const picks = all.filter(({ id }) => id === 'random-order-to-sample');
      assert.deepEqual(
        picks.map(({ title }) => title.replace(/\d.*%/, 'n %')),
        ['Pick the rows from a sample of n % of orders', 'Pick the row at a random id'],
      );
      const [, byKey] = picks;
      const seen = new Set<string>();
      await withClient(server().url, async client => {
        await client.query(picks[0]!.becomes);
        for (let run = 0; run < 60; run++) {
          const { rows: found } = await client.query<{ id: string }>(byKey!.becomes);
          assert.equal(found.length, 1);
          seen.add(found[0]!.id);
        }
      });
      assert.ok(seen.size > 5, `${seen.size} rows of 60 picks`);
    });
  });
});

/** Each page by its number of rows, and by the last row of the page before it. */
async function comparePages(
  { url }: TestServer,
  catalog: Catalog,
  sql: string,
  keys: readonly string[],
): Promise<void> {
  const [keyset] = (await offeredWith(sql, catalog)).filter(({ id }) => id === 'offset-to-keyset');
  assert.ok(keyset, sql);
  const order = /ORDER BY [^]*?(?= LIMIT)/.exec(keyset.becomes)![0];
  const inOrder = sql.replace(/ORDER BY [^]*?(?= LIMIT)/, order);
  await withClient(url, async client => {
    const page = async (text: string, values: readonly (string | number | null)[]) =>
      (await client.query<Record<string, string | null>>(text, [...values])).rows;
    const everything = await page(inOrder.replace(/ LIMIT \d+ OFFSET \$1/, ''), []);
    assert.ok(everything.length > 1, sql);
    let last = (await page(inOrder, [0])).at(-1);
    let seen = Number(/LIMIT (\d+)/.exec(sql)![1]);
    for (; last;) {
      const expected = await page(inOrder, [seen]);
      const found = await page(
        keyset.becomes,
        keys.map(key => last![key] ?? null),
      );
      assert.deepEqual(found, expected, keyset.becomes);
      seen += found.length;
      last = found.at(-1);
    }
    assert.ok(seen >= everything.length, `${seen} of ${everything.length}: ${keyset.becomes}`);
  });
}

function asIfLarge(catalog: Catalog): Catalog {
  return { ...catalog, relations: catalog.relations.map(relation => ({ ...relation, rowEstimate: 1_000_000 })) };
}

/** Few values in the columns that pages are sorted by, so that many rows tie. */
function rows(): string {
  const random = randomFrom(7);
  const maybe = (value: string): string => (random.chance(30) ? 'NULL' : value);
  const orders = Array.from(
    { length: 60 },
    (_, i) =>
      `(${i + 1}, ${maybe(String(1 + random.below(8)))}, 1, ${i}, ${maybe("'new'")}, ${random.below(4)}, ${maybe(String(random.below(6)))}, '2024-01-0${1 + random.below(5)}')`,
  );
  const items = Array.from(
    { length: 90 },
    () => `(${1 + random.below(20)}, ${1 + random.below(5)}, ${maybe("'a'")}, ${random.below(3)}.5)`,
  );
  return `
TRUNCATE customers, orders, items, readings;
INSERT INTO customers (id, name, created_at) SELECT n, 'c' || n % 3, now() FROM generate_series(1, 8) n;
INSERT INTO orders (id, customer_id, owner_id, number, status, quantity, total, placed_at) VALUES ${orders.join(', ')};
INSERT INTO items (order_id, line, product, price) VALUES ${items.join(', ')} ON CONFLICT DO NOTHING;`;
}
