import assert from 'node:assert/strict';
import { launchBrowser } from './browser';
import type { Browser } from './browser';
import type { TestPage } from './testPage';

/**
 * A browser for the tests of a suite, and the way to open a page in it. After each test its page is closed, and must have
 * had no trouble.
 */
export function pageTests<T extends TestPage, A extends unknown[]>(
  openPage: (browser: Browser, ...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let browser: Browser;
  let opened: T;

  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());
  afterEach(async () => {
    await opened.close();
    assert.deepEqual(opened.troubles, [], 'nothing is blocked by the content policy, and no script fails');
  });
  return async (...args) => (opened = await openPage(browser, ...args));
}
