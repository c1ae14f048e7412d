import * as assert from 'node:assert/strict';
import { memoryCost, memoryWork } from '../../../src/core/advisor/indexes/memoryCost';
import { planRisk } from '../../../src/core/advisor/indexes/planRisk';
import type { PlanNode } from '../../../src/core/advisor/indexes/planNode';
import { column, table } from './advisorFixtures';

const LINE = table('line', [
  column('id', 'integer', -1, { statistics: { nullFraction: 0, averageWidthBytes: 4, distinct: -1, correlation: 1 } }),
  column('product', 'integer', 10_000),
]);
const FACTS = {
  relationOf: (name: string) => (name === 'line' ? LINE : undefined),
  setting: () => undefined,
  isNew: (name: string) => name.startsWith('new'),
};
const node = (type: string, cost: number, more: PlanNode = {}): PlanNode => ({
  'Node Type': type,
  'Startup Cost': 0,
  'Total Cost': cost,
  ...more,
});
const SEQ_SCAN = node('Seq Scan', 50_000, { 'Relation Name': 'line', 'Plan Rows': 100_000 });
const scan = (type: string, rows: number, cost: number) =>
  node(type, cost, { 'Relation Name': 'line', 'Index Name': 'new', 'Index Cond': '(product < 5)', 'Plan Rows': rows });

describe('core/advisor/indexes/planRisk', () => {
  it('charges a sequential scan in memory for its rows, hardly for its pages', () => {
    // 40,000 pages are four fifths of it on a disk
    const cost = memoryCost(SEQ_SCAN, FACTS);
    assert.ok(cost > 10_000 && cost < 12_000, String(cost));
  });

  it('charges rows fetched from all over the table for their pages, those of a covering index not', () => {
    assert.ok(memoryCost(scan('Index Scan', 300_000, 15_000), FACTS) > memoryCost(SEQ_SCAN, FACTS));
    assert.ok(memoryCost(scan('Index Only Scan', 300_000, 15_000), FACTS) < memoryCost(SEQ_SCAN, FACTS));
  });

  it('counts each loop of a nested loop, however few pages the planner thinks they share', () => {
    const inner = node('Index Scan', 1.5, {
      'Relation Name': 'line',
      'Index Name': 'new',
      'Index Cond': '(product = o.product)',
      Filter: '(id > 3)',
      'Plan Rows': 1,
    });
    const join = (loops: number) =>
      node('Nested Loop', 2 * loops, { Plans: [node('Result', 1, { 'Plan Rows': loops }), inner] });
    // 100 rows a loop by the statistics of product, eleven hundredths each, and not the 1.5 of the plan
    const each = (memoryCost(join(2_000), FACTS) - memoryCost(join(1_000), FACTS)) / 1_000;
    assert.ok(each > 10 && each < 12, String(each));
  });

  it('charges each row for the comparisons of a filter', () => {
    const filtered = (filter: string | undefined) =>
      memoryCost(
        node('Index Scan', 50, {
          'Relation Name': 'line',
          'Index Cond': '(product = 5)',
          'Plan Rows': 100,
          ...(filter !== undefined && { Filter: filter }),
        }),
        FACTS,
      );
    const none = filtered(undefined);
    assert.ok(Math.abs(filtered('(id > 3)') - none - 100 * 0.0025) < 1e-9);
    assert.ok(Math.abs(filtered("((id > 3) AND (kind <> 'a'::text))") - none - 200 * 0.0025) < 1e-9);
  });

  it('runs what is materialised once', () => {
    const join = node('Nested Loop', 60_000, {
      Plans: [node('Result', 1, { 'Plan Rows': 1_000 }), node('Materialize', 50_100, { Plans: [SEQ_SCAN] })],
    });
    assert.ok(memoryCost(join, FACTS) > 20_000);
  });

  it('counts against a plan only what memory makes slower', () => {
    const before = { totalCost: 50_000, plan: SEQ_SCAN };
    const risk = (plan: PlanNode) =>
      planRisk({ totalCost: Number(plan['Total Cost']), usedIndexes: [0], plan }, before, FACTS);
    assert.deepEqual(risk(scan('Index Scan', 1_000, 900)), { gamble: 0, slowdown: 0 });
    const { gamble, slowdown } = risk(scan('Index Scan', 300_000, 15_000));
    assert.equal(gamble, 0);
    // the gain it does not have, and more
    assert.ok(slowdown > 35_000, String(slowdown));
  });

  it('counts against a plan that it takes more processes for no less work', () => {
    const gather = (workers: number, cost: number) =>
      node('Gather', cost, {
        'Workers Planned': workers,
        'Plan Rows': 100,
        Plans: [node('Hash Join', cost - 1_000, { 'Plan Rows': 100 })],
      });
    const before = { totalCost: 20_000, plan: gather(1, 20_000) };
    const risk = (workers: number, cost: number) =>
      planRisk({ totalCost: cost, usedIndexes: [0], plan: gather(workers, cost) }, before, FACTS).slowdown;
    // two processes do 1.7 times what one does, three 2.4 times
    assert.ok(memoryWork(gather(2, 16_000), FACTS) > memoryWork(before.plan, FACTS));
    assert.ok(risk(2, 16_000) > 0);
    assert.equal(risk(1, 16_000), 0);
    assert.equal(risk(2, 13_000), 0);
  });

  it('lets workers pass rows for less than the planner takes', () => {
    const gather = node('Gather', 61_000, { 'Workers Planned': 2, 'Plan Rows': 100_000, Plans: [SEQ_SCAN] });
    const saved = 61_000 - memoryCost(gather, FACTS) - (50_000 - memoryCost(SEQ_SCAN, FACTS));
    assert.ok(saved > 5_000 && saved < 11_000, String(saved));
  });
});
