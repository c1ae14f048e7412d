import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/core/rules/registry';
import { GUIDES_FOLDER } from './cases/guides/readGuides';

describe('core/rules: citations', () => {
  const cited = RULES.flatMap(({ id, guideline }) => (guideline ? [{ id, ...guideline }] : []));

  it('are of the guides there are', () => {
    assert.ok(cited.length > 0);
    for (const { id, guide, section } of cited) {
      assert.match(guide, /^00[0-4]$/, id);
      assert.equal(section, section.trim(), id);
    }
  });

  it('name a section as it stands in the guide', function () {
    const files = existsSync(GUIDES_FOLDER) ? readdirSync(GUIDES_FOLDER) : [];
    if (!files.some(file => file.startsWith('000_'))) {
      console.warn(`      skipped: the guides are not in ${GUIDES_FOLDER}`);
      this.skip();
    }
    const titles = new Map<string, readonly string[]>();
    for (const { id, guide, section } of cited) {
      if (!titles.has(guide)) titles.set(guide, headings(files.find(file => file.startsWith(`${guide}_`))));
      assert.ok(titles.get(guide)!.includes(section), `${id}: ${guide} has no section "${section}"`);
    }
  });
});

function headings(file: string | undefined): string[] {
  assert.ok(file);
  const text = readFileSync(path.join(GUIDES_FOLDER, file), 'utf8').replace(/\r/g, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(match => match[1]!.trim());
}
