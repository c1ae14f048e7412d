import assert from 'node:assert/strict';
import type { LintOptions } from '../../src/core/rules/linter';
import { allowFix } from '../../src/core/rules/suppressions';
import { applyFirstFixes, lintText, summarise } from './lintText';

const STAR = 'SELECT * FROM orders ORDER BY id';

async function expectFindings(text: string, expected: readonly string[], options: LintOptions = {}): Promise<void> {
  assert.deepEqual(summarise(text, await lintText(text, options)), expected);
}

describe('core/rules/suppressions', () => {
  it('covers the statement below the comment', () =>
    expectFindings(`-- query-tuner: allow query/select-star (shown as it is)\n${STAR};\n${STAR};`, [
      'query/select-star: *',
    ]));

  it('covers findings deep inside the statement below', () =>
    expectFindings(
      'SELECT 1;\n-- query-tuner: allow query/deep-offset\nSELECT id\nFROM t\nORDER BY id\nLIMIT 5 OFFSET 90000;',
      [],
    ));

  it('covers the line it ends', () =>
    expectFindings(`SELECT *  -- query-tuner: allow query/select-star\nFROM orders ORDER BY id OFFSET 5000`, [
      'query/deep-offset: 5000',
    ]));

  it('covers the next line when it stands inside a statement', () =>
    expectFindings('SELECT\n  -- query-tuner: allow query/select-star\n\n  *\nFROM orders', []));

  it('covers the file from above the first statement with a blank line below', () =>
    expectFindings(`-- migrations\n-- query-tuner: allow query/select-star\n\n${STAR};\n${STAR};`, []));

  it('takes several ids and block comments', () =>
    expectFindings(
      '/* query-tuner: allow query/select-star, query/limit-without-order-by */\nSELECT * FROM orders LIMIT 5',
      [],
    ));

  it('is not found in a string or a quoted name', async () => {
    await expectFindings("SELECT * FROM orders WHERE note = '-- query-tuner: allow query/select-star' ORDER BY id", [
      'query/select-star: *',
    ]);
    await expectFindings('SELECT * FROM orders WHERE note = $$\n-- query-tuner: allow query/select-star\n$$', [
      'query/select-star: *',
    ]);
  });

  it('reports an allow that covers nothing, and removes it', async () => {
    const text = 'SELECT id FROM orders ORDER BY id; -- query-tuner: allow query/select-star (old)';
    const findings = await lintText(text);
    assert.deepEqual(summarise(text, findings), ['unused-allow: query/select-star']);
    assert.equal(findings[0]!.severity, 'hint');
    assert.equal(applyFirstFixes(text, findings), 'SELECT id FROM orders ORDER BY id;');
  });

  it('reports an allow for a rule that does not exist', async () => {
    const [finding] = await lintText(`-- query-tuner: allow query/select-stars\nSELECT id FROM orders`);
    assert.equal(finding?.message, 'There is no rule called query/select-stars.');
  });

  it('does not call an allow unused when the rule could not run', async () => {
    await expectFindings(
      '-- query-tuner: allow schema/foreign-key-without-index\nCREATE TABLE a (b int REFERENCES c)',
      [],
    );
    await expectFindings(`-- query-tuner: allow query/select-star\n${STAR}`, [], {
      severities: { 'query/select-star': 'off' },
    });
    const broken = await lintText('-- query-tuner: allow query/select-star\nSELECT * FRM orders');
    assert.deepEqual(
      broken.map(finding => finding.rule),
      ['syntax'],
    );
  });

  it('can be silenced itself', () =>
    expectFindings(`-- query-tuner: allow query/deep-offset\nSELECT 1`, [], { severities: { 'unused-allow': 'off' } }));

  it('offers the comment for a finding', async () => {
    const text = `BEGIN;\n  ${STAR};`;
    const [finding] = await lintText(text);
    const allowed = applyFirstFixes(text, [{ ...finding!, fixes: [allowFix(text, finding!)] }]);
    assert.equal(allowed, `BEGIN;\n  -- query-tuner: allow query/select-star (reason)\n  ${STAR};`);
    await expectFindings(allowed, []);
  });
});
