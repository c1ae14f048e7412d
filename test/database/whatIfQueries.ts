import type { IndexDefinition } from '../../src/core/advisor/suggestion';

/** Statements over the design as it is. */
export const PRESENT: readonly string[] = [
  // one table
  'select * from cameras where id = 17',
  "select * from cameras where serial = 'SN-00001eef'",
  "select * from cameras where status = 'offline' order by id limit 10",
  "select * from cameras where settings ->> 'model' = 'A1'",
  "select * from cameras where contact = 'USER7@example.com'",
  "select count(*) from agent_tasks where state = 'waiting'",
  "select * from agent_tasks where state = 'failed' and attempts > 2",
  "select * from agent_tasks where lower(title) = 'task 5'",
  "select * from agent_tasks where lower(title) between 'task 1' and 'task 2' order by lower(title)",
  "select * from agent_tasks where priority >= 'high' and finished_at is null",
  "select * from agent_tasks where country = 'country 3' and city = 'city 63'",
  "select * from agent_tasks where country = 'country 3' and city = 'city 64'",
  'select * from agent_tasks where payload @> \'{"kind": "k7"}\'',
  "select * from agent_tasks where created_at > '2025-02-04 12:00+00' order by created_at desc limit 20",
  'select * from cameras where settings @> \'{"model": "A1", "fps": 20}\'',
  "select * from agent_tasks where payload -> 'tags' ? 't3' and attempts = 1",
  "select count(*) from base_log where logged_at between '2025-01-05' and '2025-01-06'",
  'select * from old_log where archived_by is not null order by logged_at desc nulls last limit 5',
  'select id from agent_tasks where id > 140000 order by id',
  "select title from agent_tasks where title like 'Task a%'",
  "select title from agent_tasks where title ilike '%abc%'",
  "select * from cameras where serial ilike '%1eef%'",
  'select agent, count(*) from agent_tasks group by agent having count(*) > 500',
  'select distinct country, city from agent_tasks',
  'select * from agent_tasks where id = any($1)',
  'select * from agent_tasks where state = $1 and created_at > $2 order by created_at limit $3',
  "select * from agent_tasks where state in ('waiting', 'failed') or attempts = 3",
  'select max(created_at), min(created_at) from agent_tasks',
  "select * from farm.animal where traits @> array['trait3']",
  "select * from farm.animal where breed = 'Jersey' and born > '2021-01-01' and weight_kg > 650",
  "select * from farm.milk_production where session @> timestamptz '2024-06-01 12:00+00'",
  "select * from farm.milk_production where session && tstzrange('2024-06-01', '2024-06-02')",
  "select * from farm.milk_production where litres = 7 and quality = 'B'",
  'select quality, litres, count(*) from farm.milk_production group by 1, 2',
  'select * from farm.milk_production where animal_id = 55 order by production_date desc limit 5',
  "select avg(litres) from farm.milk_production where production_date between '2024-03-01' and '2024-03-31'",
  'select * from sites where short_hash(id) = 7',
  'select sum(litres) from farm.milk_production where id > 181000',
  'select * from farm.milk_production where id > 179500 order by id limit 5',
  'select * from never_analyzed where id = 3',
  // partitions, inheritance, views
  "select count(*) from counting_results where captured_at >= '2025-02-10 00:00+00' and captured_at < '2025-02-11 00:00+00'",
  "select * from counting_results where camera_id = 1999 and captured_at > '2025-03-05'",
  'select * from counting_results where camera_id = 700 order by captured_at desc limit 3',
  'select class, count(*), avg(people) from counting_results where note is null group by class',
  'select * from counting_2025_02 where camera_id between 5 and 9 and people > 35',
  "select grade(confidence), count(*) from counting_results where grade(confidence) = 'good' group by 1",
  'select * from base_log where id = 77',
  "select count(*) from only base_log where message = 'message 5'",
  'select * from busy_cameras where counts > 100',
  "select * from farm.herd where tag = 'DE-5'",
  "select * from daily where day = '2025-02-03' order by people desc",
  // several tables
  "select c.serial, s.name from cameras c join sites s on s.id = c.site_id where s.region = 'east'",
  'select s.region, sum(r.people) from counting_results r join cameras c on c.id = r.camera_id join sites s on s.id = c.site_id group by 1',
  `select c.serial, r.people from cameras c join counting_results r on r.camera_id = c.id
   where c.site_id = 7 and r.captured_at >= '2025-03-01' order by r.captured_at desc limit 50`,
  "select a.tag, sum(m.litres) from farm.animal a join farm.milk_production m on m.animal_id = a.id where a.breed = 'Angus' group by a.tag",
  'select * from farm.animal a join farm.animal m on m.id = a.mother_id where a.id < 20',
  "select * from farm.animal a where exists (select from farm.milk_production m where m.animal_id = a.id and m.quality = 'C')",
  "select * from cameras c where not exists (select from counting_results r where r.camera_id = c.id and r.captured_at > '2025-03-20')",
  'select c.id, (select max(r.captured_at) from counting_results r where r.camera_id = c.id) from cameras c where c.site_id = 3',
  'select c.id, l.people from cameras c cross join lateral (select people from counting_results r where r.camera_id = c.id order by captured_at desc limit 1) l',
  'select * from (select id, created_at, row_number() over (partition by agent order by created_at desc) as n from agent_tasks) t where n = 1',
  `with waiting as materialized (select * from agent_tasks where state = 'waiting') select agent, count(*) from waiting group by agent`,
  "select id from cameras where status = 'offline' union all select id from sites union select camera_id from daily where people > 5000",
  'select recent_counts(5)',
  'select count(*) from farm.milk_production m join farm.animal a on a.id = m.animal_id join sites s on s.id = a.id % 60 where m.litres > 30',
  'select b.camera_id, c.serial from busy_cameras b left join cameras c on c.id = b.camera_id order by b.people desc limit 10',
  'select * from agent_tasks a join agent_tasks b on b.id = a.id + 1 where a.agent = b.agent',
  // writes
  "update agent_tasks set state = 'done' where id = 5",
  "delete from counting_results where captured_at < '2025-01-02'",
  'insert into agent_tasks select id + 1000000, agent, state, priority, payload, created_at from agent_tasks where attempts = 3',
  `insert into counting_results (camera_id, captured_at, people, confidence, class)
   select camera_id, captured_at + interval '1 day', people, confidence, class from counting_results where camera_id = 3`,
];

/** An index that could be, and statements it is for. `schema.table` as the definition needs it. */
export interface IndexCase {
  readonly table: string;
  readonly method?: IndexDefinition['method'];
  readonly keys: readonly string[];
  readonly include?: readonly string[];
  readonly where?: string;
  readonly statements: readonly string[];
}

export const HYPOTHETICAL: readonly IndexCase[] = [
  {
    table: 'public.agent_tasks',
    keys: ['created_at'],
    statements: [
      "select * from agent_tasks where created_at > '2025-02-04 12:00+00' order by created_at desc limit 20",
      "select count(*) from agent_tasks where created_at between '2025-01-10' and '2025-01-12'",
      'select max(created_at) from agent_tasks',
      'select * from agent_tasks order by created_at limit 10',
    ],
  },
  {
    table: 'public.agent_tasks',
    keys: ['agent', 'created_at'],
    statements: [
      "select * from agent_tasks where agent = 'agent-7' order by created_at desc limit 10",
      "select count(*) from agent_tasks where agent = 'agent-7' and created_at > '2025-01-20'",
      "select agent, max(created_at) from agent_tasks where agent in ('agent-1', 'agent-2') group by agent",
    ],
  },
  {
    table: 'public.agent_tasks',
    keys: ['country', 'city'],
    include: ['attempts'],
    statements: [
      "select sum(attempts) from agent_tasks where country = 'country 3' and city = 'city 63'",
      "select attempts, count(*) from agent_tasks where country = 'country 3' group by attempts",
    ],
  },
  {
    table: 'public.agent_tasks',
    keys: ['created_at'],
    where: 'finished_at is null',
    statements: [
      'select * from agent_tasks where finished_at is null order by created_at limit 20',
      "select count(*) from agent_tasks where finished_at is null and created_at > '2025-01-15'",
    ],
  },
  {
    table: 'public.agent_tasks',
    keys: ['priority'],
    where: "state = 'waiting'",
    statements: ["select * from agent_tasks where state = 'waiting' and priority = 'urgent'"],
  },
  {
    table: 'public.agent_tasks',
    method: 'hash',
    keys: ['agent'],
    statements: ["select * from agent_tasks where agent = 'agent-7'"],
  },
  {
    table: 'public.agent_tasks',
    method: 'brin',
    keys: ['created_at'],
    statements: ["select count(*) from agent_tasks where created_at between '2025-01-10' and '2025-01-12'"],
  },
  {
    table: 'public.agent_tasks',
    method: 'gin',
    keys: ['payload jsonb_path_ops'],
    statements: ['select * from agent_tasks where payload @> \'{"kind": "k7", "size": 7}\''],
  },
  {
    table: 'public.agent_tasks',
    method: 'gin',
    keys: ['title gin_trgm_ops'],
    statements: [
      "select * from agent_tasks where title ilike '%abcd%'",
      "select * from agent_tasks where title like '%0123%'",
    ],
  },
  {
    table: 'public.agent_tasks',
    keys: ['title text_pattern_ops'],
    statements: ["select * from agent_tasks where title like 'Task abc%'"],
  },
  {
    table: 'public.counting_results',
    keys: ['camera_id', 'captured_at DESC'],
    statements: [
      'select * from counting_results where camera_id = 700 order by captured_at desc limit 3',
      "select sum(people) from counting_results where camera_id = 12 and captured_at >= '2025-02-01 00:00+00' and captured_at < '2025-02-08 00:00+00'",
      'select c.id, l.people from cameras c cross join lateral (select people from counting_results r where r.camera_id = c.id order by captured_at desc limit 1) l',
      'select c.id, (select max(r.captured_at) from counting_results r where r.camera_id = c.id) from cameras c where c.site_id = 3',
    ],
  },
  {
    table: 'public.counting_results',
    keys: ['captured_at'],
    include: ['people'],
    statements: [
      "select sum(people) from counting_results where captured_at >= '2025-02-10 00:00+00' and captured_at < '2025-02-11 00:00+00'",
      'select * from counting_results order by captured_at desc limit 10',
    ],
  },
  {
    table: 'public.counting_results',
    keys: ['class', 'people'],
    statements: ["select * from counting_results where class = 'vehicle' and people = 10"],
  },
  {
    table: 'public.counting_2025_02',
    keys: ['people', 'confidence'],
    statements: ['select * from counting_2025_02 where people = 3 and confidence < 0.1'],
  },
  {
    table: 'public.counting_results',
    method: 'brin',
    keys: ['captured_at'],
    statements: [
      "select count(*) from counting_results where captured_at >= '2025-02-10 00:00+00' and captured_at < '2025-02-10 02:00+00'",
    ],
  },
  {
    table: 'farm.milk_production',
    keys: ['production_date'],
    include: ['litres'],
    statements: [
      "select avg(litres) from farm.milk_production where production_date between '2024-03-01' and '2024-03-31'",
      "select * from farm.milk_production where production_date = '2024-05-05' and quality = 'A'",
      "select count(*) from farm.milk_production where production_date > '2024-10-28'",
      "select production_date, sum(litres) from farm.milk_production where production_date > '2024-10-01' group by 1 order by 1",
    ],
  },
  {
    table: 'farm.milk_production',
    keys: ['quality', 'litres'],
    statements: ["select * from farm.milk_production where litres = 7 and quality = 'B'"],
  },
  {
    table: 'farm.milk_production',
    method: 'gist',
    keys: ['session'],
    statements: ["select * from farm.milk_production where session && tstzrange('2024-06-01', '2024-06-02')"],
  },
  {
    table: 'farm.animal',
    method: 'gin',
    keys: ['traits'],
    statements: ["select * from farm.animal where traits @> array['trait3', 'line5']"],
  },
  {
    table: 'farm.animal',
    keys: ['mother_id'],
    statements: [
      'select * from farm.animal where mother_id = 40',
      'select m.tag, count(*) from farm.animal a join farm.animal m on m.id = a.mother_id where m.id < 30 group by m.tag',
    ],
  },
  {
    table: 'farm.animal',
    keys: ['breed', 'born'],
    statements: [
      "select * from farm.animal where breed = 'Jersey' and born > '2023-01-01'",
      "select tag from farm.animal where breed in ('Jersey', 'Angus') order by born limit 10",
    ],
  },
  {
    table: 'public.cameras',
    keys: ['site_id'],
    statements: [
      'select * from cameras where site_id = 3',
      "select c.serial, s.name from cameras c join sites s on s.id = c.site_id where s.name = 'Site 5'",
    ],
  },
  {
    table: 'public.cameras',
    keys: ['contact'],
    statements: ["select * from cameras where contact = 'USER7@example.com'"],
  },
  {
    table: 'public.daily',
    keys: ['day', 'people DESC'],
    statements: ["select * from daily where day = '2025-02-03' order by people desc limit 5"],
  },
  {
    table: 'public.old_log',
    keys: ['id'],
    statements: ['select * from base_log where id = 77', 'select * from old_log where id between 5 and 9'],
  },
  // what PostgreSQL learns of an expression when the table is analysed, the shadow has from a sample
  {
    table: 'public.agent_tasks',
    keys: ['upper(agent)'],
    statements: ["select * from agent_tasks where upper(agent) = 'AGENT-9'"],
  },
  {
    table: 'public.agent_tasks',
    keys: ["((payload ->> 'kind'))"],
    statements: ["select * from agent_tasks where payload ->> 'kind' = 'k3'"],
  },
  {
    table: 'public.agent_tasks',
    keys: ["((created_at at time zone 'UTC')::date)"],
    statements: ["select count(*) from agent_tasks where (created_at at time zone 'UTC')::date = '2025-01-20'"],
  },
  {
    table: 'farm.milk_production',
    keys: ["date_trunc('month', production_date::timestamp)", 'quality'],
    statements: [
      "select sum(litres) from farm.milk_production where date_trunc('month', production_date::timestamp) = '2024-04-01' and quality = 'A'",
    ],
  },
];
