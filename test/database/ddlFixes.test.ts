import assert from 'node:assert/strict';
import { DDL_RULES } from '../../src/core/rules/ddl';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { onEachServer } from './servers';

/** What the examples of the rules are about. */
const TABLES = `
DROP SCHEMA IF EXISTS public, farm CASCADE;
CREATE SCHEMA public;
CREATE SCHEMA farm;
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, region text NOT NULL DEFAULT '', total numeric, state text);
CREATE INDEX idx_orders_state ON orders (state);
CREATE TABLE users (id bigint, email text);
CREATE TABLE visits (id bigint);
CREATE TABLE farm.milk_production (cow_id int);
CREATE INDEX idx_milk_cow ON farm.milk_production (cow_id);
CREATE TABLE counting_results (at date, camera_id int) PARTITION BY RANGE (at);
CREATE TABLE counting_results_2023_01 PARTITION OF counting_results FOR VALUES FROM ('2023-01-01') TO ('2023-02-01');
CREATE MATERIALIZED VIEW daily_counts AS SELECT DATE '2026-01-01' AS day, 1 AS n;
CREATE UNIQUE INDEX ON daily_counts (day);
CREATE DOMAIN email AS text;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
`;

/** Examples with a fix, except where they need something else again. */
const FIXED = DDL_RULES.filter(({ optional }) => optional !== true).flatMap(({ id, examples }) =>
  examples.flatMap(example =>
    'fixed' in example && example.fixed !== undefined && example.schema?.includes('farm.') !== true
      ? [{ id, title: example.title, fixed: example.fixed }]
      : [],
  ),
);

/** What the rule calls refused in a transaction, as a new connection sends it. */
const REFUSED = DDL_RULES.filter(({ id }) => id === 'ddl/not-in-transaction').flatMap(({ examples }) =>
  examples.flatMap(example => ('bad' in example && example.schema === undefined ? [example.bad] : [])),
);

describe('core/rules/ddl: fixes against PostgreSQL', () => {
  it('has fixes to try', () => assert.ok(FIXED.length > 10));

  onEachServer('SELECT 1', server => {
    for (const { id, title, fixed } of FIXED) {
      it(`${id}: ${title}`, async () => {
        await server().run(TABLES);
        const { statements } = new Script(await loadGrammar(), fixed);
        await server().db.withSession(async session => {
          for (const { statement } of statements) await session.execute(statement.text);
        });
      });
    }

    for (const refused of REFUSED) {
      it(`refuses ${refused.replaceAll('\n', ' ')}`, async () => {
        await server().run('DROP TABLE IF EXISTS counts; CREATE TABLE counts (at date) PARTITION BY RANGE (at)');
        await server().run('CREATE TABLE counts_2023 PARTITION OF counts DEFAULT');
        const { statements } = new Script(await loadGrammar(), refused);
        await server().db.withSession(async session => {
          const run = async (): Promise<void> => {
            for (const { statement } of statements) await session.execute(statement.text);
          };
          await assert.rejects(run, /cannot run inside a transaction block/);
          await session.execute('ROLLBACK');
        });
      });
    }
  });
});
