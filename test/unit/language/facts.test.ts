import assert from 'node:assert/strict';
import type { Catalog, Relation } from '../../../src/core/catalog/catalog';
import { expandStarAt } from '../../../src/core/language/expandStar';
import { hoverAt } from '../../../src/core/language/hover/hoverAt';
import { inlayHints } from '../../../src/core/language/inlayHints';
import { scopeAt } from '../../../src/core/language/scopeAt';
import { visibleColumns, visibleCtes, visibleSources } from '../../../src/core/language/visibleNames';
import { semanticTokens } from '../../../src/core/language/semanticTokens';
import { Binder, binderOf } from '../../../src/core/catalog/binding/binder';
import { atCursor, schemaCatalog } from './cursor';

const EXPANSIONS: readonly (readonly [marked: string, expected: string])[] = [
  ['select *| from site', 'select id, name from site'],
  ['select |* from site s, (select 1 as k) x', 'select s.id, s.name, x.k from site s, (select 1 as k) x'],
  ['select 1, s.*| from site s', 'select 1, s.id, s.name from site s'],
  [
    'select * from site join (select 1 as id, 2 as z) t using (id)|',
    'select * from site join (select 1 as id, 2 as z) t using (id)',
  ],
  [
    'select |* from site join (select 1 as id, 2 as z) t using (id)',
    'select id, site.name, t.z from site join (select 1 as id, 2 as z) t using (id)',
  ],
  [
    'select |* from site natural join (select 1 as id, 2 as z) t',
    'select id, site.name, t.z from site natural join (select 1 as id, 2 as z) t',
  ],
  ['select |* from camera', 'select id, site_id, name, "Serial No" from camera'],
  [
    '  select |* from counting_results cr join camera c on c.id = cr.camera_id',
    `  select cr.id,
         cr.camera_id,
         cr.counted_at,
         cr.n,
         c.id,
         c.site_id,
         c.name,
         c."Serial No" from counting_results cr join camera c on c.id = cr.camera_id`,
  ],
  ['with a as (select |* from site) select * from a', 'with a as (select id, name from site) select * from a'],
  ['delete from site returning |*', 'delete from site returning id, name'],
  ['select |* from nowhere, site', 'select * from nowhere, site'],
  ['select count(|*) from site', 'select count(*) from site'],
];

describe('core/language: what is known about names', () => {
  let catalog: Catalog;

  before(async () => {
    const ddl = await schemaCatalog();
    const details: Readonly<Record<string, Partial<Relation>>> = {
      camera: {
        rowEstimate: 1234,
        sizeBytes: 5 * 1024 * 1024,
        comment: 'One per *gate*',
      },
      counting_results: { rowEstimate: 12_400_000, partitionKey: 'RANGE (counted_at)' },
    };
    catalog = {
      ...ddl,
      functions: [
        {
          schema: 'public',
          name: 'cameras_of',
          kind: 'function',
          parameters: [
            { name: 'site', type: 'integer', mode: 'in', hasDefault: false },
            { name: 'id', type: 'integer', mode: 'table', hasDefault: false },
            { name: 'label', type: 'text', mode: 'table', hasDefault: false },
          ],
          returns: 'TABLE(id integer, label text)',
          language: 'sql',
          volatility: 'stable',
        },
      ],
      relations: ddl.relations.map(relation => ({
        ...relation,
        ...details[relation.name],
        columns: relation.columns.map(column =>
          relation.name !== 'counting_results' || column.name !== 'n'
            ? column
            : {
                ...column,
                statistics: {
                  nullFraction: 0.25,
                  averageWidthBytes: 4,
                  distinct: -0.5,
                  mostCommonValues: ['1', '2'],
                  mostCommonFrequencies: [0.4, 0.001],
                  correlation: 0.98765,
                },
              },
        ),
        indexes: relation.indexes.map(index => ({ ...index, sizeBytes: 16384, scans: 7 })),
      })),
    };
  });

  async function hover(marked: string): Promise<string> {
    const { script, offset } = await atCursor(marked);
    return hoverAt(script, offset, catalog)?.markdown ?? '';
  }

  describe('hover', () => {
    it('describes a table: size, columns, indexes', async () => {
      assert.equal(
        await hover('select * from came|ra'),
        [
          '**public\\.camera** · table · ≈ 1,234 rows · 5 MB',
          'One per \\*gate\\*',
          '```sql\nid integer not null\nsite_id integer\nname text not null\nSerial No text\n```',
          'Indexes:\n- camera\\_pkey `(id)` · primary key · 16 kB · 7 scans',
        ].join('\n\n'),
      );
    });

    it('leaves out what is not known', async () => {
      assert.doesNotMatch(await hover('select * from sit|e'), /rows|MB/);
      assert.equal(await hover('select * from nowh|ere'), '');
      assert.equal(await hover('select |a from nowhere'), '');
      assert.equal(await hover('select lo|wer(name) from site'), '');
    });

    it('describes a column: type, statistics and the indexes that contain it', async () => {
      assert.equal(
        await hover('select r.|n from counting_results r'),
        [
          '**counting\\_results\\.n** · `integer`',
          [
            '- NULL in 25 % of the rows, 4 bytes wide on average',
            '- ≈ 6,200,000 distinct values, 50 % of the number of rows',
            '- most common: `1` 40 %, `2` 0.1 %',
            '- correlation with the order on disk 0.988',
          ].join('\n'),
        ].join('\n\n'),
      );
      assert.match(
        await hover('select i|d from camera'),
        /\*\*camera\\.id\*\* · `integer` · not null\n\nIndexes:\n- camera/,
      );
      assert.match(await hover('select s.|id from camera left join site s on true'), /not null in the table/);
    });

    it('names the partition key', async () => {
      assert.match(await hover('select 1 from counting|_results'), /Partitioned by `RANGE \(counted_at\)`/);
    });

    it('describes aliases, WITH queries and their columns', async () => {
      assert.match(await hover('select |c.id from camera c'), /^\*\*c\*\* · alias of `public\.camera`\n\n\*\*public/);
      assert.equal(
        await hover('with a as (select id, count(*) as n from camera group by 1) select * from |a'),
        '**a** · WITH query\n\n```sql\nid integer\nn bigint\n```',
      );
      assert.equal(
        await hover('select |n from (select count(*) as n from camera) s'),
        '**n** · column of the query · `bigint`\n\n```sql\ncount(*)\n```',
      );
      assert.match(await hover('select s.|k from (select id as k from camera) s'), /\*\*k\*\*[^]*camera\\.id/);
      assert.match(
        await hover('insert into camera values (1) on conflict (id) do update set name = ex|cluded.name'),
        /was to be inserted/,
      );
    });

    it('gives the signature of a function', async () => {
      assert.equal(
        await hover('select * from camera|s_of(1)'),
        '```sql\npublic.cameras_of(site integer)\n  returns TABLE(id integer, label text)\n```\n\nfunction · sql · stable',
      );
      assert.match(await hover('select f.la|bel from cameras_of(1) f'), /label text/);
    });

    it('gives a variable of a body no meaning of its own', async () => {
      assert.equal(await hover('do $$ declare name text; begin perform 1 from camera where na|me = 1; end $$'), '');
      assert.match(await hover('do $$ begin perform 1 from camera where na|me = 1; end $$'), /camera\\.name/);
    });
  });

  describe('expanding a star', () => {
    for (const [marked, expected] of EXPANSIONS) {
      it(marked, async () => {
        const { script, text, offset } = await atCursor(marked);
        const found = expandStarAt(script, offset, catalog);
        assert.equal(
          found ? text.slice(0, found.range.start) + found.newText + text.slice(found.range.end) : text,
          expected,
        );
      });
    }
  });

  it('hints at the rows of the tables that are read and written', async () => {
    const { script, text } = await atCursor(
      'select camera.id from camera join site on true, counting_results r;|\nupdate camera set id = 1;',
    );
    const hints = inlayHints(script, { start: 0, end: text.length }, catalog);
    assert.deepEqual(
      hints.map(({ offset, label }) => `${text.slice(0, offset).split(' ').at(-1)} ${label}`),
      ['camera ≈ 1.23 k rows', 'counting_results ≈ 12.4 M rows', 'camera ≈ 1.23 k rows'].map(line =>
        line.replace('1.23', '1.2'),
      ),
    );
    assert.deepEqual(inlayHints(script, { start: text.length, end: text.length }, undefined), []);
  });

  it('gives each name a semantic token', async () => {
    const { script, text } = await atCursor(
      'with a as (select public.f(id) as k from public.site where name = :name) update camera c set site_id = a.k from a;|\ndo $$ begin delete from site; end $$;',
    );
    const show = (range?: { start: number; end: number }): string[] =>
      semanticTokens(script, catalog, range).map(
        ({ range: { start, end }, type, modifiers }) => `${text.slice(start, end)} ${[type, ...modifiers].join('.')}`,
      );
    const last = 'site class.modification';
    assert.deepEqual(show(), [
      'a variable.declaration',
      'f function.defaultLibrary',
      'id property',
      'k property.declaration',
      'public namespace',
      'site class',
      'name property',
      ':name parameter',
      'camera class.modification',
      'c variable.declaration',
      'site_id property.modification',
      'a variable',
      'k property',
      'a variable',
      last,
    ]);
    assert.deepEqual(show({ start: text.indexOf('delete'), end: text.length }), [last]);
  });

  it('knows the scope at an offset', async () => {
    const at = async (marked: string): Promise<string> => {
      const { script, offset } = await atCursor(marked);
      const { scope, query } = scopeAt(script.statements[0]!.statement, offset);
      return `${query?.kind}: ${Binder.visible(scope.items)
        .map(({ name }) => name)
        .join(' ')}`;
    };
    assert.equal(await at('select |1 from camera c, site'), 'select: c site');
    assert.equal(await at('select 1 from camera c, (select |1 from site) s'), 'select: site');
    assert.equal(await at('select 1 from camera c join site s on s.|id = 1, camera d'), 'select: c s');
    assert.equal(await at('select 1 from camera c, generate_series(1, c.|id) g, site'), 'select: c');
    assert.equal(await at('insert into site values (1) returning i|d'), 'insert: site old new');
    assert.equal(await at('update camera c set name = s|.name from site s'), 'update: c s');
    assert.equal(await at('select 1 union select |2 from site'), 'select: site');
    assert.equal(await at('create index on camera (na|me)'), 'undefined: camera');
  });

  it('lists what can be named there, and what needs a qualifier', async () => {
    const at = async (marked: string): Promise<{ columns: string[]; sources: string[]; ctes: string[] }> => {
      const { script, offset } = await atCursor(marked);
      const { statement } = script.statements[0]!;
      const { scope } = scopeAt(statement, offset);
      return {
        columns: visibleColumns(binderOf(statement, catalog), scope).map(
          ({ column, qualifier, mustQualify, depth }) =>
            `${mustQualify ? `${qualifier}.` : ''}${column.name}${'^'.repeat(depth)}`,
        ),
        sources: visibleSources(scope).map(({ source, depth }) => `${source.name}${'^'.repeat(depth)}`),
        ctes: visibleCtes(scope).map(({ name }) => name),
      };
    };
    assert.deepEqual(
      await at('with a as (select 1 as n), b as (select 2) select 1 from site s, a where exists (select |1 from site)'),
      {
        columns: ['id', 'name', 's.id^', 's.name^', 'n^'],
        sources: ['site', 's^', 'a^'],
        ctes: ['b', 'a'],
      },
    );
    assert.deepEqual((await at('select |1 from site s join camera c using (id)')).columns, [
      'id',
      's.name',
      'site_id',
      'c.name',
      'Serial No',
    ]);
    assert.deepEqual((await at('update site set name = 1 returning |1')).columns, [
      'id',
      'name',
      'old.id',
      'old.name',
      'new.id',
      'new.name',
    ]);
  });
});
