import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/core/rules/finding';
import { RULES } from '../../../../src/core/rules/registry';
import { lintText, applyFirstFixes } from '../../../rules/lintText';
import { REWRITE_CASES } from './cases';
import { offered } from './offered';

/** What one side wrote the other must not take back, nor call a mistake. */
describe('core/advisor/rewrites and rules', function () {
  this.timeout(60_000);

  it('agree about what a rewrite gives', async () => {
    const complaints: string[] = [];
    for (const { id, schema, offers } of REWRITE_CASES) {
      for (const offer of offers) {
        const used = offer.schema ?? schema;
        const before = new Set((await lint(offer.sql, used)).map(({ rule }) => rule));
        const added = (await lint(offer.becomes, used)).filter(({ rule }) => !before.has(rule));
        for (const finding of added) {
          const { rule, severity, message } = finding;
          if (severity === 'error' || severity === 'warning')
            complaints.push(`${id}: ${rule} (${severity}) "${message}" in ${offer.becomes}`);
          if (inOneSpelling(applyFirstFixes(offer.becomes, [finding])) === inOneSpelling(offer.sql))
            complaints.push(`${id}: the fix of ${rule} takes it back`);
        }
      }
    }
    assert.deepEqual(
      complaints.filter(complaint => !EXPECTED.some(each => complaint.startsWith(each))),
      [],
    );
  });

  it('agree about what a fix gives', async () => {
    let tried = 0;
    const complaints: string[] = [];
    for (const { id, examples } of RULES) {
      for (const example of examples) {
        if (!('bad' in example) || example.fixed === undefined) continue;
        const { bad, fixed, schema } = example;
        tried++;
        for (const { id: rewrite, becomes } of await offered(fixed, schema))
          if (inOneSpelling(becomes) === inOneSpelling(bad)) complaints.push(`${rewrite} takes back ${id}: ${fixed}`);
      }
    }
    assert.ok(tried > 100, `${tried} tried`);
    assert.deepEqual(complaints, []);
  });

  it('come to an end: what is rewritten is not rewritten back by another rewrite', async () => {
    const complaints: string[] = [];
    for (const { id, schema, offers } of REWRITE_CASES) {
      for (const offer of offers) {
        for (const { id: other, becomes } of await offered(offer.becomes, offer.schema ?? schema))
          if (inOneSpelling(becomes) === inOneSpelling(offer.sql))
            complaints.push(`${other} takes back ${id}: ${offer.sql}`);
      }
    }
    assert.deepEqual(complaints, []);
  });
});

/** Complaints that are as right about the original, which the rule did not see through. */
const EXPECTED: readonly string[] = ['interval-to-bare-column: dml/retention-delete'];

function lint(sql: string, schema: string | undefined): Promise<Finding[]> {
  return lintText(sql, schema === undefined ? {} : { schema });
}

function inOneSpelling(sql: string): string {
  return sql.toLowerCase().replace(/\s+/g, ' ').replace(/;$/, '').trim();
}
