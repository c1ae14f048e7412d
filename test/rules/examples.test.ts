import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { RULE_GROUPS, RULES } from '../../src/core/rules/registry';
import { applyFirstFixes, lintText } from './lintText';

describe('core/rules: examples', () => {
  for (const rule of RULES) {
    describe(rule.id, () => {
      const lint = (text: string, schema?: string) =>
        lintText(text, { rules: [rule], schema: schema ?? emptySchema(rule) });

      for (const example of rule.examples) {
        if ('good' in example) {
          it(`does not flag ${example.title}`, async () => {
            assert.deepEqual(await lint(example.good, example.schema), []);
          });
          continue;
        }
        it(`flags ${example.title}`, async () => {
          const findings = await lint(example.bad, example.schema);
          assert.deepEqual(
            findings.map(({ rule: id, range }) => `${id}: ${example.bad.slice(range.start, range.end)}`),
            [example.flags].flat().map(text => `${rule.id}: ${text}`),
          );
          for (const { message } of findings) assert.doesNotMatch(message, /[{}]/);
          if (example.fixed === undefined) return;
          assert.equal(applyFirstFixes(example.bad, findings), example.fixed);
          assert.deepEqual(await lint(example.fixed, example.schema), [], 'the fixed text parses and is clean');
        });
      }
    });
  }
});

describe('core/rules/registry', () => {
  it('has one bad and several good examples for every rule', () => {
    for (const { id, examples } of RULES) {
      assert.ok(
        examples.some(example => 'bad' in example),
        `${id} has no bad example`,
      );
      assert.ok(examples.filter(example => 'good' in example).length >= 4, `${id} has few good examples`);
    }
  });

  it('has every rule file in the index of its folder, once, under the name of the file', () => {
    const folder = path.join(__dirname, '../../src/core/rules');
    for (const [group, rules] of Object.entries(RULE_GROUPS)) {
      const files = readdirSync(path.join(folder, group)).filter(file => file !== 'index.ts');
      assert.deepEqual(
        rules.map(rule => rule.id).sort(),
        files.map(file => `${group}/${kebab(path.basename(file, '.ts'))}`).sort(),
      );
    }
  });
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** A rule that needs a catalog runs on an empty one unless the example brings a schema. */
function emptySchema(rule: { readonly needs: readonly string[] }): string | undefined {
  return rule.needs.includes('catalog') ? '' : undefined;
}
