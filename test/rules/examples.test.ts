import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/core/rules/registry';
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

  it('lists every rule file once, under the name of the file', () => {
    const folder = path.join(__dirname, '../../src/core/rules');
    const files = ['query', 'ddl', 'schema'].flatMap(group =>
      readdirSync(path.join(folder, group)).map(file => ({ group, slug: kebab(path.basename(file, '.ts')) })),
    );
    const ids = RULES.map(rule => rule.id);
    assert.equal(new Set(ids).size, ids.length);
    const named = files.map(({ group, slug }) => `${group}/${slug}`);
    for (const id of ids) assert.ok(named.includes(id), `${id} has no file of its name`);
    const helpers = named.filter(name => !ids.includes(name));
    assert.deepEqual(helpers.sort(), ['query/comparisons', 'query/range-rewrite', 'query/unfiltered']);
  });
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** A rule that needs a catalog runs on an empty one unless the example brings a schema. */
function emptySchema(rule: { readonly needs: readonly string[] }): string | undefined {
  return rule.needs.includes('catalog') ? '' : undefined;
}
