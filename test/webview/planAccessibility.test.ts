import assert from 'node:assert/strict';
import { loadAxe, seriousViolations } from './axe';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import type { ThemeName } from './testPage';

const THEMES: readonly ThemeName[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
/** Beside an editor, the narrow panel of a side bar, and 1,280 pixels at 400 %. */
const WIDTHS = [760, 400, 320] as const;

describe('webview/plan accessibility', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (width: number, theme: ThemeName): Promise<void> => {
    panel = await openPage(RICH, { width });
    await panel.page.locator('[role=treegrid]').waitFor();
    await panel.setTheme(theme);
  };
  const tabIds = (): Promise<string[]> =>
    panel.page.evaluate(() => [...document.querySelectorAll('[role=tab]')].map(tab => tab.id));

  for (const theme of THEMES) {
    it(`has nothing in its way in any tab, theme ${theme}`, async () => {
      await open(760, theme);
      await loadAxe(panel.page);
      const ids = await tabIds();
      assert.ok(ids.length >= 6, `only ${ids.length} tabs`);
      for (const id of ids) {
        await panel.page.locator(`#${id}`).click();
        assert.deepEqual(await seriousViolations(panel.page), [], id);
      }
    });

    it(`has nothing in its way in the form to run again and the menu of columns, theme ${theme}`, async () => {
      await open(760, theme);
      await loadAxe(panel.page);
      await panel.page.locator('button:has-text("Run again")').click();
      await panel.page.locator('.run-again').waitFor();
      await panel.page.locator('.run-again #settings').fill('nonsense');
      await panel.page.locator('.run-again button[type=submit]').click();
      await panel.page.locator('.field-error').waitFor();
      await panel.page.locator('button:has-text("Columns")').click();
      await panel.page.locator('.popover').waitFor();
      assert.deepEqual(await seriousViolations(panel.page), []);
      await panel.page.locator('.toolbar button:has-text("Export")').click();
      await panel.page.locator('.popover .export-entry').first().waitFor();
      assert.deepEqual(await seriousViolations(panel.page), []);
    });

    for (const width of WIDTHS) {
      it(`needs no sideways scrolling in any tab at ${width} px, theme ${theme}`, async () => {
        await open(width, theme);
        for (const id of await tabIds()) {
          await panel.page.locator(`#${id}`).click();
          await panel.screenshot(`${id}-${theme}-${width}`);
          await eventually.ok(
            () => panel.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
            id,
          );
        }
      });
    }
  }

  it('keeps menus within a panel of 320 px', async () => {
    await open(320, 'dark');
    for (const words of ['Columns', 'Export']) {
      await panel.page.locator(`button:text-is("${words}")`).click();
      const { left, right } = await panel.page.locator('.popover').evaluate(menu => menu.getBoundingClientRect());
      assert.ok(left >= 0 && right <= 320, `${words}: ${left} to ${right}`);
      await panel.screenshot(`menu-${words.toLowerCase()}-320`);
      await panel.page.keyboard.press('Escape');
      await panel.page.locator('.popover').waitFor({ state: 'detached' });
    }
    await eventually.ok(() => panel.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  });

  it('opens tabs by arrow keys, with one stop for the Tab key', async () => {
    await open(760, 'dark');
    await eventually.equal(() => panel.page.locator('[role=tab][tabindex="0"]').count(), 1);
    await panel.page.locator('#tab-table').focus();
    await panel.page.keyboard.press('End');
    await eventually.equal(() => panel.page.locator('#tab-settings').getAttribute('aria-selected'), 'true');
    await eventually.equal(() => panel.page.evaluate<string>('document.activeElement.id'), 'tab-settings');
    await eventually.equal(() => panel.page.locator('[role=tabpanel]').getAttribute('aria-labelledby'), 'tab-settings');
    await panel.page.keyboard.press('ArrowRight');
    await eventually.equal(
      () => panel.page.evaluate<string>('document.activeElement.id'),
      'tab-table',
      'they go round',
    );
  });

  it('moves nothing for people who asked for less motion', async () => {
    await open(760, 'dark');
    await panel.page.emulateMedia({ reducedMotion: 'reduce' });
    await panel.plan.call('progress', { text: 'Running', cancellable: true });
    await panel.page.locator('[role=progressbar]').waitFor();
    const moving = await panel.page.evaluate(
      () => document.getAnimations().filter(animation => animation.playState === 'running').length,
    );
    assert.equal(moving, 0);
  });

  it('gives every button and field a name', async () => {
    await open(760, 'dark');
    await panel.page.locator('button:has-text("Run again")').click();
    const nameless = await panel.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, input, select, textarea')]
        .filter(element => {
          const labels = 'labels' in element ? (element.labels as NodeList | null) : null;
          const text = element.tagName === 'BUTTON' ? element.textContent?.trim() : '';
          return !text && !element.getAttribute('aria-label') && !labels?.length;
        })
        .map(element => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(nameless, []);
  });
});
