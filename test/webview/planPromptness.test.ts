import { launchBrowser } from './browser';
import type { Browser } from './browser';
import { eventually } from './eventually';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import { hugeView, MEASURED } from './sampleViews';
import type { PlanView } from '../../src/protocol/planPanel';

const GRID = '[role=treegrid]';

/** Keys come faster than frames on a busy machine: none of them may meet the page as it was before. */
describe('webview/plan when frames come late', () => {
  let browser: Browser;
  let panel: OpenedPanel;

  before(async () => (browser = await launchBrowser()));
  after(() => browser.close());
  afterEach(() => panel.close());

  const open = async (view: PlanView, options?: Parameters<typeof openPlanPanel>[2]): Promise<void> => {
    panel = await openPlanPanel(browser, view, { lateFrames: true, ...options });
    await panel.page.locator(GRID).waitFor();
  };
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);
  const selected = (): Promise<string> => panel.page.locator(`${GRID} [aria-selected=true] .node-text`).innerText();
  const focused = (attribute: string): Promise<string | null> =>
    panel.page.evaluate<string | null>(`document.activeElement.getAttribute('${attribute}')`);

  it('takes every letter typed after Ctrl+F, from a tab without the field, too', async () => {
    await open(RICH);
    await panel.page.locator('#tab-settings').click();
    await press('Control+f', 'i', 'n', 'd', 'e', 'x');
    await eventually.equal(() => panel.page.locator('.search-input').inputValue(), 'index');
  });

  it('finds in the raw text from the first key on', async () => {
    await open(RICH);
    await panel.page.locator('#tab-raw').click();
    await press('Control+f', 'S', 'o', 'r', 't', 'Enter');
    await eventually.equal(() => panel.page.locator('mark.current').count(), 1);
    await eventually.equal(() => panel.page.locator('#tab-raw').getAttribute('aria-selected'), 'true');
  });

  it('begins the walk through the findings anew with every plan', async () => {
    await open(RICH);
    await press('F8', 'F8');
    const rule = 'plan/other';
    await panel.plan.call('show', { ...RICH, sql: 'select 2', findings: [{ ...RICH.findings[0]!, rule }] });
    await press('F8');
    await eventually.match(() => panel.page.locator('.finding-walk').innerText(), /finding 1 of 1/);
    await eventually.equal(() => panel.page.locator('.advice .finding[aria-current=true]').count(), 1);
  });

  it('shows every plan as a tree at first', async () => {
    await open(RICH);
    await panel.page.locator('.select').selectOption('never');
    await panel.plan.call('show', hugeView(5));
    await panel.page.locator(GRID).focus();
    await press('Home', 'ArrowDown');
    await eventually.equal(selected, 'Sort partition 0');
  });

  it('closes menus and forms by an Escape that comes at once', async () => {
    await open(RICH);
    for (const [button, opened] of [
      ['Columns', '.popover'],
      ['Export', '.popover'],
      ['Run again', '.run-again'],
    ] as const) {
      await panel.page.locator(`button:has-text("${button}")`).first().click();
      await press('Escape');
      await eventually.equal(() => panel.page.locator(opened).count(), 0, button);
    }
  });

  it('keeps the focus on the boxes of the graph, however fast one walks', async () => {
    await open(hugeView(201));
    await panel.page.locator('#tab-graph').click();
    await panel.page.locator('.graph [tabindex="0"]').focus();
    await press('Home', 'ArrowDown', 'End', 'ArrowUp', 'ArrowLeft');
    await eventually.equal(() => focused('data-node'), '197');
  });

  it('brings the row into sight that was asked for last', async () => {
    await open(hugeView(10_001));
    await panel.page.locator(GRID).focus();
    await press('Home', '1', 'ArrowDown', 'ArrowDown');
    await eventually.match(selected, /events_4991$/);
    await eventually.ok(() =>
      panel.page.locator(`${GRID} [aria-selected=true]`).evaluate(row => {
        const { bottom } = row.getBoundingClientRect();
        return bottom <= row.closest('[role=treegrid]')!.getBoundingClientRect().bottom;
      }),
    );
  });

  it('keeps what was selected when the page is loaded again at once', async () => {
    await open(MEASURED);
    await panel.page.locator(GRID).focus();
    await press('End');
    await panel.page.reload();
    await panel.page.locator(GRID).waitFor();
    await eventually.equal(selected, 'Limit');
  });

  it('goes to a node that was asked for before there was a plan', async () => {
    let answer: (view: PlanView) => void = () => undefined;
    const ready = (): Promise<PlanView> => new Promise(resolve => (answer = resolve));
    panel = await openPlanPanel(browser, undefined, { lateFrames: true, answers: { ready } });
    await eventually.equal(() => panel.calls, ['ready']);
    await panel.plan.call('select', 5);
    await panel.plan.call('highlight', [0]);
    answer(MEASURED);
    await panel.page.locator(GRID).waitFor();
    await eventually.match(selected, /^Index Scan/);
    await eventually.equal(() => panel.page.locator(`${GRID} .lit`).count(), 1);
  });

  it('shows no older plan after a newer one', async () => {
    let answer: (view: PlanView) => void = () => undefined;
    const ready = (): Promise<PlanView> => new Promise(resolve => (answer = resolve));
    panel = await openPlanPanel(browser, undefined, { answers: { ready } });
    await eventually.equal(() => panel.calls, ['ready']);
    await panel.plan.call('show', { ...MEASURED, title: 'newer' });
    answer({ ...MEASURED, title: 'older' });
    await panel.plan.call('highlight', [0]);
    await panel.page.locator(`${GRID} .lit`).waitFor();
    await eventually.equal(() => panel.page.locator('h1').innerText(), 'newer');
  });
});
