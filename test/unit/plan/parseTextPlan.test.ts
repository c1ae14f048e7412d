import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanTree } from '../../../src/core/plan/planTree';

const PLAN = `                    QUERY PLAN
---------------------------------------------------------
 Hash Left Join  (cost=1.00..9.00 rows=5 width=8) (actual time=2.500..8.000 rows=4 loops=1)
   Hash Cond: (a.id = b.id)
   Buffers: shared hit=12 read=3, temp read=1 written=2
   CTE m
     ->  Seq Scan on s.m  (cost=0.00..1.00 rows=1 width=4) (never executed)
   ->  Parallel Index Scan Backward using "odd name" on public.a x  (cost=0.00..3.00 rows=5 width=4) (actual time=0.010..1.000 rows=4 loops=2)
         Filter: (note = 'Sort Key: x  Memory: 3'::text)
         Rows Removed by Filter: 7
   ->  Hash  (cost=2.00..2.00 rows=9 width=4) (actual time=1.000..1.000 rows=9 loops=1)
         Buckets: 1024 (originally 512)  Batches: 4 (originally 1)  Memory Usage: 9kB
         ->  Seq Scan on b  (cost=0.00..2.00 rows=9 width=4) (actual time=0.000..0.500 rows=9 loops=1)
   SubPlan 2
     ->  Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.001..0.002 rows=1 loops=4)
 Settings: work_mem = '1MB', random_page_cost = '1.1'
 Planning:
   Buffers: shared hit=5
 Planning Time: 0.250 ms
 JIT:
   Functions: 3
   Timing: Generation 1.0 ms (Deform 0.1 ms), Inlining 0.0 ms, Optimization 0.5 ms, Emission 1.0 ms, Total 2.5 ms
 Trigger for constraint fk on b: time=1.500 calls=4
 Execution Time: 9.750 ms
(20 rows)
`;

function only(text: string): PlanTree {
  const trees = parsePlan(text);
  assert.equal(trees.length, 1);
  assert.ok(trees[0]);
  return trees[0];
}

describe('core/plan/parseTextPlan', () => {
  const tree = only(PLAN);

  it('finds the tree by the columns of the arrows, labels included', () => {
    const shape = tree.nodes.map(node => [node.depth, node.nodeType, node.subplanName ?? node.relationship ?? '']);
    assert.deepEqual(shape, [
      [0, 'Hash Join', ''],
      [1, 'Seq Scan', 'CTE m'],
      [1, 'Index Scan', 'Outer'],
      [1, 'Hash', 'Inner'],
      [2, 'Seq Scan', 'Outer'],
      [1, 'Result', 'SubPlan 2'],
    ]);
    assert.deepEqual(tree.notUnderstood, []);
  });

  it('gives the fields of the JSON format', () => {
    assert.equal(tree.root.raw['Join Type'], 'Left');
    assert.equal(tree.root.raw['Shared Hit Blocks'], 12);
    assert.equal(tree.root.raw['Temp Written Blocks'], 2);
    const scan = tree.nodes[2];
    assert.deepEqual([scan?.index, scan?.schema, scan?.relation, scan?.alias], ['odd name', 'public', 'a', 'x']);
    assert.equal(scan?.raw['Filter'], "(note = 'Sort Key: x  Memory: 3'::text)");
    assert.equal(scan?.raw['Parallel Aware'], true);
    const hash = tree.nodes[3]?.raw;
    assert.deepEqual([hash?.['Hash Batches'], hash?.['Original Hash Batches'], hash?.['Peak Memory Usage']], [4, 1, 9]);
    assert.equal(tree.nodes[1]?.figures.neverExecuted, true);
  });

  it('reads what concerns the whole statement', () => {
    assert.deepEqual([tree.planningMs, tree.executionMs], [0.25, 9.75]);
    assert.deepEqual(tree.settings, { work_mem: '1MB', random_page_cost: '1.1' });
    assert.deepEqual(tree.jit, { functions: 3, totalMs: 2.5 });
    assert.deepEqual(tree.triggers, [{ name: 'fk', constraint: 'fk', relation: 'b', ms: 1.5, calls: 4 }]);
  });

  it('joins lines that a mail program broke inside the figures', () => {
    const parsed = only(
      'Seq Scan on t  (cost=0.00..1.00 rows=5 width=8) (actual time=0.1..0.2\nrows=4 loops=1)\n  Filter: (a = 1)',
    );
    assert.equal(parsed.root.figures.rowsActual, 4);
    assert.equal(parsed.root.raw['Filter'], '(a = 1)');
  });

  it('reads plans without costs, and several after each other', () => {
    const text =
      'QUERY PLAN\n----\n Sort\n   Sort Key: a, b\n   ->  Seq Scan on t\n(3 rows)\n\nQUERY PLAN\n----\n Seq Scan on u\n(1 row)\n';
    const trees = parsePlan(text);
    assert.deepEqual(
      trees.map(each => each.nodes.map(node => node.nodeType)),
      [['Sort', 'Seq Scan'], ['Seq Scan']],
    );
    assert.deepEqual(trees[0]?.root.raw['Sort Key'], ['a', 'b']);
  });

  it('lists lines it makes nothing of, and reads the rest', () => {
    const parsed = only('Sort  (cost=0.00..1.00 rows=5 width=8)\n  what is this\n  Sort Key: a');
    assert.deepEqual(parsed.notUnderstood, ['what is this']);
    assert.deepEqual(parsed.root.raw['Sort Key'], ['a']);
  });
});
