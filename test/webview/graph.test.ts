import assert from 'node:assert/strict';
import { movedBox } from '../../src/webview/plan/graph/graphKeys';
import { BOX, boxesIn, edgesIn, edgeWidth, heightOf, layoutGraph } from '../../src/webview/plan/graph/graphLayout';
import { areaInSight, bringIntoSight, firstSight, fit, hold, zoom } from '../../src/webview/plan/graph/viewport';
import { loadAxe, seriousViolations } from './axe';
import { eventually } from './eventually';
import { largeView } from './largeView';
import { RICH } from './richView';
import { nodesOf } from './sampleViews';
import { pageTests } from './pageTests';
import { openView } from './viewPage';
import type { OpenedView } from './viewPage';

/** The part of a page's mouse used here. */
interface Mouse {
  move(x: number, y: number, options?: { steps: number }): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  click(x: number, y: number): Promise<void>;
}

const NONE: ReadonlySet<number> = new Set();

describe('webview/plan/graph layout', () => {
  it('places no two boxes over each other and every parent above its children', () => {
    const { boxes, levels, width, height } = layoutGraph(largeView(600).nodes, NONE);
    assert.equal(boxes.length, 600);
    for (const level of levels) {
      level.slice(1).forEach((box, index) => assert.ok(box.x >= level[index]!.x + BOX.width));
    }
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.x + BOX.width <= width && box.y + BOX.height <= height);
      if (box.parent) assert.ok(box.y >= box.parent.y + BOX.height);
    }
  });

  it('leaves out what is below a folded node', () => {
    const nodes = nodesOf({ children: [{ children: [{}, {}] }, {}] });
    assert.deepEqual(
      layoutGraph(nodes, new Set([1])).boxes.map(box => box.node.id),
      [0, 1, 4],
    );
    assert.equal(layoutGraph([], NONE).boxes.length, 0);
    assert.equal(heightOf(nodes), layoutGraph(nodes, NONE).height, 'the frame is as high as all of it');
  });

  it('finds exactly the boxes that a search through all of them finds', () => {
    const layout = layoutGraph(largeView(900).nodes, NONE);
    for (const [left, top] of [
      [0, 0],
      [3_000, 200],
      [9_000, 700],
      [-500, 90],
    ] as const) {
      const area = { left, top, right: left + 800, bottom: top + 600 };
      const expected = layout.boxes
        .filter(({ x }) => x + BOX.width >= area.left && x <= area.right)
        .filter(({ y }) => y + BOX.height >= area.top && y <= area.bottom);
      const ids = (boxes: readonly { node: { id: number } }[]): number[] =>
        boxes.map(box => box.node.id).sort((a, b) => a - b);
      assert.deepEqual(ids(boxesIn(layout, area)), ids(expected));
      const edges = new Set(edgesIn(layout, area));
      for (const box of expected) if (box.parent) assert.ok(edges.has(box));
    }
  });

  it('stands a plan of depth 5,000', () => {
    const nodes = Array.from({ length: 5_000 }, (_, id) => ({
      ...nodesOf({})[0]!,
      id,
      depth: id,
      ...(id > 0 && { parentId: id - 1 }),
      childCount: id < 4_999 ? 1 : 0,
    }));
    assert.equal(layoutGraph(nodes, NONE).levels.length, 5_000);
  });

  it('draws a wider line for more rows, and the thinnest for none', () => {
    const [node] = nodesOf({ rowsPlanned: 10 });
    assert.ok(edgeWidth({ ...node!, rowsActual: 1e6 }) > edgeWidth({ ...node!, rowsActual: 1e3 }));
    assert.equal(edgeWidth({ ...node!, rowsActual: 1e6, neverExecuted: true }), 1);
    assert.equal(edgeWidth({ ...node!, rowsActual: undefined }), edgeWidth({ ...node!, rowsActual: 10 }));
  });

  it('moves along the tree, and sideways to cousins', () => {
    const layout = layoutGraph(nodesOf({ children: [{ children: [{}] }, { children: [{}] }] }), NONE);
    const go = (from: number, move: Parameters<typeof movedBox>[2]): number | undefined =>
      movedBox(layout, from, move)?.node.id;
    assert.deepEqual([go(0, 'child'), go(1, 'child'), go(2, 'right'), go(4, 'left')], [1, 2, 4, 2]);
    assert.deepEqual(
      [go(4, 'parent'), go(4, 'root'), go(0, 'last'), go(0, 'parent'), go(4, 'right')],
      [3, 0, 4, undefined, undefined],
    );
  });
});

describe('webview/plan/graph viewport', () => {
  const frame = { width: 800, height: 600 };

  it('fits all of it, never larger than life', () => {
    const large = { width: 4_000, height: 9_000 };
    const area = areaInSight(fit(large, frame), frame);
    assert.ok(area.left <= 0 && area.top <= 0 && area.right >= large.width && area.bottom >= large.height);
    assert.equal(fit({ width: 100, height: 50 }, frame).scale, 1);
  });

  it('begins where words can be read', () => {
    const start = firstSight({ width: 90_000, height: 9_000 }, frame, { x: 40_000, y: 0 });
    assert.ok(start.scale >= 0.7);
    const area = areaInSight(start, frame);
    assert.ok(area.left < 40_000 && area.right > 40_000);
  });

  it('keeps the point under the pointer while zooming', () => {
    const before = { x: -120, y: 40, scale: 0.5 };
    const after = zoom(before, 1.7, { x: 300, y: 200 });
    assert.ok(Math.abs((300 - before.x) / before.scale - (300 - after.x) / after.scale) < 1e-9);
  });

  it('never lets the drawing out of sight, and brings an area in with the least movement', () => {
    const content = { width: 2_000, height: 2_000 };
    const held = hold({ x: 99_999, y: -99_999, scale: 1 }, content, frame);
    const area = areaInSight(held, frame);
    assert.ok(area.right > 0 && area.top < content.height);
    const still = { x: 0, y: 0, scale: 1 };
    assert.equal(bringIntoSight(still, { left: 100, top: 100, right: 300, bottom: 200 }, frame), still);
  });
});

describe('webview/plan/graph page', () => {
  const openPage = pageTests(openView);
  let opened: OpenedView;
  beforeEach(async () => (opened = await openPage('graph')));
  const active = (): Promise<string | null> =>
    opened.page.evaluate<string | null>(`document.activeElement.getAttribute('data-node')`);

  it('says in words what was never executed and what is only estimated', async () => {
    await opened.show(RICH);
    const labels = (): Promise<string[]> =>
      opened.page.evaluate<string[]>(
        `[...document.querySelectorAll('[role=treeitem]')].map(item => item.textContent.replace(/\\s+/g, ' ').trim())`,
      );
    const limit = (await labels()).find(label => label.startsWith('Limit'));
    assert.match(limit ?? '', /never executed 10 rows planned/);
    await eventually.ok(async () => (await labels()).some(label => /120× more rows than planned/.test(label)));
    await opened.show({
      ...RICH,
      analyzed: false,
      nodes: nodesOf({ nodeType: 'Seq Scan', totalCost: 512, rowsPlanned: 40 }),
    });
    await eventually.match(async () => (await labels())[0] ?? '', /Seq Scan cost 512 \(estimated\) 40 rows planned/);
  });

  it('is one stop for the Tab key; arrows move, Enter selects, Space folds', async () => {
    await opened.show(RICH);
    const { page } = opened;
    await eventually.equal(() => page.locator('[role=treeitem][tabindex="0"]').count(), 1);
    await page.locator('[role=treeitem][tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-node="1"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await eventually.equal(() => opened.calls(), [['select', 1]]);
    await eventually.equal(() => page.locator('[data-node="1"]').getAttribute('aria-selected'), 'true');
    const before = await page.locator('[role=treeitem]').count();
    await page.keyboard.press(' ');
    await page.locator('[data-node="1"][aria-expanded=false]').waitFor();
    await eventually.ok(async () => (await page.locator('[role=treeitem]').count()) < before);
    await eventually.equal(active, '1');
    await page.keyboard.press('*');
    await page.locator('[data-node="2"]').waitFor();
    await page.keyboard.press('End');
    await page.locator('[data-node]:focus').waitFor();
  });

  it('draws only what is in sight of 10,000 nodes, and keeps the focus wherever it goes', async () => {
    await opened.show(largeView(10_000));
    const { page } = opened;
    await page.locator('[role=treeitem]').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'End', 'ArrowUp']) {
      await page.keyboard.press(key);
      await page.locator('[data-node]:focus').waitFor();
      await eventually.ok(async () => (await page.locator('[role=treeitem]').count()) < 60);
    }
    await page.keyboard.press('0');
    await page.locator('.graph-far').first().waitFor({ state: 'attached' });
    await eventually.ok(async () => (await page.evaluate<number>(`document.querySelectorAll('*').length`)) < 150);
    await eventually.ok(async () => (await active()) !== null);
  });

  it('pans by a drag, which selects nothing, and selects by a click', async () => {
    await opened.show(RICH);
    const { mouse } = opened.page as unknown as { mouse: Mouse };
    const place = (): Promise<{ x: number; y: number }> =>
      opened.page.evaluate<{ x: number; y: number }>(
        `(({ x, y }) => ({ x, y }))(document.querySelector('[data-node="5"]').getBoundingClientRect())`,
      );
    await opened.page.locator('button:has-text("+")').click();
    await opened.page.locator('button:has-text("+")').click();
    const before = await place();
    await mouse.move(before.x + 20, before.y + 20);
    await mouse.down();
    await mouse.move(before.x + 20, before.y - 40, { steps: 4 });
    await mouse.up();
    await eventually.ok(async () => (await place()).y < before.y);
    await eventually.equal(() => opened.calls(), []);
    const after = await place();
    await mouse.click(after.x + 20, after.y + 20);
    await eventually.equal(() => opened.calls(), [['select', 5]]);
  });

  for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
    it(`has nothing in its way, theme ${theme}`, async () => {
      await opened.setTheme(theme);
      await opened.show(RICH, { selected: 2, lit: [5] });
      await loadAxe(opened.page);
      assert.deepEqual(await seriousViolations(opened.page), []);
      await opened.screenshot(`view-graph-${theme}`);
    });
  }
});
