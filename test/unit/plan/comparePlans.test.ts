import assert from 'node:assert/strict';
import { comparePlans } from '../../../src/core/plan/comparePlans';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { type Fields, inner, node, planned, tree } from './literalPlan';
import { buildPlanView } from '../../../src/protocol/buildPlanView';

function plan(text: string): PlanTree {
  const [tree] = parsePlan(text);
  assert.ok(tree);
  return tree;
}

const sorted = (ms: number) => `Sort  (cost=0.00..90.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
  Sort Key: a
  ->  Seq Scan on orders o  (cost=0.00..80.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
        Filter: (a = 1)
Planning Time: 0.1 ms
Execution Time: ${ms} ms`;
const indexed = (
  ms: number,
) => `Index Scan using i on orders o  (cost=0.00..8.00 rows=5 width=8) (actual time=0.1..${ms} rows=5 loops=1)
  Index Cond: (a = 1)
Execution Time: ${ms} ms`;

describe('core/plan/comparePlans', () => {
  it('calls a faster plan better and gives both ratios', () => {
    const { verdict, speedUp, costRatio } = comparePlans(plan(sorted(40)), plan(indexed(2)));
    assert.deepEqual([verdict, speedUp, costRatio], ['better', 20, 11.25]);
  });

  it('calls differences within the noise the same, and slower plans worse', () => {
    assert.equal(comparePlans(plan(sorted(40)), plan(sorted(38))).verdict, 'same');
    assert.equal(comparePlans(plan(indexed(0.1)), plan(indexed(0.05))).verdict, 'same');
    assert.equal(comparePlans(plan(indexed(2)), plan(sorted(40))).verdict, 'worse');
  });

  it('judges by cost when nothing was executed', () => {
    const planned = (cost: number) => plan(`Seq Scan on t  (cost=0.00..${cost}.00 rows=5 width=8)`);
    const comparison = comparePlans(planned(100), planned(50));
    assert.deepEqual([comparison.verdict, comparison.speedUp, comparison.costRatio], ['better', undefined, 2]);
  });

  it('leaves the rest in place when a node is put on top or swapped', () => {
    const scan = sorted(40).split('\n').slice(2, 3).join('').replace('  ->  ', '');
    const added = comparePlans(plan(`${scan}\nExecution Time: 40 ms`), plan(sorted(40)));
    assert.deepEqual(
      added.rows.map(row => [row.change, row.depth]),
      [
        ['added', 0],
        ['same', 1],
      ],
    );
    const swapped = comparePlans(plan(sorted(40)), plan(indexed(2)));
    assert.deepEqual(
      swapped.rows.map(row => row.change),
      ['removed', 'changed'],
    );
  });

  it('shows every node of both plans exactly once', () => {
    const [before, after] = [plan(sorted(40)), plan(indexed(2))];
    const { rows } = comparePlans(before, after);
    assert.deepEqual(
      rows.flatMap(row => row.before?.id ?? []).sort(),
      before.nodes.map(node => node.id),
    );
    assert.deepEqual(
      rows.flatMap(row => row.after?.id ?? []).sort(),
      after.nodes.map(node => node.id),
    );
  });
});

describe('core/plan/comparePlans: matching', () => {
  const scan = (alias: string, more: object = {}) =>
    node('Seq Scan', [5, 10, 1], { 'Relation Name': alias, Alias: alias, ...more });
  const join = (type: string, outer: object, other: object, more: object = {}) =>
    node(type, [20, 10, 1], { 'Join Type': 'Inner', ...more }, { ...outer }, { ...other, ...inner });
  const changes = (before: Fields, after: Fields) =>
    comparePlans(tree(before), tree(after)).rows.map(
      row => `${row.change} ${row.before?.nodeType ?? ''} > ${row.after?.nodeType ?? ''}`,
    );

  it('knows a table on whichever side of the join it stands', () => {
    assert.deepEqual(changes(join('Hash Join', scan('a'), scan('b')), join('Hash Join', scan('b'), scan('a'))), [
      'same Hash Join > Hash Join',
      'same Seq Scan > Seq Scan',
      'same Seq Scan > Seq Scan',
    ]);
  });

  it('takes joins of the same tables for each other, and others as new', () => {
    // (a b) c against a (b c): the whole and the scans stay.
    const before = join('Hash Join', join('Nested Loop', scan('a'), scan('b')), scan('c'));
    const after = join('Hash Join', scan('a'), join('Nested Loop', scan('b'), scan('c')));
    assert.deepEqual(changes(before, after), [
      'same Hash Join > Hash Join',
      'removed Nested Loop > ',
      'same Seq Scan > Seq Scan',
      'added  > Nested Loop',
      'same Seq Scan > Seq Scan',
      'same Seq Scan > Seq Scan',
    ]);
  });

  it('takes another method for the same work', () => {
    const before = join('Nested Loop', scan('a'), scan('b'));
    const indexed = node('Index Scan', [1, 1, 10], { 'Relation Name': 'b', Alias: 'b', 'Index Name': 'i' });
    assert.deepEqual(changes(before, join('Merge Join', scan('a'), indexed)), [
      'changed Nested Loop > Merge Join',
      'same Seq Scan > Seq Scan',
      'changed Seq Scan > Index Scan',
    ]);
  });

  it('knows a table by its name where the alias is numbered differently', () => {
    assert.deepEqual(changes(scan('orders_1', { 'Relation Name': 'orders' }), scan('orders')), [
      'same Seq Scan > Seq Scan',
    ]);
  });

  it('says that all is gone where nothing is left', () => {
    assert.deepEqual(changes(node('Sort', [1, 1, 1], {}, scan('a')), scan('b')), [
      'removed Sort > ',
      'removed Seq Scan > ',
      'added  > Seq Scan',
    ]);
  });

  it('shows each of ten thousand nodes once, in a moment', () => {
    const many = (prefix: string) =>
      tree(node('Append', [9, 9, 1], {}, ...Array.from({ length: 10_000 }, (_, i) => scan(`${prefix}${i}`))));
    const { rows } = comparePlans(many('p'), many('q'));
    assert.equal(rows.length, 20_002);
  });
});

describe('core/plan/comparePlans: verdict', () => {
  const run = (blocks: Fields, ms: number, rows = 5, document: Fields = {}, type = 'Seq Scan', more: Fields = {}) =>
    tree(node(type, [ms, rows, 1], { 'Relation Name': 'orders', Alias: 'o', ...blocks, ...more }), {
      'Execution Time': ms,
      ...document,
    });
  const hit = (count: number): Fields => ({ 'Shared Hit Blocks': count });
  const read = (count: number): Fields => ({ 'Shared Read Blocks': count });

  it('puts blocks first, with figures and what became of the shape', () => {
    const sort = { 'Shared Hit Blocks': 48_211 };
    const before = tree(
      node('Sort', [95, 5, 1], sort, node('Seq Scan', [50, 5, 1], { Alias: 'o', 'Relation Name': 'orders', ...sort })),
      {
        'Execution Time': 95,
      },
    );
    const after = run(hit(3880), 8, 5, {}, 'Index Scan', { 'Index Name': 'i' });
    const { sentence, verdict, measure, cautions } = comparePlans(before, after);
    // 48,211 / 3,880 = 12.4.
    assert.equal(
      sentence,
      '12.4x less work: 48,211 -> 3,880 blocks, 95 ms -> 8 ms; the sort is gone, orders o by index scan using i instead of seq scan',
    );
    assert.deepEqual([verdict, measure, cautions], ['better', 'blocks', []]);
  });

  it('goes by time where the blocks are the same, and something else explains it', () => {
    const slow = run(hit(900), 40, 5, { Settings: { jit: 'on' } });
    const { sentence, measure, verdict } = comparePlans(slow, run(hit(903), 20));
    assert.deepEqual(
      [sentence, measure, verdict],
      ['2x faster: 900 -> 903 blocks, 40 ms -> 20 ms; the plan is the same', 'time', 'better'],
    );
  });

  it('calls runs the same that differ in nothing but time', () => {
    const { sentence, measure, verdict } = comparePlans(run(hit(900), 40), run(hit(903), 20));
    assert.deepEqual(
      [sentence, measure, verdict],
      ['The same work: 900 -> 903 blocks, 40 ms -> 20 ms; the plan is the same', 'blocks', 'same'],
    );
  });

  it('counts worse work upwards', () => {
    assert.match(comparePlans(run(hit(100), 5), run(hit(250), 9)).sentence, /^2.5x more work: 100 -> 250 blocks/);
  });

  it('compares costs where one plan was not executed, and says so', () => {
    const before = tree({ ...planned('Seq Scan', 100, 5), Alias: 'o' });
    const after = tree({ ...node('Seq Scan', [5, 5, 1], { 'Total Cost': 50 }), Alias: 'o' });
    const { sentence, measure, cautions, beforeMs, afterMs } = comparePlans(before, after);
    assert.equal(sentence, '2x cheaper by the estimate: cost 100 -> 50; the plan is the same');
    assert.deepEqual([measure, beforeMs, afterMs], ['cost', undefined, undefined]);
    assert.match(cautions[0] ?? '', /^Only the second plan was executed/);
  });

  it('warns of other results, values, settings and servers', () => {
    const filter = (value: string): Fields => ({ Filter: `(city = '${value}'::text)` });
    const before = run(hit(900), 40, 5, {}, 'Seq Scan', filter('Rome'));
    const after = run(hit(900), 40, 700, { Settings: { work_mem: '64MB' } }, 'Seq Scan', filter('Oslo'));
    assert.deepEqual(comparePlans(before, after, { places: ['staging', 'production'] }).cautions, [
      'The plans come from different servers or databases: staging -> production.',
      'The statements were run with different values.',
      'The settings differ: work_mem default -> 64MB.',
      'The results differ: 5 -> 700 rows.',
    ]);
    assert.deepEqual(comparePlans(before, before).cautions, []);
    assert.deepEqual(comparePlans(before, before, { sameParameters: false, places: ['a', 'a'] }).cautions, [
      'The statements were run with different values.',
    ]);
  });

  it('knows other values whether tables are named or not', () => {
    const cautions = (then: string, now: string) =>
      comparePlans(
        run(hit(900), 40, 5, {}, 'Seq Scan', { Filter: then }),
        run(hit(900), 40, 5, {}, 'Seq Scan', { Filter: now }),
      ).cautions;
    const other = ['The statements were run with different values.'];
    assert.deepEqual(cautions('((o.total > 1.5) AND ("my o".city = $1))', '((total > 2.5) AND (city = $1))'), other);
    assert.deepEqual(cautions("(o.city = 'a.b'::text)", "(city = 'a.c'::text)"), other);
    assert.deepEqual(cautions("(o.city = 'a.b'::text)", "(city = 'a.b'::text)"), []);
    assert.deepEqual(cautions('(o.total > 1.5)', '(o.price > 2.5)'), []);
  });

  it('warns of a generic plan beside one for values, and of nothing else that made it so', () => {
    const before = run(hit(900), 40, 5, { Settings: { plan_cache_mode: 'force_generic_plan' } });
    const cautions = (generic: [boolean, boolean]) =>
      comparePlans(before, run(hit(900), 40), { generic, sameParameters: false }).cautions;
    assert.deepEqual(cautions([true, false]), [
      'Only the first plan is generic: it was made without values and has to fit them all.',
    ]);
    assert.match(cautions([false, true])[0] ?? '', /^Only the second plan is generic/);
    assert.deepEqual(cautions([false, false]).length, 2);
  });

  it('warns of a cold run beside a warm one, and of blocks and time that disagree', () => {
    assert.deepEqual(comparePlans(run(read(900), 90), run(hit(900), 9)).cautions, [
      'The first run was cold, the second warm: compare their blocks, not their times.',
    ]);
    assert.match(comparePlans(run(hit(900), 10), run(hit(300), 40)).cautions[0] ?? '', /opposite/);
  });

  it('warns of times that alone differ', () => {
    const cautions = (before: PlanTree, after: PlanTree) => comparePlans(before, after).cautions;
    assert.match(cautions(run(hit(900), 10), run(hit(900), 15))[0] ?? '', /^Only the time differs/);
    assert.deepEqual(cautions(run(hit(900), 10), run(hit(900), 10.5)), []);
    assert.deepEqual(cautions(run(hit(900), 10), run(hit(400), 6)), []);
    assert.deepEqual(cautions(run(hit(900), 10), run(hit(900), 15, 5, {}, 'Index Scan')), []);
  });

  it('has nothing to say of plans without costs and times', () => {
    const bare = tree({ 'Node Type': 'Result' });
    assert.equal(comparePlans(bare, bare).sentence, 'Nothing to compare by; the plan is the same');
  });
});

describe('protocol/buildPlanView', () => {
  const sortedPlan = plan(sorted(40));
  const parts = { title: 'orders', sql: 'select 1', connection: 'local', server: '18.4', findings: [] };
  const view = buildPlanView({ ...parts, tree: sortedPlan, comparison: comparePlans(sortedPlan, plan(indexed(2))) });

  it('is plain data that survives being sent', () => assert.deepEqual(structuredClone(view), view));

  it('describes nodes in words and keeps conditions as properties', () => {
    assert.deepEqual(
      view.nodes.map(node => [node.nodeType, node.detail]),
      [
        ['Sort', ''],
        ['Seq Scan', 'on orders o'],
      ],
    );
    assert.deepEqual(view.nodes[1]?.properties[0], { name: 'Filter', value: '(a = 1)' });
    assert.equal(view.nodes[0]?.properties.find(property => property.name === 'Sort Key')?.value, 'a');
  });

  it('gives the share of the cost when nothing was executed', () => {
    const estimated = plan(
      'Sort  (cost=100.00..100.00 rows=5 width=8)\n  ->  Seq Scan on t  (cost=0.00..75.00 rows=5 width=8)',
    );
    assert.deepEqual(
      buildPlanView({ ...parts, tree: estimated }).nodes.map(node => node.selfShare),
      [0.25, 0.75],
    );
  });

  it('carries both times of a comparison', () => {
    assert.deepEqual(
      [view.comparison?.beforeMs, view.comparison?.afterMs, view.comparison?.verdict],
      [40, 2, 'better'],
    );
    assert.equal(view.comparison?.rows[1]?.after, 'Index Scan on orders o using i');
  });
});
