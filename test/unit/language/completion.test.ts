import assert from 'node:assert/strict';
import { MAX_ITEMS } from '../../../src/core/language/completion/collector';
import { catalogOf } from '../../rules/lintText';
import { complete, proposed } from './completionText';

interface Case {
  /** The document with its cursor. */
  readonly at: string;
  /** What the list begins with, in this order. */
  readonly first?: readonly string[];
  readonly has?: readonly string[];
  readonly not?: readonly string[];
}

const ORDERS = ['id', 'customer_id', 'status', 'total', 'created_at', 'note', 'paid'];

const PLACES: Readonly<Record<string, readonly Case[]>> = {
  'columns of the items of FROM': [
    { at: 'select | from orders', first: ORDERS, has: ['count($0)'], not: ['name', 'where'] },
    { at: 'select o.| from orders o', first: [...ORDERS, '*'], not: ['count($0)', 'o', 'name'] },
    { at: 'select o.cu| from orders o', first: ['customer_id'], not: ['total'] },
    { at: 'select o.| from orders o join customers c on true', not: ['name', 'email'] },
    { at: 'select c.| from orders o join customers c on true', first: ['id', 'name', 'email', '"Full Name"'] },
    { at: 'select | from orders o, customers c', has: ['o.id', 'c.id', 'total', 'name', 'o', 'c'], not: ['id'] },
    { at: 'select id, | from orders', has: ['total'] },
    { at: 'select id, to|tal from orders', first: ['total'] },
    { at: 'select * from orders where |', has: ORDERS, not: ['name', 'count($0)'] },
    { at: 'select * from orders where o.|', not: ['id', 'total'] },
    { at: 'select * from orders o where o.|', first: ORDERS, not: ['*'] },
    { at: 'select * from orders where total > 1 and |', has: ['status', 'not'], not: ['from'] },
    { at: 'select * from orders where (paid or |', has: ['note'] },
    { at: 'select * from public.orders where |', has: ['total'] },
    { at: 'select orders.| from public.orders', first: ORDERS },
    { at: 'select * from sales.regions r where r.|', first: ['id', 'region_name'] },
    { at: 'select "Fu| from customers', first: ['"Full Name"'], not: ['"id"'] },
    { at: 'select "Fu|" from customers', first: ['"Full Name"'] },
    { at: 'select c."| from customers c', has: ['"Full Name"', '"id"'] },
    { at: 'select count(| from orders', has: ['total'] },
    { at: 'select count(|', has: ['coalesce($0)'], not: ['total'] },
    { at: 'select lower(coalesce(|, note)) from orders', has: ['note'] },
    { at: 'select * from orders where id in (|', has: ['customer_id'] },
    { at: 'select case when | from orders', has: ['paid'] },
    { at: 'select array[|] from orders', has: ['total'] },
    { at: 'select sum(total) over (|) from orders', first: ['id'], has: ['partition by', 'order by'] },
    { at: 'select sum(total) over (partition by |) from orders', has: ['status'] },
    { at: 'select * from generate_series(1, 3) as n where |', first: ['n'] },
    { at: 'select | from items_of(1)', has: ['product', 'quantity'] },
    { at: 'select x.| from (values (1, 2)) as x(a, b)', first: ['a', 'b'] },
    { at: 'select x.| from (values (1, 2)) as x', first: ['column1', 'column2'] },
    { at: 'select | from pg_stat_activity', has: ['query', 'wait_event'] },
    { at: 'update orders o set total = 1 where |', has: ['note', 'o'] },
    { at: 'delete from orders where |', has: ['note'] },
    { at: 'delete from orders o using customers c where c.|', first: ['id', 'name'], not: ['total'] },
    { at: 'update orders set total = 1 returning |', has: ['id'] },
    { at: 'select | from orders; select * from customers', has: ['total'], not: ['name'] },
    { at: 'select * from orders;\nselect | from customers', has: ['name'], not: ['total'] },
    { at: 'select * from orders where |\n\nselect * from customers', has: ['total'], not: ['name'] },
    { at: 'select | /* from customers */ from orders -- from customers', has: ['total'], not: ['name'] },
  ],
  'subqueries, WITH and set operations': [
    {
      at: 'select x.| from (select id, total as t, count(*) from orders) x',
      first: ['id', 't', 'count'],
      not: ['total'],
    },
    { at: 'select x.| from (select * from orders) x', first: ORDERS },
    {
      at: 'select x.| from (select o.*, c.name n from orders o, customers c) x',
      first: [...ORDERS, 'n'],
      not: ['name'],
    },
    { at: 'select x.| from (select id from orders union select name from customers) x', first: ['id'], not: ['name'] },
    { at: 'with x as (select id as a from orders) select | from x', first: ['a', 'x'], not: ['total', 'id'] },
    { at: 'with x(a, b) as (select id, total from orders) select x.| from x', first: ['a', 'b'] },
    { at: 'with x as (select id from orders), y as (select x.| from x) select 1', first: ['id'] },
    { at: 'with x as (select | from orders) select * from customers', has: ['total'], not: ['name', 'c.name'] },
    {
      at: 'with d as (delete from orders returning id, note) select d.| from d',
      first: ['id', 'note'],
      not: ['total'],
    },
    { at: 'with x as (select 1 as a) select * from |', first: ['x'], has: ['orders'] },
    { at: 'with x as (select * from |) select 1', has: ['orders'], not: ['x'] },
    { at: 'with recursive x as (select 1 as n union all select | from x) select 1', has: ['n'] },
    {
      at: 'select * from orders o where exists (select 1 from order_items i where |)',
      has: ['order_id', 'product', 'total', 'o', 'i'],
    },
    { at: 'select * from orders o where exists (select 1 from order_items i where o.|)', first: ORDERS },
    { at: 'select * from orders o, (select | from customers) c', has: ['name'], not: ['total', 'o'] },
    { at: 'select * from orders o, lateral (select | from customers) c', has: ['name', 'total', 'o'] },
    { at: 'select id from orders union select | from customers', has: ['name'], not: ['total'] },
    { at: 'select | from orders union select id from customers', has: ['total'], not: ['name'] },
    { at: 'select (select | from customers) from orders', has: ['name', 'total'] },
    { at: 'explain (analyze) select | from orders', has: ['total'] },
    { at: 'create view v as select | from orders', has: ['total'] },
    { at: 'select * from (|', has: ['select'] },
    { at: 'insert into customers select | from orders', has: ['total'], not: ['name', 'email'] },
  ],
  'tables and joins': [
    {
      at: 'select * from |',
      first: ['customers', 'orders', 'order_items', 'open_orders'],
      has: ['sales.regions', 'sales'],
    },
    { at: 'select * from ord|', first: ['orders', 'order_items'], not: ['customers'] },
    { at: 'select * from oi|', first: ['order_items'] },
    { at: 'select * from sales.|', first: ['regions'], not: ['orders', 'customers', 'region_of'] },
    { at: 'select * from sales.re|', first: ['regions'] },
    { at: 'select * from reg|', has: ['sales.regions'] },
    { at: 'select * from pg_stat_ac|', first: ['pg_stat_activity'] },
    { at: 'select * from items|', has: ['items_of($0)'], not: ['order_total($0)'] },
    {
      at: 'select * from orders o join |',
      first: ['customers c on c.id = o.customer_id', 'order_items oi on oi.order_id = o.id', 'customers'],
    },
    { at: 'SELECT * FROM orders o JOIN |', first: ['customers c ON c.id = o.customer_id'] },
    { at: 'select * from orders o left join cust|', first: ['customers c on c.id = o.customer_id', 'customers'] },
    { at: 'select * from orders join |', first: ['customers c on c.id = orders.customer_id'] },
    {
      at: 'select * from customers c, orders o join |',
      has: ['customers cu on cu.id = o.customer_id', 'orders ord on ord.customer_id = c.id'],
    },
    { at: 'select * from orders o join customers c on |', first: ['c.id = o.customer_id'] },
    { at: 'select * from customers c join orders o on |', first: ['o.customer_id = c.id'] },
    { at: 'select * from orders o join customers c |', first: ['on c.id = o.customer_id'], not: ['where'] },
    { at: 'select * from orders o join customers c on o.customer_id = |', first: ['c.id'] },
    { at: 'select * from orders o join customers c on o.customer_id = c.|', first: ['id'] },
    { at: 'select * from orders o join customers c using (|', first: ['id'], not: ['name', 'total'] },
    {
      at: 'with x as (select customer_id from orders) select * from x join customers c on |',
      first: ['c.id = x.customer_id'],
    },
    { at: 'select * from orders o cross join customers c |', not: ['on', 'on c.id = o.customer_id'], has: ['where'] },
    {
      at: 'select * from orders |',
      first: ['o'],
      has: ['where', 'join', 'order by'],
      not: ['from', 'select', 'set', 'on'],
    },
    { at: 'select * from order_items |', first: ['oi'] },
    { at: 'select * from orders o, order_items |', first: ['oi'] },
    { at: 'select * from orders as |', first: ['o'], not: ['where'] },
    { at: 'select * from orders o, open_orders |', first: ['oo'] },
    { at: 'select * from customers c join customers |', has: ['cu'] },
    { at: 'insert into |', first: ['customers', 'orders', 'order_items'] },
    { at: 'update |', first: ['customers', 'orders'] },
    { at: 'delete from |', first: ['customers', 'orders'], not: ['generate_series($0)'] },
    { at: 'truncate |', has: ['orders'], not: ['open_orders'] },
    { at: 'drop view |', first: ['open_orders'], not: ['orders'] },
    { at: 'create index on |', has: ['orders'], not: ['open_orders'] },
    { at: 'create table t (order_id bigint references |', has: ['orders'], not: ['open_orders'] },
  ],
  'lists and assignments': [
    { at: 'insert into orders (|', first: [ORDERS.join(', '), ...ORDERS] },
    { at: 'insert into order_items (|', first: ['order_id, line, product, quantity, price'], not: ['amount'] },
    { at: 'insert into orders (id, |', has: ['total'], not: ['id', ORDERS.join(', ')] },
    {
      at: 'insert into customers |',
      first: ['(id, name, email, "Full Name") values ($0)'],
      has: ['values'],
      not: ['c'],
    },
    { at: 'update orders set |', first: ORDERS.map(name => `${name} = `), not: ['count($0)', 'name = '] },
    { at: 'update orders set total = 1, |', has: ['note = '], not: ['total = '] },
    { at: 'update orders set | = 1', has: ['total'], not: ['total = '] },
    { at: 'update order_items set |', not: ['amount = '] },
    { at: 'update orders set total = |', first: ['total'], has: ['note'], not: ['sum($0)', 'total = '] },
    { at: 'insert into orders (id) values (1) on conflict (|', has: ['id'], not: ['name'] },
    { at: 'insert into order_items values (1) on conflict (|', first: ['order_id, line'] },
    { at: 'insert into orders values (1) on conflict (id) do update set |', has: ['total = '] },
    { at: 'insert into orders values (1) on conflict (id) do update set note = |', has: ['excluded', 'note'] },
    { at: 'insert into orders values (1) on conflict (id) do update set note = excluded.|', first: ['note'] },
    { at: 'insert into orders values (|', not: ['total', 'orders'], has: ['default'] },
    { at: 'select status, date(created_at) d, count(*) from orders group by |', first: ['status, date(created_at)'] },
    { at: 'select status, 1, sum(total) + 1 as s from orders group by |', first: ['status'], not: ['sum($0)'] },
    { at: 'select o.status st, note from orders o group by |', first: ['o.status, note'] },
    { at: 'select *, count(*) from orders group by |', first: ORDERS },
    { at: 'select total as amount, count(*) from orders order by |', first: ['amount', 'count'], has: ['status'] },
    { at: 'select total as amount from orders order by am|', first: ['amount'] },
    { at: 'select id a from orders union select line from order_items order by |', first: ['a'], not: ['line', 'id'] },
    { at: 'create index on orders (|', first: ORDERS },
    { at: 'alter table orders drop column |', first: ORDERS },
    { at: 'alter table orders alter column sta|', first: ['status'] },
    { at: 'alter table orders drop constraint |', has: ['orders_pkey'], not: ['customers_pkey'] },
    { at: 'create table t (c int references customers (|', has: ['id'] },
    { at: 'drop index |', has: ['orders_pkey'] },
    { at: 'call |', first: ['close_day($0)'], not: ['order_total($0)'] },
    {
      at: 'create trigger t before update on orders for each row execute function |',
      first: ['note_change()'],
      not: ['order_total($0)'],
    },
  ],
  'values, types and settings': [
    { at: 'select * from orders where status = |', first: ["'open'", "'paid'", "'sent'"] },
    { at: "select * from orders where status = '|", first: ["'open'", "'paid'", "'sent'"], not: ['status'] },
    { at: "select * from orders where status = 'pa|'", first: ["'paid'"], not: ["'open'"] },
    { at: "select * from orders where status in ('open', '|')", has: ["'paid'"] },
    { at: 'select * from orders o where o.status <> |', first: ["'open'"] },
    { at: 'update orders set status = |', first: ["'open'"] },
    { at: "insert into orders (id, status) values (1, '|", first: ["'open'"] },
    { at: 'insert into orders (id, status) values (1, |', first: ["'open'"] },
    { at: 'insert into orders (id, status) values (|', not: ["'open'"] },
    { at: 'select * from orders where paid = |', first: ['true', 'false'] },
    { at: 'select total::|', first: ['order_status'], has: ['numeric', 'double precision'], not: ['total', 'serial'] },
    { at: 'select cast(total as |', has: ['numeric'] },
    { at: 'create table t (id |', has: ['bigint', 'serial', 'order_status'] },
    { at: 'create table t (id bigint |', has: ['not null', 'primary key'], not: ['bigint'] },
    { at: 'alter table orders add column x |', has: ['text'] },
    { at: 'set work|', first: ['work_mem'] },
    { at: 'set local statement_t|', first: ['statement_timeout'] },
    { at: 'set shared_b|', not: ['shared_buffers'] },
    { at: 'show shared_b|', first: ['shared_buffers'] },
    { at: 'set enable_seqscan = |', first: ['on', 'off'] },
    { at: 'set client_min_messages to |', has: ['warning', 'default'] },
    { at: "select current_setting('work|", first: ["'work_mem'"] },
    { at: 'alter system set max_w|', not: ['sum($0)'] },
  ],
  'functions and keywords': [
    { at: 'select order_t| from orders', first: ['order_total($0)'] },
    { at: 'select sales.| from orders', first: ['region_of($0)'], not: ['regions', 'order_total($0)'] },
    { at: 'select date_t|', first: ['date_trunc($0)'] },
    { at: 'select now| from orders', first: ['now()'] },
    { at: 'select row_n| from orders', first: ['row_number() over ($0)'] },
    { at: 'select * from orders where su|', not: ['sum($0)'] },
    { at: 'select * from orders having su|', first: ['sum($0)'] },
    { at: '|', has: ['select', 'insert into', 'with'], not: ['from', 'where'] },
    { at: 'SEL|', first: ['SELECT'] },
    {
      at: 'select * from orders where total > 1 |',
      has: ['and', 'or', 'group by', 'order by'],
      not: ['where', 'from', 'total'],
    },
    { at: 'SELECT * FROM orders WHERE total > 1 |', has: ['AND', 'GROUP BY'], not: ['and'] },
    { at: 'select * from orders group by status |', has: ['having', 'order by'], not: ['where', 'group by'] },
    { at: 'select * from orders order by id |', has: ['desc', 'limit'], not: ['where', 'group by', 'having'] },
    { at: 'select * from orders | order by id', has: ['where', 'group by'], not: ['limit', 'order by'] },
    { at: 'select id | from orders', has: ['as'], not: ['total', 'where'] },
    { at: 'select 1 |', has: ['from', 'as'] },
    { at: 'update orders |', has: ['set'], not: ['where', 'values'] },
    { at: 'update orders set total = 1 |', has: ['where', 'returning'], not: ['set', 'order by'] },
    { at: 'delete from orders |', has: ['where', 'using'], not: ['set', 'order by'] },
    { at: 'insert into orders (id) values (1) |', has: ['on conflict', 'returning'], not: ['where'] },
    { at: 'insert into orders (id) |', has: ['values', 'select'] },
    { at: 'insert into orders values (1) on conflict (id) |', has: ['do nothing', 'do update set'] },
    { at: 'select case when paid | from orders', has: ['then', 'and'] },
    { at: 'alter table orders |', has: ['add column', 'drop constraint'] },
    { at: 'select * from "|', has: ['"orders"', '"sales"."regions"'], not: ['orders'] },
    { at: 'with a as (|) select 1', first: ['select'], not: ['orders'] },
    { at: 'select * from orders where exists (|', first: ['select'], not: ['total'] },
    { at: 'select * from orders tablesample |', first: ['system', 'bernoulli'], not: ['where'] },
    {
      at: 'select * from orders o join order_items i on o.id = i.order_id and |',
      not: ['i.order_id = o.id'],
      has: ['product'],
    },
    { at: 'select * from orders o left |', first: ['join'], not: ['where', 'left join'] },
    { at: 'select * from orders group |', first: ['by'], not: ['total'] },
    { at: 'select * from orders where note is |', first: ['null', 'not null'], not: ['note'] },
    { at: 'select 1 union |', has: ['all', 'select'] },
    { at: 'explain |', has: ['select', 'analyze'], not: ['total'] },
    { at: 'explain (analyze, |) select 1', has: ['buffers'] },
    { at: 'begin |', not: ['select', 'count($0)', 'case'] },
    { at: 'select low|(name) from customers', first: ['lower'], not: ['lower($0)'] },
    { at: 'drop |', has: ['table', 'index'] },
  ],
  definitions: [
    { at: 'alter table orders attach partition |', has: ['order_items'], not: ['open_orders'] },
    { at: 'alter table orders add check (|', first: ORDERS, has: ['coalesce($0)'], not: ['sum($0)'] },
    { at: 'alter table orders alter column total type text using |', has: ['total'] },
    { at: 'create table t (a int, b int, check (|', first: ['a', 'b'], not: ['total'] },
    { at: 'create table t (a int, b int, primary key (a, |', first: ['b'], not: ['a'] },
    { at: 'create index on orders (lower(|', has: ['note'] },
    { at: 'create index on orders (id) where |', has: ['paid'] },
    { at: 'create policy p on orders using (|', has: ['customer_id'], not: ['name'] },
    { at: 'create policy p on |', has: ['orders'] },
    { at: 'comment on column orders.|', first: ORDERS },
    { at: 'refresh materialized view |', not: ['orders', 'open_orders'] },
    { at: 'grant select on |', has: ['orders'] },
    { at: 'copy orders (|', has: ['id', 'total'] },
  ],
  'bodies of functions': [
    {
      at: "create function f(a int) returns int language sql as 'select | from orders where status = 1'",
      has: ['total', 'a'],
      not: ["'open'"],
    },
    { at: "create function f() returns int language sql as 'select 1 from orders where status = |'", not: ["'open'"] },
    { at: "create function f() returns text language sql as 'select ''x'', o.| from orders o'", first: ORDERS },
    {
      at: 'create function f(p_id int, p_name text) returns int language plpgsql as $$ begin select | from orders; end $$',
      has: ['total', 'p_id', 'p_name', 'found'],
    },
    { at: 'do $$ declare v_sum numeric := 0; n int; begin select v| from orders; end $$', first: ['v_sum'] },
    { at: 'do $$ begin if true then select | from orders; end if; end $$', has: ['total'] },
    { at: 'do $$ begin select 1 from customers; select | from orders; end $$', has: ['total'], not: ['name'] },
    { at: 'do $$ begin | end $$', has: ['if', 'return query', 'select'] },
    { at: 'do $$ begin update orders set |; end $$', has: ['total = '] },
    {
      at: 'create function f(a int) returns int language sql as $x$ select | from orders $x$',
      has: ['total', 'a'],
      not: ['found'],
    },
    {
      at: 'create function f() returns trigger language plpgsql as $$ begin perform |; end $$',
      has: ['new', 'old', 'tg_op'],
    },
  ],
};

const NOTHING = [
  '-- select |',
  '/* from | */ select 1',
  "select 'a |'",
  "select '|",
  "select * from orders where note = '|'",
  'select $tag$ | $tag$',
  'select 1|',
  'select total as | from orders',
  'select 1.| from orders',
  'with | as (select 1)',
  'select * from orders limit |',
  'create table |',
  'select :na| from orders',
  'select * from orders where id = $1|',
];

describe('core/language/completion', () => {
  for (const [place, cases] of Object.entries(PLACES)) {
    describe(place, () => {
      for (const { at, first = [], has = [], not = [] } of cases) {
        it(at, async () => {
          const texts = await proposed(at);
          assert.deepEqual(texts.slice(0, first.length), first);
          assert.deepEqual(
            has.filter(text => !texts.includes(text)),
            [],
            `missing from ${texts.slice(0, 60).join(' | ')}`,
          );
          assert.deepEqual(
            not.filter(text => texts.includes(text)),
            [],
            'should not be there',
          );
        });
      }
    });
  }

  describe('proposes nothing', () => {
    for (const at of NOTHING) it(at, async () => assert.deepEqual(await proposed(at), []));
  });

  it('does not follow parentheses without end', async () => {
    assert.equal(await complete(`select * from ${'('.repeat(20_000)}|`), undefined);
    const [first] = await proposed(`select ${'('.repeat(50)}| from orders`);
    assert.equal(first, 'id');
  });

  it('lists no more than anybody reads, and asks again', async () => {
    const tables = Array.from({ length: 400 }, (_, i) => `create table t${i} (id int);`);
    const catalog = await catalogOf(tables.join('\n'));
    const all = await complete('select * from |', catalog);
    assert.equal(all?.items.length, MAX_ITEMS);
    assert.equal(all.isIncomplete, true);
    assert.deepEqual((await proposed('select * from t399|', catalog)).slice(0, 1), ['t399']);
  });

  it('says what it knows of a proposal', async () => {
    const list = await complete('select | from orders');
    const id = list?.items.find(({ label }) => label === 'id');
    assert.equal(id?.detail, 'bigint not null · orders');
    const tables = await complete('select * from ord|');
    assert.match(tables?.items[0]?.detail ?? '', /^table · ≈ 1,200 rows$/);
  });
});
