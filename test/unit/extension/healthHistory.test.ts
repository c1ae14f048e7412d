import assert from 'node:assert/strict';
import type { HealthResult, HealthStatus } from '../../../src/core/health/check';
import { HealthHistory } from '../../../src/extension/health/healthHistory';
import type { HealthView } from '../../../src/protocol/health';

function result(id: string, value: number | null, status: HealthStatus = 'ok'): HealthResult {
  return {
    ...{ id, title: id, group: 'cache', value, unit: '%', shown: '', target: '', critical: '', status },
    ...{ detail: '', source: '', guideline: null, items: [], step: null },
  };
}

function view(second: number, ...results: HealthResult[]): HealthView {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return { server: '18.4', at, costMs: 10 + second, results, limits: {} };
}

const add = (history: HealthHistory, second: number, ...results: HealthResult[]): void =>
  history.add(view(second, ...results), new Set(results.map(({ id }) => id)));

describe('extension/health/healthHistory', () => {
  it('has nothing to draw before the first reading', () => {
    assert.equal(new HealthHistory().charts('a', 30), undefined);
  });

  it('draws the important checks in their order, and others once they were alarming', () => {
    const history = new HealthHistory();
    add(
      history,
      0,
      result('other', 1, 'warning'),
      result('quiet', 1),
      result('cache-hit-ratio', 99),
      result('deadlocks', 0),
    );
    add(
      history,
      1,
      result('other', 2),
      result('quiet', 1),
      result('statement-time-average', 5),
      result('cache-hit-ratio', 98),
    );
    const drawn = history.charts('sample', 30)!.charts;
    assert.deepEqual(
      drawn.map(({ id }) => id),
      ['statement-time-average', 'cache-hit-ratio', 'other'],
    );
    assert.deepEqual(
      drawn[1]!.points.map(({ value }) => value),
      [99, 98],
    );
  });

  it('leaves out a check that never had a value, and keeps gaps of those that had', () => {
    const history = new HealthHistory();
    add(history, 0, result('cache-hit-ratio', null, 'unknown'), result('dead-tuples', 4));
    add(history, 1, result('cache-hit-ratio', null, 'unknown'), result('dead-tuples', null, 'unknown'));
    const [only, ...others] = history.charts('sample', 30)!.charts;
    assert.deepEqual([only?.id, others.length], ['dead-tuples', 0]);
    assert.deepEqual(
      only?.points.map(({ value }) => value),
      [4, null],
    );
    assert.deepEqual(history.values('dead-tuples'), [4]);
  });

  it('keeps a bounded number of values, and counts what it cost', () => {
    const history = new HealthHistory();
    for (let second = 0; second < 700; second++) add(history, second, result('cache-hit-ratio', second));
    const { charts, cost } = history.charts('sample', 30)!;
    assert.equal(charts[0]!.points.length, 480);
    assert.equal(charts[0]!.points.at(-1)!.value, 699);
    assert.deepEqual([cost.refreshes, cost.lastMs], [700, 709]);
    history.clear();
    assert.equal(history.charts('sample', 30), undefined);
  });

  it('adds nothing to a check that was not asked this time', () => {
    const history = new HealthHistory();
    history.add(view(0, result('cache-hit-ratio', 1)), new Set());
    assert.deepEqual(history.values('cache-hit-ratio'), []);
  });
});
