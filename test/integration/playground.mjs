/**
 * The playground, by clicking in a real VS Code with nothing set up: no folder, no connection, no server. Open it, see
 * a hint, measure a plan, create the index it asks for and see the statement faster.
 *
 *   node test/integration/playground.mjs [--screenshots FOLDER]
 */
import assert from 'node:assert/strict';
import { runWalk } from './walkSession.mjs';
import { START_LIMIT_MS } from './walkSupport.mjs';

/** Lines of media/playground/playground.sql that the walk looks at. */
const CAST_LINE = 13;
const LATEST_LINE = 22;

async function walkPlayground({ steps, shoot, openWindow }) {
  const workbench = await steps.run('starts VS Code with nothing set up', () =>
    openWindow({ settings: {}, width: 1500 }),
  );
  const { page } = workbench;
  const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  let askedAt = 0;
  await steps.run('opens the playground', async () => {
    await workbench.openEmpty();
    askedAt = Date.now();
    await workbench.command('Query Tuner: Open Playground');
    await workbench.activeTab('playground.sql').waitFor({ timeout: START_LIMIT_MS });
    await page.locator('.statusbar-item', { hasText: 'Playground (development)' }).waitFor();
  });
  await steps.run('hints at what could be better', async () => {
    await workbench.squiggle('info').first().waitFor();
    await workbench.hoverAt(CAST_LINE, 10, /index on captured_at/);
    await shoot('playground-1-hint');
    await workbench.press('Escape');
  });
  await steps.run('measures a plan', async () => {
    await workbench.goTo(LATEST_LINE, 1);
    await workbench.press('Control+Alt+e');
    const execution = panel.locator('.figure.main dd');
    await execution.filter({ hasText: /\d/ }).waitFor();
    console.log(`    ${((Date.now() - askedAt) / 1000).toFixed(1)} s from the command to the first measured plan`);
    console.log(`    execution ${await execution.innerText()}`);
  });
  const card = panel.locator('article.card').filter({ has: panel.getByRole('button', { name: 'Create index' }) });
  await steps.run('suggests an index', async () => {
    await card.first().waitFor({ timeout: START_LIMIT_MS });
    await shoot('playground-2-plan');
  });
  await steps.run('creates it and shows the statement faster', async () => {
    await card.first().getByRole('button', { name: 'Create index' }).click();
    const verdict = panel.locator('section.verdict');
    await verdict.waitFor();
    assert.match(await verdict.getAttribute('class'), /better/);
    const [before, after] = await Promise.all(
      ['before', 'after'].map(side => verdict.locator(`.verdict-bar.${side} .verdict-value`).innerText()),
    );
    console.log(`    ${before} before, ${after} after`);
    await shoot('playground-3-faster');
  });
  await steps.run('makes the sample anew', async () => {
    await workbench.command('Query Tuner: Reset Playground');
    const toast = page.locator('.notification-toast', { hasText: 'Making the playground anew' });
    await toast.waitFor();
    await toast.waitFor({ state: 'detached' });
  });
}

await runWalk(import.meta.url, 'playground', walkPlayground);
