import assert from 'node:assert/strict';
import { compareLatencies } from '../../../src/core/benchmark/compareLatencies';
import { latenciesOf, percentileOf, studentT975 } from '../../../src/core/benchmark/statistics';
import { randomNumbers } from '../../support/randomNumbers';

const MANY = 2 ** 24;

/** Times around an average, each like the one before it, skewed to the right: as times of statements are. */
function times(count: number, averageMs: number, seed: number): number[] {
  const random = randomNumbers(seed * 7919);
  let before = 0;
  return Array.from({ length: count }, () => {
    before = 0.5 * before + Math.log(MANY / (1 + random(MANY))) / 2;
    return averageMs * (0.75 + before / 4);
  });
}

describe('core/benchmark/statistics', () => {
  it('works out the figures of a few known times', () => {
    const { runs, averageMs, standardDeviationMs, minimumMs, maximumMs, p50Ms } = latenciesOf([2, 4, 4, 4, 5, 5, 7, 9]);
    assert.deepEqual([runs, averageMs, minimumMs, maximumMs, p50Ms], [8, 5, 2, 9, 4]);
    // squares of the distances from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, by 7
    assert.equal(standardDeviationMs, Math.sqrt(32 / 7));
  });

  it('gives a percentile that was measured, by the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.deepEqual(
      [0.5, 0.95, 0.99, 1].map(share => percentileOf(hundred, share)),
      [50, 95, 99, 100],
    );
    assert.equal(percentileOf([15, 20, 35, 40, 50], 0.3), 20);
    assert.equal(percentileOf([7], 0.01), 7);
  });

  it('says nothing of percentiles that so few runs do not have', () => {
    assert.equal(latenciesOf(times(19, 1, 1)).p95Ms, null);
    assert.notEqual(latenciesOf(times(20, 1, 1)).p95Ms, null);
    assert.equal(latenciesOf(times(99, 1, 1)).p99Ms, null);
    assert.notEqual(latenciesOf(times(100, 1, 1)).p99Ms, null);
    assert.equal(latenciesOf([3]).standardDeviationMs, 0);
    assert.throws(() => latenciesOf([]), RangeError);
  });

  it('averages equally many successive runs, and leaves out the first where it does not divide evenly', () => {
    const { batchesMs } = latenciesOf(Array.from({ length: 45 }, (_, i) => i));
    assert.equal(batchesMs.length, 20);
    assert.deepEqual(batchesMs.slice(0, 2), [5.5, 7.5]);
    assert.equal(batchesMs.at(-1), 43.5);
    assert.equal(latenciesOf(times(12, 1, 1)).batchesMs.length, 12);
  });

  it("has Student's t of the tables", () => {
    for (const [degrees, t] of [
      [9, 2.2622],
      [10, 2.2281],
      [19, 2.093],
      [30, 2.0423],
      [1000, 1.9623],
    ] as const) {
      assert.ok(Math.abs(studentT975(degrees) - t) < 0.001, `${degrees}: ${studentT975(degrees)}`);
    }
  });

  it('has intervals that hold the true average about as often as they say', () => {
    const truth = latenciesOf(times(200_000, 10, 99)).averageMs;
    const held = Array.from(
      { length: 400 },
      (_, seed) => latenciesOf(times(400, 10, seed + 1)).averageInterval!,
    ).filter(({ low, high }) => low <= truth && truth <= high).length;
    assert.ok(held >= 360 && held <= 399, `${held} of 400`);
  });
});

describe('core/benchmark/compareLatencies', () => {
  it('calls two measurements of the same thing alike, nearly always', () => {
    const verdicts = Array.from(
      { length: 200 },
      (_, seed) =>
        compareLatencies(latenciesOf(times(500, 10, seed + 1)), latenciesOf(times(500, 10, seed + 1001))).verdict,
    );
    const alike = verdicts.filter(verdict => verdict === 'no difference').length;
    assert.ok(alike >= 180, `${alike} of 200`);
  });

  it('sees a change of ten per cent, in both directions', () => {
    const [slow, quick] = [latenciesOf(times(5000, 10, 1)), latenciesOf(times(5000, 9, 2))];
    const { verdict, change, interval } = compareLatencies(slow, quick);
    assert.equal(verdict, 'faster');
    assert.ok(interval!.low < change && change < interval!.high && interval!.high < 0, JSON.stringify(interval));
    assert.equal(compareLatencies(quick, slow).verdict, 'slower');
  });

  it('claims no difference of one per cent, however many runs there were', () => {
    const same = (ms: number): ReturnType<typeof latenciesOf> => latenciesOf(Array.from({ length: 1000 }, () => ms));
    assert.equal(compareLatencies(same(10), same(10.1)).verdict, 'no difference');
    assert.equal(compareLatencies(same(10), same(10.5)).verdict, 'slower');
    assert.equal(compareLatencies(same(10), same(10)).verdict, 'no difference');
  });

  it('says so when there are too few runs', () => {
    const { verdict, interval } = compareLatencies(latenciesOf([10, 10, 10]), latenciesOf([5, 5, 5]));
    assert.deepEqual([verdict, interval], ['too few runs', null]);
  });
});
