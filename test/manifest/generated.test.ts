import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { generatedFiles, locate, RULE_PAGES } from '../../src/tools/generatedFiles';

describe('files made from code', () => {
  const files = generatedFiles();

  it('are as the code is now (npm run generate)', () => {
    const stale = files.filter(
      ({ path, text }) => !existsSync(locate(path)) || readFileSync(locate(path), 'utf8') !== text,
    );
    assert.deepEqual(
      stale.map(({ path }) => path),
      [],
    );
  });

  it('leave no page of a rule that is gone', () => {
    const known = new Set(files.map(({ path }) => path));
    assert.deepEqual(
      readdirSync(locate(RULE_PAGES)).filter(page => !known.has(`${RULE_PAGES}/${page}`)),
      [],
    );
  });
});
