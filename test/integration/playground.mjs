/**
 * The playground, by clicking in a real VS Code with nothing set up: no folder, no connection, no server. Open it, see
 * a hint, measure a plan, create the index it asks for and see the statement faster.
 *
 *   node test/integration/playground.mjs [--screenshots FOLDER]
 *
 * The pictures of the walkthrough, media/walkthrough, are its shots of the same names.
 */
import assert from 'node:assert/strict';
import { runWalk, waitUntil } from './walkSession.mjs';
import { START_LIMIT_MS } from './walkSupport.mjs';

/** Lines of media/playground/playground.sql that the walk looks at. */
const CAST_LINE = 13;
const LATEST_LINE = 22;

/** Titles of the walkthrough's steps. */
const STEPS = ['Connect', 'hint', 'plan', 'index', 'settings'];

async function walkPlayground({ steps, shoot, openWindow }) {
  const workbench = await steps.run('starts VS Code with nothing set up', () =>
    openWindow({ settings: {}, width: 1500 }),
  );
  const { page } = workbench;
  /** A part of the window: what a picture of the walkthrough shows. */
  const picture = (title, x, y, width, height) => shoot(title, { clip: { x, y, width, height } });
  const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  let askedAt = 0;
  await steps.run('shows the first steps', async () => {
    await workbench.openEmpty();
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.list.filter({ hasText: 'Make PostgreSQL queries fast' }).first().click();
    for (const title of STEPS) await page.locator('.getting-started-step', { hasText: title }).first().waitFor();
    await page.locator('.getting-started-media img').first().waitFor();
    await shoot('playground-0-walkthrough');
  });
  await steps.run('asks for an address', async () => {
    await workbench.command('Query Tuner: Add Connection');
    await page.locator('.quick-input-widget', { hasText: 'Address of the database' }).waitFor();
    await picture('connect', 440, 0, 620, 150);
    await workbench.press('Escape');
  });
  await steps.run('opens the playground', async () => {
    askedAt = Date.now();
    await workbench.command('Query Tuner: Open Playground');
    await workbench.activeTab('playground.sql').waitFor({ timeout: START_LIMIT_MS });
    await page.locator('.statusbar-item', { hasText: 'Playground (development)' }).waitFor();
  });
  await steps.run('hints at what could be better', async () => {
    await workbench.squiggle('info').first().waitFor();
    await workbench.hoverAt(CAST_LINE, 10, /index on captured_at/);
    await shoot('playground-1-hint');
    await picture('hint', 48, 85, 1090, 380);
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
    // nothing hovers over it
    await page.mouse.move(300, 980);
    await picture('explain', 776, 70, 724, 600);
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
    await picture('index', 776, 225, 724, 690);
  });
  await steps.run('reviews a tuning profile on it', async () => {
    await page.locator('.tab', { hasText: 'playground.sql' }).click();
    await workbench.command('Query Tuner: Review Tuning Profile...');
    await workbench.activeTab('Tuning Profile').waitFor();
    await waitUntil(() => showsText(page, 'shared_buffers'));
    await page.mouse.move(300, 980);
    await shoot('playground-4-profile');
    await picture('profile', 48, 70, 724, 640);
  });
  await steps.run('makes the sample anew', async () => {
    await workbench.command('Query Tuner: Reset Playground');
    const toast = page.locator('.notification-toast', { hasText: 'Making the playground anew' });
    await toast.waitFor();
    await toast.waitFor({ state: 'detached' });
  });
  await steps.run('speaks Vietnamese where the editor does', async () => {
    const other = await openWindow({ settings: {}, width: 1500 });
    // what a language pack says before anything of the editor is loaded; the editor's own English would say 'en'
    await other.page.addInitScript(() =>
      Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => 'vi', set() {} }),
    );
    await other.openEmpty();
    await other.command('Query Tuner: Thêm kết nối');
    await other.page.locator('.quick-input-widget', { hasText: 'Địa chỉ của cơ sở dữ liệu' }).waitFor();
    await shoot('playground-5-vietnamese');
  });
}

/** Whether any page inside the window has a text. */
async function showsText(page, text) {
  const counts = await Promise.all(
    page.frames().map(frame =>
      frame
        .getByText(text)
        .count()
        .catch(() => 0),
    ),
  );
  return counts.some(count => count > 0);
}

await runWalk(import.meta.url, 'playground', walkPlayground);
