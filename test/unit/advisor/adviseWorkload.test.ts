import * as assert from 'node:assert/strict';
import { adviseWorkload, type WorkloadRequest } from '../../../src/core/advisor/indexes/adviseWorkload';
import type { CostEstimator } from '../../../src/core/ports';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { catalogOf, column, table, tablePlanner, type PlannedCosts } from './advisorFixtures';

const PARENT = table('parent', [column('id', 'integer', -1), column('name', 'text', -1, {}, 20)]);
const CHILD = table(
  'child',
  [
    column('id', 'integer', -1),
    column('parent_id', 'integer', 5000),
    column('state', 'integer', 900),
    column('made', 'date', 2000),
    column('note', 'text', -1, {}, 60),
    column('data', 'jsonb', -1, {}, 200),
  ],
  {
    constraints: [
      {
        name: 'child_parent_id_fkey',
        kind: 'foreign key',
        columns: ['parent_id'],
        references: { schema: 'public', relation: 'parent', columns: ['id'] },
        validated: true,
      },
    ],
  },
);
const SMALL = table('small', [column('id', 'integer', -1), column('name', 'text', 5)], { pages: 3, rowEstimate: 200 });
const CATALOG = catalogOf(PARENT, CHILD, SMALL);
const modify = (rows: number) => ({ 'Node Type': 'ModifyTable', Plans: [{ 'Plan Rows': rows }] });

describe('core/advisor/indexes/adviseWorkload', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const advise = (
    statements: readonly (string | readonly [sql: string, weight: number])[],
    estimator: CostEstimator,
    more: Partial<WorkloadRequest> = {},
  ) =>
    adviseWorkload({
      statements: statements.map((item, position) => {
        const [sql, weight] = typeof item === 'string' ? [item, 1] : item;
        return { id: position + 1, sql, statement: parseStatement(grammar, sql), weight };
      }),
      catalog: CATALOG,
      estimator,
      ...more,
    });

  const BY_PARENT: PlannedCosts = {
    statement: 'where parent_id = 1',
    scan: 1000,
    indexes: { 'child (parent_id)': 100, 'child (parent_id, made)': 99 },
  };
  const BY_STATE: PlannedCosts = { statement: 'where state = 2', scan: 800, indexes: { 'child (state)': 50 } };
  const SELECTS = ['select * from child where parent_id = 1', 'select * from child where state = 2'];

  it('weighs benefit against bytes under a budget', async () => {
    const bytes = { 'child (parent_id)': 9e6, 'child (state)': 2e6 };
    const advice = await advise(SELECTS, tablePlanner([BY_PARENT, BY_STATE], { bytes }), { budgetBytes: 9.5e6 });
    assert.deepEqual(
      advice.indexes.map(({ columns }) => columns),
      // 900 for 9 MB are worth less a byte than 750 for 2 MB, but more in all
      [['parent_id']],
    );
  });

  it('says of a statement without an index what it would have taken', async () => {
    const bytes = { 'child (parent_id)': 9e6, 'child (state)': 2e6 };
    const advice = await advise(
      [...SELECTS, "select * from small where name = 'x'", 'select * from child where id = 3'],
      tablePlanner([BY_PARENT, BY_STATE], { bytes }),
      { budgetBytes: 9.5e6 },
    );
    const reasons = advice.workload.queries.map(({ reason }) => reason);
    assert.equal(reasons[0], undefined);
    assert.match(
      reasons[1] ?? '',
      /^child \(state\) would lower the cost from 800 to 50, but takes 1\.91 MB of which the budget has 488 kB left$/,
    );
    assert.equal(reasons[2], 'no index on small: 200 rows, a scan reads 3 pages');
    assert.equal(reasons[3], 'no new index on child: id is already covered by child_pkey');
  });

  it('chooses fewer indexes the more is written, and shows what each run of a write pays', async () => {
    const insert = { statement: 'insert', scan: 10, plan: modify(100) };
    const chosen = async (weight: number) => {
      const workload = [...SELECTS, ['insert into child (id) select 1', weight] as const];
      const advice = await advise(workload, tablePlanner([BY_PARENT, BY_STATE, insert]));
      return { count: advice.indexes.length, upkeep: advice.workload.queries[2]?.upkeep };
    };
    assert.deepEqual(await chosen(0.1), { count: 2, upkeep: 100 });
    assert.deepEqual(await chosen(17), { count: 1, upkeep: 50 });
    assert.deepEqual(await chosen(1000), { count: 0, upkeep: 0 });
  });

  it('takes a MERGE that only updates for an UPDATE of these columns', async () => {
    const merging = async (action: string, weight: number) => {
      const sql = `merge into child c using parent p on c.id = p.id when ${action}`;
      const workload = [SELECTS[0]!, [sql, weight] as const];
      const planner = tablePlanner([BY_PARENT, { statement: 'merge', scan: 10, plan: modify(100) }]);
      return (await advise(workload, planner)).workload.queries[1]?.upkeep;
    };
    // entries of 0.5 for 100 rows: all of them, with those of the primary key, or half of them by HOT
    assert.equal(await merging('not matched then insert (id) values (p.id)', 1), 50);
    assert.equal(await merging('matched then update set note = p.name', 1), 25);
    assert.equal(await merging('matched then update set parent_id = p.id', 1), 75);
    assert.equal(await merging('matched then delete', 1), 5);
  });

  it('says with figures that writes would pay more than an index saves, or that it saves next to nothing', async () => {
    const insert = { statement: 'insert', scan: 10, plan: modify(100) };
    const dear = { statement: 'huge', scan: 1e9 };
    const reasonsBeside = async (other: readonly [string, number]) => {
      const advice = await advise([...SELECTS, other], tablePlanner([BY_PARENT, BY_STATE, insert, dear]));
      return advice.workload.queries.map(({ reason }) => reason);
    };
    assert.equal(
      (await reasonsBeside(['insert into child (id) select 1', 1000]))[0],
      "child (parent_id) would lower the cost from 1,000 to 100, but the workload's writes would pay 50,000 for it, more than the 900 it saves",
    );
    const [, beside] = await reasonsBeside(["select 'huge' from child", 1]);
    assert.match(beside ?? '', /^child \(state\) .* to 50, less than 0\.05 % of the workload's cost/);
  });

  it('charges an update for the indexes that end its HOT updates more than for others', async () => {
    const update = { statement: 'update', scan: 10, plan: modify(100) };
    const upkeep = async (set: string) => {
      const advice = await advise([SELECTS[1]!, [`update child set ${set}`, 0.01]], tablePlanner([BY_STATE, update]));
      return advice.workload.queries[1]!.upkeep!;
    };
    assert.ok((await upkeep('state = 1')) > (await upkeep("note = 'x'")));
  });

  it('indexes what a foreign key looks up for each row deleted from its parent', async () => {
    const costs: PlannedCosts[] = [
      { statement: 'delete', scan: 20, plan: modify(40) },
      { statement: 'FROM ONLY public.child WHERE parent_id = $1', scan: 900, indexes: { 'child (parent_id)': 8 } },
    ];
    const advice = await advise(["delete from parent where name like 'x%'"], tablePlanner(costs));
    assert.deepEqual(
      advice.indexes.map(({ columns, queries }) => ({ columns, queries })),
      [{ columns: ['parent_id'], queries: [1] }],
    );
    assert.equal(advice.workload.costBefore, 20 + 40 * 900);
  });

  it('goes on without the indexes that its planner refuses', async () => {
    const contains: PlannedCosts = {
      statement: 'data @>',
      scan: 500,
      indexes: { 'child using gin (data jsonb_path_ops)': 5, 'child (state)': 100 },
    };
    const sql = `select * from child where data @> '{"a": 1}' and state = 7`;
    const all = await advise([sql], tablePlanner([contains]));
    const without = await advise([sql], tablePlanner([contains], { refuses: /gin/ }));
    assert.deepEqual(
      [all, without].map(({ indexes, skipped }) => [indexes.map(({ method }) => method), skipped]),
      [
        [['gin'], []],
        [['btree'], []],
      ],
    );
  });

  it('ends with the best so far when the time is up', async () => {
    const costs = [BY_PARENT, BY_STATE];
    const run = (plans: number) => {
      const planner = tablePlanner(costs);
      return advise(SELECTS, planner, { isTimeUp: () => planner.calls >= plans, budgetBytes: 2.5e6 });
    };
    const whole = await run(Infinity);
    assert.deepEqual([whole.indexes.length, whole.timeLimitReached], [2, false]);
    const short = await run(whole.optimizerCalls - 1);
    assert.deepEqual([short.indexes.length, short.timeLimitReached], [1, true]);
    assert.ok(short.workload.costAfter < short.workload.costBefore);
    assert.equal((await advise(SELECTS, tablePlanner(costs))).timeLimitReached, undefined);
  });

  it('keeps off indexes that only their order could make a plan gamble on', async () => {
    const limit = (total: number) => ({
      'Node Type': 'Limit',
      'Total Cost': total,
      Plans: [{ 'Node Type': 'Index Scan', 'Index Name': 'x', 'Total Cost': 9e4, Filter: "((data ->> 'a') = 'b')" }],
    });
    const gamble: PlannedCosts = {
      statement: "data ->> 'a'",
      scan: 1000,
      plan: limit(300),
      indexes: { 'child (made)': 300 },
    };
    const sql = `select * from child where data ->> 'a' = 'b' order by made limit 10`;
    assert.deepEqual((await advise([sql], tablePlanner([gamble]))).indexes, []);
    const sure = { ...gamble, plan: { 'Node Type': 'Limit', 'Total Cost': 300 } };
    assert.equal((await advise([sql], tablePlanner([sure]))).indexes.length, 1);
  });

  it('takes another index for a statement that one for others would slow down', async () => {
    const relation = { 'Relation Name': 'child' };
    const seqScan = { 'Node Type': 'Seq Scan', 'Total Cost': 45_000, 'Plan Rows': 3e5, ...relation };
    const fetching = { 'Node Type': 'Index Scan', 'Total Cost': 20_000, 'Plan Rows': 3e5, ...relation };
    const reading: PlannedCosts = {
      statement: 'sum(state)',
      scan: 45_000,
      indexes: { 'child (made)': 20_000, 'child (made) INCLUDE (state)': 19_990 },
    };
    const finding: PlannedCosts = {
      statement: 'select *',
      scan: 45_000,
      indexes: { 'child (made)': 100, 'child (made) INCLUDE (state)': 101 },
    };
    const planner = tablePlanner([reading, finding]);
    const planned: CostEstimator = {
      ...planner,
      async cost(sql, configuration) {
        const cost = await planner.cost(sql, configuration);
        if (!sql.includes('sum(state)')) return cost;
        const covers = configuration[cost.usedIndexes[0] ?? -1]?.include.length;
        const plan =
          covers === undefined ? seqScan : { ...fetching, 'Node Type': covers > 0 ? 'Index Only Scan' : 'Index Scan' };
        return { ...cost, plan };
      },
    };
    const sql = [
      "select * from child where made = '2020-01-01'",
      "select sum(state) from child where made > '2020-01-01'",
    ];
    const chosen = async (statements: string[], estimator: CostEstimator) =>
      (await advise(statements, estimator)).indexes.map(({ columns, include }) => [...columns, ...include].join());
    assert.deepEqual(await chosen(sql, planned), ['made,state']);
    assert.deepEqual(await chosen(sql.slice(0, 1), planned), ['made']);
  });

  it('stops at once when cancelled in between', async () => {
    const controller = new AbortController();
    const onProgress = ({ text }: { text: string }) => {
      if (text.includes('chosen')) controller.abort();
    };
    const running = advise(SELECTS, tablePlanner([BY_PARENT, BY_STATE]), { signal: controller.signal, onProgress });
    await assert.rejects(running, { name: 'CancelledError' });
  });

  it('plans no statement with indexes it could not use', async () => {
    const few = tablePlanner([BY_PARENT]);
    await advise([SELECTS[0]!], few);
    const many = tablePlanner([BY_PARENT]);
    await advise(
      [SELECTS[0]!, ...Array.from({ length: 10 }, (_, i) => `select name from parent where id = ${i}`)],
      many,
    );
    // each of the others is planned once, for its cost today
    assert.equal(many.calls, few.calls + 10);
  });
});
