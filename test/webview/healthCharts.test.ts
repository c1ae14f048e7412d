import assert from 'node:assert/strict';
import { loadAxe, seriousViolations } from './axe';
import { eventually } from './eventually';
import { openCharts, type OpenedCharts } from './healthPage';
import { chartOf, viewOf } from './healthViews';
import { pageTests } from './pageTests';
import type { ThemeName } from './testPage';

const THEMES: readonly ThemeName[] = ['dark', 'light', 'highContrast', 'highContrastLight'];

const wave = (base: number, swing: number): number[] =>
  Array.from({ length: 40 }, (_, i) => Number((base + swing * Math.sin(i / 4)).toFixed(2)));

const CHARTS = [
  chartOf('statement-time-average', wave(80, 60), { title: 'Average statement time', status: 'warning' }),
  chartOf('cache-hit-ratio', wave(99, 0.6), {
    title: 'Cache hit ratio of tables',
    unit: '%',
    target: '≥ 99 %',
    critical: '< 95 %',
    limits: { worse: 'below', warning: 99, critical: 95 },
  }),
  chartOf('blocked-sessions', [0, 0, 0, null, null, 3, 7, 7, 2], {
    title: 'Sessions waiting for a lock',
    unit: 'sessions',
    status: 'critical',
    target: 'none',
    critical: '> 5 sessions',
    limits: { worse: 'above', warning: 0, critical: 5 },
  }),
  chartOf('transaction-id-age', [12.5], {
    title: 'Transaction ids used',
    unit: '%',
    limits: { worse: 'above', warning: 40, critical: 80 },
  }),
  chartOf('dead-tuples', [0, 0, 0, 0], {
    title: 'Dead rows in the worst table',
    unit: '%',
    limits: null,
    target: '',
    critical: '',
  }),
];

describe('webview/health', () => {
  const openPage = pageTests(openCharts);
  let charts: OpenedCharts;
  const text = (): Promise<string> => charts.page.locator('main').innerText();

  it('draws each check with what it is now, its target and its limits', async () => {
    charts = await openPage(viewOf(...CHARTS));
    const first = charts.page.locator('.chart').first();
    await first.locator('.value-line').waitFor();
    await eventually.equal(() => charts.page.locator('.chart').count(), CHARTS.length);
    const words = (await first.locator('svg[role=img]').getAttribute('aria-label')) ?? '';
    assert.match(words, /^Average statement time: 40 values, now [\d.]+ ms, lowest 20 ms, highest 140 ms, target/);
    await eventually.equal(() => first.locator('.limit').count(), 2);
    const above = await first
      .locator('.drawing svg')
      .evaluate(svg => ['critical', 'target'].map(kind => Number(svg.querySelector(`.${kind}`)?.getAttribute('y1'))));
    assert.ok(above[0]! < above[1]!, 'the critical limit lies above the target');
    const below = await charts.page
      .locator('.chart')
      .nth(1)
      .locator('.drawing svg')
      .evaluate(svg => ['critical', 'target'].map(kind => Number(svg.querySelector(`.${kind}`)?.getAttribute('y1'))));
    assert.ok(below[0]! > below[1]!, 'and below it, where small values are bad');
    assert.match(await first.innerText(), /warning\s+.*ms[\s\S]*target ≤ 100 ms, critical > 500 ms/);
  });

  it('leaves a gap where nothing was known', async () => {
    charts = await openPage(viewOf(...CHARTS));
    const blocked = charts.page.locator('.chart').nth(2);
    await blocked.locator('.drawing svg').waitFor();
    await eventually.equal(() => blocked.locator('.value-line').count(), 2);
  });

  it('tells the value under the pointer, and forgets it', async () => {
    charts = await openPage(viewOf(chartOf('a', [1, 2, 3])));
    await charts.page.locator('.chart svg.icon').first().waitFor();
    const drawing = charts.page.locator('.drawing svg');
    await drawing.hover();
    await eventually.match(() => charts.page.locator('.readout').innerText(), /^10:00:30: 2 ms$/);
    await charts.page.locator('h1').hover();
    await eventually.match(() => charts.page.locator('.readout').innerText(), /^10:00:00 to 10:01:00: 1 ms to 3 ms$/);
  });

  it('has the same values as a table, the newest first', async () => {
    charts = await openPage(viewOf(chartOf('a', [1, null, 3])));
    await charts.page.locator('summary').click();
    await charts.page.locator('tbody tr').first().waitFor();
    await eventually.equal(
      () => charts.page.locator('tbody tr').allInnerTexts(),
      ['10:01:00\t3', '10:00:30\tnot known', '10:00:00\t1'],
    );
  });

  it('says what watching costs', async () => {
    charts = await openPage(viewOf(...CHARTS));
    await eventually.match(
      text,
      /the last refresh took 14 ms, 12 ms on average of 40, with the way there and back, at most 0\.04 % of one core/,
    );
    await charts.host.call('show', { ...viewOf(...CHARTS), intervalSeconds: 0 });
    await eventually.match(text, /asked at 10:20:30 UTC\.\n/);
    assert.doesNotMatch(await text(), /of one core/);
  });

  it('asks again when told to, once at a time, and shows why it cannot', async () => {
    let end = (_error?: Error): void => undefined;
    const refresh = (): Promise<void> =>
      new Promise((resolve, reject) => (end = error => (error ? reject(error) : resolve())));
    charts = await openPage(viewOf(...CHARTS), { refresh });
    const button = charts.page.locator('button');
    await button.click();
    await eventually.match(() => button.innerText(), /Refreshing/);
    // as a keyboard or an impatient hand does
    await button.evaluate(element => {
      element.click();
      element.click();
    });
    assert.equal(charts.refreshes(), 1);
    end(new Error('the connection was lost'));
    await eventually.match(() => charts.page.locator('[role=status]').innerText(), /the connection was lost/);
    await eventually.match(() => button.innerText(), /^\s*Refresh\s*$/);
    await charts.host.call('show', viewOf(...CHARTS));
    await eventually.equal(() => charts.page.locator('.problem').count(), 0);
    await charts.host.call('show', { ...viewOf(...CHARTS), problem: 'Not refreshed: the server is gone' });
    await eventually.match(() => charts.page.locator('.problem').innerText(), /the server is gone/);
    await eventually.equal(() => charts.page.locator('.chart').count(), CHARTS.length, 'what was known stays');
  });

  it('shows something before there is anything to show', async () => {
    charts = await openPage(undefined);
    await eventually.match(text, /Asking the server…/);
    await charts.host.call('show', viewOf());
    await eventually.match(text, /No check has a value yet/);
  });

  for (const theme of THEMES) {
    it(`has nothing in the way of anybody, theme ${theme}`, async () => {
      charts = await openPage({ ...viewOf(...CHARTS), problem: 'Not refreshed: the server is gone' });
      await charts.setTheme(theme);
      await charts.page.locator('.value-line').first().waitFor();
      await charts.page.locator('summary').first().click();
      await charts.screenshot(`health-charts-${theme}`);
      await loadAxe(charts.page);
      assert.deepEqual(await seriousViolations(charts.page), []);
    });
  }

  it('needs no sideways scrolling at 320 px', async () => {
    charts = await openPage(viewOf(...CHARTS), { width: 320 });
    await charts.page.locator('.value-line').first().waitFor();
    await charts.page.locator('summary').first().click();
    await charts.screenshot('health-charts-320');
    await eventually.ok(() => charts.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  });
});
