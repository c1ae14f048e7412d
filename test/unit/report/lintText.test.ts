import assert from 'node:assert/strict';
import { lintReport } from '../../../src/core/report/lintReport';
import { lintText } from '../../../src/core/report/lintText';
import type { Finding } from '../../../src/core/rules/finding';

const show = (text: string, flagged: string, extra: Partial<Finding> = {}) => {
  const start = text.indexOf(flagged);
  const finding: Finding = {
    rule: 'query/select-star',
    severity: 'warning',
    message: 'say which columns',
    range: { start, end: start + flagged.length },
    fixes: [],
    ...extra,
  };
  const file = { file: 'a.sql', text, statements: 1, findings: [finding] };
  return lintText(lintReport([file]), [file]).split('\n');
};

describe('core/report/lintText', () => {
  it('puts carets under the place', () => {
    assert.deepEqual(show('-- all\nselect * from orders', '*'), [
      'a.sql:2:8: warning query/select-star: say which columns',
      '  2 | select * from orders',
      '    |        ^',
      '',
      '1 warning in 1 file',
    ]);
  });

  it('keeps them in place after tabs and wide characters', () => {
    assert.deepEqual(show("\tselect '数量', * from orders", '*').slice(1, 3), [
      "  1 |  select '数量', * from orders",
      '    |                 ^',
    ]);
  });

  it('marks the rest of the first line of a longer place', () => {
    const lines = show('select *\nfrom orders\nwhere true', '*\nfrom orders');
    assert.deepEqual(lines.slice(1, 3), ['  1 | select *', '    |        ^']);
  });

  it('shows the flagged part of a very long line', () => {
    const lines = show(`select ${'a, '.repeat(1000)} wanted from orders`, 'wanted');
    const at = lines[1]!.indexOf('wanted');
    assert.ok(at > 0 && lines[1]!.length < 200, lines[1]);
    assert.equal(lines[2]!.indexOf('^'), at);
    assert.equal(lines[2]!.trimEnd().length, at + 'wanted'.length);
  });

  it('names the fix, and says when its result needs a look', () => {
    const fix = { title: 'Name the columns', safe: false, edits: [] };
    assert.equal(show('select *', '*', { fixes: [fix] })[3], '    fix: Name the columns (check the result)');
  });

  it('says so when nothing was found', () => {
    assert.equal(
      lintText(lintReport([{ file: 'a.sql', text: '', statements: 0, findings: [] }]), []),
      'nothing found in 1 file',
    );
  });
});
