import assert from 'node:assert/strict';
import { comparePlans } from '../../../src/core/plan/comparePlans';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { buildPlanView } from '../../../src/protocol/buildPlanView';

function plan(text: string): PlanTree {
  const [tree] = parsePlan(text);
  assert.ok(tree);
  return tree;
}

const sorted = (ms: number) => `Sort  (cost=0.00..90.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
  Sort Key: a
  ->  Seq Scan on orders o  (cost=0.00..80.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
        Filter: (a = 1)
Planning Time: 0.1 ms
Execution Time: ${ms} ms`;
const indexed = (
  ms: number,
) => `Index Scan using i on orders o  (cost=0.00..8.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
  Index Cond: (a = 1)
Execution Time: ${ms} ms`;

describe('core/plan/comparePlans', () => {
  it('calls a faster plan better and gives both ratios', () => {
    const { verdict, speedUp, costRatio } = comparePlans(plan(sorted(40)), plan(indexed(2)));
    assert.deepEqual([verdict, speedUp, costRatio], ['better', 20, 11.25]);
  });

  it('calls differences within the noise the same, and slower plans worse', () => {
    assert.equal(comparePlans(plan(sorted(40)), plan(sorted(38))).verdict, 'same');
    assert.equal(comparePlans(plan(indexed(0.1)), plan(indexed(0.05))).verdict, 'same');
    assert.equal(comparePlans(plan(indexed(2)), plan(sorted(40))).verdict, 'worse');
  });

  it('judges by cost when nothing was executed', () => {
    const planned = (cost: number) => plan(`Seq Scan on t  (cost=0.00..${cost}.00 rows=5 width=8)`);
    const comparison = comparePlans(planned(100), planned(50));
    assert.deepEqual([comparison.verdict, comparison.speedUp, comparison.costRatio], ['better', undefined, 2]);
  });

  it('leaves the rest in place when a node is put on top or swapped', () => {
    const scan = sorted(40).split('\n').slice(2, 3).join('').replace('  ->  ', '');
    const added = comparePlans(plan(`${scan}\nExecution Time: 40 ms`), plan(sorted(40)));
    assert.deepEqual(
      added.rows.map(row => [row.change, row.depth]),
      [
        ['added', 0],
        ['same', 1],
      ],
    );
    const swapped = comparePlans(plan(sorted(40)), plan(indexed(2)));
    assert.deepEqual(
      swapped.rows.map(row => row.change),
      ['changed', 'removed'],
    );
  });

  it('shows every node of both plans exactly once', () => {
    const [before, after] = [plan(sorted(40)), plan(indexed(2))];
    const { rows } = comparePlans(before, after);
    assert.deepEqual(
      rows.flatMap(row => row.before?.id ?? []).sort(),
      before.nodes.map(node => node.id),
    );
    assert.deepEqual(
      rows.flatMap(row => row.after?.id ?? []).sort(),
      after.nodes.map(node => node.id),
    );
  });
});

describe('protocol/buildPlanView', () => {
  const tree = plan(sorted(40));
  const parts = { title: 'orders', sql: 'select 1', connection: 'local', server: '18.4', findings: [] };
  const view = buildPlanView({ ...parts, tree, comparison: comparePlans(tree, plan(indexed(2))) });

  it('is plain data that survives being sent', () => assert.deepEqual(structuredClone(view), view));

  it('describes nodes in words and keeps conditions as properties', () => {
    assert.deepEqual(
      view.nodes.map(node => [node.nodeType, node.detail]),
      [
        ['Sort', ''],
        ['Seq Scan', 'on orders o'],
      ],
    );
    assert.deepEqual(view.nodes[1]?.properties[0], { name: 'Filter', value: '(a = 1)' });
    assert.equal(view.nodes[0]?.properties.find(property => property.name === 'Sort Key')?.value, 'a');
  });

  it('gives the share of the cost when nothing was executed', () => {
    const planned = plan(
      'Sort  (cost=100.00..100.00 rows=5 width=8)\n  ->  Seq Scan on t  (cost=0.00..75.00 rows=5 width=8)',
    );
    assert.deepEqual(
      buildPlanView({ ...parts, tree: planned }).nodes.map(node => node.selfShare),
      [0.25, 0.75],
    );
  });

  it('carries both times of a comparison', () => {
    assert.deepEqual(
      [view.comparison?.beforeMs, view.comparison?.afterMs, view.comparison?.verdict],
      [40, 2, 'better'],
    );
    assert.equal(view.comparison?.rows[0]?.after, 'Index Scan on orders o using i');
  });
});
