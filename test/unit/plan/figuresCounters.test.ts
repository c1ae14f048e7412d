import assert from 'node:assert/strict';
import { each, type Fields, find, inner, node, tree } from './literalPlan';

describe('core/plan/figures: rows', () => {
  it('keeps fractional rows of PostgreSQL 18', () => {
    // 0.25 rows x 4 loops is one row.
    const scan = node('Index Scan', [1, 0.25, 4], { ...inner, 'Plan Rows': 1 });
    const parsed = tree(node('Nested Loop', [9, 1, 1], {}, node('Seq Scan', [1, 4, 1]), scan));
    const { rowsActual, rowEstimateError } = find(parsed, 'Index Scan').figures;
    assert.deepEqual([rowsActual, rowEstimateError], [1, 1]);
  });

  it('measures the estimate per loop, at least one row each', () => {
    assert.equal(tree(node('Seq Scan', [1, 5000, 1], { 'Plan Rows': 50 })).root.figures.rowEstimateError, 100);
    // 30 rows a loop against 3, whatever the loops.
    assert.equal(tree(node('Seq Scan', [1, 30, 700], { 'Plan Rows': 3 })).root.figures.rowEstimateError, 10);
  });

  it('does not know the rows of BitmapAnd and BitmapOr', () => {
    const bitmap = (type: string, rows: number, ...plans: Fields[]) =>
      node(type, [1, rows, 1], { 'Plan Rows': 40, 'Parent Relationship': 'Member' }, ...plans);
    const and = bitmap('BitmapAnd', 0, bitmap('Bitmap Index Scan', 90), bitmap('BitmapOr', 0));
    const parsed = tree(node('Bitmap Heap Scan', [5, 40, 1], {}, and));
    assert.deepEqual(each(parsed, 'rowsActual'), [40, undefined, 90, undefined]);
    assert.deepEqual(each(parsed, 'rowEstimateError').slice(1), [undefined, 2.25, undefined]);
    assert.deepEqual(each(parsed, 'selfMs'), [4, 0, 1, 1]);
  });

  it('does not call the rows wrong that an UPDATE without RETURNING never gives', () => {
    const modify = node('ModifyTable', [9, 0, 1], { 'Plan Rows': 1000 }, node('Seq Scan', [5, 1000, 1]));
    assert.deepEqual(each(tree(modify), 'rowEstimateError'), [undefined, 1]);
  });

  it('multiplies removed rows by loops, and tells the reasons apart', () => {
    const join = node(
      'Nested Loop',
      [9, 1, 2],
      { 'Rows Removed by Join Filter': 30, 'Rows Removed by Filter': 5 },
      node('Bitmap Heap Scan', [1, 4, 1], { 'Rows Removed by Index Recheck': 7, 'Rows Removed by Filter': 2 }),
      node('Index Scan', [1, 0, 4], { ...inner, 'Rows Removed by Filter': 3 }),
    );
    const parsed = tree(join);
    assert.deepEqual(each(parsed, 'rowsRemovedByFilter'), [10, 2, 12]);
    assert.deepEqual(each(parsed, 'rowsRemovedByJoinFilter'), [60, undefined, undefined]);
    assert.deepEqual(each(parsed, 'rowsRemovedByRecheck'), [undefined, 7, undefined]);
  });

  it('knows that a filter removed nothing when the text format leaves the 0 out', () => {
    const { figures } = tree(node('Seq Scan', [1, 5, 1], { Filter: '(a = 1)' })).root;
    assert.deepEqual([figures.rowsRemovedByFilter, figures.rowsRemovedByJoinFilter], [0, undefined]);
  });
});

describe('core/plan/figures: buffers, I/O and WAL', () => {
  it('gives blocks without those of the children, and adds up what was worked through', () => {
    // Dirtied and written blocks come on top of hits; temporary ones count as work: 2 + 3 hit or read, 7 + 6 temporary.
    const scan = node('Seq Scan', [5, 1, 1], { 'Shared Hit Blocks': 10, 'Shared Read Blocks': 4 });
    const sort = {
      'Shared Hit Blocks': 12,
      'Shared Read Blocks': 7,
      'Shared Dirtied Blocks': 9,
      'Temp Written Blocks': 7,
      'Temp Read Blocks': 6,
    };
    const parsed = tree(node('Sort', [9, 1, 1], sort, scan));
    assert.deepEqual(each(parsed, 'sharedHitBlocks'), [2, 10]);
    assert.deepEqual(each(parsed, 'tempWrittenBlocks'), [7, 0]);
    assert.deepEqual(each(parsed, 'selfBlocks'), [18, 14]);
    assert.deepEqual(each(parsed, 'totalBlocks'), [32, 14]);
  });

  it('keeps the blocks of temporary tables apart', () => {
    const { figures } = tree(node('Seq Scan', [5, 1, 1], { 'Local Hit Blocks': 3, 'Local Read Blocks': 2 })).root;
    const { localHitBlocks, localReadBlocks, sharedHitBlocks, selfBlocks } = figures;
    assert.deepEqual([localHitBlocks, localReadBlocks, sharedHitBlocks, selfBlocks], [3, 2, 0, 5]);
  });

  it('takes the blocks of a CTE from its reader', () => {
    const cte = { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE r', 'Shared Hit Blocks': 80 };
    const scan = node('CTE Scan', [22, 10, 1], { 'CTE Name': 'r', 'Shared Hit Blocks': 80 });
    const parsed = tree(
      node('Sort', [25, 10, 1], { 'Shared Hit Blocks': 83 }, node('Seq Scan', [20, 1, 1], cte), scan),
    );
    assert.deepEqual(each(parsed, 'sharedHitBlocks'), [3, 80, 0]);
  });

  it('never goes below nothing', () => {
    const parsed = tree(
      node('Limit', [1, 1, 1], { 'Shared Hit Blocks': 2 }, node('Gather', [1, 1, 1], { 'Shared Hit Blocks': 9 })),
    );
    assert.deepEqual(each(parsed, 'sharedHitBlocks'), [0, 9]);
  });

  it('knows 0 where buffers were counted, and nothing with BUFFERS OFF', () => {
    const silent = node('Result', [1, 1, 1]);
    assert.deepEqual(
      each(tree(node('Append', [2, 1, 1], { 'Shared Hit Blocks': 1 }, silent)), 'sharedReadBlocks'),
      [0, 0],
    );
    assert.deepEqual(each(tree(node('Append', [2, 1, 1], {}, silent)), 'sharedReadBlocks'), [undefined, undefined]);
    assert.deepEqual(each(tree(node('Append', [2, 1, 1], {}, silent)), 'totalBlocks'), [undefined, undefined]);
  });

  it('adds up I/O times by the names of every version', () => {
    const figures = (fields: object) => tree(node('Sort', [9, 1, 1], { ...fields })).root.figures;
    const up14 = figures({ 'I/O Read Time': 4, 'I/O Write Time': 1 });
    assert.deepEqual([up14.ioReadMs, up14.ioWriteMs, up14.tempIoMs], [4, 1, 0]);
    const up16 = figures({
      'I/O Read Time': 4,
      'I/O Write Time': 1,
      'Temp I/O Read Time': 2,
      'Temp I/O Write Time': 3,
    });
    assert.deepEqual([up16.ioReadMs, up16.ioWriteMs, up16.tempIoMs], [6, 4, 5]);
    const from17 = figures({ 'Shared I/O Read Time': 4, 'Local I/O Read Time': 0.5, 'Temp I/O Write Time': 3 });
    assert.deepEqual([from17.ioReadMs, from17.ioWriteMs, from17.tempIoMs], [4.5, 3, 3]);
    assert.equal(figures({ 'Shared Read Blocks': 9 }).ioReadMs, undefined, 'track_io_timing is off');
  });

  it('gives WAL without that of the children', () => {
    const modify = node(
      'ModifyTable',
      [9, 0, 1],
      { 'WAL Records': 100, 'WAL FPI': 3, 'WAL Bytes': 9000 },
      node('Seq Scan', [5, 100, 1], { 'WAL Records': 4, 'WAL FPI': 0, 'WAL Bytes': 200 }),
    );
    const parsed = tree(modify);
    assert.deepEqual(each(parsed, 'walRecords'), [96, 4]);
    assert.deepEqual(each(parsed, 'walFullPageImages'), [3, 0]);
    assert.deepEqual(each(parsed, 'walBytes'), [8800, 200]);
  });
});
