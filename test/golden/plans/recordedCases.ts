/** What test/golden/plans/recorded holds: every statement with every option in every format, and one in every frame. */

export const FORMATS = ['json', 'text', 'yaml', 'xml'] as const;

interface Since {
  readonly since?: number;
}

export const SETUP = `
create table customers (id int primary key, region text, name text);
insert into customers select g, 'region ' || (g % 20), 'customer ' || g from generate_series(1, 5000) g;
create table orders (
  id int primary key, customer_id int not null references customers on delete cascade, status text not null,
  placed_at timestamptz not null, amount numeric(10, 2), note text
);
insert into orders
select g, 1 + (g * 7919) % 5000, case when g % 1000 = 0 then 'failed' when g % 3 = 0 then 'open' else 'done' end,
       timestamptz '2025-01-01' + g * interval '1 minute', (g % 1000) / 10.0, repeat('x', 60)
from generate_series(1, 20000) g;
create index orders_status on orders (status);
create index orders_placed_at on orders (placed_at);
create table readings (sensor int, at date, value float8) partition by range (at);
create table readings_2024 partition of readings for values from ('2024-01-01') to ('2025-01-01');
create table readings_2025 partition of readings for values from ('2025-01-01') to ('2026-01-01');
insert into readings select g % 50, date '2024-01-01' + g % 700, g from generate_series(1, 5000) g;
create index on readings (sensor, at);
create extension postgres_fdw;
do $$ begin
  execute format('create server other foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
                 '127.0.0.1', current_setting('port'), current_database());
end $$;
create user mapping for current_user server other options (user 'postgres');
create foreign table remote_orders (id int, customer_id int, status text) server other options (table_name 'orders');
set timezone = 'UTC';
set max_parallel_workers_per_gather = 0;
`;

/** The statement that stands in every frame. */
export const FRAMED = `select c.region, count(*), sum(o.amount) from orders o join customers c on c.id = o.customer_id
          where o.placed_at < '2025-01-05' and o.note <> 'a|b "c" <d> \\ & + é' group by 1 order by 3 desc limit 10`;

export const STATEMENTS: Readonly<Record<string, Since & { readonly sql: string }>> = {
  groups: { sql: FRAMED },
  ctes: {
    sql: `with m as materialized (select customer_id, max(amount) x from orders group by 1)
          select *, (select count(*) from orders o where o.customer_id = c.id and o.id < 50)
          from customers c join m on m.customer_id = c.id
          where x > (select avg(amount) from orders) and not exists (select from readings r where r.sensor = c.id)
          order by x, c.id limit 20`,
  },
  cascade: { sql: 'delete from customers where id in (1, 2)' },
  sets: { sql: 'select region, name, count(*) from customers where id < 90 group by grouping sets ((region), (name), ())' },
  windows: {
    sql: `select * from (select *, row_number() over (order by placed_at) r from orders) x where r <= 3`,
  },
  partitions: { sql: "update readings set value = 0 where value < 100" },
  incremental: { sql: 'select * from orders order by placed_at, amount limit 50' },
  bitmaps: { sql: "select * from orders where status = 'failed' or placed_at < '2025-01-01 10:00'" },
  functions: {
    sql: `select * from generate_series(1, 3) a, (values (1), (2)) v(b), xmltable('/a' passing '<a/>' columns b int) y,
          orders tablesample bernoulli (1) repeatable (3)`,
  },
  literal: { sql: `select string_agg(name, E'a\\n  Sort Key: "b') from customers where name <> E'->  Seq Scan\\ton it''s'` },
  remote: { sql: "select count(*) from remote_orders r join customers c on c.id = r.customer_id where status = 'failed'" },
  upsert: {
    sql: `insert into orders select g, 1, 'x', now(), 1, 'y' from generate_series(1, 3) g
          on conflict (id) do update set note = 'z' where orders.amount > 50`,
  },
  merge: {
    sql: `merge into customers c using (select 1 id union all select 9999) s on c.id = s.id
          when matched then update set name = 'x' when not matched then insert values (s.id, 'r', 'n')`,
    since: 15,
  },
  documents: { sql: `select * from json_table('[1, 2]', '$[*]' columns (x int path '$')) t`, since: 17 },
};

export const OPTIONS: Readonly<Record<string, Since & { readonly list: string }>> = {
  plain: { list: 'costs on' },
  names: { list: 'verbose, costs off' },
  rows: { list: 'analyze, verbose, timing off, summary off, buffers off' },
  all: { list: 'analyze, verbose, buffers, wal, settings' },
  all18: { list: 'analyze, verbose, buffers, wal, settings, serialize, memory', since: 17 },
};

/** psql's `\\pset` settings. */
export const FRAMINGS: Readonly<Record<string, readonly string[]>> = {
  aligned: [],
  'border-0': ['border=0'],
  'border-2': ['border=2'],
  'old-ascii': ['linestyle=old-ascii'],
  'unicode-2': ['linestyle=unicode', 'border=2'],
  'unicode-0': ['linestyle=unicode', 'border=0'],
  'unicode-double': ['linestyle=unicode', 'border=2', 'unicode_border_linestyle=double', 'unicode_column_linestyle=double'],
  wrapped: ['format=wrapped', 'columns=80'],
  'wrapped-unicode': ['format=wrapped', 'columns=80', 'linestyle=unicode', 'border=2'],
  expanded: ['expanded=on'],
  'expanded-2': ['expanded=on', 'border=2'],
  'expanded-unicode': ['expanded=on', 'border=1', 'linestyle=unicode'],
  unaligned: ['format=unaligned'],
  'unaligned-expanded': ['format=unaligned', 'expanded=on'],
  'tuples-only': ['tuples_only=on'],
  csv: ['format=csv'],
  html: ['format=html'],
  asciidoc: ['format=asciidoc'],
  latex: ['format=latex'],
  'latex-longtable': ['format=latex-longtable'],
};
