import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRuleFix } from '../../../../src/core/advisor/rewrites/rewrite';
import { RULES } from '../../../../src/core/rules/registry';
import { offered, syntaxErrorIn } from './offered';
import { SHOP } from './rewriteCases';

const CASES = path.join(__dirname, '../../../rules/cases');

/** Statements that were written for other purposes: the examples of all rules, and SQL they must keep quiet on. */
function statements(): readonly { readonly sql: string; readonly schema: string }[] {
  const examples = RULES.flatMap(rule =>
    rule.examples.map(example => ({
      sql: 'bad' in example ? example.bad : example.good,
      schema: example.schema ?? SHOP,
    })),
  );
  const files = readdirSync(CASES).filter(name => name.endsWith('.sql'));
  return [...examples, ...files.map(name => ({ sql: readFileSync(path.join(CASES, name), 'utf8'), schema: SHOP }))];
}

describe('core/advisor/rewrites: statements of all kinds', function () {
  this.timeout(120_000);

  it('gives texts that parse, by edits that do not overlap', async () => {
    const counts = new Map<string, number>();
    for (const { sql, schema } of statements()) {
      if ((await syntaxErrorIn(sql)) !== undefined) continue;
      for (const { id, becomes, edits } of await offered(sql, schema)) {
        if (isRuleFix({ id })) continue;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        assert.equal(await syntaxErrorIn(becomes), undefined, `${id}\n${sql}\n=> ${becomes}`);
        assert.notEqual(becomes, sql, id);
        const sorted = [...edits].sort((a, b) => a.range.start - b.range.start);
        sorted.forEach(({ range }, i) => {
          assert.ok(i === 0 || sorted[i - 1]!.range.end <= range.start, `${id}: edits overlap in ${sql}`);
        });
      }
    }
    console.log(`        ${[...counts].map(([id, count]) => `${id} ${count}`).join(', ')}`);
    assert.ok(counts.size >= 15, `${counts.size} rewrites were offered`);
  });
});
