import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import { hugeView } from './sampleViews';
import type { PlanView } from '../../src/protocol/planPanel';

/** The part of a page's mouse used here. */
interface Mouse {
  move(x: number, y: number): Promise<void>;
  click(x: number, y: number): Promise<void>;
}

describe('webview/plan graph and icicle', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView, tab: 'graph' | 'icicle', width = 760): Promise<void> => {
    panel = await openPage(view, { width });
    await panel.page.locator(`#tab-${tab}`).click();
    await panel.page
      .locator(tab === 'graph' ? '.graph-box' : '.icicle-canvas')
      .first()
      .waitFor();
  };
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);
  const mouse = (): Mouse => (panel.page as unknown as { mouse: Mouse }).mouse;
  const details = (): Promise<string> => panel.page.locator('.details h2').innerText();
  const zoomedTo = (): Promise<string | null> => panel.page.locator('.icicle-way [aria-current]').textContent();
  /** A place in the stripe of a level, at a share of the width. */
  const stripe = async (level: number, share: number): Promise<[number, number]> => {
    const { left, top, width } = await panel.page
      .locator('.icicle-scroller')
      .evaluate(scroller => scroller.getBoundingClientRect().toJSON() as DOMRect);
    return [left + share * width, top + 12 + level * 24];
  };

  it('lights the SQL of the box under the pointer, and of the one with the focus', async () => {
    await open(RICH, 'graph');
    await panel.page.locator('[data-node="5"] .graph-type').hover();
    await eventually.equal(() => panel.hovered.at(-1), 5);
    await panel.page.locator('h1').hover();
    await eventually.equal(() => panel.hovered.at(-1), null);
    await panel.page.locator('.graph-box[tabindex="0"]').focus();
    await press('Home');
    await eventually.equal(() => panel.hovered.at(-1), 0);
  });

  it('lights the SQL of the stripe under the pointer, and of the one the keys are on', async () => {
    await open(RICH, 'icicle');
    await mouse().move(...(await stripe(0, 0.5)));
    await eventually.equal(() => panel.hovered.at(-1), 0);
    await mouse().move(...(await stripe(1, 0.1)));
    await eventually.equal(() => panel.hovered.at(-1), 1);
    await panel.page.locator('h1').hover();
    await eventually.equal(() => panel.hovered.at(-1), null);
    await panel.page.locator('.icicle-scroller').focus();
    await press('Home', 'ArrowDown', 'ArrowDown');
    await eventually.equal(() => panel.hovered.at(-1), 2);
  });

  it('shares the selection between all tabs', async () => {
    await open(RICH, 'graph');
    await panel.page.locator('.graph-box[tabindex="0"]').focus();
    await press('Home', 'ArrowDown', 'Enter');
    await eventually.match(details, /^Hash Join/);
    await panel.page.locator('#tab-icicle').click();
    await eventually.match(details, /^Hash Join/);
    await panel.page.locator('.icicle-scroller').focus();
    await press('ArrowDown', 'Enter');
    await eventually.match(details, /^Seq Scan/);
    await panel.page.locator('#tab-table').click();
    const row = panel.page.locator('[role=treegrid] [aria-selected=true] .node-text');
    await eventually.match(() => row.innerText(), /^Seq Scan/);
    await panel.page.locator('#tab-graph').click();
    await eventually.equal(() => panel.page.locator('[data-node="2"]').getAttribute('aria-selected'), 'true');
  });

  it('goes to the most expensive nodes and to the search by the keys of the table', async () => {
    for (const tab of ['graph', 'icicle'] as const) {
      await open(RICH, tab);
      await panel.page.locator('.graph-box[tabindex="0"], .icicle-scroller').focus();
      await press('2');
      await eventually.match(details, /^Hash Join/, tab);
      await press('/', 'i', 'n', 'd', 'e', 'x', 'Enter');
      await eventually.match(details, /^Index Scan/, tab);
      await press('Escape', '1');
      await eventually.match(details, /^Seq Scan/, tab);
      if (tab === 'graph') await panel.close();
    }
  });

  it('shows the whole icicle again for a node outside of what is zoomed to', async () => {
    await open(RICH, 'icicle');
    await panel.page.locator('.icicle-scroller').focus();
    await press('Home', 'ArrowDown', ' ');
    await eventually.equal(zoomedTo, 'Hash Join');
    await panel.plan.call('select', 0);
    await eventually.equal(zoomedTo, 'Sort');
  });

  it('keeps the words at the pointer within a panel of 400 px', async () => {
    await open(RICH, 'icicle', 400);
    for (const share of [0.01, 0.3, 0.6, 0.99]) {
      await mouse().move(...(await stripe(0, share)));
      const tip = panel.page.locator('.icicle-tip');
      await tip.waitFor();
      await eventually.ok(() =>
        tip.evaluate(box => {
          const { left, right, width } = box.getBoundingClientRect();
          return left >= 0 && right <= innerWidth && width > 150;
        }),
      );
    }
    await eventually.ok(() => panel.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  });

  it('draws few boxes also when the search finds thousands', async () => {
    await open(hugeView(4_001), 'graph');
    await panel.page.locator('.search-input').fill('scan');
    await eventually.match(() => panel.page.locator('.search-count').innerText(), /of 2000/);
    await eventually.ok(async () => (await panel.page.locator('.graph-box').count()) < 60);
  });
});
