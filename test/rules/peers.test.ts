import assert from 'node:assert/strict';
import { RULES } from '../../src/core/rules/registry';
import { PEERS } from './cases/peers';
import { lintText } from './lintText';

/** What is off unless the configuration names it is on here: who is used to such a rule switches it on. */
const ALL_ON = Object.fromEntries(RULES.filter(rule => rule.optional).map(rule => [rule.id, 'hint' as const]));

/** Everybody finds here what other tools and books warn of, or a reason why not. */
describe('the rules of others', () => {
  for (const [peer, peerRules] of Object.entries(PEERS)) {
    const covered = peerRules.flatMap(rule => ('sql' in rule ? [rule] : []));
    const leftOut = peerRules.flatMap(rule => ('sql' in rule ? [] : [rule]));

    it(`${peer}: ${covered.length} found, ${leftOut.length} left out on purpose`, async () => {
      const gaps: string[] = [];
      for (const { name, sql, schema, rules } of covered) {
        assert.ok(rules.length > 0, `${name} names a rule`);
        const findings = await lintText(sql, { severities: ALL_ON, ...(schema !== undefined && { schema }) });
        const found = new Set(findings.map(({ rule }) => rule));
        for (const rule of rules) if (!found.has(rule)) gaps.push(`${name}: no ${rule} in ${[...found].join(', ')}`);
        if (found.has('syntax')) gaps.push(`${name}: the SQL is wrong`);
      }
      assert.deepEqual(gaps, []);
      for (const { name, without } of leftOut) assert.ok(without.length > 15, `${name} says why`);
      assert.equal(new Set(peerRules.map(({ name }) => name)).size, peerRules.length, 'each rule stands here once');
    });
  }
});
