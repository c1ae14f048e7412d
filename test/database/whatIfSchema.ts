/**
 * A corner of each of three systems: camera counting (partitioned by month), a farm, a queue of agents' tasks; and the
 * kinds of object a copy of a schema easily loses. All values come from the row's number.
 */
export const SCHEMA = `
set check_function_bodies = off;
create extension pg_trgm;
create extension btree_gist;
create extension citext;
create schema farm;
create type priority as enum ('low', 'normal', 'high', 'urgent');
create domain share as real check (value between 0 and 1);
create type place as (lat real, lon real);

create function short_hash(bigint) returns int language sql immutable parallel safe
  as $$ select (($1 * 2654435761) % 1000)::int $$;
create function grade(real) returns text language plpgsql immutable
  as $$ begin return case when $1 > 0.8 then 'good' when $1 > 0.5 then 'fair' else 'bad' end; end $$;
create function recent_counts(int) returns bigint language sql stable
  as $$ select count(*) from counting_results where camera_id = $1 $$;

create table sites (id int primary key, name text not null, region text not null, opened date not null);
insert into sites select g, 'Site ' || g, (array['north', 'east', 'south', 'west'])[1 + g % 4], date '2023-01-01' + g
from generate_series(1, 60) g;

create table cameras (
  id int primary key, site_id int not null references sites, serial text not null unique, status text not null,
  settings jsonb not null, position place, contact citext);
insert into cameras
select g, 1 + g % 60, 'SN-' || lpad(to_hex(g * 7919), 8, '0'), case when g % 25 = 0 then 'offline' else 'active' end,
  jsonb_build_object('model', 'A' || g % 3, 'fps', 15 + g % 15), row(g, g)::place, 'User' || g % 50 || '@example.com'
from generate_series(1, 2000) g;

create table counting_results (
  id bigint generated always as identity, camera_id int not null, captured_at timestamptz not null,
  people int not null, confidence share not null, class text not null, note text)
  partition by range (captured_at);
create table counting_2025_01 partition of counting_results for values from ('2025-01-01 00:00+00') to ('2025-02-01 00:00+00');
create table counting_2025_02 partition of counting_results for values from ('2025-02-01 00:00+00') to ('2025-03-01 00:00+00');
create table counting_2025_03 partition of counting_results for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00');
create table counting_rest partition of counting_results default;
create index counting_results_camera_idx on counting_results (camera_id);
insert into counting_results (camera_id, captured_at, people, confidence, class, note)
select 1 + (power((g * 7919 % 100003) / 100003.0, 3) * 1999)::int, timestamptz '2025-01-01 00:00+00' + g * interval '35 seconds',
  g % 40, (g * 37 % 1000) / 1000.0, case when g % 50 = 0 then 'vehicle' else 'person' end,
  case when g % 9 = 0 then 'note ' || g end
from generate_series(1, 240000) g;

create table farm.animal (
  id int primary key, tag text not null, breed text not null, born date not null, mother_id int references farm.animal,
  weight_kg numeric(6, 2), traits text[]);
insert into farm.animal
select g, 'DE-' || g, (array['Holstein', 'Jersey', 'Angus', 'Simmental', 'Fleckvieh'])[1 + g % 5],
  date '2018-01-01' + g % 2000, nullif(g / 3, 0), 300 + g % 400,
  array['trait' || g % 7, 'line' || g % 40]
from generate_series(1, 12000) g;

create table farm.milk_production (
  id bigint primary key, animal_id int not null references farm.animal, production_date date not null,
  litres numeric(5, 2) not null, quality text not null, session tstzrange not null);
insert into farm.milk_production
select g, 1 + g * 7919 % 12000, date '2024-01-01' + g / 600, 5 + g % 30, (array['A', 'B', 'C'])[1 + g % 97 % 3],
  tstzrange(timestamptz '2024-01-01 00:00+00' + g * interval '3 minutes', timestamptz '2024-01-01 00:00+00' + g * interval '3 minutes' + (g % 60) * interval '1 minute')
from generate_series(1, 180000) g;
create index milk_animal_idx on farm.milk_production (animal_id, production_date);
create index milk_session_idx on farm.milk_production (id, quality) include (litres);
create statistics farm.milk_quality (ndistinct, dependencies, mcv) on litres, quality from farm.milk_production;

create table agent_tasks (
  id bigint primary key, agent text not null, state text not null, priority priority not null default 'normal',
  payload jsonb not null, created_at timestamptz not null default now(), finished_at timestamptz, attempts smallint not null default 0,
  country text not null, city text not null, title text not null);
insert into agent_tasks
select g, 'agent-' || g % 300, case when g % 50 = 0 then 'waiting' when g % 500 = 7 then 'failed' else 'done' end,
  (array['low', 'normal', 'normal', 'high', 'urgent'])[1 + g % 5]::priority,
  jsonb_build_object('kind', 'k' || g % 20, 'size', g % 1000, 'tags', jsonb_build_array('t' || g % 11)),
  timestamptz '2025-01-01 00:00+00' + g * interval '20 seconds',
  case when g % 50 <> 0 then timestamptz '2025-01-01 00:00+00' + g * interval '20 seconds' + (g % 600) * interval '1 second' end,
  g % 4, 'country ' || g % 20, 'city ' || g % 200, 'Task ' || md5(g::text)
from generate_series(1, 150000) g;
create index agent_tasks_state_idx on agent_tasks (state) where state <> 'done';
create index agent_tasks_tags_idx on agent_tasks using gin ((payload -> 'tags'));
create index cameras_serial_idx on cameras using gist (serial gist_trgm_ops);
create index agent_tasks_lower_idx on agent_tasks (lower(title));
create statistics tasks_place (dependencies, mcv) on country, city from agent_tasks;
alter table agent_tasks alter column city set statistics 300;
alter statistics tasks_place set statistics 400;

create table base_log (id int not null, logged_at timestamptz not null, message text, check (id > 0));
create table old_log (archived_by text) inherits (base_log);
insert into base_log select g, timestamptz '2025-01-01 00:00+00' + g * interval '1 minute', 'message ' || g % 300 from generate_series(1, 20000) g;
insert into old_log select g, timestamptz '2024-01-01 00:00+00' + g * interval '1 minute', 'message ' || g % 300, 'robot' from generate_series(1, 30000) g;

create view busy_cameras as
  select camera_id, count(*) as counts, sum(people) as people from counting_results where people > 30 group by camera_id;
create view farm.herd with (security_barrier) as select id, tag, breed from farm.animal where breed <> 'Angus';
create index cameras_settings_idx on cameras using gin (settings);
create index base_log_time_idx on base_log using brin (logged_at);
create index old_log_time_idx on old_log (logged_at desc nulls last) where archived_by is not null;
create materialized view daily as
  select camera_id, captured_at::date as day, sum(people) as people from counting_results group by 1, 2;
create table never_analyzed (id int, name text);
`;

/** After everything else: what makes the figures known to the planner. */
export const FINISH = `
vacuum analyze;
insert into never_analyzed select g, 'n' || g from generate_series(1, 5000) g;
insert into farm.milk_production
select g, 1 + g % 12000, date '2024-10-27' + g / 600, 9, 'A', 'empty' from generate_series(180001, 182000) g;
`;
