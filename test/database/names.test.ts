import assert from 'node:assert/strict';
import { Client } from 'pg';
import { binderOf } from '../../src/core/catalog/binding/binder';
import type { Columns, KnownColumn } from '../../src/core/catalog/binding/knownColumn';
import { findUnknownNames } from '../../src/core/catalog/binding/unknownNames';
import type { Catalog } from '../../src/core/catalog/catalog';
import { loadGrammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { onEachServer } from './servers';

const SETUP = `
  create schema farm;
  create table site (id int primary key, name text, "Region" text);
  create table camera (id int primary key, site_id int references site, name text not null, tags text[]);
  create table counting_results (id bigint primary key, camera_id int, counted_at timestamptz, n int);
  create table farm.camera (id uuid, barn text);
  create table farm.milk (cow_id int, litres numeric(6, 2), noted date) partition by range (noted);
  create table farm.milk_2025 partition of farm.milk for values from ('2025-01-01') to ('2026-01-01');
  alter table camera drop column tags;
  alter table camera add column note varchar(20);
  create view camera_site as select c.id, c.name, s.name as site from camera c join site s on s.id = c.site_id;
  create materialized view daily as select camera_id, date(counted_at) as day, sum(n) as n from counting_results group by 1, 2;
  insert into site values (1, 'North', 'a'), (2, 'South', 'b');
  insert into camera values (1, 1, 'gate', 'x'), (2, 2, 'door', 'y');`;

/** Each runs in a transaction that is rolled back. */
const QUERIES = [
  'select * from camera',
  'select id, name from camera',
  'select c.* from camera c',
  'select c.*, s.* from camera c, site s',
  'select *, 1 as one from camera',
  'select camera.id as camera, "Region", id + 1, id::text, (id) from site join lateral (select 1 as k) camera(id) using (id)',
  'select c.id x, c.note from camera as c',
  'select x.a, x.b from camera as x(a, b)',
  'select * from camera as x(a, b)',
  'select barn from farm.camera',
  'select farm.camera.barn, farm.camera.* from farm.camera',
  'select public.camera.note from public.camera, farm.camera f',
  'select * from farm.milk',
  'select litres from farm.milk_2025 m',
  'select id, site from camera_site',
  'select v.*, d.n from camera_site v left join daily d on d.camera_id = v.id',
  'select count(*), max(n), camera_id from counting_results group by camera_id',
  'select distinct site_id from camera order by site_id',
  'select id from camera union select id from site',
  'select * from (select id, name from camera union all select id, name from site) u',
  'select * from (values (1, 2), (3, 4)) v',
  'select v.column1, b from (values (1, 2)) v(column1, b)',
  'values (1, 2)',
  'table camera',
  'select * from camera join site using (id)',
  'select * from camera left join site using (id)',
  'select * from camera right join site using (id)',
  'select * from camera full join site using (id)',
  'select id from camera full join site using (id)',
  'select id, name from camera right join site using (id, name)',
  'select camera.id, site.id, id from camera right join site using (id)',
  'select * from camera natural join site',
  'select * from camera natural full join site',
  'select * from camera join site using (id) join counting_results using (id)',
  'select * from (camera join site using (id)) as j',
  'select j.* from (camera join site using (id)) as j(a, b, c)',
  'select a, note from (camera join site using (id)) as j(a, b, c)',
  'select * from camera c cross join site s',
  'select s.* from camera c left join site s on s.id = c.site_id',
  'select * from camera c join (site s join counting_results r on r.camera_id = s.id) on c.id = s.id',
  'select s.x, s.name from (select id as x, name from camera) s',
  'select s.* from (select * from camera) s',
  'select s.* from (select id, id + 1 as next from camera) s(a)',
  'select x from (select id as x from (select id from camera) i) o',
  'select s.id from (select c.id from camera c join site s using (id)) s',
  'select s.id from (select id from camera right join site using (id)) s',
  'select s.id from (select id from camera full join site using (id)) s',
  'select * from (select distinct on (site_id) id, name from camera order by site_id, id) d',
  'select (select name from site limit 1), exists (select 1), array(select id from site)',
  'select (select name from site limit 1) as n from camera c where c.id = 1',
  'select l.k, c.id from camera c, lateral (select c.id as k) l',
  'select l.* from camera c left join lateral (select r.n, c.name from counting_results r where r.camera_id = c.id) l on true',
  'select * from camera c cross join lateral (values (c.id)) v(k)',
  'with a as (select id, name from camera) select * from a',
  'with a(x) as (select id, name from camera) select x, a.name, a.* from a',
  'with a as (select id from camera), b as (select id as k from a) select k, b.* from b',
  'with camera as (select id from site) select id from camera',
  'with a as (select 1 as one) select one from a union all select id from camera',
  'with a as (with b as (select name from site) select * from b) select name from a',
  'with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select n from t',
  'with recursive t as (select id, site_id from camera union all select s.id, t.site_id from site s join t on false) select * from t',
  'with recursive t as (select id from camera union all select id + 1 from t where id < 2) search depth first by id set o cycle id set c using p select * from t',
  'with a as materialized (select id from camera) select a.id from a join site on site.id = a.id',
  'with w as (insert into site values (3, $$x$$) returning *) select * from w',
  'with w as (update camera set note = null returning id, note as old_note) select old_note, w.id from w',
  'with d as (delete from camera where id = 9 returning camera.name) select * from d',
  'insert into site (id, name) values (4, $$x$$) returning id, name as n, *',
  'insert into site as s select id + 10, name from camera returning s.id, name',
  'update camera c set note = s.name from site s where s.id = c.site_id returning c.note, s.name, c.*',
  'delete from camera c using site s where s.id = c.site_id returning *',
  'insert into camera (id, name) values (1, $$a$$) on conflict (id) do update set name = excluded.name || camera.name returning name',
  'select g from generate_series(1, 2) g',
  'select * from generate_series(1, 2)',
  'select * from generate_series(1, 2) as g(n)',
  'select * from generate_series(1, 2) with ordinality',
  'select * from unnest(array[1, 2], array[3, 4]) as u(a, b)',
  'select * from unnest(array[1, 2], array[3, 4]) u',
  'select * from unnest(array[1, 2]) u',
  'select u.x, u.ordinality from unnest(array[1]) with ordinality as u(x)',
  `select * from jsonb_each('{"a": 1}')`,
  `select key, e.value from jsonb_each_text('{"a": 1}') e`,
  `select value, c.id from camera c, jsonb_array_elements('[1]')`,
  `select * from jsonb_to_record('{"a": 1}') as r(a int, b text)`,
  'select * from rows from (generate_series(1, 2), generate_series(1, 3)) as r(a, b)',
  `select * from xmltable('/a' passing '<a>1</a>' columns q int path 'b') x`,
  'select current_date, current_user, now(), lower(name), coalesce(note, name), nullif(id, 1), greatest(id, 2) from camera',
  `select case when id = 1 then name end, case id when 1 then 2 else site_id end, row(1), array[id], -id, name || 'x', id is null
   from camera`,
  'select id::bigint, name::text::varchar(5), $$2025-01-01$$::date, interval $$1 day$$, cast(id as numeric) from camera',
  'select extract(year from counted_at), counted_at at time zone $$UTC$$, substring($$a$$ from 1), position($$a$$ in $$b$$) from counting_results',
  'select name collate "C", camera_site.site from camera_site',
  'select row_number() over w, n from counting_results window w as (order by n)',
  'select grouping(camera_id), camera_id from counting_results group by rollup (camera_id)',
  'select c.ctid, c.id from camera c',
  'select c, c.id from camera c',
  'select count(c) from camera c',
  'select id from camera c where exists (select from site s where s.id = c.site_id and name = $$x$$)',
  'select name from camera c where id in (select site_id from counting_results)',
  'select c.id from camera c tablesample system (100)',
  'select id from only camera for update of camera',
];

/** Expressions whose types are plain to see. */
const TYPED = [
  'select id + 1, id * 2.5, id / 2, n + id, -n, counted_at > now(), n is null, not n = 1 from counting_results',
  'select sum(n), sum(id), avg(n), sum(n::numeric), avg(n::float8), sum(n::real), min(counted_at), max(id), count(*) from counting_results',
  `select coalesce(n, 0), coalesce(n, id), case when n > 1 then 1 else 2 end, case when n > 1 then 'a' end, nullif(n, 1) from counting_results`,
  `select date_trunc('day', counted_at), date_trunc('day', counted_at::timestamp), extract(day from counted_at), length('a') from counting_results`,
  `select name || 'x', name || id, note || name, lower(name), upper(note), name like 'a%', name in ('a'), id between 1 and 2 from camera`,
  'select exists (select 1), greatest(id, 2), round(id / 2.0, 1), max(note), min(name), count(*) from camera group by name, id',
  'select row_number() over (), rank() over (order by id), lag(name) over (), ntile(4) over (), first_value(id) over () from camera',
  `select 1, 10000000000, 1.5, 'a', true, date '2025-01-01', interval '1 day', current_date, now()::date, 1::bigint, '{1}'::int[]`,
  'select (select max(n) from counting_results), (select name from camera limit 1), (select note from camera limit 1)',
  'select 1 as a union select 2',
];

const SINCE_18 = [
  'insert into site (id) values (5) returning old.id, new.name, id',
  'update camera set note = $$z$$ returning old.note, new.note, note, old.*',
  'update camera set note = $$z$$ returning with (old as o, new as n) o.note, n.note, *',
  'merge into camera c using site s on c.id = s.id when matched then update set note = s.name returning merge_action(), c.id, s.name, old.note',
];

/** Each has one wrong name; PostgreSQL says which, and whether it is a column's or a table's. */
const INVALID = [
  'select nam from camera',
  'select c.nam from camera c',
  'select x.id from camera c',
  'select camera.id from camera c',
  'select id from camera, site',
  'select name from camera c join site s on s.id = c.site_id',
  'select * from cameras',
  'select * from farm.cameras',
  'select * from nowhere.camera',
  'select farm.camera.id from camera',
  'select barn from camera',
  'select region from site',
  'select s.id from (select name from site) s',
  'select s.id from (select id from site) s(x)',
  'select s.id, c.id from camera c, (select c.site_id) s',
  'select 1 from camera c join site s on s.id = r.camera_id, counting_results r',
  'select 1 from counting_results r, camera c join site s on s.id = r.camera_id',
  'with a as (select id from camera) select name from a',
  'with a as (select id from b), b as (select 1 as id) select * from a',
  'with a(x) as (select id from camera) select id from a',
  'select id as k from camera where k = 1',
  'select id as k from camera having k = 1',
  'select id from camera union select id from site order by name',
  'select id + 1 as k from camera order by k + 1',
  'select n from counting_results where exists (select from camera where m = 1)',
  'select 1 from camera where exists (select from site s) and s.id = 1',
  'insert into camera (id, nam) values (1, 2)',
  'insert into cameras values (1)',
  'insert into camera (id) select camera_id from site',
  'insert into camera (id, name) values (1, $$a$$) on conflict (id) do update set name = name',
  'insert into camera (id, name) values (1, $$a$$) on conflict (nam) do nothing',
  'insert into camera (id, name) values (1, $$a$$) on conflict (id) do update set nam = 1',
  'insert into camera (id, name) values (1, $$a$$) returning excluded.id',
  'update camera set nam = 1',
  'update camera c set name = camera.name',
  'update camera c set name = s.n from (select name as n from site where id = c.site_id) s',
  'delete from camera where camera_id = 1',
  'delete from camera c using site where site.id = c.site returning id',
  'select id from camera join site using (nam)',
  'select j.id from (camera join counting_results on true) as j',
  'select camera.id from (camera join site using (id)) as j',
  'select g.n from generate_series(1, 2) g',
  'select v.c from (values (1, 2)) v(a, b)',
  'select column3 from (values (1, 2)) v',
  'select site from camera_site where site_id = 1',
  'select d.noted from daily d',
  'select * from camera c where c.* is null and d.* is null',
  'select name from camera group by rollup (nam)',
  'select sum(n) over (partition by cam) from counting_results',
  'select sum(n) filter (where m > 1) from counting_results',
  'select case when id = 1 then nam end from camera',
  'select array(select nam from camera)',
  'explain select nam from camera',
  'create view v as select nam from camera',
  'select c.id from camera c where (c.id, c.nam) in (select 1, 2)',
];

describe('core/catalog/binding against PostgreSQL', () => {
  onEachServer(SETUP, server => {
    // The connection is closed before the server is stopped.
    describe('the columns of a result', () => {
      let catalog: Catalog;
      let client: Client;
      const columnNames = new Map<string, string>();

      before(async () => {
        catalog = await server().db.readCatalog();
        client = new Client({ connectionString: server().url });
        await client.connect();
        const { rows } = await client.query<{ id: number; number: number; name: string }>(
          `select a.attrelid::int as id, a.attnum::int as number, a.attrelid::regclass || '.' || a.attname as name
         from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace::regnamespace::text in ('public', 'farm')`,
        );
        for (const { id, number, name } of rows) columnNames.set(`${id} ${number}`, name);
      });

      after(() => client?.end());

      /** `name <- relation.column` of each column of the result. */
      async function ofServer(sql: string): Promise<string[]> {
        await client.query('begin');
        try {
          const { fields } = await client.query({ text: sql, rowMode: 'array' });
          return fields.map(({ name, tableID, columnID }) => {
            const origin = columnID > 0 ? columnNames.get(`${tableID} ${columnID}`) : undefined;
            return origin === undefined ? name : `${name} <- ${origin}`;
          });
        } finally {
          await client.query('rollback');
        }
      }

      const KINDS: Readonly<Record<string, readonly string[]>> = {
        '42703': ['column'],
        '42P01': ['relation', 'qualifier'],
        '42702': ['ambiguous'],
      };

      async function resultOf(sql: string): Promise<Columns> {
        const binder = binderOf(parseStatement(await loadGrammar(), sql), catalog);
        const query = binder.names.queries[0];
        assert.ok(query);
        return binder.outputsOf(query);
      }

      async function ofBinder(sql: string): Promise<string[]> {
        const { columns, complete } = await resultOf(sql);
        assert.ok(complete, 'every column is known');
        return columns.map(({ name, base }: KnownColumn) => {
          if (!base) return name;
          const { schema, name: relation } = base.relation;
          return `${name} <- ${schema === 'public' ? '' : `${schema}.`}${relation}.${base.column.name}`;
        });
      }

      for (const sql of QUERIES) {
        it(sql, async () => {
          assert.deepEqual(await ofBinder(sql), await ofServer(sql));
        });
      }

      for (const sql of [...QUERIES, ...TYPED]) {
        it(`errs in no type of ${sql}`, async () => {
          const { columns } = await resultOf(sql);
          await client.query('begin');
          try {
            const { fields } = await client.query({ text: sql, rowMode: 'array' });
            const { rows } = await client.query<{ types: string[] }>(
              `select array(select format_type(t, nullif(m, -1)) from unnest($1::oid[], $2::int[]) with ordinality u(t, m, n)
                            order by n) as types`,
              [fields.map(field => field.dataTypeID), fields.map(field => field.dataTypeModifier)],
            );
            const said = rows[0]?.types ?? [];
            assert.deepEqual(
              columns.map(({ name, type }) => `${name} ${type ?? ''}`),
              columns.map(({ name, type }, i) => `${name} ${type === undefined ? '' : said[i]}`),
            );
          } finally {
            await client.query('rollback');
          }
        });
      }

      it('knows most types', async () => {
        const columns = (await Promise.all([...QUERIES, ...TYPED].map(resultOf))).flatMap(result => result.columns);
        const typed = columns.filter(({ type }) => type !== undefined);
        assert.ok(typed.length > columns.length * 0.8, `${typed.length} of ${columns.length}`);
      });

      for (const sql of QUERIES) {
        it(`misses no name in ${sql}`, async () => {
          assert.deepEqual(findUnknownNames(parseStatement(await loadGrammar(), sql), catalog), []);
        });
      }

      for (const sql of INVALID) {
        it(`finds the wrong name in ${sql}`, async () => {
          const refused = await ofServer(sql).then(
            () => assert.fail('PostgreSQL takes it'),
            (error: unknown) => error as { code: string; position?: string; message: string },
          );
          const found = findUnknownNames(parseStatement(await loadGrammar(), sql), catalog);
          const said = `${refused.message} at ${refused.position}, found ${JSON.stringify(found)}`;
          assert.ok(
            found.some(({ kind }) => KINDS[refused.code]?.includes(kind)),
            said,
          );
          if (refused.position === undefined) return;
          const start = Number(refused.position) - 1;
          assert.ok(
            found.some(({ range }) => range.start >= start && /^[\w."(]*$/.test(sql.slice(start, range.start))),
            said,
          );
        });
      }

      for (const sql of SINCE_18) {
        it(sql, async function () {
          if (server().major < 18) {
            console.warn('      skipped: new in PostgreSQL 18');
            this.skip();
          }
          assert.deepEqual(await ofBinder(sql), await ofServer(sql));
        });
      }
    });
  });
});
