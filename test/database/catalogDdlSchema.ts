/** A schema that uses about everything DDL can say, for servers since PostgreSQL 14. */
export const SCHEMA_14 = `
create extension if not exists pg_trgm;
create extension if not exists citext;
create extension btree_gist with schema public;
create schema farm;
create schema if not exists audit;
create schema archive create table old_orders (id int primary key, note text) create index on old_orders (note);

-- types
create type farm.mood as enum ('calm', 'restless');
alter type farm.mood add value 'sick' after 'calm';
alter type farm.mood add value if not exists 'sick';
alter type farm.mood rename value 'restless' to 'excited';
create type order_state as enum ('new', 'paid', 'shipped');
create type address as (street text, zip varchar(10), geo point);
create type farm.period as range (subtype = timestamptz);
create domain email as citext check (value ~ '@');
create domain farm.litres as numeric(8, 2) not null default 0;
create type gone_type as enum ('x');
drop type gone_type;
create type renamed_from as enum ('a', 'b');
create sequence invoice_numbers start 1000;

-- tables
create table customers (
  id bigint generated always as identity primary key,
  email email not null unique,
  "Full Name" varchar(120) not null,
  nick character varying,
  initials char(3),
  flag char,
  kind renamed_from,
  address address,
  tags text[] not null default '{}',
  matrix int[][],
  settings jsonb default '{}'::jsonb,
  born date,
  created_at timestamptz not null default now(),
  seen_at timestamp(3),
  wake time,
  wake_tz timetz(2),
  span interval day to second(3),
  months interval year to month,
  plain interval,
  short interval(2),
  balance numeric(12,2) default 0,
  whole numeric(7),
  ratio real,
  exact double precision,
  rough float(10),
  small smallint,
  mask bit(8),
  oneb bit,
  bits bit varying(16),
  active boolean default true,
  raw bytea,
  ip inet,
  tid uuid default gen_random_uuid(),
  letter "char",
  stamps timestamp(0) with time zone[],
  vec float8[],
  money_back money,
  doc xml,
  search tsvector,
  during tstzrange,
  constraint customers_balance_positive check (balance >= 0),
  check (born < current_date),
  check (small > 0 and ratio > 0)
);
alter type renamed_from rename to customer_kind;
comment on table customers is 'Who buys';
comment on column customers.nick is 'as they call themselves';

create table products (
  id serial primary key,
  sku text unique not null,
  price numeric(10,2) not null check (price > 0),
  weight_g int,
  big bigserial,
  tiny smallserial,
  price_with_tax numeric generated always as (price * 1.2) stored,
  unique (sku, price),
  constraint named_unique unique (weight_g) include (price)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create table orders (
  id bigserial,
  customer_id bigint not null references customers,
  product_id int references products (id) on delete cascade,
  state order_state not null default 'new',
  total numeric(10, 2),
  ordered_at timestamptz default current_timestamp,
  parent_id bigint,
  primary key (id),
  foreign key (parent_id) references orders,
  exclude using gist (customer_id with =, tstzrange(ordered_at, null) with &&) where (state = 'paid')
);
create table if not exists orders (other int);
create index on orders (customer_id);
create index on orders (customer_id);
create index orders_total_idx on orders using btree (total desc nulls last, id) include (state) where total > 100;
create unique index orders_one_paid on orders (customer_id) where state = 'paid';
create index if not exists orders_one_paid on orders (id);
create index on orders (abs(total));
create index on orders ((total * 2));
create index on orders ((total * 2), (total + 1));
create index on orders using brin (ordered_at) with (pages_per_range = 32);
create index customers_search on customers using gin (search);
create index customers_nick_trgm on customers using gin (nick gin_trgm_ops);
create index on customers (lower(nick), date_trunc('day', seen_at));
create index on customers ("Full Name" collate "C" text_pattern_ops);
create index on customers using hash (tid);
create index on customers (coalesce(nick, 'none'));
create index on customers ((settings ->> 'lang'));
create index on customers (id) include (nick, "Full Name");
create index a_rather_long_name_for_an_index_that_goes_beyond_the_limit_of_names on customers (born);

create table a_table_with_a_very_long_name_indeed_to_see_how_names_are_cut (
  a_column_with_a_long_name_as_well int primary key,
  another_column_with_a_long_name int unique references products,
  id_serial_column_with_a_long_name_too serial,
  check (another_column_with_a_long_name > 0)
);
create index on a_table_with_a_very_long_name_indeed_to_see_how_names_are_cut (a_column_with_a_long_name_as_well, another_column_with_a_long_name);

-- repeated keys
create table pairs (a int unique primary key, b int, c int, unique (b, c), unique (c, b), constraint chosen unique (b));
create table both_named (a int constraint a_key unique, primary key (a));

-- ALTER TABLE
alter table orders add column note text, add column priority int not null default 0;
alter table orders add column if not exists note varchar;
alter table orders alter column priority type bigint, alter column priority drop default;
alter table orders alter column total set not null;
alter table orders alter column ordered_at drop not null;
alter table orders add constraint orders_note_check check (length(note) < 1000) not valid;
alter table orders add check (priority between 0 and 9);
alter table orders add check (total > priority);
alter table orders add constraint orders_total_positive check (total > 0) not valid;
alter table orders validate constraint orders_total_positive;
alter table orders rename column note to remark;
alter table orders drop column parent_id;
alter table orders set (fillfactor = 90, autovacuum_enabled = false);
alter table orders reset (autovacuum_enabled);
alter table orders owner to current_user;
alter table orders alter column remark set statistics 500;
alter table orders alter column remark set storage external;
alter table products rename to articles;
alter table articles rename constraint products_price_check to price_is_positive;
alter table articles add column parent_sku text references articles (sku) on delete set null;
alter table articles add column code text unique, add column rank int generated by default as identity;
alter table articles drop constraint named_unique;
alter table articles add constraint articles_weight foreign key (weight_g) references pairs (a) not valid;
create unique index concurrently articles_code2 on articles (code, sku);
alter table articles add constraint articles_code_sku unique using index articles_code2;
create table products (id int primary key, name text);
alter index orders_total_idx rename to orders_by_total;
alter index if exists no_such_index rename to still_none;
alter table customers_search rename to customers_search_idx;
create table to_be_moved (id int primary key, order_id bigint references orders, state order_state);
create index on to_be_moved (state);
alter table to_be_moved set schema archive;
create table unlogged_before (id int);
alter table unlogged_before set unlogged;
create unlogged table scratch (id int, payload json);
create temporary table session_only (id int primary key);
create table defaults_changed (a int default 1, b int);
alter table defaults_changed alter a drop default, alter b set default 7;
create table keyless (a int, b int);
alter table keyless add primary key (a, b);
create table identity_later (id int not null);
alter table identity_later alter id add generated always as identity;
create table dropped_identity (id int generated always as identity);
alter table dropped_identity alter id drop identity;
create table dropped_expression (a int, b int generated always as (a + 1) stored);
alter table dropped_expression alter b drop expression;
create table column_dropped (a int, b int, c int, unique (a, b), check (a > 0), check (b > 0 and c > 0), foreign key (b) references pairs (a));
create index on column_dropped (c, a);
create index on column_dropped (c) where b > 1;
create index on column_dropped (c);
alter table column_dropped drop column b;
create table fk_cascade_target (id int primary key);
create table fk_cascade_source (id int references fk_cascade_target, other int);
drop table fk_cascade_target cascade;
create table dropped (id int);
drop table if exists dropped, if_not_there;
create table renamed_column (a int primary key, b int check (b > 0));
create table refers_renamed (r int references renamed_column (a));
create index on renamed_column (b, (a + b));
alter table renamed_column rename a to identifier;
alter table renamed_column rename column b to "Big B";

-- LIKE and INHERITS
create table like_plain (like orders, extra int);
create table like_all (like articles including all, extra int unique);
create table like_some (like orders including constraints including defaults);
create table animals (id int primary key, name text not null, born date, check (name <> ''));
create table cows (milk farm.litres, check (milk >= 0)) inherits (animals);
create table goats (name text, horns int) inherits (animals);
alter table animals add column weight numeric;
alter table animals add check (weight > 0);
create table orphans (a int);
create table adopters (a int, b int);
alter table adopters inherit orphans;
create table typed of address (zip not null, primary key (street));

-- partitions
create table farm.milk_production (
  cow_id int not null, milked_at timestamptz not null, litres farm.litres, mood farm.mood,
  primary key (cow_id, milked_at)
) partition by range (milked_at);
create table farm.milk_2024 partition of farm.milk_production for values from ('2024-01-01') to ('2025-01-01');
create table farm.milk_2025 partition of farm.milk_production (litres default 1, check (litres < 100))
  for values from ('2025-01-01') to ('2026-01-01');
create index on farm.milk_production (mood);
create index milk_by_day on farm.milk_production (date_trunc('day', milked_at at time zone 'UTC'));
create table farm.milk_rest partition of farm.milk_production default;
alter table farm.milk_production add column device int references animals;
alter table farm.milk_production add constraint litres_sane check (litres < 1000);
create table farm.milk_2026 (like farm.milk_production including defaults including constraints);
alter table farm.milk_production attach partition farm.milk_2026 for values from ('2026-01-01') to ('2027-01-01');
create table farm.milk_2027 (like farm.milk_production including all);
alter table farm.milk_2027 add foreign key (device) references animals;
alter table farm.milk_production attach partition farm.milk_2027 for values from ('2027-01-01') to ('2028-01-01');
alter table farm.milk_production detach partition farm.milk_2024;
create table events (id bigint, kind text, at date) partition by list (kind);
create table events_a partition of events for values in ('a') partition by hash (id);
create table events_a_0 partition of events_a for values with (modulus 2, remainder 0);
create table events_a_1 partition of events_a for values with (modulus 2, remainder 1);
create index events_at on only events (at);
create index events_a_at on only events_a (at);
create index events_a_0_at on events_a_0 (at);
create index events_a_1_at on events_a_1 (at);
alter index events_a_at attach partition events_a_0_at;
alter index events_a_at attach partition events_a_1_at;
alter index events_at attach partition events_a_at;
create index events_incomplete on only events (kind, at);
create table by_expression (a text, b int) partition by range (lower(a), (b + 1), b);
alter table events add constraint events_key unique (id, kind);
create table parted_drop (a int) partition by list (a);
create table parted_drop_1 partition of parted_drop for values in (1);
drop table parted_drop;

-- other schemas and the search path
set search_path to audit, public;
create table log (id bigint generated by default as identity (sequence name log_numbers), entry jsonb, customer_id bigint references customers);
create index on log using gin (entry jsonb_path_ops);
create table public.in_public (id int primary key);
create table log_of_products (product_id int references products);
reset search_path;
select pg_catalog.set_config('search_path', '', false);
create table public.from_dump (id integer not null, state public.order_state, mail public.citext, sub character varying(5)[]);
alter table only public.from_dump add constraint from_dump_pkey primary key (id);
alter table only public.from_dump add constraint from_dump_fk foreign key (id) references public.orders(id) on delete cascade;
create index from_dump_state on public.from_dump using btree (state);
create sequence public.from_dump_id_seq start with 1 increment by 1 no minvalue no maxvalue cache 1;
alter sequence public.from_dump_id_seq owned by public.from_dump.id;
alter table only public.from_dump alter column id set default nextval('public.from_dump_id_seq'::regclass);
select pg_catalog.set_config('search_path', 'public', false);

-- queries as tables
create view big_orders as select * from orders where total > 100;
create view order_names (order_number, customer) as
  select o.id, c."Full Name" from orders o join customers c on c.id = o.customer_id;
create or replace view figures as
  select customer_id, count(*) as orders, sum(total) as total, max(ordered_at) last, avg(priority), min(remark),
    bool_or(total > 5) any_big, coalesce(sum(total), 0) as sum_or_zero, 'x' as label, 1 as one, now(), current_date,
    case when count(*) > 1 then 'many' else 'one' end, (select name from animals limit 1), exists (select 1),
    lower('A'), total_of.v::int, array[1, 2], row_number() over ()
  from orders, lateral (select 5 as v) total_of group by customer_id, total_of.v;
create view nested as select f.*, b.id from figures f left join big_orders b using (customer_id);
create view joined as select * from orders join (select id as customer_id, nick from customers) c using (customer_id);
create view naturally as select * from (select 1 as a, 2 as b) x natural join (select 1 as a, 3 as c) y;
create view with_cte as with recent as (select id, total from orders), r2(x) as (select id from recent) select * from recent, r2;
create view counting as with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select i from n;
create view unioned as select id, state::text as label from orders union all select id, nick from customers;
create view listed as values (1, 'a'), (2, 'b');
create view series as select n, n * 2 as twice from generate_series(1, 3) n;
create materialized view totals as select state, sum(total) as total from orders group by state with no data;
create unique index on totals (state);
create materialized view audit.stale as select * from audit.log;
create table copied as select id, total, remark from orders where false;
create table copied_named (a, b) as select id, nick from customers with no data;
select id, email into selected from customers;
create view to_drop as select 1 as a;
drop view to_drop;
create materialized view mv_to_drop as select 1 as a;
drop materialized view mv_to_drop;
create table view_base (a int);
create view on_base as select * from view_base;
drop table view_base cascade;
create schema temporary_schema;
create table temporary_schema.x (id int primary key);
create table uses_x (x int references temporary_schema.x);
create type temporary_schema.ty as enum ('q');
drop schema temporary_schema cascade;
alter view big_orders rename to large_orders;

-- routines
create function add_one(n int) returns int language sql immutable strict as 'select n + 1';
create or replace function add_one(n int default 0) returns int language sql stable as 'select n + 1';
create function add_one(n text) returns text language sql as 'select n';
create function farm.top(n int, variadic names text[]) returns setof animals language sql stable as 'select * from public.animals';
create function outs(a int, out b text, inout c numeric(5,2)) language plpgsql as $$ begin b := 'x'; end $$;
create function one_out(out b varchar(20)) language plpgsql as $$ begin b := 'x'; end $$;
create function tabled(p order_state) returns table (id bigint, label varchar(10)) language sql as 'select 1::bigint, ''x''::varchar';
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create procedure clean(keep int = 10) language plpgsql as $$ begin delete from public.scratch; end $$;
create aggregate sum_of(int) (sfunc = int4pl, stype = int, initcond = '0');
create function drop_me() returns void language sql as '';
drop function drop_me();
create function drop_me_too(int) returns void language sql as '';
drop function drop_me_too;
create function rename_me(x order_state[]) returns order_state language sql as 'select x[1]';
alter function rename_me(order_state[]) rename to renamed;
alter function renamed(order_state[]) immutable strict;
create function column_typed(p customers.email%type) returns customers.id%type language sql as 'select 1::bigint';
comment on function renamed(order_state[]) is 'first of them';

-- what hangs on tables
create trigger orders_touch before insert or update on orders for each row execute function touch();
create trigger dropped_trigger after delete on orders for each statement execute function touch();
drop trigger dropped_trigger on orders;
alter table orders enable row level security;
alter table customers enable row level security, force row level security;
create policy own_orders on orders for select using (customer_id = 1);
create policy insert_checked on orders as restrictive for insert to public with check (total > 0);
create policy dropped_policy on orders using (true);
drop policy dropped_policy on orders;
create statistics orders_stats (ndistinct, dependencies) on customer_id, product_id from orders;
create statistics all_kinds on state, total from orders;
create statistics gone_stats on state, total from orders;
drop statistics gone_stats;
create table dropped_later (id int);
insert into dropped_later values (1), (2);
drop table dropped_later;
vacuum customers;
`;

/** What PostgreSQL 14 does not understand. */
export const SCHEMA_18 = `
create table virtual_columns (a int, b int generated always as (a * 2) virtual, c int generated always as (a + 1));
create table nulls (a int, b int, unique nulls not distinct (a), constraint n unique nulls not distinct (b));
create unique index nulls_idx on nulls (a, b) nulls not distinct;
create table enforced (a int, constraint later check (a > 0) not enforced, b int references pairs (a) not enforced);
alter table enforced add constraint nn not null a;
create table periods (id int, during tstzrange, primary key (id, during without overlaps));
alter table virtual_columns alter column c set expression as (a + 5);
create table named_not_null (a int constraint a_there not null, b int, constraint b_there not null b);
create view json_view as select json_array(1, 2), 1 as one;
`;
