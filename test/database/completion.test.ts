import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Catalog } from '../../src/core/catalog/catalog';
import { isAlive } from '../../src/core/catalog/systemCatalog/lifespan';
import { builtins } from '../../src/core/language/completion/builtins';
import type { CompletionKind } from '../../src/core/language/completion/completion';
import { BUILTIN_FUNCTIONS_FILE, builtinFunctionsFile, readBuiltins } from '../../src/tools/generateBuiltinFunctions';
import type { BuiltinRow } from '../../src/tools/generateBuiltinFunctions';
import { accept, complete } from '../unit/language/completionText';
import { onEachServer } from './servers';

const SETUP = `
  create schema sales;
  create schema "Odd Schema";
  create type order_status as enum ('open', 'paid', 'it''s sent');
  create type sales.grade as enum ('a', 'B');
  create domain email as text check (value like '%@%');
  create table customers (id int primary key, name text not null, mail email, "Full Name" text, "order" int, unique (name, "order"));
  create table orders (
    id bigint primary key, customer_id int not null references customers, status order_status, total numeric(10, 2),
    created_at timestamptz not null default now(), grade sales.grade, paid boolean, channel text, tags text[]);
  create table order_items (
    order_id bigint references orders, line int, quantity int, price numeric,
    amount numeric generated always as (quantity * price) stored, no bigint generated always as identity,
    primary key (order_id, line));
  create table notes (order_id bigint, line int, body text, "Order Items" int, foreign key (order_id, line) references order_items);
  create table sales.regions (id int primary key, parent int references sales.regions, "Region" text);
  create table "Odd Schema"."Select" (id int references customers, "from" text);
  create table measures (taken date not null, value int) partition by range (taken);
  create table measures_2025 partition of measures for values from ('2025-01-01') to ('2026-01-01');
  create view open_orders as select id, total, status from orders where status = 'open';
  create materialized view daily as select date(created_at) as day, count(*) as n from orders group by 1;
  create function next_number() returns int language sql as 'select 1';
  create function sales."Top"(n int) returns table (name text, total numeric) language sql as 'select null::text, 1.0';
  insert into customers select n, 'c' || n, null, null, n from generate_series(1, 50) n;
  insert into orders select n, n % 50 + 1, 'open', n, now(), 'a', true, case when n % 3 = 0 then 'shop' else 'it''s web' end, null
    from generate_series(1, 500) n;
  analyze;`;

/** Places where taking a proposal makes a whole statement. Columns of tables, unless other kinds are named. */
const PLACES: readonly (readonly [string, ...CompletionKind[]])[] = [
  ['select | from orders'],
  ['select o.| from orders o'],
  ['select | from orders o join customers c on true'],
  ['select | from orders o, order_items i, notes n where o.id is not null'],
  ['select id from orders where | is not null'],
  ['select id from orders o where o.| is not null'],
  ['select count(|) from customers'],
  ['select "Fu| from customers'],
  ['select x.| from (select *, id + 1 as next from orders) x'],
  ['with x(a, "B b") as (select id, total from orders) select | from x'],
  ['with x as (select "Full Name", "order" from customers) select x.| from x'],
  ['select (select | from customers limit 1) from orders'],
  ['select * from orders o where exists (select from order_items i where | is null)'],
  ['select * from orders o, lateral (select | from order_items i) l'],
  ['select | from sales."Top"(3) t'],
  ['select | from pg_stat_activity'],
  ['select * from |', 'table', 'view', 'cte'],
  ['with x as (select 1) select * from |', 'table', 'view', 'cte'],
  ['select * from sales.|', 'table', 'view'],
  ['select * from "Odd Schema".|', 'table'],
  ['select * from orders o join |', 'join'],
  ['select * from customers c join |', 'join'],
  ['select * from notes join |', 'join'],
  ['select * from sales.regions r join |', 'join'],
  ['select * from orders o join customers c on |', 'join'],
  ['select * from order_items i join notes n on |', 'join'],
  ['select * from customers join "Odd Schema"."Select" s on |', 'join'],
  ['select * from orders o join customers c |', 'join'],
  ['select * from sales.regions r join sales.regions p on |', 'join'],
  ['select * from notes n join order_items i using (|)'],
  ['select channel, date(created_at), count(*) from orders group by |', 'list'],
  ['select o.status, upper(c.name) as n, sum(total) from orders o join customers c on true group by |', 'list'],
  ['select count(*) from orders group by |', 'column', 'list'],
  ['select total as "The Total", count(*) over () from orders order by |'],
  ['select id from orders union select line from order_items order by |'],
  ['select * from orders where status = |', 'value'],
  ["select * from orders where status = '|'", 'value'],
  ['select * from orders where grade in (|)', 'value'],
  ['select * from orders where channel = |', 'value'],
  ["select * from orders where channel = '|'", 'value'],
  ['update orders set status = |', 'value'],
  ['insert into orders (id, customer_id, grade) values (1, 1, |)', 'value'],
  ['insert into order_items (|) select 1, 2, 3, 4', 'list'],
  ['insert into customers (|) values (1, null, null, null, null)', 'list'],
  ['insert into orders (id, |) values (null, null)'],
  ['update customers set | = null'],
  ['update orders set total = 1 returning |'],
  ['insert into customers (id, name) values (1, default) on conflict (|) do nothing', 'list'],
  [
    'insert into orders (id, customer_id) values (1, 1) on conflict (id) do update set total = 1 where excluded.| is null',
  ],
  ['delete from orders o using customers c where c.| is null'],
  ['delete from |', 'table'],
  ['select null::|', 'type'],
  ['set client_min_messages = |', 'value', 'keyword'],
  ['set default_transaction_isolation = |', 'value', 'keyword'],
  ['set search_path = |', 'value', 'keyword'],
  ['show |', 'setting'],
  ['select * from orders |', 'alias'],
  ['select * from orders o, order_items |', 'alias'],
];

describe('core/language/completion, built-in functions', () => {
  const rows = new Map<number, readonly BuiltinRow[]>();

  onEachServer('', server => {
    it('has every signature of the functions it names', async () => {
      const { db, major } = server();
      const own = await readBuiltins(db);
      rows.set(major, own);
      const known = [...builtins().values()]
        .flat()
        .filter(builtin => builtin.kind !== 'syntax' && isAlive(builtin, major));
      const count = (functions: readonly { readonly name: string }[]): Record<string, number> => {
        const counts: Record<string, number> = {};
        for (const { name } of functions) counts[name] = (counts[name] ?? 0) + 1;
        return counts;
      };
      assert.deepEqual(count(known), count(own));
    });
  });

  // In a suite of its own it runs behind those of the servers.
  describe('the data file', () => {
    it('is the file that the generator writes', function () {
      const [oldest, newest] = [rows.get(14), rows.get(18)];
      if (!oldest || !newest) {
        console.warn('      skipped: needs PostgreSQL 14 and 18');
        this.skip();
      } else assert.equal(readFileSync(BUILTIN_FUNCTIONS_FILE, 'utf8'), builtinFunctionsFile(oldest, newest));
    });
  });
});

describe('core/language/completion, what is proposed', () => {
  onEachServer(SETUP, server => {
    let catalog: Catalog;

    before(async () => {
      catalog = await server().db.readCatalog();
    });

    for (const [at, ...kinds] of PLACES) {
      it(at, async () => {
        const wanted: readonly CompletionKind[] = kinds.length > 0 ? kinds : ['column', 'list'];
        const list = await complete(at, catalog);
        const items = (list?.items ?? []).filter(({ kind }) => wanted.includes(kind));
        assert.ok(list && items.length > 0, 'nothing is proposed');
        const refused: string[] = [];
        await server().db.withSession(async session => {
          for (const item of items) {
            const sql = accept(at, list, item);
            const isUtility = /^(?:set|show)\b/.test(sql);
            try {
              await session.execute(
                isUtility ? `begin; ${sql}; rollback` : `prepare proposed as ${sql}; deallocate proposed`,
              );
            } catch (error) {
              refused.push(`${sql}: ${String(error)}`);
              await session.execute('rollback');
            }
          }
        });
        assert.deepEqual(refused, []);
      });
    }
  });
});
