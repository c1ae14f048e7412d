import assert from 'node:assert/strict';
import { each, find, inner, member, node, planned, tree } from './literalPlan';

describe('core/plan/figures: time', () => {
  it('multiplies actual time and rows by loops', () => {
    // Index Scan: 4 ms x 10 = 40 ms, 2 rows x 10. Nested Loop alone: 50 - 5 - 40.
    const parsed = tree(
      node('Nested Loop', [50, 20, 1], {}, node('Seq Scan', [5, 10, 1]), node('Index Scan', [4, 2, 10], inner)),
    );
    assert.deepEqual(each(parsed, 'totalMs'), [50, 5, 40]);
    assert.deepEqual(each(parsed, 'selfMs'), [5, 5, 40]);
    assert.equal(find(parsed, 'Index Scan').figures.rowsActual, 20);
  });

  it('takes a CTE from the scan that produced it, and only once', () => {
    // 25 - 22 - 1 = 2 for the join; the first scan holds the CTE: 22 - 20 = 2.
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE recent' };
    const first = node('CTE Scan', [22, 10, 1], { 'CTE Name': 'recent', Alias: 'a' });
    const second = node('CTE Scan', [1, 10, 1], { 'CTE Name': 'recent', Alias: 'b', ...inner });
    const parsed = tree(node('Hash Join', [25, 10, 1], {}, node('Seq Scan', [20, 10, 1], cte), first, second));
    assert.deepEqual(each(parsed, 'selfMs'), [2, 20, 2, 1]);
  });

  it('takes a CTE that two scans computed half each from both', () => {
    // Neither 14 nor 9 can hold 20: 14 from the larger, the other 6 from the smaller, 9 - 6 = 3.
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE r' };
    const scan = (ms: number, more: object) => node('CTE Scan', [ms, 10, 1], { 'CTE Name': 'r', ...more });
    const parsed = tree(node('Append', [23, 20, 1], {}, node('Seq Scan', [20, 10, 1], cte), scan(14, {}), scan(9, {})));
    assert.deepEqual(each(parsed, 'selfMs'), [0, 20, 0, 3]);
  });

  it('gives an inner CTE of the same name to the scan that sees it', () => {
    // The outer r (1 ms) is read by b, the inner r (30 ms) by a, inside the Subquery Scan.
    const cte = (ms: number) =>
      node('Seq Scan', [ms, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE r' });
    const a = node('CTE Scan', [31, 1, 1], { 'CTE Name': 'r', Alias: 'a' });
    const b = node('CTE Scan', [40, 1, 1], { 'CTE Name': 'r', Alias: 'b', ...inner });
    const sub = node('Subquery Scan', [33, 1, 1], {}, cte(30), a);
    const parsed = tree(node('Hash Join', [75, 1, 1], {}, cte(1), sub, b));
    assert.equal(find(parsed, 'a').figures.selfMs, 1);
    assert.equal(find(parsed, 'b').figures.selfMs, 39);
    assert.equal(find(parsed, 'Subquery Scan').figures.selfMs, 2);
    assert.equal(find(parsed, 'Hash Join').figures.selfMs, 2);
  });

  for (const [version, name, filter] of [
    ['16', 'InitPlan 1 (returns $0)', '(a > $0)'],
    ['17', 'InitPlan 1', '(a > (InitPlan 1).col1)'],
  ]) {
    it(`takes an InitPlan from the node whose filter needs it (PostgreSQL ${version})`, () => {
      const plan = node('Aggregate', [8, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': name });
      const parsed = tree(node('Sort', [20, 5, 1], {}, plan, node('Seq Scan', [15, 5, 1], { Filter: filter })));
      assert.deepEqual(each(parsed, 'selfMs'), [5, 8, 7]);
    });
  }

  it('looks for an InitPlan where it is compared, not where it is handed on', () => {
    // The Sort (30 - 15 = 15 ms alone) could hold 8 ms and shows the value; the scan computed it: 15 - 8.
    const plan = node('Result', [8, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'InitPlan 1' });
    const output = { Output: ['a', '(InitPlan 1).col1'] };
    const parsed = tree(node('Sort', [30, 5, 1], output, plan, node('Seq Scan', [15, 5, 1], output)));
    assert.deepEqual(each(parsed, 'selfMs'), [15, 8, 7]);
  });

  it('tells $1 from $10', () => {
    const plan = (name: string, ms: number) =>
      node('Result', [ms, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': name });
    const scans = [
      node('Seq Scan', [9, 1, 1], { Filter: '(a = $10)' }),
      node('Index Scan', [9, 1, 1], { ...inner, Filter: '(b = $1)' }),
    ];
    const inits = [plan('InitPlan 1 (returns $1)', 4), plan('InitPlan 2 (returns $10)', 6)];
    const parsed = tree(node('Nested Loop', [20, 1, 1], {}, ...inits, ...scans));
    assert.deepEqual([find(parsed, 'Seq Scan').figures.selfMs, find(parsed, 'Index Scan').figures.selfMs], [3, 5]);
  });

  it('leaves an InitPlan nobody names with the node it is listed under', () => {
    // LIMIT (SELECT ...): EXPLAIN does not print the expression. 20 - 5 - 8.
    const plan = node('Result', [8, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'InitPlan 1' });
    assert.deepEqual(each(tree(node('Limit', [20, 1, 1], {}, plan, node('Seq Scan', [5, 1, 1]))), 'selfMs'), [7, 8, 5]);
  });

  it('takes a SubPlan from the node it is listed under, all its loops', () => {
    // 100 loops of 0.2 ms: 30 - 20.
    const subplan = node('Index Scan', [0.2, 1, 100], {
      'Parent Relationship': 'SubPlan',
      'Subplan Name': 'SubPlan 1',
    });
    assert.deepEqual(each(tree(node('Seq Scan', [30, 100, 1], {}, subplan)), 'selfMs'), [10, 20]);
  });

  it('does not charge a write in a CTE nobody reads to the main query', () => {
    // The DELETE runs after the scan is done: its 50 ms are no part of the root's 5.
    const write = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE gone' };
    const parsed = tree(node('Seq Scan', [5, 1, 1], {}, node('ModifyTable', [50, 0, 1], write)));
    assert.deepEqual(each(parsed, 'selfMs'), [5, 50]);
  });

  it('subtracts every member of an Append, and never goes below nothing where they ran at once', () => {
    // Plain: 30 - 12 - 15 = 3. Asynchronous foreign scans overlap: 60 + 70 within 100.
    const plain = node(
      'Append',
      [30, 2, 1],
      {},
      node('Seq Scan', [12, 1, 1], member),
      node('Seq Scan', [15, 1, 1], member),
    );
    assert.deepEqual(each(tree(plain), 'selfMs'), [3, 12, 15]);
    const remote = { ...member, 'Async Capable': true };
    const async = node(
      'Append',
      [100, 2, 1],
      {},
      node('Foreign Scan', [60, 1, 1], remote),
      node('Foreign Scan', [70, 1, 1], remote),
    );
    assert.deepEqual(each(tree(async), 'selfMs'), [0, 60, 70]);
  });

  it('shows no estimate error for a node that was never executed', () => {
    const { figures } = find(
      tree(node('Append', [1, 0, 1], {}, node('Seq Scan', [0, 0, 0], { 'Plan Rows': 500 }))),
      'Seq Scan',
    );
    assert.equal(figures.neverExecuted, true);
    assert.equal(figures.selfMs, 0);
    assert.equal(figures.rowEstimateError, undefined);
    assert.equal(figures.rowsPlanned, 500);
  });

  it('knows no times with TIMING OFF, also where nothing was executed', () => {
    const untimed = (rows: number, loops: number, ...plans: object[]) => ({
      'Node Type': 'Append',
      'Plan Rows': 5,
      'Actual Rows': rows,
      'Actual Loops': loops,
      Plans: plans,
    });
    const parsed = tree(untimed(3, 1, untimed(3, 1), untimed(0, 0)), { 'Execution Time': 7 });
    assert.deepEqual(each(parsed, 'totalMs'), [undefined, undefined, undefined]);
    assert.deepEqual(each(parsed, 'selfMs'), [undefined, undefined, undefined]);
    assert.deepEqual(each(parsed, 'selfShare'), [undefined, undefined, undefined]);
    assert.deepEqual(each(parsed, 'rowsActual'), [3, 3, 0]);
  });

  it('refers shares to the execution time', () => {
    assert.equal(tree(node('Seq Scan', [5, 1, 1]), { 'Execution Time': 20 }).root.figures.selfShare, 0.25);
  });
});

describe('core/plan/figures: cost', () => {
  it('knows nothing measured of a plan that was only estimated', () => {
    const { figures } = tree(planned('Seq Scan', 10, 5, { Filter: '(a = 1)' })).root;
    const { totalMs, selfMs, selfShare, rowsActual, rowEstimateError, loops, neverExecuted } = figures;
    const { sharedHitBlocks, selfBlocks, ioReadMs, walRecords, rowsRemovedByFilter } = figures;
    assert.deepEqual([totalMs, selfMs, selfShare, rowsActual, rowEstimateError, loops], Array(6).fill(undefined));
    assert.deepEqual(
      [sharedHitBlocks, selfBlocks, ioReadMs, walRecords, rowsRemovedByFilter],
      Array(5).fill(undefined),
    );
    assert.deepEqual([neverExecuted, figures.rowsPlanned, figures.selfCost], [false, 5, 10]);
  });

  it('counts the inner side of a nested loop once per outer row, and adds up to the whole', () => {
    // 10 outer rows x 3 = 30 for the inner side; 50 - 15 - 30 = 5.
    const loop = planned('Nested Loop', 50, 10, {}, planned('Seq Scan', 15, 10), planned('Index Scan', 3, 1, inner));
    assert.deepEqual(each(tree(loop), 'selfCost'), [5, 15, 30]);
  });

  it('counts what a nested loop keeps once', () => {
    const kept = planned('Materialize', 20, 5, inner, planned('Seq Scan', 18, 5));
    const loop = planned('Nested Loop', 50, 50, {}, planned('Seq Scan', 15, 10), kept);
    assert.deepEqual(each(tree(loop), 'selfCost'), [15, 15, 2, 18]);
  });

  it('counts below a LIMIT only what the planner expects to run', () => {
    // Of 1,000 for all rows the LIMIT pays 10: 1 % of the scan's 900 and of the sort key's 100.
    const scan = planned(
      'Nested Loop',
      1000,
      100,
      {},
      planned('Seq Scan', 900, 1),
      planned('Index Scan', 100, 1, inner),
    );
    assert.deepEqual(each(tree(planned('Limit', 10, 1, {}, scan)), 'selfCost'), [0, 0, 9, 1]);
  });
});
