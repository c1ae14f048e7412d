/** Rows of the hostile table. */
export const ROWS = 60_000;

/**
 * A table with a bit of everything that a migration may forget, under names that must be quoted. `18` has what came
 * later.
 */
export const hostileTable = (major: number): string => `
  create role "Clerk's"; create role keeper; create role "own er" createrole;
  create schema "Sales Data"; grant usage on schema "Sales Data" to public;
  grant usage, create on schema "Sales Data" to "own er";
  create collation "Sales Data".plain (locale = 'C');
  create domain "Sales Data".cents as bigint check (value >= 0);
  alter default privileges in schema "Sales Data" grant select on tables to keeper;
  alter default privileges in schema "Sales Data" grant usage on sequences to keeper;
  create table "Sales Data".customers (id bigint primary key, name text);
  insert into "Sales Data".customers select n, 'customer ' || n from generate_series(1, 500) n;
  create function "Sales Data".touch() returns trigger language plpgsql as
    $f$ begin new.touched := coalesce(new.touched, 0) + 1; return new; end $f$;
  create table "Sales Data".audit (what text, at timestamptz default now());
  create function "Sales Data".audit() returns trigger language plpgsql security definer as
    $f$ begin insert into "Sales Data".audit values (tg_op); return null; end $f$;

  create table "Sales Data"."Order ""Lines""" (
    "Id" bigint generated always as identity (start with 5 increment by 5 cache 1),
    number serial,
    "Placed At" timestamptz not null default now(),
    gone_column int,
    customer_id bigint not null default 1,
    amount "Sales Data".cents not null default 0,
    tax numeric(12, 2) generated always as (round(amount * 0.19, 2)) stored,
    ${major >= 18 ? 'doubled bigint generated always as (customer_id * 2) virtual,' : ''}
    code varchar(12) collate "Sales Data".plain,
    note text default 'it''s \\ "fine"',
    details jsonb, tags text[] default '{}'::text[],
    span int4range,
    touched int,
    constraint "line pk" primary key ("Id") include (code) with (fillfactor = 80),
    constraint "code is short" check (length(code) < 12),
    constraint "customer of line" foreign key (customer_id) references "Sales Data".customers (id)
      on update cascade deferrable initially deferred,
    constraint "number once a day" unique ("Placed At", number) deferrable
  ) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_enabled = off);
  alter table "Sales Data"."Order ""Lines""" drop column gone_column;
  alter table "Sales Data"."Order ""Lines""" owner to "own er";
  alter sequence "Sales Data"."Order ""Lines""_number_seq" owner to "own er";
  alter table "Sales Data".customers owner to "own er";
  alter table "Sales Data"."Order ""Lines""" alter note set storage external, alter note set compression pglz,
    alter code set statistics 77, alter customer_id set (n_distinct = -0.3);
  insert into "Sales Data"."Order ""Lines""" ("Placed At", customer_id, amount, code, note, details, tags, span, touched)
    select timestamptz '2024-01-01 00:00+00' + n * interval '11 minutes', 1 + n % 500, n % 1000, 'c' || n % 7000,
      repeat('note ', n % 50), jsonb_build_object('n', n), array['a' || n % 9], int4range(n, n + 2), 0
    from generate_series(1, ${ROWS}) n;
  set constraints all immediate;
  alter table "Sales Data"."Order ""Lines""" add constraint "late rule" check (customer_id < 500) not valid;
  create index "by customer" on "Sales Data"."Order ""Lines""" (customer_id, "Placed At" desc) include (amount)
    with (fillfactor = 75) where amount > 0;
  create index lower_code on "Sales Data"."Order ""Lines""" (lower(code) text_pattern_ops);
  create index on "Sales Data"."Order ""Lines""" using gin (details jsonb_path_ops);
  create index spans on "Sales Data"."Order ""Lines""" using gist (span);
  create index "placed brin" on "Sales Data"."Order ""Lines""" using brin ("Placed At") with (pages_per_range = 32);
  create unique index "once" on "Sales Data"."Order ""Lines""" ("Placed At", (lower(code)), "Id");
  create unique index identity_index on "Sales Data"."Order ""Lines""" ("Id", "Placed At");
  alter index "Sales Data".lower_code alter column 1 set statistics 250;
  cluster "Sales Data"."Order ""Lines""" using spans;
  alter table "Sales Data"."Order ""Lines""" replica identity using index identity_index;
  create trigger "a touch" before insert or update of amount, "Placed At" on "Sales Data"."Order ""Lines"""
    for each row when (new.amount > 0) execute function "Sales Data".touch();
  create trigger audit_all after insert or delete on "Sales Data"."Order ""Lines"""
    for each statement execute function "Sales Data".audit();
  create constraint trigger late_audit after delete on "Sales Data"."Order ""Lines""" deferrable initially deferred
    for each row execute function "Sales Data".audit();
  create trigger sleeping after update on "Sales Data"."Order ""Lines""" for each row execute function "Sales Data".audit();
  alter table "Sales Data"."Order ""Lines""" disable trigger sleeping;
  alter table "Sales Data"."Order ""Lines""" enable always trigger "a touch";
  create rule "no mass" as on delete to "Sales Data"."Order ""Lines""" where old.amount = 999 do instead nothing;
  alter table "Sales Data"."Order ""Lines""" enable row level security;
  create policy "own lines" on "Sales Data"."Order ""Lines""" as permissive for select to "Clerk's", keeper
    using (customer_id in (select c.id from "Sales Data".customers c where c.id = "Order ""Lines""".customer_id));
  create policy "no zero" on "Sales Data"."Order ""Lines""" as restrictive for insert to public with check (amount > 0);
  grant select, insert on "Sales Data"."Order ""Lines""" to "Clerk's" with grant option;
  grant update (note, code) on "Sales Data"."Order ""Lines""" to keeper;
  revoke truncate on "Sales Data"."Order ""Lines""" from "own er";
  revoke select on "Sales Data"."Order ""Lines""" from keeper;
  grant usage on sequence "Sales Data"."Order ""Lines""_Id_seq" to "Clerk's";
  comment on table "Sales Data"."Order ""Lines""" is 'lines of $sql$ orders; it''s -- all';
  comment on column "Sales Data"."Order ""Lines"""."Placed At" is 'when';
  comment on constraint "code is short" on "Sales Data"."Order ""Lines""" is 'short';
  comment on index "Sales Data"."by customer" is 'for the list';
  comment on trigger "a touch" on "Sales Data"."Order ""Lines""" is 'touches';
  comment on policy "no zero" on "Sales Data"."Order ""Lines""" is 'nothing for nothing';
  create statistics "Sales Data"."code and customer" (dependencies, ndistinct)
    on code, customer_id from "Sales Data"."Order ""Lines""";
  alter statistics "Sales Data"."code and customer" set statistics 99;
  comment on statistics "Sales Data"."code and customer" is 'they go together';
  create publication lines_out for table "Sales Data"."Order ""Lines"""${
    major >= 15 ? ` ("Id", "Placed At", amount) where ("Id" > 0)` : ''
  } with (publish_via_partition_root = true);
  create view "Sales Data".recent with (security_barrier) as
    select l."Id", l.amount, l.note from "Sales Data"."Order ""Lines""" l where l."Placed At" > '2024-06-01';
  create view "Sales Data".recent_notes as select note from "Sales Data".recent;
  grant select on "Sales Data".recent to keeper;
  create materialized view "Sales Data".per_day as
    select date_trunc('day', "Placed At" at time zone 'UTC') as day, sum(amount)::bigint as amount, count(*) as lines
    from "Sales Data"."Order ""Lines""" group by 1;
  create unique index per_day_day on "Sales Data".per_day (day);
  comment on materialized view "Sales Data".per_day is 'totals';
  create function "Sales Data".line_count() returns bigint language sql begin atomic
    select count(*) from "Sales Data"."Order ""Lines"""; end;
  analyze "Sales Data"."Order ""Lines""";`;

export const TABLE = '"Sales Data"."Order ""Lines"""';
