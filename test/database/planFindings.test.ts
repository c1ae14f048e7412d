import assert from 'node:assert/strict';
import { parsePlan } from '../../src/core/plan/parsePlan';
import type { PlanFinding } from '../../src/core/plan/planTree';
import { findPlanFindings, PLAN_RULES } from '../../src/core/rules/plan/index';
import { openSession } from '../../src/database/session';
import { CASES, type PlanRun, QUIET, SETUP } from './planFindingsCases';
import { onEachServer, type TestServer } from './servers';

/** Runs the statement twice, so that the second finds what the first has read, and gives its findings. */
async function explain(server: TestServer, run: PlanRun): Promise<PlanFinding[]> {
  const { sql, writes = false, settings } = run;
  const request = { sql, writes, analyze: true, parameters: [], settings: { ...QUIET, ...settings } };
  await server.db.explain(request);
  const { plan } = await server.db.explain(request);
  const [tree] = parsePlan(plan);
  assert.ok(tree);
  return findPlanFindings(tree, { catalog: await server.db.readCatalog() });
}

function rules(findings: readonly PlanFinding[]): string[] {
  return findings.map(({ rule }) => rule);
}

/** Runs statements on a connection that ends with them, so that the server has counted what they did. */
async function runAndLeave(server: TestServer, statements: readonly string[]): Promise<void> {
  const session = await openSession(server.db.settings);
  for (const sql of statements) await session.execute(sql);
  await session.end();
}

describe('core/rules/plan on real servers', () => {
  onEachServer('select', server => {
    before(async () => {
      for (const sql of SETUP) await server().run(sql);
    });

    for (const { rule, finds, leaves, cured } of CASES) {
      it(`${rule}: ${finds.sql.slice(0, 60)}`, async () => {
        const findings = await explain(server(), finds);
        assert.ok(rules(findings).includes(rule), `found ${rules(findings).join(', ') || 'nothing'}`);
        assert.ok(!rules(await explain(server(), leaves)).includes(rule), 'where it must not');
        if (!cured) return;
        const step = findings.find(finding => finding.rule === rule)?.steps?.[0];
        assert.equal(step?.kind, 'explain');
        const tried = await explain(server(), { ...finds, settings: { ...finds.settings, ...step.settings } });
        assert.ok(!rules(tried).includes(rule), `still there with ${JSON.stringify(step.settings)}`);
      });
    }

    it('plan/jit-costs-more, where the server can compile', async function () {
      const [can] = await server().db.query<{ yes: boolean }>('select pg_jit_available() as yes');
      if (!can?.yes) {
        console.warn('      skipped: this server cannot compile');
        this.skip();
      }
      const sql = 'select sum(id + camera_id) from addresses a join results using (id) where id < 1000';
      const always = { jit: 'on', jit_above_cost: '0', jit_inline_above_cost: '0', jit_optimize_above_cost: '0' };
      const findings = await explain(server(), { sql, settings: always });
      assert.ok(rules(findings).includes('plan/jit-costs-more'));
      const step = findings.find(({ rule }) => rule === 'plan/jit-costs-more')?.steps?.[0];
      assert.ok(step?.kind === 'explain');
      const tried = await explain(server(), { sql, settings: { ...always, ...step.settings } });
      assert.ok(!rules(tried).includes('plan/jit-costs-more'));
    });

    it('plan/stale-statistics after a load, until the proposed ANALYZE', async () => {
      const load = (kind: string, rows: number) =>
        `insert into loaded select '${kind}', repeat('x', 60) from generate_series(1, ${rows})`;
      await runAndLeave(server(), [
        'create table loaded (kind text, note text)',
        load('old', 20_000),
        'analyze loaded',
      ]);
      await runAndLeave(server(), [load('new', 20_000)]);
      // The counters arrive a little later.
      const changed = async () => {
        const { relations } = await server().db.readCatalog();
        return relations.find(({ name }) => name === 'loaded')?.activity?.modifiedSinceAnalyze ?? 0;
      };
      while ((await changed()) === 0) await new Promise(resolve => setTimeout(resolve, 50));
      const sql = `select * from loaded where kind = 'new'`;
      const [finding] = await explain(server(), { sql });
      assert.equal(finding?.rule, 'plan/stale-statistics');
      const step = finding.steps?.[0];
      assert.ok(step?.kind === 'sql');
      await runAndLeave(server(), step.sql);
      assert.deepEqual(rules(await explain(server(), { sql })), []);
    });

    it('plan/correlated-columns: the proposed statistics correct the estimate', async () => {
      await runAndLeave(server(), ['create table places as select * from addresses', 'analyze places']);
      const sql = 'select * from places where city = 1 and country = 1 and zip = 1';
      const finding = (await explain(server(), { sql })).find(({ rule }) => rule === 'plan/correlated-columns');
      const step = finding?.steps?.[0];
      assert.ok(step?.kind === 'sql');
      for (const statement of step.sql) await server().run(statement);
      const left = rules(await explain(server(), { sql }));
      assert.ok(!left.includes('plan/correlated-columns') && !left.includes('plan/row-estimate-origin'), left.join());
    });

    it('plan/trigger-fk-without-index and plan/heap-fetches: the proposed SQL cures them', async () => {
      for (const rule of ['plan/trigger-fk-without-index', 'plan/heap-fetches']) {
        const { finds } = CASES.find(each => each.rule === rule)!;
        const step = (await explain(server(), finds)).find(finding => finding.rule === rule)?.steps?.[0];
        assert.ok(step?.kind === 'sql', rule);
        for (const statement of step.sql) await server().run(statement);
        assert.ok(!rules(await explain(server(), finds)).includes(rule), rule);
      }
    });

    it('has a case for every rule', () => {
      const own = ['plan/jit-costs-more', 'plan/stale-statistics'];
      const tried = new Set([...CASES.map(({ rule }) => rule), ...own]);
      assert.deepEqual(
        PLAN_RULES.map(({ id }) => id).filter(id => !tried.has(id)),
        [],
      );
    });
  });
});
