import assert from 'node:assert/strict';
import { movedStripe, stripesAround } from '../../src/webview/plan/icicle/icicleKeys';
import { layoutIcicle, offeredMeasures, weigh } from '../../src/webview/plan/icicle/icicleLayout';
import type { Measure, Stripe } from '../../src/webview/plan/icicle/icicleLayout';
import type { NodeView } from '../../src/protocol/planPanel';
import { loadAxe, seriousViolations } from './axe';
import { eventually } from './eventually';
import { largeView } from './largeView';
import { RICH } from './richView';
import { nodesOf } from './sampleViews';
import { pageTests } from './pageTests';
import { openView } from './viewPage';
import type { OpenedView } from './viewPage';

/** Every stripe lies within its parent's, and beside those of the same parent. */
function assertNested(stripes: readonly Stripe[]): void {
  const byId = new Map(stripes.map(stripe => [stripe.node.id, stripe]));
  const ends = new Map<number, number>();
  const slack = 1e-9;
  for (const { node, left, right, level } of stripes.slice(1)) {
    const parent = byId.get(node.parentId ?? -1);
    assert.ok(parent, `node ${node.id} without its parent`);
    assert.equal(level, parent.level + 1);
    assert.ok(left >= parent.left - slack && right <= parent.right + slack, `node ${node.id} leaves its parent`);
    assert.ok(left >= (ends.get(parent.node.id) ?? 0) - slack, `node ${node.id} covers its sibling`);
    ends.set(parent.node.id, right);
  }
}

const layout = (nodes: readonly NodeView[], measure: Measure, root?: number): Stripe[] =>
  layoutIcicle(nodes, weigh(nodes, measure), root);

describe('webview/plan/icicle layout', () => {
  it('keeps children inside their parents in a large plan, by every measure', () => {
    const { nodes } = largeView(3_000);
    assert.deepEqual(offeredMeasures(nodes), ['time', 'buffers', 'cost']);
    for (const measure of offeredMeasures(nodes)) {
      const stripes = layout(nodes, measure);
      assert.ok(stripes.length > 1_000);
      assertNested(stripes);
    }
  });

  it('is as wide as self times together, also where a child took longer than its parent says', () => {
    // workers side by side, and a CTE that is listed here and was read elsewhere
    const nodes = nodesOf({
      totalMs: 100,
      selfMs: 25,
      children: [
        { totalMs: 140, selfMs: 50 },
        { totalMs: 25, selfMs: 25 },
      ],
    });
    const stripes = layout(nodes, 'time');
    assertNested(stripes);
    assert.deepEqual(
      stripes.map(({ left, right }) => [left, right]),
      [
        [0, 1],
        [0, 0.5],
        [0.5, 0.75],
      ],
    );
  });

  it('lets the children of a LIMIT share its cost', () => {
    const nodes = nodesOf({ totalCost: 10, children: [{ totalCost: 1_000, children: [{ totalCost: 400 }] }] });
    const stripes = layout(nodes, 'cost');
    assertNested(stripes);
    assert.deepEqual(
      stripes.map(({ right }) => right),
      [1, 1, 0.4],
    );
  });

  it('gives no width to what was never executed, and shows costs alone when nothing was', () => {
    const nodes = nodesOf({ selfMs: 5, children: [{ neverExecuted: true, selfMs: 3 }, { selfMs: 5 }] });
    assert.deepEqual(
      layout(nodes, 'time').map(({ node }) => node.id),
      [0, 2],
    );
    assert.deepEqual(offeredMeasures(nodesOf({ totalCost: 8 })), ['cost']);
    assert.deepEqual(offeredMeasures(nodesOf({})), []);
  });

  it('fills the width with the node zoomed to', () => {
    const nodes = nodesOf({ selfMs: 5, children: [{ selfMs: 5, children: [{ selfMs: 5 }] }, { selfMs: 5 }] });
    assert.deepEqual(
      layout(nodes, 'time', 1).map(({ node, left, right, level }) => [node.id, left, right, level]),
      [
        [1, 0, 1, 0],
        [2, 0, 0.5, 1],
      ],
    );
  });

  it('moves down to the widest child, sideways on a level, and tells few around the focus', () => {
    const nodes = nodesOf({ children: [{ selfMs: 1 }, { selfMs: 9 }] });
    const stripes = layout(nodes, 'time');
    assert.equal(movedStripe(stripes, 0, 'child')?.node.id, 2);
    assert.equal(movedStripe(stripes, 2, 'previous')?.node.id, 1);
    assert.equal(movedStripe(stripes, 2, 'parent')?.node.id, 0);
    const large = layout(largeView(3_000).nodes, 'time');
    const around = stripesAround(large, large[40]!.node.id);
    assert.ok(around.includes(large[40]!) && around.length < 60);
  });
});

describe('webview/plan/icicle page', () => {
  const openPage = pageTests(openView);
  let opened: OpenedView;
  beforeEach(async () => (opened = await openPage('icicle')));
  /** The colour in the middle of the canvas's first stripe. */
  const rootColour = (): Promise<string> =>
    opened.page.evaluate<string>(`(() => {
      const canvas = document.querySelector('canvas');
      return canvas.getContext('2d').getImageData(canvas.width - 12, 12, 1, 1).data.join();
    })()`);
  const told = (): Promise<string> =>
    opened.page.evaluate<string>(
      `document.getElementById(document.querySelector('[role=tree]').getAttribute('aria-activedescendant')).textContent`,
    );

  it('is drawn in the colours of the theme, and again when they change', async () => {
    await opened.show(RICH);
    const dark = await rootColour();
    await opened.setTheme('light');
    await eventually.ok(async () => (await rootColour()) !== dark);
  });

  it('has as many pixels as the screen', async () => {
    await opened.show(RICH);
    await eventually.ok(() =>
      opened.page.evaluate<boolean>(`(() => {
        const canvas = document.querySelector('canvas');
        return canvas.width === Math.round(canvas.clientWidth * devicePixelRatio) && canvas.width > 100;
      })()`),
    );
  });

  it('tells by keys what the pointer sees', async () => {
    await opened.show(RICH);
    const { page } = opened;
    await page.locator('[role=tree]').focus();
    await eventually.match(told, /^Sort by .*With all below: .*\(100 %\)/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await eventually.match(told, /^Seq Scan on counting_results cr, .*rows/);
    await page.keyboard.press('Enter');
    await eventually.equal(() => opened.calls(), [['select', 2]]);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    await eventually.equal(() => page.locator('.icicle-way [aria-current]').textContent(), 'Hash Join');
    await page.keyboard.press('Backspace');
    await eventually.equal(() => page.locator('.icicle-way [aria-current]').textContent(), 'Sort');
  });

  it('zooms in by a click and out by the way above it', async () => {
    await opened.show(RICH);
    const { page } = opened;
    await page.evaluate(`(() => {
      const box = document.querySelector('.icicle-scroller');
      const { left, top } = box.getBoundingClientRect();
      box.dispatchEvent(new MouseEvent('click', { clientX: left + 40, clientY: top + 36, bubbles: true }));
    })()`);
    await eventually.equal(() => opened.calls(), [['select', 1]]);
    await eventually.equal(() => page.locator('.icicle-way [aria-current]').textContent(), 'Hash Join');
    await page.locator('.icicle-way button').click();
    await eventually.equal(() => page.locator('.icicle-way [aria-current]').textContent(), 'Sort');
  });

  it('shows other widths for other measures', async () => {
    await opened.show(RICH);
    await opened.page.locator('select').selectOption('cost');
    await eventually.match(told, /With all below: cost/);
  });

  it('draws 10,000 nodes with few elements', async () => {
    await opened.show(largeView(10_000));
    await eventually.ok(
      async () => (await opened.page.evaluate<number>(`document.querySelectorAll('*').length`)) < 150,
    );
  });

  for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
    it(`has nothing in its way, theme ${theme}`, async () => {
      await opened.setTheme(theme);
      await opened.show(RICH, { selected: 2, lit: [5] });
      await loadAxe(opened.page);
      assert.deepEqual(await seriousViolations(opened.page), []);
      await opened.screenshot(`view-icicle-${theme}`);
    });
  }
});
