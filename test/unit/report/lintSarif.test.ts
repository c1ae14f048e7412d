import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv-draft-04';
import { lintReport } from '../../../src/core/report/lintReport';
import { lintSarif } from '../../../src/core/report/lintSarif';
import { RULES } from '../../../src/core/rules/registry';
import { lintText } from '../../rules/lintText';

/** The schema of SARIF 2.1.0 as Microsoft's package of test matchers carries it. */
const SCHEMA = path.join(
  path.dirname(require.resolve('@microsoft/jest-sarif/package.json')),
  'lib/schemas/sarif-2.1.0-rtm.5.json',
);

describe('core/report/lintSarif', () => {
  // The schema has a regular expression that is not valid with the u flag.
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(
    JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
  );
  const problemsOf = (sarif: unknown): unknown[] => {
    validate(JSON.parse(JSON.stringify(sarif)));
    return validate.errors ?? [];
  };

  it('is valid for every example of every rule that is flagged', async () => {
    const examples = RULES.flatMap(rule =>
      rule.examples.flatMap(example => ('bad' in example ? [{ ...example, rules: [rule] }] : [])),
    );
    const files = await Promise.all(
      examples.map(async ({ bad, schema, rules }, i) => ({
        file: `dir with blanks/${i} ä#?.sql`,
        text: bad,
        statements: 1,
        findings: await lintText(bad, { rules, schema: schema ?? '' }),
      })),
    );
    const sarif = lintSarif(lintReport(files), '1.2.3', RULES) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string }[];
      }[];
    };
    assert.deepEqual(problemsOf(sarif), []);
    const [run] = sarif.runs;
    assert.ok(run!.results.length > 25, `${run!.results.length} results`);
    for (const { ruleId, ruleIndex } of run!.results) assert.equal(run!.tool.driver.rules[ruleIndex]?.id, ruleId);
  });

  it('would be seen to be invalid', () => {
    assert.notDeepEqual(problemsOf({ version: '2.1.0', runs: [{ tool: {} }] }), []);
  });

  it('is valid when nothing was found', () => {
    assert.deepEqual(problemsOf(lintSarif(lintReport([]), '1.2.3', RULES)), []);
  });
});
