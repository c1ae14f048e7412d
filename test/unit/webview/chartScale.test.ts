import assert from 'node:assert/strict';
import { linePieces, nearestPoint, scaleChart, valueText } from '../../../src/webview/health/chartScale';
import { chartOf } from '../../webview/healthViews';

const FRAME = { width: 200, height: 100 };

describe('webview/health/chartScale', () => {
  it('places times from left to right and the largest value on top', () => {
    const { points } = scaleChart(chartOf('a', [10, 30, 20], { limits: null }), FRAME);
    assert.deepEqual(
      points.map(({ x }) => x),
      [6, 100, 194],
    );
    const [low, high, middle] = points.map(({ y }) => y!);
    assert.ok(high! < middle! && middle! < low! && high! >= 8 && low! <= 92);
  });

  it('draws limits that are near, and lets others not flatten the line', () => {
    const drawn = (values: number[]): string[] =>
      scaleChart(chartOf('a', values), FRAME).limits.map(({ kind }) => kind);
    assert.deepEqual(drawn([60, 90]), ['target']);
    assert.deepEqual(drawn([60, 190]), ['target', 'critical']);
    assert.deepEqual(drawn([1, 2]), []);
  });

  it('keeps percentages below 100 and counts above 0', () => {
    const chart = chartOf('a', [99, 100], { unit: '%', limits: null });
    assert.equal(Math.min(...scaleChart(chart, FRAME).points.map(({ y }) => y!)), 8);
    assert.equal(Math.max(...scaleChart(chartOf('a', [0, 5], { limits: null }), FRAME).points.map(({ y }) => y!)), 92);
  });

  it('draws values that never change, and a single one', () => {
    for (const values of [[7], [0, 0, 0], [5, 5]]) {
      for (const { x, y } of scaleChart(chartOf('a', values, { limits: null }), FRAME).points) {
        assert.ok(Number.isFinite(x) && y! >= 8 && y! <= 92, `${x}, ${y}`);
      }
    }
  });

  it('breaks the line where nothing is known', () => {
    const { points } = scaleChart(chartOf('a', [1, 2, null, null, 3, null]), FRAME);
    assert.deepEqual(
      linePieces(points).map(piece => piece.split(' ').length),
      [2, 1],
    );
  });

  it('finds the point nearest to the pointer', () => {
    const { points } = scaleChart(chartOf('a', [1, 2, 3]), FRAME);
    assert.deepEqual(
      [-5, 60, 140, 150, 900].map(x => nearestPoint(points, x)),
      [0, 1, 1, 2, 2],
    );
  });

  it('gives values as many digits as mean something', () => {
    assert.equal(valueText(99.216, '%'), '99.2 %');
    assert.equal(valueText(12345.6, 'ms'), '12,346 ms');
    assert.equal(valueText(0, 'sessions'), '0 sessions');
    assert.equal(valueText(null, 'ms'), 'not known');
  });
});
