import assert from 'node:assert/strict';
import type { PlanFinding } from '../../../src/core/plan/planTree';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import { findPlanFindings } from '../../../src/core/rules/plan/index';

function findings(plan: string): PlanFinding[] {
  const [tree] = parsePlan(plan);
  assert.ok(tree);
  return findPlanFindings(tree);
}

/** Text plans in, rule slugs out, in the order of what they save. */
function expectRules(plan: string, expected: readonly string[]): void {
  assert.deepEqual(
    findings(plan).map(finding => finding.rule.replace('plan/', '')),
    expected,
  );
}

const seqScan = (ms: number, kept: number, removed: number, filter = "(note = 'x'::text)") => `
Seq Scan on orders  (cost=0.00..9.00 rows=${kept} width=8) (actual time=0.010..${ms} rows=${kept} loops=1)
  Filter: ${filter}
  Rows Removed by Filter: ${removed}
  Buffers: shared hit=900 read=600
Execution Time: ${ms} ms`;

describe('core/rules/plan', () => {
  it('is quiet under a millisecond and below its thresholds', () => {
    expectRules(seqScan(20, 10, 99_990), ['seq-scan-keeps-few-rows']);
    expectRules(seqScan(0.9, 10, 99_990), []);
    expectRules(seqScan(20, 10, 99_990).replace('read=600', 'read=9'), []);
  });

  it('is quiet about a part of the statement that does not matter', () => {
    // 20 of 500 ms.
    expectRules(seqScan(20, 10, 99_990).replace('Execution Time: 20', 'Execution Time: 500'), []);
  });

  it('decides by blocks where no time was measured', () => {
    const untimed = seqScan(20, 10, 99_990)
      .replace(/time=\S+ /, '')
      .replace(/Execution.*/, '');
    const [finding] = findings(untimed);
    assert.equal(finding?.rule, 'plan/seq-scan-keeps-few-rows');
    assert.equal(finding.savesMs, undefined);
    // 1,500 blocks x 99.99 %.
    assert.equal(finding.savesBlocks, 1500);
    assert.equal(finding.severity, 'warning');
  });

  it('replaces the advice to index the column where an expression hides it', () => {
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

  it('names a spill once: the node, not the sum', () => {
    expectRules(
      `Sort  (cost=0.00..9.00 rows=500000 width=8) (actual time=0.010..100.000 rows=500000 loops=1)
  Sort Key: a
  Sort Method: external merge  Disk: 20000kB
  Buffers: shared hit=10, temp read=2500 written=2500
  ->  Seq Scan on orders  (cost=0.00..9.00 rows=500000 width=8) (actual time=0.010..60.000 rows=500000 loops=1)
        Buffers: shared hit=10
Execution Time: 100.000 ms`,
      ['sort-on-disk'],
    );
  });

  it('is silent about spills while they are small and cheap', () => {
    const plan = (kilobytes: number, ms: number) => `
Sort  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..100.000 rows=500 loops=1)
  Sort Key: a
  Sort Method: external merge  Disk: ${kilobytes}kB
  ->  Seq Scan on orders  (cost=0.00..9.00 rows=500 width=8) (actual time=0.010..${100 - ms} rows=500 loops=1)
Execution Time: 100.000 ms`;
    expectRules(plan(20_000, 40), ['sort-on-disk']);
    expectRules(plan(2_000, 2), []);
  });

  it('puts what saves most first, and estimates last', () => {
    expectRules(
      `Nested Loop  (cost=0.00..9.00 rows=5000 width=8) (actual time=0.010..100.000 rows=5000 loops=1)
  ->  Seq Scan on a  (cost=0.00..9.00 rows=10 width=8) (actual time=0.010..10.000 rows=5000 loops=1)
  ->  Index Scan using i on b  (cost=0.00..9.00 rows=1 width=8) (actual time=0.010..0.016 rows=1 loops=5000)
Execution Time: 100.000 ms`,
      ['nested-loop-misestimate', 'row-estimate-origin'],
    );
  });

  it('proposes the work_mem that would do', () => {
    // 400,000 rows of 40 bytes: (40 + 56) x 400,000 x 1.25 = 48 MB, the next power of two.
    const [finding] = findings(`
Sort  (cost=0.00..9.00 rows=400000 width=40) (actual time=0.010..900.000 rows=400000 loops=1)
  Sort Key: a
  Sort Method: external merge  Disk: 20000kB
  ->  Seq Scan on orders  (cost=0.00..9.00 rows=400000 width=40) (actual time=0.010..100.000 rows=400000 loops=1)
Execution Time: 900.000 ms`);
    assert.deepEqual(finding?.steps?.[0], {
      kind: 'explain',
      title: 'Try with work_mem = 64MB',
      settings: { work_mem: '64MB' },
    });
  });

  it('says how to index a foreign key as far as the catalog is known', () => {
    const [finding] = findings(`
Delete on customers  (cost=0.00..9.00 rows=0 width=0) (actual time=0.010..1.000 rows=0 loops=1)
Trigger for constraint o_c_fkey: time=80.000 calls=4
Execution Time: 90.000 ms`);
    assert.equal(finding?.rule, 'plan/trigger-fk-without-index');
    assert.equal(finding.steps, undefined);
  });

  it('says nothing about a plan that was not executed', () => {
    expectRules('Seq Scan on t  (cost=0.00..9999.00 rows=5 width=8)\n  Filter: (a = 1)', []);
  });
});
