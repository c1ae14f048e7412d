import assert from 'node:assert/strict';
import { ancestorsOf, hottestNodes, movedIndex, visibleNodes } from '../../src/webview/plan/treeRows';
import { count, estimateError, percent, times } from '../../src/webview/plan/words';
import { MEASURED, nodesOf } from './sampleViews';

const ids = (nodes: readonly { id: number }[]): number[] => nodes.map(node => node.id);

describe('webview/plan/treeRows', () => {
  it('hides everything below a folded node, however deep', () => {
    assert.deepEqual(ids(visibleNodes(MEASURED.nodes, new Set())), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(ids(visibleNodes(MEASURED.nodes, new Set([2]))), [0, 1, 2, 4, 5, 6]);
    assert.deepEqual(ids(visibleNodes(MEASURED.nodes, new Set([1, 4, 99]))), [0, 1]);
  });

  it('lists ancestors from the parent to the root', () => {
    assert.deepEqual(ancestorsOf(new Map(MEASURED.nodes.map(node => [node.id, node])), 5), [4, 1, 0]);
  });

  it('finds the nodes with the most own time, and leaves out those that took none', () => {
    assert.deepEqual(ids(hottestNodes(MEASURED.nodes, 3)), [2, 1, 5]);
    assert.deepEqual(hottestNodes(nodesOf({ selfMs: 0, children: [{ neverExecuted: true }] }), 3), []);
  });

  it('moves within the rows only', () => {
    assert.equal(movedIndex(0, 'up', 5, 3), 0);
    assert.equal(movedIndex(1, 'pageDown', 5, 3), 4);
    assert.equal(movedIndex(4, 'pageDown', 5, 3), 4);
    assert.equal(movedIndex(2, 'first', 5, 3), 0);
    assert.equal(movedIndex(-1, 'down', 5, 3), 0);
    assert.equal(movedIndex(-1, 'last', 0, 3), -1);
  });
});

describe('webview/plan/words', () => {
  it('shortens counts that are too long for a column', () => {
    assert.deepEqual(
      [0, 0.5, 12, 61_440, 123_456, 1_234_567, 9.87e9].map(value => count(value)),
      ['0', '0.5', '12', '61,440', '123 k', '1.23 M', '9.87 G'],
    );
    assert.equal(count(undefined), '–');
  });

  it('does not round a small share to nothing', () => {
    assert.deepEqual([0, 0.004, 0.154, 1].map(percent), ['0 %', '< 1 %', '15 %', '100 %']);
    assert.deepEqual([2.61, 22.6, 1200].map(times), ['2.6×', '23×', '1,200×']);
  });

  it('says in which direction an estimate was wrong, from ten times on', () => {
    const error = (rowsActual: number, rowsPlanned: number, rowEstimateError: number): string | undefined =>
      estimateError(nodesOf({ rowsActual, rowsPlanned, rowEstimateError })[0]!)?.explanation;
    assert.equal(error(5_000, 10, 500), '500× more rows than planned');
    assert.equal(error(10, 5_000, 500), '500× fewer rows than planned');
    assert.equal(error(9, 1, 9), undefined);
  });
});
