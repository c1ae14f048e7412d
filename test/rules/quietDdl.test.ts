import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DDL_RULES } from '../../src/core/rules/ddl';
import type { Finding } from '../../src/core/rules/finding';
import { lintText, summarise } from './lintText';

/** What the group reports unless one configures more. */
function lintDdl(text: string): Promise<Finding[]> {
  return lintText(text, { rules: DDL_RULES.filter(({ optional }) => optional !== true) });
}

const FOLDER = path.join(__dirname, 'cases/ddlQuiet');

describe('core/rules/ddl on sane migrations', () => {
  for (const file of readdirSync(FOLDER)) {
    it(`says nothing about ${file} that deserves a warning`, async () => {
      const text = readFileSync(path.join(FOLDER, file), 'utf8');
      const findings = await lintDdl(text);
      assert.deepEqual(
        summarise(
          text,
          findings.filter(({ severity }) => severity === 'warning' || severity === 'error'),
        ),
        [],
      );
    });
  }

  // Everything in these files is new.
  for (const file of ['dump.sql', 'newService.sql', 'resetScript.sql']) {
    it(`says nothing at all about ${file}`, async () => {
      const text = readFileSync(path.join(FOLDER, file), 'utf8');
      assert.deepEqual(summarise(text, await lintDdl(text)), []);
    });
  }

  // Without this the files above could be quiet because the rules see nothing.
  it('speaks up when the same changes are made carelessly', async () => {
    const text = readFileSync(path.join(FOLDER, 'liveTables.sql'), 'utf8')
      .replaceAll(' CONCURRENTLY', '')
      .replaceAll(' NOT VALID', '')
      .replace(/^SET .*$/gm, '');
    const rules = new Set((await lintDdl(text)).map(({ rule }) => rule));
    for (const expected of [
      'ddl/index-not-concurrently',
      'ddl/drop-index-not-concurrently',
      'ddl/reindex-not-concurrently',
      'ddl/foreign-key-validated-at-once',
      'ddl/check-validated-at-once',
      'ddl/lock-timeout-not-set',
    ]) {
      assert.ok(rules.has(expected), `${expected} is silent`);
    }
  });
});
