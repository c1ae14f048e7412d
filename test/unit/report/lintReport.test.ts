import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/rules/finding';
import { lintGithub, lintReport, reachesSeverity } from '../../../src/core/report/lintReport';

const finding = (start: number, end: number, extra: Partial<Finding> = {}): Finding => ({
  rule: 'query/select-star',
  severity: 'warning',
  message: 'say which columns',
  range: { start, end },
  fixes: [],
  ...extra,
});
const report = (text: string, findings: Finding[]) => lintReport([{ file: 'a.sql', text, statements: 1, findings }]);

describe('core/report/lintReport', () => {
  it('counts lines and columns from 1 in UTF-16, whatever ends a line', () => {
    const text = 'select 1;\r\nselect \u{1F600}, *\nfrom t';
    const at = text.indexOf('*');
    const { start, end } = report(text, [finding(at, at + 1)]).files[0]!.findings[0]!;
    assert.deepEqual(start, { line: 2, column: 12, offset: at });
    assert.deepEqual(end, { line: 2, column: 13, offset: at + 1 });
  });
  it('names every field of the contract', () => {
    const fix = { title: 'name them', safe: true, edits: [{ range: { start: 7, end: 8 }, newText: 'a' }] };
    assert.deepEqual(JSON.parse(JSON.stringify(report('select * from t', [finding(7, 8, { fixes: [fix] })]))), {
      version: 1,
      files: [
        {
          file: 'a.sql',
          statements: 1,
          findings: [
            {
              rule: 'query/select-star',
              severity: 'warning',
              message: 'say which columns',
              start: { line: 1, column: 8, offset: 7 },
              end: { line: 1, column: 9, offset: 8 },
              guideline: null,
              fixes: [{ title: 'name them', safe: true, edits: [{ start: 7, end: 8, text: 'a' }] }],
            },
          ],
        },
      ],
      summary: { error: 0, warning: 1, info: 0, hint: 0 },
    });
  });
  it('reaches a threshold from that severity upwards', () => {
    const warning = report('x', [finding(0, 1)]);
    assert.ok(reachesSeverity(warning, 'warning'));
    assert.ok(reachesSeverity(warning, 'hint'));
    assert.ok(!reachesSeverity(warning, 'error'));
  });
  it('escapes what would end a GitHub annotation', () => {
    const line = lintGithub(report('x', [finding(0, 1, { message: '100 %\nnext' })]));
    assert.equal(
      line,
      '::warning file=a.sql,line=1,col=1,endLine=1,endColumn=2,title=query/select-star::100 %25%0Anext',
    );
  });
});
