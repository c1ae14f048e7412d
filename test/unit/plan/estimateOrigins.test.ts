import assert from 'node:assert/strict';
import { findEstimateOrigins } from '../../../src/core/plan/estimateOrigins';
import { type Fields, inner, node, tree } from './literalPlan';

/** A node with planned and actual rows a loop. */
function rows(type: string, plannedRows: number, actual: number, more: Fields = {}, ...plans: Fields[]): Fields {
  return node(type, [1, actual, 1], { 'Plan Rows': plannedRows, ...more }, ...plans);
}

function origins(plan: Fields): string[] {
  return findEstimateOrigins(tree(plan)).map(({ alias, nodeType }) => alias ?? nodeType);
}

const wrong = rows('Seq Scan', 10, 5000, { Alias: 'wrong' });
const right = rows('Seq Scan', 10, 10, { Alias: 'right' });
const few = rows('Seq Scan', 9000, 5, { Alias: 'few' });

describe('core/plan/estimateOrigins', () => {
  it('names the scan and not the nodes that pass its error on', () => {
    const join = rows('Hash Join', 10, 5000, {}, wrong, rows('Hash', 10, 10, inner, right));
    assert.deepEqual(origins(rows('Sort', 10, 5000, {}, join)), ['wrong']);
  });

  it('names the join where both sides are right', () => {
    assert.deepEqual(origins(rows('Hash Join', 10, 5000, {}, right, rows('Hash', 10, 10, inner, right))), [
      'Hash Join',
    ]);
  });

  it('looks below the limit for what carries half of the error', () => {
    // 36 x = 9 x 4: no input is wrong by 10, the scan carries more than half.
    const scan = rows('Seq Scan', 100, 900, { Alias: 'nine' });
    assert.deepEqual(origins(rows('Hash Join', 100, 3600, {}, scan, rows('Hash', 5, 5, inner, right))), ['nine']);
  });

  it('names a join that adds an error of its own', () => {
    const join = rows('Hash Join', 10, 500_000, {}, wrong, rows('Hash', 10, 10, inner, right));
    assert.deepEqual(origins(join), ['Hash Join', 'wrong']);
  });

  it('does not take errors that cancel out for one of the join', () => {
    // 500 x more on one side, 1,000 x fewer on the other: the join is right by chance, both scans are wrong.
    const hash = rows('Hash', 9000, 9, inner, rows('Seq Scan', 9000, 9, { Alias: 'few' }));
    assert.deepEqual(origins(rows('Hash Join', 10, 10, {}, wrong, hash)), ['wrong', 'few'].sort().reverse());
  });

  it('goes through the scan of a CTE to what computes it', () => {
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE w', Alias: 'inside' };
    const scan = rows('CTE Scan', 10, 5000, { 'CTE Name': 'w', Alias: 'w' });
    assert.deepEqual(origins(rows('Sort', 10, 5000, {}, rows('Seq Scan', 10, 5000, cte), scan)), ['inside']);
  });

  it('finds a CTE that is listed below its only scan', () => {
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE w', Alias: 'inside' };
    assert.deepEqual(origins(rows('CTE Scan', 10, 5000, { 'CTE Name': 'w' }, rows('Seq Scan', 10, 5000, cte))), [
      'inside',
    ]);
  });

  it('forgives rows that were not asked for', () => {
    assert.deepEqual(origins(rows('Limit', 5, 5, {}, few)), [], 'LIMIT');
    assert.deepEqual(origins(rows('Merge Join', 5, 5, {}, few, rows('Seq Scan', 5, 5, inner))), [], 'merge join');
    const semi = (type: string) => rows('Nested Loop', 5, 5, { 'Join Type': type }, right, { ...few, ...inner });
    assert.deepEqual(origins(semi('Semi')), []);
    assert.deepEqual(origins(semi('Anti')), []);
    assert.deepEqual(origins(semi('Inner')), ['few']);
    const empty = rows('Hash', 5, 0, inner, rows('Seq Scan', 5, 0, { Alias: 'none' }));
    assert.deepEqual(origins(rows('Hash Join', 5, 0, {}, few, empty)), [], 'empty hash');
    const exists = { 'Parent Relationship': 'SubPlan', 'Subplan Name': 'SubPlan 1' };
    assert.deepEqual(origins(rows('Seq Scan', 5, 5, {}, { ...few, ...exists })), [], 'EXISTS');
    assert.deepEqual(origins(rows('Append', 9000, 5, { 'Subplans Removed': 3 }, right)), [], 'pruned');
  });

  it('does not forgive more rows than planned', () => {
    assert.deepEqual(origins(rows('Limit', 5000, 5000, {}, wrong)), ['wrong']);
  });

  it('does not forgive what a sort, hash or aggregate between reads in full', () => {
    for (const blocking of ['Sort', 'Aggregate', 'Hash']) {
      assert.deepEqual(origins(rows('Limit', 5, 5, {}, rows(blocking, 5, 5, {}, few))), ['few'], blocking);
    }
    const sorted = rows('Aggregate', 5, 5, { Strategy: 'Sorted' }, few);
    assert.deepEqual(origins(rows('Limit', 5, 5, {}, sorted)), [], 'groups in order come one by one');
  });

  it('does not forgive a LIMIT that was not reached: all rows were read', () => {
    assert.deepEqual(origins(rows('Limit', 50, 5, {}, few)), ['few']);
  });

  it('leaves out what hands out rows again', () => {
    const again = rows('Materialize', 10, 5000, inner, right);
    assert.deepEqual(origins(rows('Merge Join', 10, 10, {}, right, again)), []);
    assert.deepEqual(origins(rows('Merge Join', 10, 10, {}, right, rows('Sort', 10, 5000, inner, right))), []);
  });
});
