import * as assert from 'node:assert/strict';
import { conditionShare } from '../../../src/core/advisor/indexes/conditionShare';
import { rowsFetched } from '../../../src/core/advisor/indexes/rowsFetched';
import { column, table } from './advisorFixtures';

const bounds = Array.from({ length: 11 }, (_, year) => `${2010 + year}-01-01`);
const LINE = table('line', [
  column('id', 'integer', -1),
  column('shop', 'integer', 50),
  column('shipped', 'date', -0.5, {
    statistics: { nullFraction: 0, averageWidthBytes: 4, distinct: -0.5, histogramBounds: bounds },
  }),
  column('state', 'text', 2, {
    statistics: {
      nullFraction: 0,
      averageWidthBytes: 4,
      distinct: 2,
      mostCommonValues: ['old', 'new'],
      mostCommonFrequencies: [0.9, 0.1],
    },
  }),
]);
const SETTINGS = { setting: () => undefined, runs: 1, workers: 0, correlation: 0 };

describe('core/advisor/indexes/conditionShare', () => {
  const shares: readonly (readonly [condition: string, share: number | undefined])[] = [
    ['(shop = 7)', 1 / 50],
    ['(shop = o.shop)', 1 / 50],
    [`(state = 'new'::text)`, 0.1],
    [`((state = 'old'::text) AND (shop = 7))`, 0.9 / 50],
    [`((shipped >= '2012-01-01'::date) AND (shipped < '2014-01-01'::date))`, 2 / 11],
    [`(shipped > o.shipped)`, undefined],
    [`(state > 'new'::text)`, undefined],
    [`(shop = ANY ('{1,2}'::integer[]))`, undefined],
    [`(lower(state) = 'new'::text)`, undefined],
  ];
  for (const [condition, share] of shares)
    it(`knows of ${condition}: ${share === undefined ? 'nothing' : share.toFixed(3)}`, () => {
      const found = conditionShare(condition, LINE);
      if (share === undefined) assert.equal(found, undefined);
      else assert.ok(Math.abs(found! - share) < 1e-9, String(found));
    });

  it('takes the rows from the cost where the statistics say nothing, and where the index holds fewer', () => {
    const scan = (more: object) =>
      rowsFetched({ 'Node Type': 'Index Scan', 'Startup Cost': 0, 'Plan Rows': 5, Filter: '(id > 3)', ...more }, LINE, {
        ...SETTINGS,
      });
    const cheap = scan({ 'Total Cost': 400, 'Index Cond': `(state > 'new'::text)` });
    const dear = scan({ 'Total Cost': 4000, 'Index Cond': `(state > 'new'::text)` });
    // each row from a page of its own, at four units a page
    assert.ok(cheap > 80 && cheap < 100, String(cheap));
    assert.ok(dear > 9 * cheap && dear < 11 * cheap, String(dear));
    assert.equal(scan({ 'Total Cost': 400, 'Index Cond': '(shop = 7)' }), cheap);
    assert.equal(scan({ 'Total Cost': 1e9, 'Index Cond': '(shop = 7)' }), LINE.rowEstimate! / 50);
  });
});
