import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv-draft-04';
import { checkJunit } from '../../../src/core/report/checkJunit';
import { checkFindings, checkReport, type CheckedBudgetFile } from '../../../src/core/report/checkReport';
import { checkText } from '../../../src/core/report/checkText';
import { lintReport } from '../../../src/core/report/lintReport';
import { lintSarif } from '../../../src/core/report/lintSarif';
import { readBudgets } from '../budgets/read';
import { junitProblems } from './junitSchema';

const SARIF = path.join(
  path.dirname(require.resolve('@microsoft/jest-sarif/package.json')),
  'lib/schemas/sarif-2.1.0-rtm.5.json',
);

const TEXT = `-- @budget rows <= 10, buffers < 3
select '<a> & "b"';
-- @budget rows <= 10
select :x;
-- @budget nonsense
select 3;
-- @budget rows <= 10
select 4; -- @budget rows < 1
`;

/** One statement that is met, and one for each way in which one is not. */
async function checkedFile(): Promise<CheckedBudgetFile> {
  const { budgets, strays } = await readBudgets(TEXT);
  const [failed, missing, malformed, met] = budgets;
  const outcomes = (passes: boolean) =>
    [...(failed?.clauses ?? [])].map((clause, i) => ({
      clause,
      outcome: passes || i === 0 ? ('pass' as const) : ('fail' as const),
      message: `clause ${i} \u0000<&"\ud800`,
    }));
  return {
    file: 'dir/ä & b.sql',
    text: TEXT,
    strays,
    statements: [
      { budget: failed!, results: outcomes(false), runs: 2, elapsedMs: 12.3 },
      { budget: missing!, results: [], runs: 0, elapsedMs: 0, obstacle: 'it needs a value for x' },
      { budget: malformed!, results: [], runs: 0, elapsedMs: 1 },
      { budget: met!, results: outcomes(true).slice(0, 1), runs: 2, elapsedMs: 1 },
    ],
  };
}

describe('core/report: checked budgets', () => {
  it('counts what is met, what is not, and what could not be told', async () => {
    const report = checkReport([await checkedFile()], '18.4', false);
    assert.deepEqual(report.summary, { met: 1, failed: 1, error: 2, planned: 0, problems: 2 });
    assert.match(
      checkText(report, [await checkedFile()], false),
      /\nbudgets: 1 met, 1 not met, 2 not told, 2 mistakes in budgets/,
    );
  });

  it('is XML that readers of JUnit reports take', async () => {
    const file = await checkedFile();
    for (const planOnly of [false, true]) {
      const xml = checkJunit(checkReport([file, { ...file, statements: [], strays: [] }], '18.4', planOnly));
      assert.deepEqual(junitProblems(xml), []);
    }
    const xml = checkJunit(checkReport([file], '18.4', false));
    assert.match(xml, /<testsuites name="query-tuner check" tests="6" failures="1" errors="4">/);
    assert.match(xml, /name="line 2: select &apos;|name="line 2: select '&lt;a&gt; &amp; &quot;b&quot;'"/);
  });

  it('would be seen to be no such XML', () => {
    for (const wrong of [
      '<testsuites><testsuite name="a" tests="1"><testcase name="x"></testsuite></testsuites>',
      '<testsuites><testcase name="x"/></testsuites>',
      '<testsuites><testsuite tests="0" failures="0" errors="0"/></testsuites>',
      '<testsuites><testsuite name="a" tests="2" failures="0" errors="0"/></testsuites>',
      '<testsuites a="&nope;"/>',
      '<testsuites a="\u0001"/>',
    ]) {
      assert.notDeepEqual(junitProblems(wrong), [], wrong);
    }
  });

  it('is valid SARIF', async () => {
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(
      JSON.parse(readFileSync(SARIF, 'utf8')) as object,
    );
    const sarif = lintSarif(lintReport([checkFindings(await checkedFile(), false)]), '1.2.3', []);
    validate(JSON.parse(JSON.stringify(sarif)));
    assert.deepEqual(validate.errors ?? [], []);
    const { runs } = sarif as { runs: { results: { ruleId: string }[] }[] };
    assert.deepEqual(
      runs[0]?.results.map(({ ruleId }) => ruleId),
      ['budget/not-met', 'budget/not-told', 'budget/malformed', 'budget/misplaced'],
    );
  });
});
