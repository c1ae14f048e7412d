import assert from 'node:assert/strict';
import { outlineTextPlan } from '../../../src/core/plan/textPlanOutline';

const TEXT = `Some notes.
 QUERY PLAN
-------------
 Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
   Sort Key: a
   InitPlan 1
     ->  Result  (cost=0.00..0.01 rows=1 width=4) (never executed)
   ->  Hash Join  (cost=1.00..9.00 rows=5 width=8) (actual time=2.000..6.000 rows=400 loops=1)
         Hash Cond: (a.id = b.id)
         ->  Seq Scan on a  (cost=0.00..3.00 rows=5 width=4) (actual time=0.010..1.000 rows=4 loops=1)
         ->  Hash  (cost=2.00..2.00 rows=9 width=4) (actual time=1.000..1.000 rows=9 loops=1)
               ->  Seq Scan on b  (cost=0.00..2.00 rows=9 width=4) (actual time=0.000..0.500 rows=9 loops=1)
                     Filter: (x > 1)
 Planning Time: 0.250 ms
 Execution Time: 10.000 ms
(12 rows)

 QUERY PLAN
-------------
 Limit  (cost=0.00..1.00 rows=5 width=8)
   ->  Seq Scan on c  (cost=0.00..1.00 rows=9 width=8)
         Filter: (y > 1)
`;

describe('core/plan/textPlanOutline', () => {
  const outline = outlineTextPlan(TEXT);
  const at = (line: number) => outline.hoverAt(line)?.lines.join('\n');

  it('folds each node with its details and what is below it', () => {
    assert.deepEqual(
      outline.folds.map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [3, 12],
        [7, 12],
        [10, 12],
        [11, 12],
        [19, 21],
        [20, 21],
      ],
    );
  });

  it('says what a node does, its share of the time, and how far the estimate was off', () => {
    assert.match(
      at(3) ?? '',
      /^Sort\n.*work_mem.*\nItself 2\.5 ms, 25 % of the whole; with all below it 8\.5 ms\.\nRows: 400, planned 5, off by a factor of 80\./,
    );
    assert.match(at(8) ?? '', /^Hash Join\n/, 'a detail line belongs to its node');
    assert.match(at(6) ?? '', /Never executed/);
    assert.match(at(12) ?? '', /^Seq Scan on b\n/);
  });

  it('says how often a node ran, and how long each time', () => {
    const loop =
      outlineTextPlan(`Nested Loop  (cost=0.00..9.00 rows=5 width=8) (actual time=0.010..12.000 rows=4000 loops=1)
  ->  Seq Scan on a  (cost=0.00..3.00 rows=5 width=4) (actual time=0.010..1.000 rows=4000 loops=1)
  ->  Index Scan using b_pkey on b  (cost=0.00..2.00 rows=1 width=4) (actual time=0.001..0.002 rows=1 loops=4000)
`);
    assert.match(
      loop.hoverAt(2)?.lines.join('\n') ?? '',
      /^Index Scan on b\n[\s\S]*\nRan 4,000 times; 0.002 ms each, with all/,
    );
    assert.doesNotMatch(loop.hoverAt(1)?.lines.join('\n') ?? '', /Ran/);
  });

  it('lists the nodes with their own figures', () => {
    assert.deepEqual(
      outline.nodes.map(({ startLine, depth, title, figures }) => `${startLine} ${depth} ${title}: ${figures}`),
      [
        '3 0 Sort: 2.5 ms, 400 rows',
        '6 1 Result: never executed',
        '7 1 Hash Join: 4 ms, 400 rows',
        '9 2 Seq Scan on a: 1 ms, 4 rows',
        '10 2 Hash: 0.5 ms, 9 rows',
        '11 3 Seq Scan on b: 0.5 ms, 9 rows',
        '19 0 Limit: cost 0, 5 rows',
        '20 1 Seq Scan on c: cost 1, 9 rows',
      ],
    );
  });

  it('goes by cost where nothing was measured', () => {
    assert.match(at(20) ?? '', /Estimated cost of its own 1, 100 % of the whole/);
  });

  it('says nothing outside of plans', () => {
    for (const line of [0, 1, 2, 13, 14, 15, 16, 17, 18, 22, 400]) assert.equal(at(line), undefined, `line ${line}`);
  });

  it('stays calm over texts without a plan', () => {
    assert.deepEqual(outlineTextPlan('').folds, []);
    assert.equal(outlineTextPlan('[{"Plan": {"Node Type": "Result"}}]').hoverAt(0), undefined);
  });
});
