import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/core/rules/registry';
import { rulePage, rulePageName } from '../../src/tools/rulePages';

const FOLDER = path.join(__dirname, '../../media/rules');

describe('media/rules', () => {
  for (const rule of RULES) {
    it(`has the page of ${rule.id} as the rule is now (npx tsx src/tools/generateRules.ts)`, () => {
      const file = path.join(FOLDER, rulePageName(rule.id));
      assert.ok(existsSync(file), `${rulePageName(rule.id)} is missing`);
      assert.equal(readFileSync(file, 'utf8'), rulePage(rule));
    });
  }

  it('has no pages of rules that are gone', () => {
    const known = new Set(RULES.map(rule => rulePageName(rule.id)));
    assert.deepEqual(
      readdirSync(FOLDER).filter(file => !known.has(file) && !file.startsWith('plan-')),
      [],
    );
  });
});
