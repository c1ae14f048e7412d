/**
 * Functions of the shape the performance guides publish, with what they do wrong and nothing else, and a clock that a
 * test can set: `p_today` stands where they have NOW() or CURRENT_DATE.
 */

/** Guide 000, "Time-Based Partitioning": months from the next one on; a timestamp for a date; no IF NOT EXISTS; no key. */
export const COUNTS = `
create table counts (id serial, camera_id integer not null, created_at timestamp not null) partition by range (created_at);
create function make_counts_month(p_month date) returns void language plpgsql as $$
declare v_first date := date_trunc('month', p_month); v_name text := 'counts_' || to_char(p_month, 'YYYY_MM');
begin
  execute format('create table %I partition of counts for values from (%L) to (%L)', v_name, v_first, v_first + interval '1 month');
end $$;
create function make_counts_months(p_today timestamp) returns void language plpgsql as $$
declare v_next date := date_trunc('month', p_today) + interval '1 month';
begin
  for i in 0..2 loop perform make_counts_month(v_next + (i || ' months')::interval); end loop;
end $$;
create function make_counts_months_cast(p_today timestamp) returns void language plpgsql as $$
declare v_next date := date_trunc('month', p_today) + interval '1 month';
begin
  for i in 0..2 loop perform make_counts_month((v_next + (i || ' months')::interval)::date); end loop;
end $$`;

/** Guide 001, "Time-based Partitioning": any day begins a month, and IF NOT EXISTS goes by the name. */
export const EVENTS = `
create table events (id serial, at timestamp not null) partition by range (at);
create function make_month(p_table text, p_first date) returns void language plpgsql as $$
declare v_name text := p_table || '_y' || to_char(p_first, 'YYYY') || 'm' || to_char(p_first, 'MM');
begin
  execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
    v_name, p_table, p_first, p_first + interval '1 month');
end $$`;

/** Guide 002, "6.1 Native PostgreSQL Partitioning": %I around schema and name; names compared as text; no DETACH. */
export const MILK = `
create schema farm; create schema archive;
create table farm.milk (id bigserial, on_day date not null, liters numeric, primary key (id, on_day)) partition by range (on_day);
create table farm.milk_2023_01 partition of farm.milk for values from ('2023-01-01') to ('2023-02-01');
create table farm.milk_2026_01 partition of farm.milk for values from ('2026-01-01') to ('2026-02-01');
insert into farm.milk (on_day, liters) values ('2023-01-05', 10), ('2026-01-05', 20);
create function make_milk_months(p_today date) returns void language plpgsql as $$
declare v_first date;
begin
  for i in 1..12 loop
    v_first := date_trunc('month', p_today + (i || ' months')::interval);
    execute format('create table if not exists %I partition of farm.milk for values from (%L) to (%L)',
      'farm.milk_' || to_char(v_first, 'YYYY_MM'), v_first, v_first + interval '1 month');
  end loop;
end $$;
create function archive_milk(p_today date) returns void language plpgsql as $$
declare v_old record;
begin
  for v_old in select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'farm.milk'::regclass
      and inhrelid::regclass::text < 'farm.milk_' || to_char(p_today - interval '2 years', 'YYYY_MM')
  loop
    execute format('alter table %s set schema archive', v_old.name);
  end loop;
end $$`;
