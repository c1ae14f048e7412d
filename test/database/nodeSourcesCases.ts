/** Tables of a shop, a partitioned one, and views over them. */
export const SETUP = `
  create table customers (id int primary key, name text not null, region text not null);
  create table orders (id int primary key, customer_id int not null, status text not null, amount numeric not null,
    created_at timestamptz not null, paid boolean not null);
  create table notes (id int primary key, note text);
  create table parts (id int primary key, parent_id int);
  create table docs (id int primary key, data jsonb);
  create table measurements (sensor int not null, day date not null, value real) partition by range (day);
  create table measurements_1 partition of measurements for values from ('2025-01-01') to ('2025-02-01');
  create table measurements_2 partition of measurements for values from ('2025-02-01') to ('2025-03-01');
  create view open_orders as select id, customer_id, amount from orders where status = 'open';
  create view order_totals as select customer_id, sum(amount) as total from orders group by customer_id;
  insert into customers select n, 'n ' || n, (array['north', 'south', 'east', 'west'])[1 + n % 4]
    from generate_series(1, 500) n;
  insert into orders select n, 1 + n % 500, (array['open', 'paid', 'sent', 'done', 'lost'])[1 + n % 5], n % 1000,
    timestamptz '2025-01-01' + n * interval '10 min', n % 3 = 0 from generate_series(1, 20000) n;
  insert into notes select n, 'x' from generate_series(1, 100) n;
  insert into parts select n, nullif(n / 3, 0) from generate_series(1, 300) n;
  insert into docs values (1, '[{"a": 1}]');
  insert into measurements select n % 10, date '2025-01-01' + n % 50, n from generate_series(1, 3000) n;
  create index on orders (customer_id, created_at);
  create index on orders (created_at);
  create index on orders (status);
  analyze;`;

/** Without these the planner's choice between equals would decide what there is to look at. */
export const SETTINGS = {
  enable_bitmapscan: 'off',
  enable_mergejoin: 'off',
  enable_memoize: 'off',
  max_parallel_workers_per_gather: '0',
};

export interface SourceCase {
  readonly sql: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Only from this major version on. */
  readonly since?: number;
  /**
   * Nodes by alias, by "Subplan Name" or by type, each with the parts it comes from, in order, between bars. `-` for
   * a node that must come from nowhere.
   */
  readonly nodes: Readonly<Record<string, string>>;
}

const BITMAPS = { enable_bitmapscan: 'on', enable_seqscan: 'off', enable_indexscan: 'off' };

/** Written by hand: what a reader of each statement would point at. */
export const CASES: readonly SourceCase[] = [
  {
    sql: `select * from orders where status = 'open' and amount > 100`,
    nodes: { orders: `orders | status = 'open' | amount > 100` },
  },
  {
    sql: `select * from orders where created_at >= date '2025-01-01' and created_at < date '2025-01-02' and paid`,
    nodes: { orders: `orders | created_at >= date '2025-01-01' | created_at < date '2025-01-02' | paid` },
  },
  {
    sql: `select * from orders where customer_id = 5 or id = 7`,
    settings: BITMAPS,
    nodes: { BitmapOr: 'customer_id = 5 or id = 7', orders: 'orders | customer_id = 5 or id = 7' },
  },
  {
    sql: 'select id from orders where customer_id = $1 and status = $2',
    settings: BITMAPS,
    nodes: { BitmapAnd: 'customer_id = $1 | status = $2', orders: 'orders | customer_id = $1 | status = $2' },
  },
  {
    sql: `select * from orders where status in ('open', 'paid') and status like 'o%' and not paid`,
    nodes: { orders: `orders | status in ('open', 'paid') | status like 'o%' | not paid` },
  },
  {
    sql: `select o.id, c.name from orders o join customers c on c.id = o.customer_id where c.region = 'north' order by o.amount desc limit 10`,
    nodes: {
      o: 'orders o',
      c: `customers c | c.region = 'north'`,
      'Hash Join': 'c.id = o.customer_id',
      Hash: '-',
      Sort: 'order by o.amount desc',
      Limit: 'limit 10',
    },
  },
  {
    sql: `select a.id, b.id from orders a join orders b on a.customer_id = b.customer_id and a.id < b.id where a.amount > 900`,
    nodes: {
      a: 'orders a | a.amount > 900',
      b: 'orders b',
      'Hash Join': 'a.customer_id = b.customer_id | a.id < b.id',
    },
  },
  {
    sql: `select * from orders o join customers c using (id) where o.amount > 5`,
    nodes: { 'Hash Join': 'using (id)', o: 'orders o | o.amount > 5', c: 'customers c' },
  },
  { sql: `select * from orders natural join notes`, nodes: { 'Hash Join': 'natural join', notes: 'notes' } },
  {
    sql: `select * from customers c left join orders o on o.customer_id = c.id and o.status = 'open' where c.region = 'east'`,
    settings: { enable_nestloop: 'off' },
    nodes: { o: `orders o | o.status = 'open'`, c: `customers c | c.region = 'east'` },
  },
  {
    sql: `select * from customers c join orders o on o.customer_id = c.id where c.id = 7`,
    nodes: { c: 'customers c | c.id = 7' },
  },
  {
    sql: `select * from notes n join orders o on o.id = n.id where n.note = 'x' and n.id < 4`,
    settings: { enable_hashjoin: 'off', enable_seqscan: 'off' },
    nodes: { 'Nested Loop': 'o.id = n.id', n: `notes n | n.note = 'x' | n.id < 4`, o: 'orders o | o.id = n.id' },
  },
  {
    sql: `select c.id from customers c join orders o on o.customer_id = c.id order by c.id`,
    settings: {
      enable_mergejoin: 'on',
      enable_hashjoin: 'off',
      enable_nestloop: 'off',
      enable_indexscan: 'off',
      enable_indexonlyscan: 'off',
    },
    nodes: { 'Merge Join': 'o.customer_id = c.id', Sort: '-' },
  },
  {
    sql: `select region, count(*), sum(amount) from customers c, orders o where o.customer_id = c.id group by region having count(*) > 3 order by 2 desc`,
    nodes: {
      HashAggregate: 'group by region | count(*) | sum(amount) | having count(*) > 3',
      Sort: 'order by 2 desc',
      'Hash Join': 'o.customer_id = c.id',
    },
  },
  {
    sql: `select date_trunc('month', created_at) as m, count(*) from orders group by 1 order by 1`,
    settings: { enable_hashagg: 'off' },
    nodes: { GroupAggregate: 'group by 1 | count(*)', Sort: 'group by 1' },
  },
  {
    sql: `select status, customer_id, count(*) from orders group by grouping sets ((status), (customer_id), ())`,
    nodes: { MixedAggregate: 'group by grouping sets ((status), (customer_id), ()) | count(*)' },
  },
  {
    sql: `select count(distinct status), string_agg(status, ',' order by id) from orders`,
    nodes: { Aggregate: `count(distinct status) | string_agg(status, ',' order by id)` },
  },
  { sql: 'select distinct status from orders', nodes: { HashAggregate: 'distinct' } },
  {
    sql: 'select distinct on (amount) amount, created_at from orders order by amount, created_at desc',
    nodes: { Unique: 'distinct on (amount)', Sort: 'distinct on (amount) | order by amount, created_at desc' },
  },
  {
    sql: 'select max(n) from (select count(*) as n from orders group by customer_id) s',
    nodes: { HashAggregate: 'group by customer_id | count(*)', Aggregate: 'max(n)' },
  },
  {
    sql: `select min(created_at), max(created_at) from orders`,
    nodes: { 'InitPlan 1': 'min(created_at)', 'InitPlan 2': 'max(created_at)', orders: 'orders', Result: '-' },
  },
  {
    sql: `with recent as materialized (select * from orders where created_at > '2025-01-01') select r.id, c.name from recent r join customers c on c.id = r.customer_id where r.amount > 10`,
    nodes: {
      'CTE recent': `select * from orders where created_at > '2025-01-01' | orders | created_at > '2025-01-01'`,
      r: `recent r | r.amount > 10 | select * from orders where created_at > '2025-01-01'`,
      'Hash Join': 'c.id = r.customer_id',
    },
  },
  {
    sql: `with late as (select * from orders where created_at > '2025-05-01') select count(*) from late where status = 'open'`,
    nodes: { orders: `orders | created_at > '2025-05-01' | status = 'open'`, Aggregate: 'count(*)' },
  },
  {
    sql: `with t as (select * from orders) select * from t a join t b on a.id = b.customer_id where a.amount > 3`,
    nodes: {
      a: 't a | a.amount > 3 | select * from orders',
      b: 't b | select * from orders',
      orders: 'select * from orders | orders',
    },
  },
  {
    sql: `with recursive tree as (select id from parts where parent_id is null union select p.id from parts p join tree t on p.parent_id = t.id) select count(*) from tree`,
    nodes: {
      'CTE tree':
        'select id from parts where parent_id is null union select p.id from parts p join tree t on p.parent_id = t.id | union',
      parts: 'parts | parent_id is null',
      p: 'parts p',
      t: 'tree t',
      'Hash Join': 'p.parent_id = t.id',
    },
  },
  {
    sql: `with x as (insert into notes values (999, 'z') returning id) select * from x`,
    nodes: { 'CTE x': `insert into notes values (999, 'z') returning id | notes` },
  },
  {
    sql: `select c.id, (select count(*) from orders o where o.customer_id = c.id) as n from customers c where c.region = 'north'`,
    nodes: {
      'SubPlan 1': 'select count(*) from orders o where o.customer_id = c.id | count(*)',
      o: 'orders o | o.customer_id = c.id',
      c: `customers c | c.region = 'north'`,
    },
  },
  {
    sql: `select * from customers c where (select count(*) from orders o where o.customer_id = c.id) > 3 and (select sum(amount) from orders o where o.customer_id = c.id and paid) > 100`,
    nodes: {
      'SubPlan 1': 'select count(*) from orders o where o.customer_id = c.id | count(*)',
      'SubPlan 2': 'select sum(amount) from orders o where o.customer_id = c.id and paid | sum(amount)',
      o_1: 'orders o | o.customer_id = c.id | paid',
    },
  },
  {
    sql: `select * from orders where amount > (select avg(amount) from orders)`,
    nodes: {
      orders: 'orders | amount > (select avg(amount) from orders)',
      'InitPlan 1': 'select avg(amount) from orders | avg(amount)',
      orders_1: 'orders',
    },
  },
  {
    sql: `select * from customers c where exists (select from orders o where o.customer_id = c.id and o.amount > 100)`,
    settings: { enable_nestloop: 'off' },
    nodes: { c: 'customers c', o: 'orders o | o.amount > 100' },
  },
  {
    sql: `select * from customers c where c.id not in (select customer_id from orders where status = 'open')`,
    nodes: {
      c: `customers c | c.id not in (select customer_id from orders where status = 'open')`,
      'SubPlan 1': `select customer_id from orders where status = 'open' | orders | status = 'open'`,
    },
  },
  {
    sql: `select c.* from customers c where c.id = (select o.customer_id from orders o order by o.amount desc limit 1)`,
    nodes: {
      c: 'customers c | c.id = (select o.customer_id from orders o order by o.amount desc limit 1)',
      'InitPlan 1': 'select o.customer_id from orders o order by o.amount desc limit 1 | limit 1',
      Sort: 'order by o.amount desc',
    },
  },
  {
    sql: `select id from orders where amount > 10 union all select id from orders where amount < 2 union all select id from orders where paid`,
    nodes: {
      Append: 'union all | union all',
      orders: 'orders | amount > 10',
      orders_1: 'orders | amount < 2',
      orders_2: 'orders | paid',
    },
  },
  {
    sql: `select x.id from (select id from orders where amount > 10 union all select customer_id from orders where paid) x where x.id > 19990`,
    settings: { enable_indexscan: 'off', enable_indexonlyscan: 'off' },
    nodes: { orders: 'orders | amount > 10 | x.id > 19990', orders_1: 'orders | paid | x.id > 19990' },
  },
  {
    sql: `select customer_id from orders except select id from customers where region = 'east'`,
    nodes: { 'HashSetOp Except': 'except', customers: `customers | region = 'east'` },
  },
  {
    sql: `(select id from orders order by amount desc limit 3) union all (select id from customers order by name limit 2)`,
    nodes: {
      Append: 'union all',
      orders: 'orders',
      customers: 'customers',
      Limit: 'limit 3',
      Sort: 'order by amount desc',
    },
  },
  {
    sql: `select * from (select id, status as s from orders where amount > 10) x where x.s = 'open'`,
    settings: { enable_indexscan: 'off' },
    nodes: { orders: `orders | amount > 10 | x.s = 'open'` },
  },
  {
    sql: `select * from (select id, row_number() over (partition by status order by amount) as rn from orders) x where rn % 2 = 1`,
    nodes: {
      x: 'select id, row_number() over (partition by status order by amount) as rn from orders | rn % 2 = 1',
      WindowAgg: 'over (partition by status order by amount)',
      Sort: 'over (partition by status order by amount)',
    },
  },
  {
    sql: `select sum(amount) over w, avg(amount) over w from orders window w as (partition by status)`,
    nodes: { WindowAgg: 'over w | over w' },
  },
  {
    sql: `select * from open_orders where amount > 50`,
    settings: { enable_indexscan: 'off' },
    nodes: { orders: 'open_orders | amount > 50' },
  },
  {
    sql: `select v.id from open_orders v join customers c on c.id = v.customer_id`,
    nodes: { orders: 'open_orders v', c: 'customers c' },
  },
  {
    sql: 'select * from order_totals where total > 100',
    nodes: { orders: 'order_totals', HashAggregate: 'order_totals' },
  },
  {
    sql: `select c.name, l.n from customers c left join lateral (select count(*) as n from orders o where o.customer_id = c.id) l on true`,
    nodes: {
      o: 'orders o | o.customer_id = c.id',
      Aggregate: 'count(*)',
      'Nested Loop Left Join': 'o.customer_id = c.id',
    },
  },
  {
    sql: `select * from generate_series(1, 10) g(n) join customers c on c.id = g.n`,
    nodes: { g: 'generate_series(1, 10)', 'Hash Join': 'c.id = g.n' },
  },
  {
    sql: `select * from (values (1, 'a'), (2, 'b')) v(id, name) join customers c on c.id = v.id`,
    nodes: { '*VALUES*': `values (1, 'a'), (2, 'b')` },
  },
  {
    sql: `select * from measurements m where m.sensor = 3 and m.day < '2025-02-05'`,
    nodes: {
      Append: 'measurements m',
      m_1: `measurements m | m.sensor = 3 | m.day < '2025-02-05'`,
      m_2: `measurements m | m.sensor = 3 | m.day < '2025-02-05'`,
    },
  },
  {
    sql: `update orders o set status = 'x' from customers c where c.id = o.customer_id and c.region = 'south'`,
    nodes: { Update: 'orders o', 'Hash Join': 'c.id = o.customer_id', c: `customers c | c.region = 'south'` },
  },
  {
    sql: 'delete from notes using customers c where c.id = notes.id',
    nodes: { Delete: 'notes', 'Hash Join': 'c.id = notes.id' },
  },
  {
    sql: `insert into notes select id + 1000, 'x' from orders where amount < 3`,
    nodes: { Insert: 'notes', orders: 'orders | amount < 3' },
  },
  {
    sql: `merge into notes t using orders o on t.id = o.id when matched then update set note = 'm'`,
    since: 15,
    nodes: { Merge: 'notes t', 'Hash Join': 't.id = o.id', o: 'orders o' },
  },
  { sql: 'select * from orders where id < 3 for update', nodes: { LockRows: 'for update', orders: 'orders | id < 3' } },
  {
    sql: 'select o.id from orders o where o.customer_id = 5 order by o.amount, o.id offset 5 fetch first 3 rows only',
    nodes: { Limit: 'offset 5 | fetch first 3 rows only', Sort: 'order by o.amount, o.id' },
  },
  {
    sql: 'select * from (select * from orders order by amount limit 100) s order by created_at limit 10',
    nodes: { Limit: 'limit 10', Sort: 'order by created_at', orders: 'orders' },
  },
  {
    sql: 'select max(m) from (select sum(amount) as m from orders) s',
    nodes: { Aggregate: 'max(m)', orders: 'orders' },
  },
  {
    sql: 'select * from (select customer_id, max(amount) as m from orders group by customer_id) s where m > 900 order by m',
    nodes: { HashAggregate: 'group by customer_id | max(amount) | m > 900', Sort: 'order by m' },
  },
  {
    sql: 'select extract(month from created_at), count(*) from orders group by extract(month from created_at) having sum(amount) > 5',
    settings: { enable_sort: 'off' },
    nodes: { HashAggregate: 'group by extract(month from created_at) | count(*) | having sum(amount) > 5' },
  },
  {
    sql: `select * from orders where (status, customer_id) in (select status, id from orders where amount = 3)`,
    settings: { enable_nestloop: 'off' },
    nodes: { orders_1: 'orders | amount = 3', orders: 'orders' },
  },
  {
    sql: 'select id from orders where paid intersect select id from orders where amount < 3',
    // up to 17 the plan says which arm is which; now either may come first
    since: 18,
    nodes: { orders_1: '-' },
  },
  { sql: 'select 1', nodes: { Result: '-' } },
  {
    sql: `select s.region, t.n from (select region, count(*) as n from customers group by region) s join (select c.region, count(*) as n from orders o join customers c on c.id = o.customer_id group by c.region) t on t.region = s.region`,
    nodes: { customers: 'customers', c: 'customers c' },
  },
];
