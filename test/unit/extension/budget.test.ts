import assert from 'node:assert/strict';
import { budgetText, parseBudget } from '../../../src/extension/advice/budget';

describe('extension/advice/budget', () => {
  it('reads a size with its unit', () => {
    assert.equal(parseBudget(' 500 MB '), 500 * 1024 ** 2);
    assert.equal(parseBudget('1.5gb'), 1.5 * 1024 ** 3);
    assert.equal(parseBudget('300 kB'), 300 * 1024);
  });

  it('takes nothing else for one', () => {
    for (const text of ['', '500', 'many MB', '-5 MB', '0 MB', '0.0 GB', '1,5 GB', '5 MB 3', 'MB', '1e3 MB']) {
      assert.equal(parseBudget(text), undefined, text);
    }
  });

  it('writes a size as it was written', () => {
    for (const text of ['500 MB', '1.5 GB', '300 kB', '2 TB', '0.25 kB', '1536.5 kB']) {
      assert.equal(parseBudget(budgetText(parseBudget(text)!)), parseBudget(text), text);
    }
    assert.equal(budgetText(500 * 1024 ** 2), '500 MB');
    assert.equal(budgetText(1536 * 1024 ** 2), '1.5 GB');
    assert.equal(budgetText(300 * 1024), '300 kB');
  });
});
