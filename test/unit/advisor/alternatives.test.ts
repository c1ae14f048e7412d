import assert from 'node:assert/strict';
import { alternativeForms } from '../../../src/core/advisor/indexes/alternatives';
import { readAccessPaths } from '../../../src/core/advisor/indexes/accessPaths';
import { Design } from '../../../src/core/advisor/indexes/costDesign';
import { createIndexSql } from '../../../src/core/advisor/indexes/createIndexSql';
import { indexInWords } from '../../../src/core/advisor/indexes/describeIndex';
import type { IndexDefinition } from '../../../src/core/advisor/suggestion';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { catalogOf, column, table, tablePlanner, type PlannedCosts } from './advisorFixtures';

const rare = { nullFraction: 0, averageWidthBytes: 8, distinct: 2 };
const VISIT = table('visit', [
  column('id', 'integer', -1),
  column('camera', 'integer', 500),
  column('at', 'timestamp', -1, { statistics: { ...rare, distinct: -1, correlation: 0.99 } }),
  column('state', 'text', 2, {
    statistics: { ...rare, mostCommonValues: ['done', 'open'], mostCommonFrequencies: [0.99, 0.01] },
  }),
  column('people', 'integer', 20),
  column('token', 'text', -1, {}, 40),
  column('note', 'text', -1, {}, 400),
]);
const OTHER = table('other', [column('id', 'integer', -1), column('camera', 'integer', 500)]);
const CATALOG = catalogOf(VISIT, OTHER);

const index = (keys: string, more: Partial<IndexDefinition> = {}): IndexDefinition => ({
  schema: 'public',
  relation: 'visit',
  method: 'btree',
  keys: keys.split(', '),
  include: [],
  ...more,
});

describe('core/advisor/indexes/alternatives', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const forms = (own: IndexDefinition, sql: string, taken: IndexDefinition[] = []): Map<string, string> => {
    const accesses = readAccessPaths(parseStatement(grammar, sql), CATALOG);
    const found = alternativeForms({ relation: VISIT, index: own }, accesses, CATALOG, taken);
    return new Map(found.map(({ candidate, differences }) => [indexInWords(candidate.index), differences.join(', ')]));
  };
  const RECENT = "select people from visit where camera = 1 and at > '2026-01-01'";

  it('takes away INCLUDE and columns, adds them, and turns the order round', () => {
    const found = forms(index('camera, at', { include: ['people'] }), RECENT);
    assert.equal(found.get('visit (camera, at)'), 'without INCLUDE');
    assert.equal(found.get('visit (at, camera) INCLUDE (people)'), 'other order of key columns');
    assert.equal(found.get('visit (camera) INCLUDE (people)'), 'fewer key columns');
    assert.equal(forms(index('camera, at'), RECENT).get('visit (camera, at) INCLUDE (people)'), 'with INCLUDE');
  });

  it('offers the predicate, and goes without it', () => {
    const open = "select * from visit where state = 'open' and camera = 1";
    assert.equal(forms(index('camera'), open).get("visit (camera) WHERE state = 'open'"), 'with a predicate');
    const partial = index('camera', { where: "state = 'open'" });
    assert.equal(forms(partial, open).get('visit (camera)'), 'without the predicate');
  });

  it('offers other access methods', () => {
    assert.equal(
      forms(index('token'), "select * from visit where token = 'x'").get('visit using hash (token)'),
      'HASH instead of BTREE',
    );
    const range = forms(index('at'), "select * from visit where at > '2026-01-01'");
    assert.equal(range.get('visit using brin (at)'), 'BRIN instead of BTREE');
  });

  it('leaves out what exists, what is in the set, and what serves nothing', () => {
    const found = forms(index('camera, at'), RECENT, [index('camera')]);
    assert.ok(!found.has('visit (camera)'), 'is in the set');
    assert.ok([...found.keys()].every(words => !words.includes('state') && !words.includes('(id')));
    assert.deepEqual([...forms(index('camera'), 'select * from other where camera = 1').keys()], []);
  });

  it('lists the nearest forms first, and ten at most', () => {
    const all = "select people from visit where camera = 1 and token = 'x' and state = 'open' and at > '2026-01-01'";
    const found = [...forms(index('token, camera, at'), all).values()];
    assert.equal(found.length, 10);
    const differences = found.map(text => text.split(', ').length);
    assert.deepEqual(
      [...differences].sort((a, b) => a - b),
      differences,
    );
  });

  describe('planned', () => {
    const COSTS: PlannedCosts[] = [
      {
        statement: 'camera = 1',
        scan: 1000,
        indexes: { 'visit (camera, at)': 20, 'visit (camera)': 60, 'visit (camera, at) INCLUDE (people)': 10 },
      },
      { statement: 'camera = 2', scan: 500, indexes: { 'visit (camera)': 50, 'visit (camera, at)': 50 } },
    ];
    const open = (estimator = tablePlanner(COSTS)) => {
      const texts = [RECENT, 'select note from visit where camera = 2', "insert into visit values (1, 2, now(), 'x')"];
      const statements = texts.map((sql, position) => ({
        id: position + 1,
        sql,
        statement: parseStatement(grammar, sql),
        weight: position === 1 ? 10 : 1,
      }));
      return Design.open({ statements, catalog: CATALOG, estimator });
    };

    it('costs the set that was chosen, statement by statement, with upkeep', async () => {
      const none = await (await open()).describe([]);
      assert.equal(none.workload.costAfter, 1000 + 5000 + 1);
      const { workload, indexes } = await (await open()).describe([index('camera')]);
      assert.deepEqual(
        workload.queries.map(({ costAfter }) => costAfter),
        [60, 50, 1.5],
      );
      assert.equal(workload.costAfter, 60 + 500 + 1.5);
      assert.deepEqual(indexes[0]?.queries, [1, 2]);
    });

    it('says what each form saves of the whole, and its size', async () => {
      const { costWith, costWithout, forms: planned } = await (await open()).formsOf([index('camera, at')], 0);
      assert.equal(costWithout, 6001);
      assert.equal(costWith, 20 + 500 + 1.5);
      assert.deepEqual(
        planned.slice(0, 2).map(form => [indexInWords(form.index), form.costAfter, form.estimatedBytes]),
        [
          ['visit (camera)', 60 + 500 + 1.5, 1e6],
          ['visit (camera, at) INCLUDE (people)', 10 + 5000 + 1.5, 3e6],
        ],
      );
    });

    it('leaves out forms that the planner refuses, and tells of the advised one in any case', async () => {
      const planner = tablePlanner(COSTS, { refuses: /INCLUDE/ });
      const advised = index('camera, id');
      const { forms: planned } = await (await open(planner)).formsOf([index('camera, at')], 0, advised);
      assert.ok(planned.every(({ index: { include } }) => include.length === 0));
      assert.deepEqual(planned.find(({ differences }) => differences.includes('as advised'))?.index, advised);
    });

    it('asks for few plans', async () => {
      const planner = tablePlanner(COSTS);
      const design = await open(planner);
      const begun = planner.calls;
      const { forms: planned } = await design.formsOf([index('camera, at')], 0);
      assert.ok(planner.calls - begun <= 3 * (planned.length + 1), `${planner.calls - begun} for ${planned.length}`);
    });

    it('takes a name that nothing has yet', async () => {
      const { name: taken } = createIndexSql(index('camera'), { concurrently: true });
      const catalog = catalogOf(table(taken, []), VISIT);
      const design = await Design.open({ statements: [], catalog, estimator: tablePlanner([]) });
      const [made] = (await design.describe([index('camera')])).indexes;
      assert.match(made?.sql ?? '', new RegExp(`INDEX CONCURRENTLY ${taken}1 ON`));
      assert.deepEqual(made?.change.inverse, [`DROP INDEX CONCURRENTLY IF EXISTS public.${taken}1`]);
    });

    it('says that a table is gone', async () => {
      await assert.rejects(
        (await open()).describe([index('camera', { relation: 'gone' })]),
        /public\.gone is no longer there; advise again/,
      );
    });
  });
});
