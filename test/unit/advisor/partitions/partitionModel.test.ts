import * as assert from 'node:assert/strict';
import { formatArrayText, parseArrayText } from '../../../../src/core/advisor/partitions/whatIf/arrayText';
import { hashLayout, keyText, listLayout, rangeLayout } from '../../../../src/core/advisor/partitions/whatIf/layout';
import { statisticsWithin, type Cut } from '../../../../src/core/advisor/partitions/whatIf/partitionStatistics';
import { growthAlong, rowsBetween } from '../../../../src/core/advisor/partitions/rowsPerPeriod';
import { partitionsScanned, prunedCost } from '../../../../src/database/whatIf/partitionScans';
import { DAY, EVENTS, evenKey, factsOf, NOW } from './partitionFixtures';

const [TABLE] = factsOf(EVENTS, { rows: 1_000, keys: [evenKey('created_at', 100)] }).tables;
const KEY = TABLE!.keys[0]!;
const SCHEME = {
  method: 'range',
  column: 'created_at',
  keyKind: 'timestamptz',
  period: 'month',
  timeZone: 'UTC',
} as const;

describe('core/advisor/partitions: rows of a period', () => {
  it('are those of the histogram between its ends', () => {
    assert.equal(Math.round(rowsBetween(TABLE!, KEY, NOW - 10 * DAY, NOW)), 100);
    assert.equal(rowsBetween(TABLE!, KEY, NOW + DAY, NOW + 2 * DAY), 0);
    assert.equal(Math.round(rowsBetween(TABLE!, KEY, 0, NOW * 2)), 1_000);
  });

  it('count values that are more common than others by their own frequency, and no NULLs', () => {
    const key = evenKey('created_at', 100, { mostCommon: [{ at: NOW - 50 * DAY, fraction: 0.5 }], nullFraction: 0.1 });
    assert.equal(Math.round(rowsBetween(TABLE!, key, NOW - 51 * DAY, NOW - 49 * DAY)), 508);
    assert.equal(Math.round(rowsBetween(TABLE!, key, 0, NOW * 2)), 900);
  });

  it('do not grow by values of the future', () => {
    const key = evenKey('created_at', 100, { last: NOW + 1000 * DAY });
    assert.equal(growthAlong(TABLE!, key, NOW).spanDays, 100);
  });

  it('of a table with one value have no growth', () => {
    const key = evenKey('created_at', 0, { bounds: [], first: NOW, last: NOW });
    assert.deepEqual(growthAlong(TABLE!, key, NOW), { meanRows: 0, recentRows: 0, recentDays: 0, spanDays: 0 });
  });
});

describe('core/advisor/partitions/whatIf', () => {
  it('reads and writes arrays as PostgreSQL does', () => {
    for (const values of [[], ['a'], ['a,b', 'c"d', 'e\\f', '', 'null', null], ['{x}', ' y ']])
      assert.deepEqual(parseArrayText(formatArrayText(values)), values);
    assert.deepEqual(parseArrayText('{1,2.5,NULL,"2024-01-01 00:00:00+00"}'), [
      '1',
      '2.5',
      null,
      '2024-01-01 00:00:00+00',
    ]);
  });

  it('writes bounds as values of the key', () => {
    const at = Date.UTC(2024, 1, 29) / 1000;
    const kinds = [
      'date',
      'timestamp',
      'timestamptz',
      'epoch seconds',
      'epoch milliseconds',
      'epoch microseconds',
      'uuid v7',
    ] as const;
    assert.deepEqual(
      kinds.map(kind => keyText(kind, at)),
      [
        '2024-02-29',
        '2024-02-29 00:00:00.000',
        '2024-02-29T00:00:00.000Z',
        '1709164800',
        '1709164800000',
        '1709164800000000',
        '018df229-2800-0000-0000-000000000000',
      ],
    );
  });

  it('divides all rows among the partitions', () => {
    const edges = [NOW - 100 * DAY, NOW - 60 * DAY, NOW - 10 * DAY, NOW + DAY];
    const range = rangeLayout(SCHEME, TABLE!, KEY, edges);
    assert.deepEqual(
      range.partitions.map(({ share }) => Math.round(share * 100)),
      [40, 50, 10],
    );
    const list = listLayout({ method: 'list', column: 'kind', values: ['motion', 'car'] }, TABLE!);
    assert.deepEqual(
      list.partitions.map(({ bound, share }) => `${bound} ${share.toFixed(2)}`),
      [`FOR VALUES IN ('motion') 0.50`, `FOR VALUES IN ('car') 0.15`, 'DEFAULT 0.35'],
    );
    assert.equal(
      hashLayout({ method: 'hash', column: 'id', modulus: 8 }, TABLE!).partitions[7]!.bound,
      'FOR VALUES WITH (MODULUS 8, REMAINDER 7)',
    );
  });

  describe('statistics of a partition', () => {
    const part = { name: 'p', bound: '', share: 0.1, range: { from: NOW - 20 * DAY, to: NOW - 10 * DAY } };
    const cut: Cut = { column: 'created_at', rows: 1_000, key: KEY, keyCorrelation: 1, shareBefore: 0.8 };

    it("have the key's values within the bounds", () => {
      const { histogram_bounds } = statisticsWithin(
        { attname: 'created_at', n_distinct: '-1', histogram_bounds: '{}' },
        part,
        cut,
      );
      const bounds = parseArrayText(histogram_bounds!);
      assert.equal(bounds.length, 11);
      assert.equal(bounds[0], keyText('timestamptz', NOW - 20 * DAY));
      assert.ok(bounds.at(-1)! < keyText('timestamptz', NOW - 10 * DAY));
    });

    it('have that part of a column which grows along with the key', () => {
      const ids = { attname: 'id', n_distinct: '-1', correlation: '0.99', histogram_bounds: '{0,250,500,750,1000}' };
      assert.equal(statisticsWithin(ids, part, cut).histogram_bounds, '{"800","900"}');
      const falling = { ...ids, correlation: '-0.99' };
      assert.equal(statisticsWithin(falling, part, cut).histogram_bounds, '{"100","200"}');
    });

    it('have all values of a column that is spread evenly, but no more than there are rows', () => {
      const few = { attname: 'kind', n_distinct: '4', correlation: '0.2' };
      const many = { attname: 'camera_id', n_distinct: '500', correlation: '0' };
      assert.equal(statisticsWithin(few, part, cut).n_distinct, '4');
      // each of 500 values has two rows; a tenth of the rows has one of them with 1 - 0.9² = 0.19
      assert.equal(statisticsWithin(many, part, cut).n_distinct, '95');
    });

    it('have one value of a list, and an eighth of the values of a hash by eight', () => {
      const column = {
        attname: 'created_at',
        n_distinct: '400',
        most_common_vals: '{a,b}',
        most_common_freqs: '{0.5,0.3}',
      };
      const listed = statisticsWithin(column, { name: 'p', bound: '', share: 0.5, value: 'a' }, cut);
      assert.deepEqual([listed.n_distinct, listed.most_common_vals, listed.most_common_freqs], ['1', '{"a"}', '{1}']);
      const hashed = statisticsWithin(column, { name: 'p', bound: '', share: 1 / 8 }, cut);
      assert.deepEqual([hashed.n_distinct, hashed.most_common_vals], ['50', null]);
    });
  });

  it('does not count the cost of partitions that are left out as the statement begins', () => {
    const scan = (name: string): Record<string, unknown> => ({
      'Node Type': 'Seq Scan',
      'Relation Name': name,
      'Total Cost': 100,
    });
    const plan = {
      'Node Type': 'Aggregate',
      'Total Cost': 1_250,
      Plans: [{ 'Node Type': 'Append', 'Subplans Removed': 11, 'Total Cost': 1_200, Plans: [scan('p1')] }],
    };
    assert.equal(prunedCost(plan), 150);
    assert.deepEqual(partitionsScanned(plan, new Set(['p1', 'p2'])), ['p1']);
    assert.equal(prunedCost({ 'Node Type': 'Append', 'Total Cost': 210, Plans: [scan('p1'), scan('p2')] }), 210);
  });
});
