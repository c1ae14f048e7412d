import assert from 'node:assert/strict';
import { comparePlans } from '../../../src/core/plan/comparePlans';
import { buildPlanView } from '../../../src/protocol/buildPlanView';
import { node, tree } from './literalPlan';

const parts = { title: 'orders', sql: 'select 1', connection: 'local', server: '18.4', findings: [] };

describe('protocol/buildPlanView: figures', () => {
  const worker = {
    'Worker Number': 0,
    'Actual Startup Time': 0,
    'Actual Total Time': 12,
    'Actual Rows': 700,
    'Actual Loops': 1,
    'Shared Hit Blocks': 30,
    'Shared Read Blocks': 0,
  };
  const scan = node('Seq Scan', [10, 500, 2], {
    'Parallel Aware': true,
    'Plan Rows': 5,
    'Rows Removed by Filter': 40,
    Filter: '(a = 1)',
    'Shared Hit Blocks': 50,
    'Shared I/O Read Time': 3,
    Workers: [worker],
  });
  const parsed = tree(
    node('Gather', [20, 1000, 1], { 'Workers Planned': 1, 'Workers Launched': 1, 'Shared Hit Blocks': 52 }, scan),
    {
      'Execution Time': 20,
      'Planning Time': 0.5,
      Planning: { 'Shared Hit Blocks': 7, 'Memory Used': 9 },
      Settings: { work_mem: '1MB' },
    },
  );
  const view = buildPlanView({ ...parts, tree: parsed });
  const [gather, seqScan] = view.nodes;

  it('shows each process, the leader without a number', () => {
    // 2 x 10 - 12 ms, 2 x 500 - 700 rows and 50 - 30 blocks are left for the leader.
    assert.deepEqual(seqScan?.workers, [
      { totalMs: 8, rows: 300, loops: 1, properties: [{ name: 'Blocks', value: '20' }] },
      { number: 0, totalMs: 12, rows: 700, loops: 1, properties: [{ name: 'Shared Hit Blocks', value: '30' }] },
    ]);
    assert.equal(gather?.workers, undefined);
    assert.equal(
      seqScan.properties.some(({ name }) => name === 'Workers'),
      false,
    );
  });

  it('marks where a wrong estimate begins, and adds up removed rows over loops', () => {
    assert.deepEqual([gather?.isErrorOrigin, seqScan?.isErrorOrigin], [undefined, true]);
    assert.equal(seqScan?.rowsRemoved, 80);
    assert.deepEqual([seqScan?.ioReadMs, gather?.sharedHitBlocks], [3, 2]);
  });

  it('tells settings and statistics with their units', () => {
    assert.deepEqual(view.settings, [{ name: 'work_mem', value: '1MB' }]);
    assert.deepEqual(view.statistics, [
      { name: 'Blocks hit or read', value: '52' },
      { name: 'of them found in shared buffers', value: '52' },
      { name: 'of them read', value: '0' },
      { name: 'Outside the nodes', value: '0 ms' },
      { name: 'Planning', value: '0.5 ms' },
      { name: 'Blocks for planning', value: '7' },
      { name: 'Memory for planning', value: '9 kB' },
    ]);
  });

  it('carries the figures of both sides of a comparison, and what it says', () => {
    const { comparison } = buildPlanView({ ...parts, tree: parsed, comparison: comparePlans(parsed, parsed) });
    assert.equal(comparison?.sentence, 'No difference: 52 -> 52 blocks, 20 ms -> 20 ms; the plan is the same');
    const [, row] = comparison.rows;
    assert.deepEqual(
      [row?.beforeSelfMs, row?.afterSelfMs, row?.beforeRows, row?.afterBlocks, row?.beforeId],
      [10, 10, 1000, 50, 1],
    );
    assert.deepEqual(structuredClone(comparison), comparison);
  });
});
