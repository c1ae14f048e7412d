import * as assert from 'node:assert/strict';
import { readAccessPaths } from '../../../src/core/advisor/indexes/accessPaths';
import { candidateIndexes, type Candidate } from '../../../src/core/advisor/indexes/candidates';
import { CostedQuery, Planner } from '../../../src/core/advisor/indexes/costedQuery';
import { indexInWords } from '../../../src/core/advisor/indexes/describeIndex';
import { Objective } from '../../../src/core/advisor/indexes/objective';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { catalogOf, column, table, tablePlanner } from './advisorFixtures';

const EVENT = table('event', [
  column('id', 'integer', -1),
  column('camera', 'integer', 500),
  column('kind', 'integer', 40),
  column('zone', 'integer', 90),
]);
const COLUMNS = ['camera', 'kind', 'zone'];

describe('core/advisor/indexes/objective', () => {
  /** Three statements, each with an index of its own, from 1,000 down to 100. */
  async function threeStatements() {
    const grammar = await loadGrammar();
    const estimator = tablePlanner(
      COLUMNS.map(name => ({
        statement: `where ${name} = 1`,
        scan: 1000,
        indexes: { [`event (${name})`]: 100 },
      })),
    );
    const planner = new Planner(estimator, undefined);
    const pool = new Map<Candidate, number>();
    const queries: CostedQuery[] = [];
    for (const [position, name] of COLUMNS.entries()) {
      const sql = `select * from event where ${name} = 1`;
      const accesses = readAccessPaths(parseStatement(grammar, sql), catalogOf(EVENT));
      const query = new CostedQuery(position, sql, 1, accesses, planner);
      await query.begin();
      const own = accesses
        .flatMap(access => candidateIndexes(access, catalogOf(EVENT), { maxWidth: 1 }))
        .filter(({ index }) => indexInWords(index) === `event (${name})`);
      query.settle(own, 100);
      for (const candidate of own) pool.set(candidate, 1e6);
      queries.push(query);
    }
    return { objective: new Objective(queries, pool), candidates: [...pool.keys()], estimator };
  }

  it('adds up what a set costs', async () => {
    const { objective, candidates } = await threeStatements();
    assert.deepEqual(
      [await objective.total([]), await objective.total(candidates.slice(0, 1)), await objective.total(candidates)],
      [3000, 2100, 300],
    );
  });

  it('says whether a set costs more than a limit, as its total does', async () => {
    for (const limit of [299, 300, 301, 1199, 1200, 2100, 3001]) {
      for (const count of [0, 1, 2, 3]) {
        const { objective, candidates } = await threeStatements();
        const set = candidates.slice(0, count);
        const exceeds = await objective.exceeds(set, limit);
        assert.equal(exceeds, (await objective.total(set)) > limit, `${count} indexes, ${limit}`);
      }
    }
  });

  it('plans no more statements than the answer takes', async () => {
    const { objective, candidates, estimator } = await threeStatements();
    const plans = async (work: () => Promise<unknown>): Promise<number> => {
      const before = estimator.calls;
      await work();
      return estimator.calls - before;
    };
    // at least 100 each, whatever the indexes
    assert.equal(await plans(() => objective.exceeds(candidates, 299)), 0);
    const without = candidates.slice(1);
    assert.equal(await plans(() => objective.total(candidates)), 3);
    assert.equal(await plans(() => objective.exceeds(without, 400)), 0, 'it was planned without any index at first');
  });
});
