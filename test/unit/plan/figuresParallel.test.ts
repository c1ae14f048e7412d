import assert from 'node:assert/strict';
import { each, find, inner, member, node, tree } from './literalPlan';

const aware = { 'Parallel Aware': true };
const workers = { 'Workers Planned': 2, 'Workers Launched': 2 };

describe('core/plan/figures: parallel plans', () => {
  it('divides parallel work by the processes: two workers and the leader', () => {
    const scan = node('Seq Scan', [30, 100, 3], { ...aware, 'Plan Rows': 125 });
    const parsed = tree(node('Gather', [34, 300, 1], { ...workers, 'Plan Rows': 300 }, scan));
    const { totalMs, rowsActual, rowsPlanned, rowEstimateError, processes } = find(parsed, 'Seq Scan').figures;
    // 30 ms x 3 loops / 3 processes; get_parallel_divisor for two workers is 2.4: 125 x 2.4.
    assert.deepEqual([totalMs, rowsActual, rowsPlanned, rowEstimateError, processes], [30, 300, 300, 1, 3]);
    assert.equal(find(parsed, 'Gather').figures.selfMs, 4);
    assert.equal(find(parsed, 'Gather').figures.processes, undefined);
  });

  it('divides by the workers alone when the leader took no part', () => {
    // parallel_leader_participation = off: 2 loops for 2 workers, and a divisor of 2.
    const scan = node('Seq Scan', [30, 100, 2], { ...aware, 'Plan Rows': 50 });
    const parsed = tree(node('Gather', [34, 200, 1], workers, scan));
    const { totalMs, rowsPlanned, rowEstimateError } = find(parsed, 'Seq Scan').figures;
    assert.deepEqual([totalMs, rowsPlanned, rowEstimateError], [30, 100, 2]);
  });

  it('leaves all to the leader when no worker started, with the rows planned for three', () => {
    const scan = node('Seq Scan', [90, 240, 1], { ...aware, 'Plan Rows': 100 });
    const parsed = tree(node('Gather', [95, 240, 1], { 'Workers Planned': 2, 'Workers Launched': 0 }, scan));
    const { totalMs, rowsPlanned, rowEstimateError, processes } = find(parsed, 'Seq Scan').figures;
    assert.deepEqual([totalMs, rowsPlanned, rowEstimateError, processes], [90, 240, 1, undefined]);
  });

  it('counts the inner side of a parallel nested loop once per process', () => {
    // 3 processes x 100 loops of 0.3 ms each: 30 ms side by side.
    const loop = node(
      'Nested Loop',
      [33, 100, 3],
      {},
      node('Seq Scan', [2, 100, 3], aware),
      node('Index Scan', [0.3, 1, 300], inner),
    );
    const parsed = tree(node('Gather', [35, 300, 1], { 'Workers Launched': 2 }, loop));
    assert.equal(find(parsed, 'Index Scan').figures.totalMs, 30);
    assert.equal(find(parsed, 'Nested Loop').figures.selfMs, 1);
  });

  it('counts a Gather that is run again: loops of both', () => {
    // The Gather runs 5 times with 2 workers and the leader: 15 loops of 4 ms are 20 ms side by side.
    const gather = node('Gather', [5, 30, 5], { ...workers, ...inner }, node('Seq Scan', [4, 10, 15], aware));
    const parsed = tree(node('Nested Loop', [30, 150, 1], {}, node('Values Scan', [1, 5, 1]), gather));
    assert.deepEqual(each(parsed, 'totalMs'), [30, 1, 25, 20]);
    assert.deepEqual(each(parsed, 'selfMs'), [4, 1, 5, 20]);
  });

  it('spreads the members of a Parallel Append over the processes', () => {
    // Two processes 30 ms each: one scans a (28 ms, one loop), both share b (2 loops of 15 ms).
    const whole = node('Seq Scan', [28, 50, 1], { ...member, Alias: 'a' });
    const shared = node('Seq Scan', [15, 40, 2], { ...member, ...aware, Alias: 'b', 'Plan Rows': 40 });
    const append = node('Append', [30, 65, 2], { ...aware, 'Plan Rows': 65 }, whole, shared);
    const parsed = tree(node('Gather', [32, 130, 1], { 'Workers Planned': 1, 'Workers Launched': 1 }, append));
    // A wall-clock share of 28 / 2, 15, and 30 - 14 - 15 for the Append itself.
    assert.deepEqual(each(parsed, 'selfMs'), [2, 1, 14, 15]);
    const { rowsActual, rowsPlanned } = find(parsed, 'a').figures;
    assert.deepEqual([rowsActual, rowsPlanned], [50, 50]);
    // 1 worker: divisor 1.7.
    assert.equal(find(parsed, 'b').figures.rowsPlanned, 68);
  });

  it('sums the groups of a partial aggregate: each process has all of them', () => {
    const partial = node(
      'Aggregate',
      [20, 10, 3],
      { 'Partial Mode': 'Partial', 'Plan Rows': 10 },
      node('Seq Scan', [15, 1000, 3], aware),
    );
    const parsed = tree(node('Gather', [22, 30, 1], workers, partial));
    const { rowsActual, rowsPlanned, rowEstimateError } = find(parsed, 'Aggregate').figures;
    assert.deepEqual([rowsActual, rowsPlanned, rowEstimateError], [30, 30, 1]);
  });

  it('computes an InitPlan that the workers need in the Gather, before they start', () => {
    // 50 ms - 30 ms of the scan - 12 ms of the InitPlan.
    const plan = node('Result', [12, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'InitPlan 1' });
    const scan = node('Seq Scan', [30, 100, 3], { ...aware, Filter: '(a > (InitPlan 1).col1)' });
    assert.deepEqual(each(tree(node('Gather', [50, 300, 1], workers, plan, scan)), 'selfMs'), [8, 12, 30]);
  });

  it('counts buffers of all processes, and those of the leader alone where they are', () => {
    // The workers' blocks are in the Gather's sum already: 310 - 300.
    const scan = node('Seq Scan', [30, 100, 3], { ...aware, 'Shared Hit Blocks': 300 });
    const parsed = tree(node('Gather', [34, 300, 1], { ...workers, 'Shared Hit Blocks': 310 }, scan));
    assert.deepEqual(each(parsed, 'sharedHitBlocks'), [10, 300]);
  });

  it('tells the processes apart, and gives the leader what is left', () => {
    const worker = (number: number, ms: number, rows: number, hit: number) => ({
      'Worker Number': number,
      'Actual Startup Time': 0,
      'Actual Total Time': ms,
      'Actual Rows': rows,
      'Actual Loops': 1,
      'Shared Hit Blocks': hit,
    });
    // In all 3 x 30 = 90 ms, 300 rows, 330 blocks; the leader: 90 - 36 - 33, 300 - 120 - 110, 330 - 140 - 120.
    const scan = node('Seq Scan', [30, 100, 3], {
      ...aware,
      'Shared Hit Blocks': 330,
      Workers: [worker(0, 36, 120, 140), worker(1, 33, 110, 120)],
    });
    const parsed = tree(node('Gather', [40, 300, 1], workers, scan));
    assert.deepEqual(find(parsed, 'Seq Scan').figures.workers, [
      { totalMs: 21, rows: 70, loops: 1, blocks: 70 },
      { number: 0, totalMs: 36, rows: 120, loops: 1, blocks: 140 },
      { number: 1, totalMs: 33, rows: 110, loops: 1, blocks: 120 },
    ]);
  });

  it('has no row for a leader that took no part, and none at all without VERBOSE', () => {
    const worker = { 'Worker Number': 0, 'Actual Total Time': 30, 'Actual Rows': 5, 'Actual Loops': 1 };
    const scan = (more: object) =>
      tree(node('Gather', [40, 5, 1], workers, node('Seq Scan', [30, 5, 1], { ...aware, ...more })));
    assert.deepEqual(find(scan({ Workers: [worker] }), 'Seq Scan').figures.workers, [
      { number: 0, totalMs: 30, rows: 5, loops: 1, blocks: undefined },
    ]);
    assert.equal(
      find(scan({ Workers: [{ 'Worker Number': 0, 'Sort Method': 'quicksort' }] }), 'Seq Scan').figures.workers,
      undefined,
    );
  });
});
