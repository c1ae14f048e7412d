import assert from 'node:assert/strict';
import type { Binding, Binder } from '../../../src/core/catalog/binding/binder';
import { binderOf } from '../../../src/core/catalog/binding/binder';
import type { KnownColumn } from '../../../src/core/catalog/binding/knownColumn';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { namesOf } from '../../../src/core/sql/names/namesOf';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { catalogOf } from '../../rules/lintText';

const SCHEMA = `
  create table camera (id int primary key, name text not null, site_id int);
  create table site (id int primary key, name text not null, "Region" text);
  create table counting_results (id bigint, camera_id int, counted_at timestamptz, n int);
  create table farm.camera (id uuid, barn text);`;

/** What each name of a statement means, in the order it was read. */
const CASES: Readonly<Record<string, readonly (readonly [sql: string, ...meanings: string[]])[]>> = {
  'qualified and bare names': [
    [
      'select c.id, counted_at from camera c, counting_results',
      'c.id = camera.id',
      'counted_at = counting_results.counted_at',
    ],
    ['select id from camera, site', 'id: ambiguous'],
    ['select camera.id from camera c', 'camera.id: no relation'],
    ['select c.nope from camera c', 'c.nope: no column'],
    ['select nope from camera', 'nope: no column'],
    ['select "Region", Region from site', 'Region = site.Region', 'region: no column'],
    ['select c.ctid, xmin from camera c', 'c.ctid: system', 'xmin: system'],
    ['select c, camera from camera c', 'c: row of c', 'camera: no column'],
  ],
  'schemas and the search path': [
    ['select barn from camera', 'barn: no column'],
    ['select barn, farm.camera.id from farm.camera', 'barn = camera.barn', 'farm.camera.id = camera.id'],
    ['select farm.camera.id from camera', 'farm.camera.id: no relation'],
    ['select public.camera.id from camera', 'public.camera.id = camera.id'],
    ['select public.camera.id from camera as camera', 'public.camera.id: no relation'],
  ],
  'what the catalog does not know': [
    ['select a, c.id, id from nowhere, camera c', 'a: unknown', 'c.id = camera.id', 'id: unknown of 1'],
    ['select nowhere.a from nowhere', 'nowhere.a: unknown'],
    [
      'select id from camera where exists (select from nowhere where site_id = 1)',
      'id = camera.id',
      'site_id: unknown',
    ],
    ['select relname from pg_class', 'relname: unknown'],
    ['select * from f(1) as r where a = 1', '*: star', 'a: unknown'],
  ],
  joins: [
    ['select id, camera.id from camera join site using (id)', 'id = camera.id', 'camera.id = camera.id'],
    ['select id from camera right join site using (id)', 'id = site.id'],
    ['select id from camera full join site using (id)', 'id: column'],
    ['select name, id from camera natural join site', 'name = camera.name', 'id = camera.id'],
    ['select j.id, camera.id from camera join site using (id) as j', 'j.id = camera.id', 'camera.id = camera.id'],
    ['select j.name from camera join site using (id) as j', 'j.name: no column'],
    [
      'select x.id, camera.id from (camera join counting_results on true) as x',
      'x.id: ambiguous',
      'camera.id: no relation',
    ],
    ['select x.a from (site cross join counting_results) as x(a, b)', 'x.a = site.id'],
    [
      'select 1 from camera a join site b on a.id = b.id join counting_results c on c.id = a.id',
      'a.id = camera.id',
      'b.id = site.id',
      'c.id = counting_results.id',
      'a.id = camera.id',
    ],
    ['select 1 from counting_results r, camera a join site b on b.id = r.id', 'b.id = site.id', 'r.id: no relation'],
    [
      'select s.name from camera left join site s on s.id = site_id',
      's.name = site.name (or null)',
      's.id = site.id (or null)',
      'site_id = camera.site_id',
    ],
  ],
  subqueries: [
    ['select s.x from (select id as x from camera) s', 's.x = camera.id', 'id = camera.id'],
    ['select s.x, s.id from (select id from camera) s(x)', 's.x = camera.id', 's.id: no column', 'id = camera.id'],
    ['select * from (select * from camera) s where barn = 1', '*: star', '*: star', 'barn: no column'],
    ['select n from (select count(*) as n from nowhere) s', 'n: column'],
    [
      'select 1 from camera c where exists (select 1 from counting_results r where r.camera_id = c.id and site_id = 2)',
      'r.camera_id = counting_results.camera_id',
      'c.id = camera.id',
      'site_id = camera.site_id',
    ],
    ['select 1 from camera c, (select c.id) s', 'c.id: no relation'],
    ['select 1 from camera c, lateral (select c.id) s where s.id = 1', 'c.id = camera.id', 's.id = camera.id'],
    [
      'select 1 from camera c left join lateral (select c.id as k) s on s.k = 1',
      'c.id = camera.id',
      's.k = camera.id (or null)',
    ],
    ['select g from camera c, generate_series(1, c.id) g', 'g: column', 'c.id = camera.id'],
    ['select t, t.x from camera c, unnest(c.tags) t', 't: unknown of 1', 't.x: unknown', 'c.tags: no column'],
    ['select t, t.x from unnest(array[1, 2]) t', 't: column', 't.x: no column'],
    ['select t.a, t.b, t.c from unnest($1::text[], $2::int[]) t(a, b)', 't.a: column', 't.b: column', 't.c: no column'],
    ['select v.a, v.column2 from (values (1, 2)) as v(a)', 'v.a: column', 'v.column2: column'],
    [
      'select x from (select id as x from camera union all select id from site) u',
      'x: column',
      'id = camera.id',
      'id = site.id',
    ],
  ],
  'common table expressions': [
    [
      'with a as (select id from camera), b as (select id from a) select b.id from b',
      'id = camera.id',
      'id = camera.id',
      'b.id = camera.id',
    ],
    ['with camera as (select 1 as one) select one, id from camera', 'one: column', 'id: no column'],
    ['with camera as (select * from camera) select site_id from camera', '*: star', 'site_id = camera.site_id'],
    [
      'with a(x, y) as (select id, name from camera) select x, y, id from a',
      'id = camera.id',
      'name = camera.name',
      'x = camera.id',
      'y = camera.name',
      'id: no column',
    ],
    [
      'with recursive t(n) as (select 1 union all select n + 1 from t where n < 9) select n from t',
      'n: column',
      'n: column',
      'n: column',
    ],
    [
      'with w as (insert into site (id) values (1) returning id, name as n) select n, id from w',
      'id = site.id',
      'name = site.name',
      'n = site.name',
      'id = site.id',
    ],
    ['with a as (select 1 as x) select (with b as (select x from a) select x from b)', 'x: column', 'x: column'],
    [
      'with recursive t as (select id from site union all select s.id from site s, t) search depth first by id set o cycle id set c using p select o, c, p, id, q from t',
      'id = site.id',
      's.id = site.id',
      'o: column',
      'c: column',
      'p: column',
      'id: column',
      'q: no column',
    ],
  ],
  'ORDER BY, GROUP BY and DISTINCT ON': [
    ['select site_id as id from camera order by id', 'site_id = camera.site_id', 'id: output = camera.site_id'],
    ['select site_id as id from camera order by id + 1', 'site_id = camera.site_id', 'id = camera.id'],
    ['select site_id as id from camera group by id', 'site_id = camera.site_id', 'id = camera.id'],
    ['select site_id as k from camera group by k', 'site_id = camera.site_id', 'k: output = camera.site_id'],
    ['select site_id as k from camera group by rollup (k)', 'site_id = camera.site_id', 'k: output = camera.site_id'],
    [
      'select id as k from camera union select id from site order by k, id',
      'id = camera.id',
      'id = site.id',
      'k: output',
      'id: no column',
    ],
    ['select site_id as k, id from camera where k = 1', 'site_id = camera.site_id', 'id = camera.id', 'k: no column'],
    [
      'select id from camera c window w as (partition by site_id order by c.name)',
      'id = camera.id',
      'site_id = camera.site_id',
      'c.name = camera.name',
    ],
  ],
  'commands that change data': [
    [
      'update camera c set name = s.name from site s where s.id = c.site_id',
      's.name = site.name',
      's.id = site.id',
      'c.site_id = camera.site_id',
    ],
    [
      'update camera c set name = s.n from (select name n from site where id = c.site_id) s',
      's.n = site.name',
      'name = site.name',
      'id = site.id',
      'c.site_id: no relation',
    ],
    [
      'delete from camera using site s where s.id = site_id returning name',
      's.id = site.id',
      'site_id = camera.site_id',
      'name: ambiguous',
    ],
    ['insert into camera (id) select id from site', 'id = site.id'],
    [
      'insert into camera as c values (1) on conflict (id) do update set name = excluded.name where c.id = 1 returning c.id',
      'excluded.name = camera.name',
      'c.id = camera.id',
      'c.id = camera.id',
    ],
    [
      'insert into camera values (1) on conflict do nothing returning old.id, new.id, id',
      'old.id = camera.id (or null)',
      'new.id = camera.id (or null)',
      'id = camera.id',
    ],
    [
      'update camera set id = 1 returning with (old as o) o.id, old.id, new.id',
      'o.id = camera.id (or null)',
      'old.id: no relation',
      'new.id = camera.id (or null)',
    ],
    [
      'merge into camera c using site s on c.id = s.id when matched then update set name = s.name when not matched then insert values (s.id, c.name)',
      'c.id = camera.id',
      's.id = site.id',
      's.name = site.name',
      's.id = site.id',
      'c.name: no relation',
    ],
  ],
  definitions: [
    ['create view v as select id from camera', 'id = camera.id'],
    ['create table t as with a as (select id from site) select id from a', 'id = site.id', 'id = site.id'],
    ['create index on camera (lower(name)) where site_id = 1', 'name = camera.name', 'site_id = camera.site_id'],
    [
      'create policy p on camera using (site_id = 1 and id in (select id from site where name = camera.name))',
      'site_id = camera.site_id',
      'id = camera.id',
      'id = site.id',
      'name = site.name',
      'camera.name = camera.name',
    ],
    [
      'create trigger g after update on camera for each row when (old.name <> new.name) execute function f()',
      'old.name = camera.name (or null)',
      'new.name = camera.name (or null)',
    ],
    [
      'create rule r as on delete to camera do also insert into site (id) values (old.id)',
      'old.id = camera.id (or null)',
    ],
    ['create table t (a int, b int check (b > a))', 'b: column', 'a: column'],
    [
      'create function f(x int) returns bigint begin atomic select id from camera where site_id = x and f.x = 1; end',
      'id = camera.id',
      'site_id = camera.site_id',
      'x: column',
      'f.x: column',
    ],
    ['explain select id from site', 'id = site.id'],
  ],
};

function describeColumn(column: KnownColumn): string {
  if (!column.base) return '';
  return ` = ${column.base.relation.name}.${column.base.column.name}${column.nullExtended ? ' (or null)' : ''}`;
}

function describeBinding(binding: Binding): string {
  switch (binding.kind) {
    case 'column':
      return describeColumn(binding.column) || ': column';
    case 'output':
      return `: output${describeColumn(binding.column)}`;
    case 'row':
      return `: row of ${binding.source.name}`;
    case 'system column':
      return ': system';
    case 'missing':
      return `: no ${binding.what}`;
    case 'unknown':
      return binding.candidates.length > 0 ? `: unknown of ${binding.candidates.length}` : ': unknown';
    default:
      return `: ${binding.kind}`;
  }
}

describe('core/catalog/binding', () => {
  let catalog: Catalog;
  let binder: (sql: string) => Binder;

  before(async () => {
    const grammar = await loadGrammar();
    catalog = await catalogOf(SCHEMA);
    binder = sql => {
      const statement = parseStatement(grammar, sql);
      assert.equal(statement.syntaxError, undefined);
      return binderOf(statement, catalog);
    };
  });

  for (const [group, cases] of Object.entries(CASES)) {
    describe(group, () => {
      for (const [sql, ...meanings] of cases) {
        it(sql, () => {
          const bound = binder(sql);
          const uses = [...bound.names.columns.values()].sort(
            (a, b) => Number(a.fields['location'] ?? 0) - Number(b.fields['location'] ?? 0),
          );
          assert.deepEqual(
            uses.map(
              use => `${[...use.parts, ...(use.star ? ['*'] : [])].join('.')}${describeBinding(bound.bind(use))}`,
            ),
            meanings,
          );
        });
      }
    });
  }

  it('lists the columns of a result with their types', () => {
    const bound = binder(
      `select c.*, count(*) over () as total, n::numeric(10, 2), s.name is null as gone, now()
       from camera c join counting_results r on r.camera_id = c.id left join site s on s.id = c.site_id`,
    );
    assert.deepEqual(
      bound.outputsOf(bound.names.queries[0]!).columns.map(({ name, type }) => `${name} ${type}`),
      [
        'id integer',
        'name text',
        'site_id integer',
        'total bigint',
        'n numeric(10,2)',
        'gone boolean',
        'now timestamp with time zone',
      ],
    );
  });

  it('reads a statement nested too deeply without failing', async () => {
    const grammar = await loadGrammar();
    for (const depth of [1_000, 3_000]) {
      const statement = parseStatement(grammar, `${'select * from ('.repeat(depth)}select 1${') x'.repeat(depth)}`);
      namesOf(statement);
      const bound = binderOf(statement, catalog);
      for (const use of bound.names.columns.values()) bound.bind(use);
    }
  });

  it('reads a long chain of operators, joins and arms', () => {
    const bound = binder(
      `select ${Array.from({ length: 3000 }, () => 'id').join(' + ')} from camera
       ${Array.from({ length: 300 }, (_, i) => `join site s${i} on s${i}.id = camera.id`).join(' ')}
       ${' union all select 1'.repeat(1000)}`,
    );
    assert.equal(bound.names.columns.size, 3600);
    assert.equal(bound.names.queries[0]?.arms.length, 1001);
  });

  it('is made once for a tree and a catalog', async () => {
    const statement = parseStatement(await loadGrammar(), 'select 1');
    assert.equal(binderOf(statement, catalog), binderOf(statement, catalog));
    assert.notEqual(binderOf(statement, catalog), binderOf(statement, undefined));
  });
});
