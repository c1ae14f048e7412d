import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanNode, PlanTree } from '../../../src/core/plan/planTree';

type Fields = Record<string, unknown>;

function node(
  type: string,
  actual: [ms: number, rows: number, loops: number],
  more: Fields = {},
  ...plans: Fields[]
): Fields {
  const [ms, rows, loops] = actual;
  const figures = { 'Actual Startup Time': 0, 'Actual Total Time': ms, 'Actual Rows': rows, 'Actual Loops': loops };
  return {
    'Node Type': type,
    'Parent Relationship': 'Outer',
    'Plan Rows': rows,
    ...figures,
    ...more,
    ...(plans.length ? { Plans: plans } : {}),
  };
}

function tree(plan: Fields, document: Fields = {}): PlanTree {
  const [parsed] = parsePlan([{ Plan: plan, ...document }]);
  assert.ok(parsed);
  return parsed;
}

function find(from: PlanTree, type: string): PlanNode {
  const found = from.nodes.find(candidate => candidate.nodeType === type);
  assert.ok(found, type);
  return found;
}

const inner = { 'Parent Relationship': 'Inner' };

describe('core/plan/figures', () => {
  it('multiplies actual time and rows by loops', () => {
    const parsed = tree(
      node('Nested Loop', [50, 20, 1], {}, node('Seq Scan', [5, 10, 1]), node('Index Scan', [4, 2, 10], inner)),
    );
    const scan = find(parsed, 'Index Scan').figures;
    assert.equal(scan.totalMs, 40);
    assert.equal(scan.rowsActual, 20);
    assert.equal(find(parsed, 'Nested Loop').figures.selfMs, 5);
  });

  it('divides parallel work by the processes: two workers and the leader', () => {
    const scan = node('Seq Scan', [30, 100, 3], { 'Parallel Aware': true, 'Plan Rows': 125 });
    const parsed = tree(
      node('Gather', [34, 300, 1], { 'Workers Planned': 2, 'Workers Launched': 2, 'Plan Rows': 300 }, scan),
    );
    const { totalMs, rowsActual, rowsPlanned, rowEstimateError } = find(parsed, 'Seq Scan').figures;
    assert.equal(totalMs, 30);
    assert.equal(rowsActual, 300);
    // get_parallel_divisor for two workers is 2.4: 125 x 2.4.
    assert.equal(rowsPlanned, 300);
    assert.equal(rowEstimateError, 1);
    assert.equal(find(parsed, 'Gather').figures.selfMs, 4);
  });

  it('divides by the workers alone when the leader took no part', () => {
    const scan = node('Seq Scan', [30, 100, 2], { 'Parallel Aware': true });
    const parsed = tree(node('Gather', [34, 200, 1], { 'Workers Planned': 2, 'Workers Launched': 2 }, scan));
    assert.equal(find(parsed, 'Seq Scan').figures.totalMs, 30);
  });

  it('counts the inner side of a parallel nested loop once per process', () => {
    // 3 processes x 100 loops of 0.3 ms each: 30 ms side by side.
    const loop = node(
      'Nested Loop',
      [33, 100, 3],
      {},
      node('Seq Scan', [2, 100, 3], { 'Parallel Aware': true }),
      node('Index Scan', [0.3, 1, 300], inner),
    );
    const parsed = tree(node('Gather', [35, 300, 1], { 'Workers Launched': 2 }, loop));
    assert.equal(find(parsed, 'Index Scan').figures.totalMs, 30);
    assert.equal(find(parsed, 'Nested Loop').figures.selfMs, 1);
  });

  it('takes a CTE from the scan that produced it, and only once', () => {
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE recent' };
    const first = node('CTE Scan', [22, 10, 1], { 'CTE Name': 'recent', Alias: 'a' });
    const second = node('CTE Scan', [1, 10, 1], { 'CTE Name': 'recent', Alias: 'b', ...inner });
    const parsed = tree(node('Hash Join', [25, 10, 1], {}, node('Seq Scan', [20, 10, 1], cte), first, second));
    const selves = parsed.nodes.map(each => [each.nodeType, each.figures.selfMs]);
    assert.deepEqual(selves, [
      ['Hash Join', 2],
      ['Seq Scan', 20],
      ['CTE Scan', 2],
      ['CTE Scan', 1],
    ]);
  });

  for (const [version, name, filter] of [
    ['16', 'InitPlan 1 (returns $0)', '(a > $0)'],
    ['17', 'InitPlan 1', '(a > (InitPlan 1).col1)'],
  ]) {
    it(`takes an InitPlan from the node whose filter needs it (PostgreSQL ${version})`, () => {
      const plan = node('Aggregate', [8, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': name });
      const parsed = tree(node('Sort', [20, 5, 1], {}, plan, node('Seq Scan', [15, 5, 1], { Filter: filter })));
      assert.deepEqual(
        parsed.nodes.map(each => each.figures.selfMs),
        [5, 8, 7],
      );
    });
  }

  it('shows no time and no estimate error for a node that was never executed', () => {
    const { figures } = find(
      tree(node('Append', [1, 0, 1], {}, node('Seq Scan', [0, 0, 0], { 'Plan Rows': 500 }))),
      'Seq Scan',
    );
    assert.equal(figures.neverExecuted, true);
    assert.equal(figures.selfMs, 0);
    assert.equal(figures.rowEstimateError, undefined);
    assert.equal(figures.rowsPlanned, 500);
  });

  it('gives blocks without those of the children', () => {
    const parsed = tree(
      node(
        'Sort',
        [9, 1, 1],
        { 'Shared Hit Blocks': 12, 'Temp Written Blocks': 7 },
        node('Seq Scan', [5, 1, 1], { 'Shared Hit Blocks': 10 }),
      ),
    );
    assert.equal(find(parsed, 'Sort').figures.sharedHitBlocks, 2);
    assert.equal(find(parsed, 'Sort').figures.tempWrittenBlocks, 7);
  });

  it('keeps fractional rows of PostgreSQL 18', () => {
    const parsed = tree(
      node(
        'Nested Loop',
        [9, 1, 1],
        {},
        node('Seq Scan', [1, 4, 1]),
        node('Index Scan', [1, 0.25, 4], { ...inner, 'Plan Rows': 1 }),
      ),
    );
    assert.equal(find(parsed, 'Index Scan').figures.rowsActual, 1);
    assert.equal(find(parsed, 'Index Scan').figures.rowEstimateError, 1);
  });

  it('measures the estimate per loop, at least one row each', () => {
    const parsed = tree(node('Seq Scan', [1, 5000, 1], { 'Plan Rows': 50 }));
    assert.equal(parsed.root.figures.rowEstimateError, 100);
  });

  it('refers shares to the execution time', () => {
    assert.equal(tree(node('Seq Scan', [5, 1, 1]), { 'Execution Time': 20 }).root.figures.selfShare, 0.25);
  });

  it('reads triggers, settings and JIT totals, also where parts of the timing are objects', () => {
    const parsed = tree(node('ModifyTable', [1, 0, 1]), {
      Triggers: [{ 'Trigger Name': 'RI_1', 'Constraint Name': 'fk', Relation: 'orders', Time: 3.5, Calls: 2 }],
      Settings: { work_mem: '1MB' },
      JIT: { Functions: 4, Timing: { Generation: { Deform: 0.1, Total: 1 }, Total: 5.5 } },
    });
    assert.deepEqual(parsed.triggers, [{ name: 'RI_1', constraint: 'fk', relation: 'orders', ms: 3.5, calls: 2 }]);
    assert.deepEqual(parsed.jit, { functions: 4, totalMs: 5.5 });
    assert.deepEqual(parsed.settings, { work_mem: '1MB' });
  });
});
