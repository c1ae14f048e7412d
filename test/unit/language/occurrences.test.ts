import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { occurrencesOf } from '../../../src/core/language/occurrences';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { schemaCatalog } from './cursor';

/** Every name with what it stands for; `!` where it is defined, `*` where it is written. */
const CASES: readonly (readonly [sql: string, names: string])[] = [
  [
    'with x ( a , "B b" ) as (select 1, 2) select x.a, "B b" as /* c */ "As" from /* d */ x as/**/y',
    'x:cte! a:output! "B b":output! a:unbound "B b":output "As":output! x:cte y:alias!',
  ],
  ['select c.id from ((public . camera)) as c', 'syntax'],
  ['select c.id from public . camera as c', 'c:alias id:column public:schema camera:relation c:alias!'],
  ['select c.id from only (camera) c', 'c:alias id:column camera:relation c:alias!'],
  ['select c.id from camera * c', 'c:alias id:column camera:relation c:alias!'],
  [
    'select s.k from ((select id from camera)) as s(k), (values (1), (2)) v ("x")',
    's:alias k:output id:column camera:relation s:alias! k:output! v:alias! "x":output!',
  ],
  [
    'select 1 from rows from (f(1), g(2) as (q int)) with ordinality as r(p, q, n), unnest(array[1]) u',
    'f:function g:function r:alias! p:output! q:output! n:output! unnest:function u:alias!',
  ],
  [
    'select 1 from (camera a join site b using (id, name) as j) as k join site t using (id)',
    'camera:relation a:alias! site:relation b:alias! id:column name:column j:alias! k:alias! site:relation t:alias! id:column',
  ],
  [
    "select 1 from camera tablesample system (1), xmltable('/a' passing d columns q int path 'b') as xm, json_table(j, '$' columns (id int path '$.id')) jt",
    'camera:relation d:unbound xm:alias! j:unbound jt:alias!',
  ],
  [
    'select (id) as a, -id b, id::text "C", (id + 1) * 2 d, id is null e, id at time zone $$x$$ f, id in (1) as g from camera',
    'id:column a:output! id:column b:output! id:column "C":output! id:column d:output! id:column e:output! id:column f:output! id:column g:output! camera:relation',
  ],
  [
    'insert into camera as c (id, name) values (1, 2) on conflict (id, (lower(name))) where site_id = 1 do update set (id, name) = (1, excluded.name) returning c.id',
    'camera:relation* c:alias! id:column* name:column* id:column* lower:function name:column site_id:column id:column* name:column* excluded:alias name:column c:alias id:column',
  ],
  [
    'select sum(id) over (w rows 1 preceding), max(id) over w, min(id) over (order by id) from camera window w as (partition by name), v as (w)',
    'sum:function id:column w:window max:function id:column w:window min:function id:column id:column camera:relation w:window! name:column v:window! w:window',
  ],
  [
    'select :a as p, ${b}, c.id from ${c}.t, camera c where c.id = $1 and c.name = %(n)s',
    'p:output! c:alias id:column t:relation camera:relation c:alias! c:alias id:column c:alias name:column',
  ],
  ['select \'😀\' as é, c."Serial No" from camera c', 'é:output! c:alias "Serial No":column camera:relation c:alias!'],
  [
    'create table t (a int, b int check (b > a), c int references site (id))',
    't:relation! a:unbound! b:unbound! b:unbound a:unbound c:unbound! site:relation',
  ],
  [
    'merge into camera c using site s on c.id = s.id when matched then update set name = s.name when not matched then insert (id) values (s.id)',
    'camera:relation* c:alias! site:relation s:alias! c:alias id:column s:alias id:column name:column* s:alias name:column id:column* s:alias id:column',
  ],
];

describe('core/language/occurrences', () => {
  let catalog: Catalog;
  before(async () => {
    catalog = await schemaCatalog();
  });

  for (const [sql, names] of CASES) {
    it(sql, async () => {
      const statement = parseStatement(await loadGrammar(), sql);
      const found = occurrencesOf(statement, catalog).map(({ range, thing, role }) => {
        const mark = role === 'definition' ? '!' : role === 'write' ? '*' : '';
        return `${sql.slice(range.start, range.end)}:${thing.kind}${mark}`;
      });
      assert.equal(statement.syntaxError ? 'syntax' : found.join(' '), names);
    });
  }

  it('knows no variable of a body as a column', async () => {
    const statement = parseStatement(await loadGrammar(), 'select id, name from camera where name = id');
    const found = occurrencesOf(statement, catalog, new Set(['id']));
    assert.deepEqual(
      found.map(({ range }) => statement.text.slice(range.start, range.end)),
      ['name', 'camera', 'name'],
    );
  });
});
