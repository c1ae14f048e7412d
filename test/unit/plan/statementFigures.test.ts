import assert from 'node:assert/strict';
import { statementFigures } from '../../../src/core/plan/statementFigures';
import { node, planned, tree } from './literalPlan';

describe('core/plan/statementFigures', () => {
  it('knows nothing that EXPLAIN did not say', () => {
    const figures = statementFigures(tree(planned('Seq Scan', 9, 5)));
    assert.deepEqual(
      Object.values(figures).filter(value => value !== undefined),
      [],
    );
  });

  it('reads triggers, settings and JIT totals into the tree', () => {
    const parsed = tree(node('ModifyTable', [1, 0, 1]), {
      Triggers: [{ 'Trigger Name': 'RI_1', 'Constraint Name': 'fk', Relation: 'orders', Time: 3.5, Calls: 2 }],
      Settings: { work_mem: '1MB' },
      JIT: { Functions: 4, Timing: { Generation: { Deform: 0.1, Total: 1 }, Total: 5.5 } },
    });
    assert.deepEqual(parsed.triggers, [{ name: 'RI_1', constraint: 'fk', relation: 'orders', ms: 3.5, calls: 2 }]);
    assert.deepEqual(parsed.jit, { functions: 4, totalMs: 5.5 });
    assert.deepEqual(parsed.settings, { work_mem: '1MB' });
  });

  it('gives the time outside the nodes, and that of the triggers', () => {
    // 20 - 12 = 8 outside, of which the triggers took 3.5 + 2.
    const triggers = [3.5, 2].map(ms => ({ 'Trigger Name': 'audit', Relation: 'orders', Time: ms, Calls: 1 }));
    const figures = statementFigures(
      tree(node('ModifyTable', [12, 0, 1]), { Triggers: triggers, 'Execution Time': 20 }),
    );
    assert.deepEqual([figures.outsideNodesMs, figures.triggersMs], [8, 5.5]);
  });

  it('tells the blocks of execution and planning apart, and the memory of planning', () => {
    const root = { 'Shared Hit Blocks': 10, 'Shared Read Blocks': 4, 'Local Read Blocks': 1, 'Temp Written Blocks': 7 };
    const figures = statementFigures(
      tree(node('Seq Scan', [1, 1, 1], root), {
        'Planning Time': 0.5,
        Planning: { 'Shared Hit Blocks': 30, 'Shared Read Blocks': 2, 'Memory Used': 9, 'Memory Allocated': 16 },
      }),
    );
    // 10 + 4 + 1 + 7 blocks; 9 kB and 16 kB.
    assert.deepEqual([figures.blocks, figures.blocksHit, figures.blocksRead], [22, 10, 5]);
    assert.deepEqual(figures.planning, {
      ms: 0.5,
      blocks: 32,
      blocksRead: 2,
      memoryUsedBytes: 9216,
      memoryAllocatedBytes: 16384,
    });
  });

  for (const [version, generation, deformMs] of [
    ['16', 1, undefined],
    ['17', { Deform: 0.25, Total: 1 }, 0.25],
  ] as const) {
    it(`reads the parts of JIT (PostgreSQL ${version})`, () => {
      const timing = { Generation: generation, Inlining: 2, Optimization: 3, Emission: 4, Total: 10 };
      const options = { Inlining: true, Optimization: true, Expressions: true, Deforming: false };
      const { jit } = statementFigures(
        tree(node('Seq Scan', [1, 1, 1]), { JIT: { Functions: 6, Options: options, Timing: timing } }),
      );
      assert.deepEqual(jit, {
        functions: 6,
        generationMs: 1,
        deformMs,
        inliningMs: 2,
        optimizationMs: 3,
        emissionMs: 4,
        totalMs: 10,
        leaderMs: 10,
        options: ['Inlining', 'Optimization', 'Expressions'],
      });
    });
  }

  it('does not add up the JIT of processes that compile at the same time', () => {
    const gather = (more: object) =>
      tree(node('Gather', [50, 1, 1], { 'Workers Planned': 2, 'Workers Launched': 2, ...more }), {
        JIT: { Functions: 9, Timing: { Total: 30 } },
      });
    // Told by the workers: 30 - 11 - 12; else a third.
    const worker = (ms: number) => ({ 'Worker Number': 0, JIT: { Functions: 3, Timing: { Total: ms } } });
    assert.equal(statementFigures(gather({ Workers: [worker(11), worker(12)] })).jit?.leaderMs, 7);
    assert.equal(statementFigures(gather({})).jit?.leaderMs, 10);
  });

  it('reads SERIALIZE and WAL', () => {
    const figures = statementFigures(
      tree(node('Seq Scan', [1, 1, 1], { 'WAL Records': 3, 'WAL FPI': 1, 'WAL Bytes': 900 }), {
        Serialization: { Time: 2.5, 'Output Volume': 3, Format: 'text', 'Shared Hit Blocks': 4 },
      }),
    );
    assert.deepEqual(figures.serialization, { ms: 2.5, outputBytes: 3072, format: 'text', blocks: 4 });
    assert.deepEqual(figures.wal, { records: 3, fullPageImages: 1, bytes: 900 });
  });

  it('counts what a write in a CTE does after the main query', () => {
    // The LIMIT stopped the root after 20 records and 21 blocks; the UPDATE went on to 5,000 and 10,000.
    const update = node('ModifyTable', [11, 5000, 1], {
      'Parent Relationship': 'InitPlan',
      'Subplan Name': 'CTE x',
      'WAL Records': 5000,
      'Shared Hit Blocks': 10_000,
    });
    const seen = { 'WAL Records': 20, 'Shared Hit Blocks': 21 };
    const scan = node('CTE Scan', [0.08, 10, 1], { 'CTE Name': 'x', ...seen });
    const figures = statementFigures(tree(node('Limit', [0.09, 10, 1], seen, update, scan)));
    assert.deepEqual([figures.wal?.records, figures.blocks], [5000, 10_000]);
  });

  it('keeps no query identifier whose digits were lost', () => {
    const identify = (value: unknown) =>
      statementFigures(tree(node('Result', [1, 1, 1]), { 'Query Identifier': value })).queryIdentifier;
    assert.equal(identify(12345), '12345');
    assert.equal(identify('-7543246453450947712'), '-7543246453450947712');
    assert.equal(identify(-7543246453450947712), undefined);
  });
});
