import type { ExplainRequest } from '../../src/core/ports';

/** A statement, run as it is. */
export interface PlanRun extends Partial<Pick<ExplainRequest, 'settings' | 'writes'>> {
  readonly sql: string;
}

/** A situation in which a rule must speak, and a similar one in which it must not. */
export interface FindingCase {
  /** `plan/slug`. */
  readonly rule: string;
  readonly finds: PlanRun;
  readonly leaves: PlanRun;
  /** What the first step proposes to try makes the finding go away. */
  readonly cured?: true;
}

/** 200,000 results in some 3,000 blocks; dependent columns; a year of partitions; references with and without index. */
export const SETUP = [
  `create table results as
     select n as id, n % 1000 as camera_id, n % 2 as direction, n * 7919 % 1000 as spot, timestamptz '2026-01-01 00:00+00' + n * interval '1 minute' as at,
       repeat('x', 60) as note from generate_series(1, 200000) n`,
  'create index results_camera on results (camera_id)',
  'create index results_spot on results (spot)',
  'create index results_at on results (at)',
  'create table vacuumed as select camera_id from results',
  'create index vacuumed_camera on vacuumed (camera_id)',
  'create table addresses as select n as id, n % 100 as city, n % 100 as country, n % 100 as zip from generate_series(1, 50000) n',
  'create index addresses_id on addresses (id)',
  `create table history as select n as id, case when n <= 4000 then 1 else 2 + n % 3 end as kind, n as at, repeat('x', 60) as note
     from generate_series(1, 200000) n`,
  'create index history_at on history (at)',
  'create table readings (at timestamp not null, value int) partition by range (at)',
  ...Array.from({ length: 12 }, (_, month) => {
    const day = (index: number) => `${2026 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
    return `create table readings_${month + 1} partition of readings for values from ('${day(month)}') to ('${day(month + 1)}')`;
  }),
  `insert into readings select timestamp '2026-01-01' + n * interval '4 minutes', n from generate_series(0, 131000) n`,
  'create table many (k int) partition by list (k)',
  `do $$ begin for i in 1..10 loop execute format('create table many_%s partition of many for values in (%s)', i, i); end loop; end $$`,
  'create table owners (id int primary key)',
  'create table cars (owner_id int constraint cars_owner references owners, note text)',
  'create table keepers (id int primary key)',
  'create table dogs (keeper_id int constraint dogs_keeper references keepers, note text)',
  'create index on dogs (keeper_id)',
  'insert into owners select generate_series(1, 1000)',
  'insert into keepers select generate_series(1, 1000)',
  "insert into cars select 500 + n % 500, repeat('x', 60) from generate_series(1, 100000) n",
  'insert into dogs select * from cars',
  `create table cold as select n as id, repeat(md5(n::text), 30) as note from generate_series(1, 60000) n`,
  'alter table cold alter note set storage plain',
  `create function sorted_sum() returns numeric language plpgsql as $$ begin
     return (select sum(place) from (select row_number() over (order by note, id) as place from results) s); end $$`,
  'analyze',
  'vacuum vacuumed',
] as const;

/** One plan at a time, without chance: one process, no JIT. */
export const QUIET = { max_parallel_workers_per_gather: '0', jit: 'off' } as const;

const parallel = {
  max_parallel_workers_per_gather: '2',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  min_parallel_table_scan_size: '0',
};
const bitmap = { enable_seqscan: 'off', enable_indexscan: 'off' };
const onlyIndex = { enable_seqscan: 'off', enable_bitmapscan: 'off' };
const small = { work_mem: '256kB' };
const large = { work_mem: '128MB' };
const hashed = { enable_mergejoin: 'off', enable_nestloop: 'off', enable_sort: 'off' };

export const CASES: readonly FindingCase[] = [
  {
    rule: 'plan/seq-scan-keeps-few-rows',
    finds: { sql: 'select * from results where id = 77' },
    leaves: { sql: 'select * from results where direction = 1' },
  },
  {
    rule: 'plan/index-filter-removes-many',
    finds: { sql: `select * from results where camera_id between 1 and 400 and note = 'none'`, settings: bitmap },
    leaves: { sql: 'select * from results where camera_id between 1 and 400 and direction >= 0', settings: bitmap },
  },
  {
    rule: 'plan/lossy-bitmap',
    finds: { sql: 'select * from results where spot < 100', settings: { ...bitmap, work_mem: '64kB' } },
    leaves: { sql: 'select * from results where spot < 100', settings: { ...bitmap, ...large } },
    cured: true,
  },
  {
    rule: 'plan/heap-fetches',
    finds: { sql: 'select camera_id from results where camera_id < 300', settings: onlyIndex },
    leaves: { sql: 'select camera_id from vacuumed where camera_id < 300', settings: onlyIndex },
  },
  {
    rule: 'plan/sort-on-disk',
    finds: { sql: 'select * from results order by note, id', settings: small },
    leaves: { sql: 'select * from results order by note, id', settings: large },
    cured: true,
  },
  {
    rule: 'plan/hash-batches',
    finds: { sql: 'select count(*) from results a join results b using (id)', settings: { ...hashed, ...small } },
    leaves: { sql: 'select count(*) from results a join results b using (id)', settings: { ...hashed, ...large } },
    cured: true,
  },
  {
    rule: 'plan/hash-batches',
    finds: { sql: 'select id, note, count(*) from results group by id, note', settings: { ...hashed, ...small } },
    leaves: { sql: 'select id, note, count(*) from results group by id, note', settings: { ...hashed, ...large } },
    cured: true,
  },
  {
    rule: 'plan/materialize-on-disk',
    finds: { sql: 'with r as materialized (select * from results) select count(*) from r', settings: small },
    leaves: { sql: 'with r as materialized (select * from results) select count(*) from r', settings: large },
    cured: true,
  },
  {
    rule: 'plan/temp-files',
    finds: { sql: 'select sorted_sum()', settings: small },
    leaves: { sql: 'select sorted_sum()', settings: large },
    cured: true,
  },
  {
    rule: 'plan/nested-loop-misestimate',
    finds: {
      sql: 'select count(r.note) from addresses a join results r on r.camera_id = a.city where a.city = 1 and a.country = 1 and a.zip = 1 and a.id < 30000',
    },
    leaves: {
      sql: 'select count(r.note) from addresses a join results r on r.camera_id = a.city where a.id between 100 and 600',
    },
  },
  {
    rule: 'plan/correlated-columns',
    finds: { sql: 'select * from addresses where city = 1 and country = 1 and zip = 1' },
    leaves: { sql: 'select * from addresses where city = 1 and id < 40000' },
  },
  {
    rule: 'plan/row-estimate-origin',
    finds: { sql: 'select * from results where id % 7 = 3' },
    leaves: { sql: 'select * from results where id between 1000 and 30000' },
  },
  {
    rule: 'plan/repeated-subplan',
    finds: {
      sql: 'select id, (select count(note) from results r where r.camera_id = a.id) from addresses a where id <= 500',
    },
    leaves: {
      sql: `select id, n from addresses a left join (select camera_id, count(note) as n from results group by 1) r
            on r.camera_id = a.id where id <= 500`,
    },
  },
  {
    rule: 'plan/cte-materialized',
    finds: { sql: 'with recent as materialized (select * from results) select * from recent where camera_id = 7' },
    leaves: { sql: 'with recent as not materialized (select * from results) select * from recent where camera_id = 7' },
  },
  {
    rule: 'plan/function-or-cast-hides-index',
    finds: { sql: `select * from results where at::date = '2026-02-01'` },
    leaves: { sql: `select * from results where at >= '2026-02-01' and at < '2026-02-02'` },
  },
  {
    rule: 'plan/offset-reads-rows',
    finds: { sql: 'select * from results order by at limit 20 offset 50000' },
    leaves: { sql: 'select * from results order by at limit 20 offset 20' },
  },
  {
    rule: 'plan/limit-late-filter',
    finds: {
      sql: 'select r.id from results r left join addresses a on a.id = r.camera_id where coalesce(a.city, 1) = 999 order by at limit 5',
    },
    leaves: {
      sql: 'select r.id from results r left join addresses a on a.id = r.camera_id where coalesce(a.city, 1) < 90 order by at limit 5',
    },
  },
  {
    rule: 'plan/order-by-index',
    finds: { sql: 'select * from history where kind = 1 order by at desc limit 10' },
    leaves: { sql: 'select * from history where kind = 1 order by at limit 10' },
  },
  {
    rule: 'plan/partitions-not-pruned',
    finds: { sql: `select * from readings where date_trunc('month', at) = '2026-04-01'` },
    leaves: { sql: `select * from readings where at >= '2026-04-01' and at < '2026-05-01'` },
  },
  {
    rule: 'plan/workers-not-launched',
    finds: {
      sql: 'select count(*) from results where direction = 1',
      settings: { ...parallel, max_parallel_workers: '0' },
    },
    leaves: { sql: 'select count(*) from results where direction = 1', settings: parallel },
  },
  {
    rule: 'plan/trigger-fk-without-index',
    finds: { sql: 'delete from owners where id <= 20', writes: true },
    leaves: { sql: 'delete from keepers where id <= 20', writes: true },
  },
  {
    rule: 'plan/planning-above-execution',
    finds: { sql: `select * from ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(n => `many_${n} natural join `).join('')}many_10` },
    leaves: { sql: 'select * from addresses where id = 5' },
  },
  {
    rule: 'plan/cold-cache',
    finds: { sql: 'select count(note) from cold' },
    leaves: { sql: 'select count(note) from results' },
  },
  {
    rule: 'plan/wal-heavy',
    finds: { sql: 'update results set direction = direction + 1 where camera_id < 300', writes: true },
    leaves: { sql: 'update results set direction = direction + 1 where camera_id = 7', writes: true },
  },
  {
    rule: 'plan/row-locks',
    finds: { sql: 'select * from results where camera_id < 100 for update', writes: true },
    leaves: { sql: 'select * from results where camera_id < 100 limit 10 for update', writes: true },
  },
  {
    rule: 'plan/join-filter-removes-many',
    finds: {
      sql: 'select count(*) from addresses a join addresses b on a.id + 0 >= b.id * 100 and a.id + 0 < b.id * 100 + 5 where a.id < 1000 and b.id < 1000',
    },
    leaves: {
      sql: 'select count(*) from addresses a join addresses b on a.id = b.id * 100 where a.id < 1000 and b.id < 1000',
    },
  },
];
