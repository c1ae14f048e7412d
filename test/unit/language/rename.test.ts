import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { prepareRename, rename } from '../../../src/core/language/rename';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { atCursor, schemaCatalog } from './cursor';

const RENAMED: readonly (readonly [marked: string, newName: string, expected: string])[] = [
  ['select |c.id from camera c where c.name = 1', 'cam', 'select cam.id from camera cam where cam.name = 1'],
  [
    'with a as (select 1 as x) select a.x from |a union select x from a as b',
    'first',
    'with first as (select 1 as x) select first.x from first union select x from first as b',
  ],
  [
    'select s.n from (select count(*) as |n, site_id from camera group by 2) s order by n',
    'cameras',
    'select s.cameras from (select count(*) as cameras, site_id from camera group by 2) s order by cameras',
  ],
  ['select 1 as |x', 'Two Words', 'select 1 as "Two Words"'],
  ['select 1 as |x', 'order', 'select 1 as "order"'],
  ['select 1 as |x', '"X y"', 'select 1 as "X y"'],
  ['select 1 as |x', 'Total', 'select 1 as Total'],
  ['with t(|n) as (select 1) select n from t', 'm', 'with t(m) as (select 1) select m from t'],
  ['select |g from generate_series(1, 2) g where g > 1', 'i', 'select i from generate_series(1, 2) i where i > 1'],
  [
    'select sum(id) over |w from camera window w as (order by id)',
    'by_id',
    'select sum(id) over by_id from camera window by_id as (order by id)',
  ],
  ['select c.id from camera c, (select 1 as id) |s', 'd', 'select c.id from camera c, (select 1 as id) d'],
  [
    'select |k.id from camera k where exists (select from site where site.id = k.site_id)',
    'c',
    'select c.id from camera c where exists (select from site where site.id = c.site_id)',
  ],
  ['update camera |c set name = c.name || 1', 'x', 'update camera x set name = x.name || 1'],
  ['select x from (select 1 as |x, n from nowhere) s', 'y', 'select y from (select 1 as y, n from nowhere) s'],
];

const REFUSED: readonly (readonly [marked: string, newName: string, reason: RegExp])[] = [
  ['select id from cam|era', 'x', /table or view of the database/],
  ['select i|d from camera', 'x', /column of camera in the database/],
  ['select co|unt(*) from camera', 'x', /function of the database/],
  ['select a from nowhere', 'x', /no name here/],
  ['select |a from nowhere', 'x', /not known/],
  ['select 1 as |x', '  ', /empty/],
  ['select 1 as |x', 'a"b', /quotes/],
  ['select 1 as |x', 'x'.repeat(64), /63 bytes/],
  ['select 1 as |x', 'ü'.repeat(40), /63 bytes/],
  ['select |c.id, s.id from camera c, site s', 's', /already means something else/],
  ['select |c.id from camera c, site s', 's', /already means something else/],
  ['select |c.id from camera c, site', 'SITE', /already means something else/],
  ['with a as (select 1 as x), b as (select 2 as y) select * from |a, b', 'b', /already means something else/],
  ['with a as (select 1 as x) select * from |a, camera', 'camera', /already means something else/],
  [
    'select |k.id from camera k where exists (select from site s where s.id = k.site_id)',
    's',
    /already means something else/,
  ],
  ['select site_id as |x from camera group by x', 'id', /already means something else/],
  ['select s.count| from (select count(*) from camera) s', 'n', /write an alias with AS/],
  ['select o from nowhere |o', 'y', /not known/],
];

describe('core/language/rename', () => {
  let catalog: Catalog;
  before(async () => {
    catalog = await schemaCatalog();
  });

  for (const [marked, newName, expected] of RENAMED) {
    it(`${marked} to ${newName}`, async () => {
      const { script, text, offset } = await atCursor(marked);
      assert.ok('range' in prepareRename(script, offset, catalog));
      const edits = rename(script, offset, newName, catalog, await loadGrammar());
      assert.ok('ranges' in edits, 'refused' in edits ? edits.refused : '');
      const renamed = edits.ranges.reduceRight(
        (changed, { start, end }) => changed.slice(0, start) + edits.newText + changed.slice(end),
        text,
      );
      assert.equal(renamed, expected);
    });
  }

  for (const [marked, newName, reason] of REFUSED) {
    it(`refuses ${marked} to ${newName.slice(0, 10)}`, async () => {
      const { script, offset } = await atCursor(marked);
      const result = rename(script, offset, newName, catalog, await loadGrammar());
      assert.match('refused' in result ? result.refused : `renamed to ${result.newText}`, reason);
    });
  }

  it('says before asking for a name what cannot be renamed', async () => {
    const { script, offset } = await atCursor('select id from cam|era');
    assert.ok('refused' in prepareRename(script, offset, catalog));
  });
});
