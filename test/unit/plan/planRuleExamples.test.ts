import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import { PLAN_RULES, type PlanExample } from '../../../src/core/rules/plan/index';
import { runPlanRules } from '../../../src/core/rules/plan/runPlanRules';
import { RULES } from '../../../src/core/rules/registry';

/** Settings that a step may try. */
const SETTINGS = /^(work_mem|jit|max_parallel_workers_per_gather|enable_(nestloop|indexscan|indexonlyscan))$/;
/** Files of the folder that are not rules. */
const SUPPORT = new Set(['index', 'planRule', 'runPlanRules']);

describe('core/rules/plan: examples', () => {
  for (const rule of PLAN_RULES) {
    describe(rule.id, () => {
      const find = ({ catalog }: PlanExample, text: string) => {
        const [tree] = parsePlan(text);
        assert.ok(tree?.analyzed);
        assert.deepEqual(tree.notUnderstood, []);
        return runPlanRules([rule], tree, { ...(catalog && { catalog }) });
      };

      for (const example of rule.examples) {
        if ('good' in example) {
          it(`says nothing about ${example.title}`, () => assert.deepEqual(find(example, example.good), []));
          continue;
        }
        it(`speaks of ${example.title}`, () => {
          const findings = find(example, example.bad);
          assert.deepEqual(
            findings.map(({ message }) => message),
            [example.says],
          );
          for (const { evidence, nextStep, steps = [] } of findings) {
            assert.match(evidence, /\d/, 'figures decide');
            assert.ok(nextStep);
            for (const step of steps) {
              assert.notEqual(step.title, '');
              if (step.kind === 'rewrite')
                assert.ok(
                  RULES.some(({ id }) => id === step.rule),
                  step.rule,
                );
              if (step.kind === 'sql') assert.ok(step.sql.every(sql => /^[A-Z][^;]+;$/.test(sql)));
              if (step.kind === 'explain')
                assert.ok(Object.keys(step.settings ?? {}).every(name => SETTINGS.test(name)));
            }
          }
        });
      }
    });
  }
});

describe('core/rules/plan: registry', () => {
  it('has a bad and a good example for every rule, and says when to ignore it and where its thresholds come from', () => {
    for (const { id, examples, docs } of PLAN_RULES) {
      assert.ok(examples.some(example => 'bad' in example) && examples.some(example => 'good' in example), id);
      for (const text of Object.values(docs)) assert.match(text, /^(?:[A-Z]|q-error).*\.$/, `${id}: ${text}`);
    }
  });

  it('has every rule file once, under the name of the file', () => {
    const files = readdirSync(path.join(__dirname, '../../../src/core/rules/plan'), { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ name }) => path.basename(name, '.ts'));
    assert.deepEqual(
      PLAN_RULES.map(({ id }) => id).sort(),
      files
        .filter(name => !SUPPORT.has(name))
        .map(name => `plan/${kebab(name)}`)
        .sort(),
    );
  });
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
