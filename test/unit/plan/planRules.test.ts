import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import { findPlanFindings, PLAN_RULES } from '../../../src/core/rules/plan/index';

/** Text plans in, rule slugs out, in the order of what they save. */
function expectRules(plan: string, expected: readonly string[], catalog?: Catalog): void {
  const [tree] = parsePlan(plan);
  assert.ok(tree);
  const found = findPlanFindings(tree, { catalog });
  assert.deepEqual(
    found.map(finding => finding.rule.replace('plan/', '')),
    expected,
  );
  assert.ok(found.every(finding => finding.evidence !== '' && finding.nextStep));
}

const seqScan = (ms: number, kept: number, removed: number, filter = "(note = 'x'::text)") => `
Seq Scan on t  (cost=0.00..9.00 rows=${kept} width=8) (actual time=0.010..${ms} rows=${kept} loops=1)
  Filter: ${filter}
  Rows Removed by Filter: ${removed}
  Buffers: shared hit=900 read=600
Execution Time: ${ms} ms`;

describe('core/rules/plan', () => {
  it('has unique ids, and every rule says where its thresholds come from', () => {
    assert.equal(new Set(PLAN_RULES.map(rule => rule.id)).size, PLAN_RULES.length);
    assert.ok(PLAN_RULES.every(rule => /^plan\/[a-z-]+$/.test(rule.id) && rule.docs.thresholds !== ''));
  });

  it('seq-scan-keeps-few-rows: speaks below 5 %, from 1,000 blocks, and not under a millisecond', () => {
    expectRules(seqScan(20, 10, 99_990), ['seq-scan-keeps-few-rows']);
    expectRules(seqScan(20, 10_000, 90_000), []);
    expectRules(seqScan(0.9, 10, 99_990), []);
    expectRules(seqScan(20, 10, 99_990).replace('read=600', 'read=9'), []);
  });

  it('function-or-cast-hides-index: replaces the advice to index the column', () => {
    for (const filter of [
      "(lower(email) = 'a'::text)",
      "((placed_at)::date = '2025-01-01'::date)",
      "(date_trunc('day'::text, at) = '2025-01-01'::date)",
    ]) {
      expectRules(seqScan(20, 10, 99_990, filter), ['function-or-cast-hides-index']);
    }
    for (const filter of ["((code)::text = 'x'::text)", "(code = ANY ('{a,b}'::text[]))", '(at > now())']) {
      expectRules(seqScan(20, 10, 99_990, filter), ['seq-scan-keeps-few-rows']);
    }
  });

  it('index-filter-removes-many: from 90 % removed', () => {
    const plan = (removed: number) => `
Index Scan using i on t  (cost=0.00..9.00 rows=50 width=8) (actual time=0.010..12.000 rows=50 loops=1)
  Index Cond: (a = 1)
  Filter: (b = 2)
  Rows Removed by Filter: ${removed}
Execution Time: 12.100 ms`;
    expectRules(plan(5000), ['index-filter-removes-many']);
    expectRules(plan(200), []);
  });

  it('row-estimate-origin: names the node where the error arises, and no other', () => {
    const plan = (rows: number, top = 'Sort') => `
${top}  (cost=0.00..9.00 rows=10 width=8) (actual time=0.010..12.000 rows=${rows} loops=1)
  ->  Seq Scan on t  (cost=0.00..9.00 rows=10 width=8) (actual time=0.010..11.000 rows=${rows} loops=1)
Execution Time: 12.100 ms`;
    expectRules(plan(5000), ['row-estimate-origin']);
    const [tree] = parsePlan(plan(5000));
    assert.equal(tree && findPlanFindings(tree)[0]?.nodeId, 1);
    expectRules(plan(99), []);
    expectRules(plan(40), []);
  });

  it('row-estimate-origin: forgives fewer rows below a LIMIT', () => {
    expectRules(
      `Limit  (cost=0.00..9.00 rows=5 width=8) (actual time=0.010..5.000 rows=5 loops=1)
  ->  Seq Scan on t  (cost=0.00..9.00 rows=90000 width=8) (actual time=0.010..5.000 rows=5 loops=1)
Execution Time: 5.100 ms`,
      [],
    );
  });

  it('sort-on-disk: silent while small and cheap', () => {
    const plan = (kilobytes: number, ms: number) => `
Sort  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..100.000 rows=500 loops=1)
  Sort Key: a
  Sort Method: external merge  Disk: ${kilobytes}kB
  ->  Seq Scan on t  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..${100 - ms} rows=500 loops=1)
Execution Time: 100.000 ms`;
    expectRules(plan(20_000, 40), ['sort-on-disk']);
    expectRules(plan(2_000, 2), []);
  });

  it('hash-batches and nested-loop-misestimate', () => {
    expectRules(
      `Hash Join  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..100.000 rows=500 loops=1)
  ->  Seq Scan on a  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..10.000 rows=500 loops=1)
  ->  Hash  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..30.000 rows=500 loops=1)
        Buckets: 1024  Batches: 8  Memory Usage: 4096kB
        ->  Seq Scan on b  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..10.000 rows=500 loops=1)
Execution Time: 100.000 ms`,
      ['hash-batches'],
    );
    expectRules(
      `Nested Loop  (cost=0.00..9.00 rows=5000 width=8) (actual time=0.010..100.000 rows=5000 loops=1)
  ->  Seq Scan on a  (cost=0.00..9.00 rows=10 width=8) (actual time=0.010..10.000 rows=5000 loops=1)
  ->  Index Scan using i on b  (cost=0.00..9.00 rows=1 width=8) (actual time=0.010..0.016 rows=1 loops=5000)
Execution Time: 100.000 ms`,
      ['nested-loop-misestimate', 'row-estimate-origin'],
    );
  });

  it('heap-fetches, lossy-bitmap, workers-not-launched', () => {
    expectRules(
      `Index Only Scan using i on t  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..10.000 rows=500 loops=1)
  Heap Fetches: 400
Execution Time: 10.000 ms`,
      ['heap-fetches'],
    );
    expectRules(
      `Bitmap Heap Scan on t  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..10.000 rows=500 loops=1)
  Recheck Cond: (a = 1)
  Rows Removed by Index Recheck: 9000
  Heap Blocks: exact=100 lossy=400
Execution Time: 10.000 ms`,
      ['lossy-bitmap'],
    );
    expectRules(
      `Gather  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..10.000 rows=500 loops=1)
  Workers Planned: 4
  Workers Launched: 1
  ->  Parallel Seq Scan on t  (cost=0.00..9.00 rows=125 width=8) (actual time=0.010..9.000 rows=250 loops=2)
Execution Time: 10.000 ms`,
      ['workers-not-launched'],
    );
  });

  it('jit-costs-more and planning-above-execution', () => {
    const scan = 'Seq Scan on t  (cost=0.00..9.00 rows=5 width=8) (actual time=0.010..9.000 rows=5 loops=1)';
    expectRules(`${scan}\nPlanning Time: 30.000 ms\nExecution Time: 10.000 ms`, ['planning-above-execution']);
    expectRules(`${scan}\nJIT:\n  Functions: 2\n  Timing: Generation 1.0 ms, Total 6.0 ms\nExecution Time: 10.000 ms`, [
      'jit-costs-more',
    ]);
  });

  it('trigger-fk-without-index: silent for inserts, and where the catalog shows the index', () => {
    const plan = (verb: string) => `
${verb} on c  (cost=0.00..9.00 rows=0 width=0) (actual time=0.010..1.000 rows=0 loops=1)
Trigger for constraint o_c_fkey: time=80.000 calls=4
Execution Time: 90.000 ms`;
    const catalog = (keys: string[]): Catalog => ({
      source: 'ddl',
      searchPath: ['public'],
      extensions: [],
      settings: {},
      relations: [
        {
          schema: 'public',
          name: 'o',
          kind: 'table',
          columns: [],
          isPartition: false,
          indexes: [
            {
              name: 'i',
              method: 'btree',
              unique: false,
              primary: false,
              valid: true,
              keys,
              include: [],
              definition: '',
            },
          ],
          constraints: [{ name: 'o_c_fkey', kind: 'foreign key', columns: ['c_id'], validated: true }],
        },
      ],
    });
    expectRules(plan('Delete'), ['trigger-fk-without-index']);
    expectRules(plan('Insert'), []);
    expectRules(plan('Delete'), ['trigger-fk-without-index'], catalog(['id', 'c_id']));
    expectRules(plan('Delete'), [], catalog(['c_id', 'id']));
  });

  it('says nothing about a plan that was not executed', () => {
    expectRules('Seq Scan on t  (cost=0.00..9999.00 rows=5 width=8)\n  Filter: (a = 1)', []);
  });
});
