import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSavedPlans, savedPlansHtml } from '../../src/cli/savedPlans';
import { loadAxe, seriousViolations } from './axe';
import { launchBrowser } from './browser';
import type { Browser } from './browser';

const HOSTILE =
  `<script>window.hit=1</script><img src=http://evil.example/a.png onerror='window.hit=2'>"'\`\u202egnp.exe\u2066` +
  '<style>@import "http://evil.example/a.css"</style><a href="javascript:window.hit=3">x</a></pre></title></details>';

const NODE = {
  'Node Type': HOSTILE,
  'Relation Name': HOSTILE,
  Alias: HOSTILE,
  'Subplan Name': HOSTILE,
  'Plan Rows': 10,
  'Total Cost': 10,
  'Actual Rows': 100_000,
  'Actual Loops': 1,
  'Actual Total Time': 900,
  Filter: HOSTILE,
  'Rows Removed by Filter': 1e6,
  [HOSTILE]: HOSTILE,
};

const document = {
  'Query Text': `select 1 /* ${HOSTILE} */`,
  Plan: { ...NODE, 'Node Type': 'Seq Scan', Plans: [{ ...NODE, Plans: [HOSTILE, { x: HOSTILE }] }] },
  Settings: { [HOSTILE]: HOSTILE },
  Triggers: [{ 'Trigger Name': HOSTILE, Time: 5, Calls: 1 }],
  'Execution Time': 1000,
};

const FILES: Readonly<Record<string, string>> = {
  'one.plan.json': JSON.stringify([document]),
  'two.plan.json': JSON.stringify([document, document]),
  'text.explain': `${HOSTILE}\n Seq Scan on "${HOSTILE}" (cost=0.00..3.00 rows=4 width=4) (actual time=0.010..1.000 rows=4 loops=1)\n   Filter: (a = '${HOSTILE}')\n   ${HOSTILE}\n Execution Time: 2.000 ms\n`,
};

describe('the page of a saved plan, in a browser', () => {
  let browser: Browser;
  let folder = '';
  before(async () => {
    browser = await launchBrowser();
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-page-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await browser.close();
  });

  for (const [name, text] of Object.entries(FILES)) {
    it(`shows hostile words as words: ${name}`, async () => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      const html = savedPlansHtml(readSavedPlans(file));
      const page = await browser.newPage({ viewport: { width: 1_000, height: 800 } });
      const asked: string[] = [];
      await page.route('**/*', async route => {
        const address = route.request().url();
        const isPage = address === 'http://plan.test/';
        if (!isPage && !address.endsWith('/favicon.ico')) asked.push(address);
        await route.fulfill(
          isPage ? { contentType: 'text/html; charset=utf-8', body: html } : { status: 404, body: '' },
        );
      });
      await page.goto('http://plan.test/');
      assert.equal(await page.evaluate<unknown>('window.hit'), undefined);
      assert.deepEqual(asked, []);
      assert.equal(
        await page.evaluate<string>(
          `[...document.querySelectorAll('script, img, link, iframe, object, base, form, a:not([href^="#plan-"])')].map(each => each.outerHTML).join()`,
        ),
        '',
      );
      assert.equal(await page.evaluate<number>(`document.querySelectorAll('style').length`), 1);
      const shown = await page.evaluate<string>('document.body.textContent');
      assert.ok(shown.includes('<script>window.hit=1</script>'), 'the words themselves are there');
      assert.doesNotMatch(html, /[\u202a-\u202e\u2066-\u2069]/);
      await loadAxe(page);
      assert.deepEqual(await seriousViolations(page), []);
      await page.close();
    });
  }
});
