import assert from 'node:assert/strict';
import {
  isLimited,
  sortKeysOf,
  withExpressions,
  withoutLimit,
} from '../../../../src/core/advisor/rewrites/comparedQuery';
import { loadGrammar } from '../../../../src/core/sql/grammar';
import { parseStatement } from '../../../../src/core/sql/parseStatement';
import type { ParsedStatement } from '../../../../src/core/sql/statement';

const parse = async (sql: string): Promise<ParsedStatement> => {
  const statement = parseStatement(await loadGrammar(), sql);
  assert.equal(statement.syntaxError, undefined, sql);
  return statement;
};

describe('core/advisor/rewrites/comparedQuery', () => {
  it('reads the keys of ORDER BY: positions, names that may be output columns, expressions', async () => {
    const sql = 'select a as x, b from t order by 2 desc, x, t.c nulls last, lower(d) || \'é\', "B"';
    assert.deepEqual(sortKeysOf(await parse(sql)), [
      { kind: 'position', position: 1 },
      { kind: 'name', name: 'x', text: 'x' },
      { kind: 'expression', text: 't.c' },
      { kind: 'expression', text: "lower(d) || 'é'" },
      { kind: 'name', name: 'B', text: '"B"' },
    ]);
    assert.deepEqual(sortKeysOf(await parse('select a from (select a from t order by a) s')), []);
  });

  const ADDED: readonly (readonly [sql: string, expected: string | undefined])[] = [
    ['select a from t', 'select a, (k) from t'],
    ['select a', 'select a, (k)'],
    ['select a x from t', 'select a x, (k) from t'],
    ['select a as "from" from t', 'select a as "from", (k) from t'],
    ['select (a + b) from t', 'select (a + b), (k) from t'],
    ['select ((a + b)) as c from t', 'select ((a + b)) as c, (k) from t'],
    ['(select (a))', '(select (a), (k))'],
    ['select (select max(x) from u) m from t', 'select (select max(x) from u) m, (k) from t'],
    ['select * from t', 'select *, (k) from t'],
    ['select t.* from t', 'select t.*, (k) from t'],
    [
      'select count(*) filter (where a > 1) over w n from t window w as ()',
      'select count(*) filter (where a > 1) over w n, (k) from t window w as ()',
    ],
    ["select a -- one\n, 'x, from' as b -- two\nfrom t", "select a -- one\n, 'x, from' as b, (k) -- two\nfrom t"],
    ['with s as (select 1 as a) select a from s', 'with s as (select 1 as a) select a, (k) from s'],
    ['select a from t union select b from u', undefined],
    ['values (1), (2)', undefined],
  ];
  for (const [sql, expected] of ADDED) {
    it(`adds to the select list: ${sql.replaceAll('\n', ' ')}`, async () => {
      const text = withExpressions(await parse(sql), ['k']);
      assert.equal(text?.replaceAll('(k\n)', '(k)'), expected);
      if (text !== undefined) await parse(text);
    });
  }

  const LIMITS: readonly (readonly [sql: string, expected: string | undefined])[] = [
    ['select a from t limit 5', 'select a from t'],
    ['select a from t order by a offset 3 rows fetch first 5 rows only', 'select a from t order by a'],
    ['select a from t limit all offset (select 1 limit 1)', 'select a from t'],
    ['select a from t limit $1 offset $2 -- page', 'select a from t'],
    [
      'select a as limit, t.offset from t order by "limit" fetch first row only',
      'select a as limit, t.offset from t order by "limit"',
    ],
    ['select a from (select a from t limit 5) s', undefined],
    ['select a from t union all (select a from u limit 1)', undefined],
    [
      '(select a from t limit 1) union all select a from u limit 2',
      '(select a from t limit 1) union all select a from u',
    ],
  ];
  for (const [sql, expected] of LIMITS) {
    it(`takes LIMIT away: ${sql}`, async () => {
      assert.equal(withoutLimit(await parse(sql)), expected);
    });
  }

  it('knows that WITH TIES leaves no row out by chance', async () => {
    assert.equal(isLimited(await parse('select a from t order by a fetch first 3 rows with ties')), false);
    assert.equal(isLimited(await parse('select a from t order by a offset 1 fetch first 3 rows with ties')), true);
    assert.equal(isLimited(await parse('select a from t')), false);
  });
});
