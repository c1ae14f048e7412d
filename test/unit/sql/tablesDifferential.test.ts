import assert from 'node:assert/strict';
import { astVisitor, parseFirst } from 'pgsql-ast-parser';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';

const STATEMENTS = [
  'select * from a',
  'select * from s.a x',
  'select a.i, b.j from a join b on a.i = b.i left join c on c.i = b.i',
  'select * from a, b, c where a.i = b.i',
  'select * from a cross join b',
  'select * from (select * from a) x',
  'select * from a where i in (select i from b)',
  'select * from a where not exists (select 1 from b where b.i = a.i)',
  'select (select max(i) from b) from a',
  'select * from a union select * from b',
  'select * from a union all select * from b union select * from s.c',
  'select count(*) from a group by i having count(*) > (select avg(i) from b)',
  'select * from a order by (select 1 from b) limit 1',
  'select case when exists (select 1 from b) then 1 else 2 end from a',
  'select * from a where i = any (array(select i from b))',
  'select * from "A b"',
  'insert into a values (1)',
  'insert into a (i) select i from b',
  'insert into s.a (i) select i from b where i > (select 1 from c)',
  'update a set i = 1',
  'update a set i = (select j from b)',
  'update a set i = b.i from b where a.j = b.j',
  'delete from a',
  'delete from s.a where i in (select i from b)',
  'select * from a as x join a as y on x.i = y.i',
  'select * from a join lateral (select * from b where b.i = a.i) l on true',
  'select sum(i) over (partition by j) from a',
  'select * from a where (i, j) in (select i, j from b)',
  'select * from a where i between (select 1 from b) and (select 2 from c)',
  'select * from a where i > all (select i from b)',
];

describe('core/sql/tables against a second parser', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  for (const sql of STATEMENTS) {
    it(sql, () => {
      const theirs = new Set<string>();
      astVisitor(visitor => ({
        tableRef: ref => {
          theirs.add(ref.schema ? `${ref.schema}.${ref.name}` : ref.name);
          visitor.super().tableRef(ref);
        },
      })).statement(parseFirst(sql));
      const ours = new Set(
        parseStatement(grammar, sql).tables.map(({ schema, name }) => (schema ? `${schema}.${name}` : name)),
      );
      assert.deepEqual([...ours].sort(), [...theirs].sort());
    });
  }
});
