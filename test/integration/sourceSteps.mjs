/** The part of the walk about the way between a plan and its SQL: rows light the text, the text lights rows. */
import assert from 'node:assert/strict';
import { Workbench } from './walkSupport.mjs';

/**
 * Goes on in the panel that shows the plan of the first statement of queries.sql.
 * @param steps the walk's.
 * @param panel the page of the plan.
 */
export async function walkSources(steps, { page, panel, shoot }) {
  const workbench = new Workbench(page);
  const row = name => panel.locator('.plan-row', { hasText: name }).first();
  const litRow = name => panel.locator('.plan-row.lit', { hasText: name }).first();
  // what an extension draws over the text
  const litText = page.locator('.editor-instance .view-overlays .cdr[class*="ced-"]');
  const noneLit = () => litText.first().waitFor({ state: 'detached' });
  const leave = () => panel.locator('.figure.main').first().hover();

  await steps.run('lights the SQL that the row under the pointer comes from', async () => {
    await row('Seq Scan').hover();
    await litText.nth(2).waitFor();
    assert.equal(await litText.count(), 3, 'the table and two conditions');
  });
  await shoot('2-row-lights-text');
  await steps.run('puts it out when the pointer leaves', async () => {
    await leave();
    await noneLit();
  });
  await steps.run('lights the row that the SQL under the cursor comes from', async () => {
    await workbench.lineOf('ORDER BY captured_at DESC').click({ position: { x: 4, y: 4 } });
    await workbench.goTo(8, 5);
    await litRow('Sort').waitFor();
    assert.equal(await panel.locator('.plan-row.lit').count(), 1);
    await workbench.goTo(6, 10);
    await litRow('Seq Scan').waitFor();
  });
  await shoot('2-text-lights-row');
  await steps.run('keeps still in the text around the statement', async () => {
    await workbench.goTo(3, 1);
    await panel.locator('.plan-row.lit').first().waitFor({ state: 'detached' });
  });
  await steps.run('keeps still as soon as the statement is another one, and goes on once it is the same', async () => {
    await workbench.goTo(6, 1);
    await row('Seq Scan').hover();
    await litText.first().waitFor();
    await page.keyboard.type(' ');
    await noneLit();
    await leave();
    await page.keyboard.press('Control+z');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'queries.sql' }).waitFor();
    await row('Seq Scan').hover();
    await litText.nth(2).waitFor();
    await leave();
    await noneLit();
  });
  await steps.run('follows the statement when lines before it come and go', async () => {
    await workbench.goTo(1, 1);
    await page.keyboard.press('Enter');
    await row('Seq Scan').hover();
    await litText.nth(2).waitFor();
    await leave();
    await page.keyboard.press('Control+z');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'queries.sql' }).waitFor();
  });
  await steps.run('selects the part a node comes from', async () => {
    await row('Sort').click();
    await panel.getByRole('button', { name: 'Go to SQL' }).last().click();
    await page.locator('.statusbar-item', { hasText: 'Ln 8, Col 26 (25 selected)' }).waitFor();
    await litRow('Sort').waitFor();
  });
}
