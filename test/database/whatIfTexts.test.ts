import * as assert from 'node:assert/strict';
import { identifiersIn } from '../../src/database/whatIf/model/identifiersIn';
import { ShadowContents } from '../../src/database/whatIf/model/shadowContents';
import type { RelationRow } from '../../src/database/whatIf/model/relations';
import { withEnds } from '../../src/database/whatIf/model/indexEnds';
import { KNOWN_EXTENSIONS } from '../../src/database/whatIf/model/routines';
import { expressionOfKey } from '../../src/database/whatIf/indexExpressions';
import { planShape } from '../../src/database/whatIf/planShape';

describe('database/whatIf reads texts', () => {
  const texts: readonly (readonly [text: string, names: readonly string[]])[] = [
    ['select Id from Orders', ['select', 'id', 'from', 'orders']],
    ['"Odd ""name""".x', ['Odd "name"', 'dd', 'name', 'x']],
    ["'it''s' || größe", ['it', 's', 'größe']],
    ['a$1 $2 _b', ['a$1', '_b']],
  ];
  for (const [text, names] of texts) {
    it(`finds the words of ${text}`, () => assert.deepEqual([...identifiersIn(text)].sort(), [...names].sort()));
  }

  const keys: readonly (readonly [key: string, expression: string | undefined])[] = [
    ['created_at DESC', undefined],
    ['"Odd (name)" DESC', undefined],
    ['lower(note)', 'lower(note)'],
    ['lower(note) text_pattern_ops DESC NULLS LAST', 'lower(note)'],
    [`((payload ->> ')') || "(")`, `((payload ->> ')') || "(")`],
    [`((payload ->> ')')) DESC`, `((payload ->> ')'))`],
    [`date_trunc('day', (at at time zone 'UTC')) DESC`, `date_trunc('day', (at at time zone 'UTC'))`],
  ];
  for (const [key, expression] of keys) {
    it(`finds the expression of the key ${key}`, () => assert.equal(expressionOfKey(key), expression));
  }

  it('knows plain tables that are there, and asks about all that something else belongs to', () => {
    const row = (oid: number, name: string, kind: string, parents: readonly number[] = []): RelationRow => ({
      ...{ oid, name, kind, schema: 'public', bound: null, partition_key: null, view: null, options: null },
      ...{ filtered: false, method: 'heap', parents: parents.map(String), parent_oids: [...parents] },
    });
    const contents = new ShadowContents();
    const plain = row(1, 'orders', 'r');
    contents.add([plain, row(2, 'log', 'p'), row(3, 'log_1', 'r', [2]), row(4, 'open', 'v')], []);
    contents.add([row(5, 'animal', 'r'), row(6, 'cow', 'r', [5])], ['lower']);
    const named = (...names: readonly string[]) =>
      contents.plainTables(names.map(name => ({ schema: 'public', name })))?.map(({ oid }) => oid);
    assert.deepEqual([named(), named('orders')], [[], [1]]);
    for (const other of ['log', 'log_1', 'open', 'animal', 'cow', 'absent'])
      assert.equal(named('orders', other), undefined, other);
    assert.equal(contents.plainTables([{ schema: 'other', name: 'orders' }]), undefined);
    assert.deepEqual(contents.oids, [1, 2, 3, 4, 5, 6]);
  });

  it('moves the ends of a histogram', () => {
    const statistics = {
      ...{ attname: 'at', inherited: false, null_frac: '0', avg_width: '8', n_distinct: '-1' },
      histogram_bounds: '{"2025-01-01 00:00:00+00","a \\"b\\", c",plain,7}',
    };
    const ends = { relation: 1, attname: 'at', least: '2024', greatest: 'say "so", \\' };
    assert.equal(withEnds(statistics, ends).histogram_bounds, '{"2024","a \\"b\\", c",plain,"say \\"so\\", \\\\"}');
    assert.equal(withEnds(statistics, { ...ends, greatest: null }), statistics);
    assert.equal(withEnds(statistics, undefined), statistics);
  });

  it('shapes a plan without its figures', () => {
    const scan = { 'Node Type': 'Index Scan', 'Relation Name': 'users', 'Index Name': 'users_pkey', 'Total Cost': 8 };
    assert.equal(
      planShape({ 'Node Type': 'Nested Loop', 'Join Type': 'Left', Plans: [{ 'Node Type': 'Result' }, scan] }),
      'Nested Loop Left(Result, Index Scan users users_pkey)',
    );
  });

  it('packages the extensions that the model counts on', async () => {
    const { EXTENSIONS } = (await import('../../src/tools/buildShadowWorker.mjs' as string)) as {
      EXTENSIONS: string[];
    };
    assert.deepEqual([...KNOWN_EXTENSIONS].sort(), [...EXTENSIONS].sort());
  });
});
