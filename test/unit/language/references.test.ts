import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { definitionsAt } from '../../../src/core/language/definition';
import { highlightsAt, referencesAt } from '../../../src/core/language/references';
import { atCursor, mark, schemaCatalog } from './cursor';

/** The cursor is at `|`; what is found is in brackets. */
const HIGHLIGHTS: readonly (readonly [marked: string, found: string])[] = [
  ['select c|.id from camera c where c.name is null', 'select [c].id from camera [c] where [c].name is null'],
  ['select camera.id from camer|a', 'select [camera].id from [camera]'],
  ['with a as (select 1 as x) select a.x, |x from a', 'with a as (select 1 as [x]) select a.[x], [x] from a'],
  ['with a as (select 1 as x) select a.x from |a', 'with [a] as (select 1 as x) select [a].x from [a]'],
  [
    'with a(|k) as (select id from camera), b as (select k from a) select b.k from b order by k',
    'with a([k]) as (select id from camera), b as (select [k] from a) select b.[k] from b order by [k]',
  ],
  [
    'select count(*) as |n from camera group by site_id order by n',
    'select count(*) as [n] from camera group by site_id order by [n]',
  ],
  [
    'select |id from camera c join site s using (id) where c.name = s.name',
    'select [id] from camera c join site s using ([id]) where c.name = s.name',
  ],
  [
    'select sum(n) over |w from counting_results window w as (order by id)',
    'select sum(n) over [w] from counting_results window [w] as (order by id)',
  ],
  [
    'select |g + 1 from generate_series(1, 3) as g where g > 1',
    'select [g] + 1 from generate_series(1, 3) as [g] where [g] > 1',
  ],
  ['select |o from camera o for update of o', 'select [o] from camera [o] for update of [o]'],
  [
    'insert into camera (id, na|me) values (1, $$x$$) returning name',
    'insert into camera (id, [name]) values (1, $$x$$) returning [name]',
  ],
  [
    'update camera c set name = s.na|me from site s where c.name <> s.name',
    'update camera c set name = s.[name] from site s where c.name <> s.[name]',
  ],
  [
    'select id from camera c where exists (select from camera |c where c.id = 1) and c.id = 2',
    'select id from camera c where exists (select from camera [c] where [c].id = 1) and c.id = 2',
  ],
  ['select "Seri|al No", \'Serial No\' from camera', 'select ["Serial No"], \'Serial No\' from camera'],
  ['select 1 a|s x', 'select 1 as x'],
];

const REFERENCES: readonly (readonly [marked: string, found: string])[] = [
  [
    'select name from cam|era; select camera.id from camera; select camera from site as camera;',
    'select name from [camera]; select [camera].id from [camera]; select camera from site as camera;',
  ],
  [
    'select c.name, s.name from camera c, site s; update camera set na|me = 1',
    'select c.[name], s.name from camera c, site s; update camera set [name] = 1',
  ],
  ['select x from (select 1 as |x) s; select 1 as x', 'select [x] from (select 1 as [x]) s; select 1 as x'],
  [
    'do $$ begin update camera set name = null; end $$; select n|ame from camera',
    'do $$ begin update camera set [name] = null; end $$; select [name] from camera',
  ],
];

const DEFINITIONS: readonly (readonly [marked: string, found: string])[] = [
  ['select |c.id from camera c', 'select c.id from camera [c]'],
  ['with a as (select 1) select * from |a', 'with [a] as (select 1) select * from a'],
  ['select s.n| from (select count(*) from camera) s(n)', 'select s.n from (select count(*) from camera) s([n])'],
  ['select s.count| from (select count(*) from camera) s', 'select s.count from (select [count(*)] from camera) s'],
  ['create table camera (id int); select * from camer|a', 'create table [camera] (id int); select * from camera'],
  ['create table camera (id int); select i|d from camera', 'create table camera ([id] int); select id from camera'],
  [
    'create table unknown (a int, b int); select u.b| from unknown u',
    'create table unknown (a int, [b] int); select u.b from unknown u',
  ],
  ['create view busy as select 1; select * from bu|sy', 'create view [busy] as select 1; select * from busy'],
  [
    'create function f(a int) returns int language sql as $$ select 1 $$; select |f(1)',
    'create function [f](a int) returns int language sql as $$ select 1 $$; select f(1)',
  ],
  ['select * from nowher|e', 'select * from nowhere'],
];

describe('core/language/references', () => {
  let catalog: Catalog;
  before(async () => {
    catalog = await schemaCatalog();
  });

  for (const [marked, found] of HIGHLIGHTS) {
    it(`highlights ${marked}`, async () => {
      const { script, text, offset } = await atCursor(marked);
      assert.equal(
        mark(
          text,
          highlightsAt(script, offset, catalog).map(({ range }) => range),
        ),
        found,
      );
    });
  }

  for (const [marked, found] of REFERENCES) {
    it(`finds ${marked}`, async () => {
      const { script, text, offset } = await atCursor(marked);
      assert.equal(
        mark(
          text,
          referencesAt(script, offset, catalog).map(({ range }) => range),
        ),
        found,
      );
    });
  }

  for (const [marked, found] of DEFINITIONS) {
    it(`goes to the definition in ${marked}`, async () => {
      const { script, text, offset } = await atCursor(marked);
      const places = definitionsAt(script, 'file:///a.sql', offset, catalog);
      assert.equal(
        mark(
          text,
          places.filter(({ uri }) => uri === 'file:///a.sql').map(({ range }) => range),
        ),
        found,
      );
    });
  }

  it('goes to the schema file that defines a table, unless the document does', async () => {
    const definedAt = { uri: 'file:///schema.sql', range: { start: 13, end: 19 } };
    const known: Catalog = {
      ...catalog,
      relations: catalog.relations.map(relation =>
        relation.name === 'camera' ? { ...relation, definedAt } : relation,
      ),
    };
    for (const marked of ['select * from cam|era', 'select c.i|d from camera c']) {
      const { script, offset } = await atCursor(marked);
      assert.deepEqual(definitionsAt(script, 'file:///a.sql', offset, known), [definedAt]);
    }
  });

  it('tells writing from reading', async () => {
    const { script, offset } = await atCursor('update camera set |name = upper(name)');
    assert.deepEqual(
      highlightsAt(script, offset, catalog).map(({ role }) => role),
      ['write', 'read'],
    );
  });
});
