import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';

const GRID = '[role=treegrid]';
const LIT = '.sql-part.lit';

describe('webview/plan SQL', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  beforeEach(async () => {
    panel = await openPage(RICH);
    await panel.page.locator('#tab-sql').click();
    await panel.page.locator('.sql-part').first().waitFor();
  });

  const texts = (selector: string): Promise<string[]> => panel.page.locator(selector).allInnerTexts();
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);

  it('shows the statement as it is, with the parts of the selected node marked', async () => {
    const shown = (await texts('.line-text')).join('\n');
    assert.equal(shown, RICH.sql);
    await eventually.equal(
      () => texts('.sql-part.selected'),
      ['counting_results cr', 'cr.created_at >=', "cr.direction = 'in'"],
    );
  });

  it('lights the part of the node under the pointer, and tells the editor', async () => {
    await panel.page.locator(`${GRID} .node-text:has-text("Index Scan")`).hover();
    await eventually.equal(() => texts(LIT), ['cameras c']);
    await eventually.equal(() => panel.hovered.at(-1), 5);
    await panel.page.locator('h1').hover();
    await panel.page.locator(LIT).waitFor({ state: 'detached' });
    await eventually.equal(() => panel.hovered.at(-1), null);
  });

  it('lights the node of the part under the pointer, and selects it by a click', async () => {
    await panel.page.locator('.sql-part:has-text("order")').hover();
    await eventually.match(async () => (await texts(`${GRID} .lit .node-text`)).join(), /^Sort/);
    await panel.page.locator('.sql-part:has-text("order")').click();
    await eventually.match(async () => (await texts('.details h2')).join(), /^Sort/);
  });

  it('is one stop for the Tab key, walked by arrows, and selects by Enter', async () => {
    await eventually.equal(() => panel.page.locator('.sql-part[tabindex="0"]').count(), 1);
    await panel.page.locator('.sql-part[tabindex="0"]').focus();
    await eventually.equal(() => texts('.sql-part:focus'), ['counting_results cr']);
    await press('ArrowRight');
    await panel.page.locator('.sql-part[data-part="1"]:focus').waitFor();
    await press('Enter');
    await eventually.match(async () => (await texts('.details h2')).join(), /^Hash Join/);
    await eventually.equal(() => panel.page.locator('.sql-part:focus').getAttribute('aria-pressed'), 'true');
    await press('ArrowLeft');
    await panel.page.locator('.sql-part[data-part="0"]:focus').waitFor();
    await eventually.match(async () => (await texts(`${GRID} .lit .node-text`)).join(), /^Seq Scan/);
  });

  it('lights nodes that come from the place of the cursor in the editor', async () => {
    await panel.plan.call('highlight', [0, 5]);
    await panel.page.locator(`${GRID} .lit`).first().waitFor();
    await eventually.equal(() => panel.page.locator(`${GRID} .lit`).count(), 2);
    await eventually.equal(() => texts(LIT), ['cameras c', 'order by 2 desc']);
    await panel.plan.call('highlight', []);
    await panel.page.locator(LIT).first().waitFor({ state: 'detached' });
  });
});
