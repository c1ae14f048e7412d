import assert from 'node:assert/strict';
import { TimeLimitedEstimator } from '../../../src/core/advisor/timeLimit';
import type { IndexDefinition } from '../../../src/core/advisor/suggestion';
import type { CostEstimator } from '../../../src/core/ports';
import { statStatementsQuery } from '../../../src/core/workload/statStatements';
import { topEntries, WorkloadCollector } from '../../../src/core/workload/workload';

describe('core/workload/workload', () => {
  it('counts statements of one form together and keeps a few of their values', () => {
    const collector = new WorkloadCollector();
    collector.add({ sql: 'select * from t where a = 1', calls: 1, totalMs: 2, place: 'q.sql:1' });
    collector.add({ sql: 'select * from u', calls: 1, totalMs: 1 });
    collector.add({ sql: 'SELECT *  FROM t WHERE a = 1 -- again', calls: 3, totalMs: 6 });
    collector.add({ sql: 'select * from t where a = 1', calls: 4, totalMs: 8 });
    const entries = collector.entries();
    assert.deepEqual(
      entries.map(({ id, calls, totalMs, place }) => [id, calls, totalMs, place]),
      [
        [1, 5, 10, 'q.sql:1'],
        [2, 1, 1, undefined],
        [3, 3, 6, undefined],
      ],
    );
    assert.equal(entries[0]?.fingerprint, entries[2]?.fingerprint);
  });

  it('spreads the calls of values it does not keep over those it keeps', () => {
    const collector = new WorkloadCollector();
    for (let value = 1; value <= 40; value++) collector.add({ sql: `select * from t where a = ${value}`, calls: 1 });
    const entries = collector.entries();
    assert.equal(entries.length, 4);
    assert.equal(
      entries.reduce((sum, { calls }) => sum + calls, 0),
      40,
    );
  });

  it('counts a run once that both a duration and a plan tell of', () => {
    const collector = new WorkloadCollector();
    for (const channel of ['plan', 'statement', 'statement'])
      collector.add({ sql: 'select 1', calls: 1, totalMs: 5, channel });
    const [entry] = collector.entries();
    assert.deepEqual([entry?.calls, entry?.totalMs], [2, 10]);
  });

  it('forgets the cheapest when there are too many forms, and says how many', () => {
    const collector = new WorkloadCollector();
    for (let i = 0; i < 6_000; i++) collector.add({ sql: `select * from t${i}`, calls: 1, totalMs: i });
    assert.equal(collector.forgottenForms, 2_500);
    assert.equal(collector.entries().length, 3_500);
    assert.equal(topEntries(collector.entries(), 'total', 1)[0]?.sql, 'select * from t5999');
  });

  it('ranks by what is asked', () => {
    const entry = (id: number, calls: number, totalMs: number, readBlocks: number, tempBlocks: number) => ({
      id,
      fingerprint: String(id),
      sql: `select ${id}`,
      calls,
      totalMs,
      readBlocks,
      tempBlocks,
    });
    const entries = [entry(1, 10, 100, 5, 9), entry(2, 1, 50, 7, 0), entry(3, 99, 60, 6, 1)];
    const first = (by: Parameters<typeof topEntries>[1]): number | undefined => topEntries(entries, by, 1)[0]?.id;
    assert.deepEqual([first('total'), first('mean'), first('calls'), first('reads'), first('temp')], [1, 2, 3, 2, 1]);
  });

  it('asks an old view by its old names', () => {
    const old = statStatementsQuery('public', new Set(['total_time', 'calls']), 'mean');
    assert.match(old, /sum\(s\.total_time\) \/ sum\(s\.calls\) desc/);
    assert.doesNotMatch(old, /toplevel|exec_time/);
    const recent = statStatementsQuery('ext', new Set(['total_exec_time', 'toplevel']), 'total');
    assert.match(recent, /and s\.toplevel[\s\S]*order by sum\(s\.total_exec_time\) desc/);
  });
});

describe('core/advisor/timeLimit', () => {
  const index = (key: string): IndexDefinition => ({
    schema: 's',
    relation: 't',
    method: 'btree',
    keys: [key],
    include: [],
  });
  const [a, b] = [index('a'), index('b')];

  /** Each index that exists saves 10 of 100, and is used. */
  const inner: CostEstimator = {
    how: 'what-if (shadow)',
    cost: async (_sql, configuration) => ({
      totalCost: 100 - 10 * configuration.length,
      usedIndexes: configuration.map((_, position) => position),
      plan: {},
    }),
    estimateBytes: async () => 1,
    dispose: async () => undefined,
  };

  it('answers from what is known once the time is up', async () => {
    let over = false;
    const limited = new TimeLimitedEstimator(inner, () => over);
    await limited.cost('q', []);
    await limited.cost('q', [a]);
    over = true;
    assert.deepEqual(await limited.cost('q', [b, a]), { totalCost: 90, usedIndexes: [1], plan: {} });
    assert.deepEqual(await limited.cost('q', [b]), { totalCost: 100, usedIndexes: [], plan: {} });
    assert.equal(limited.isOver, true);
    await assert.rejects(limited.cost('another', [a]), /not planned: the time limit was reached/);
  });
});
