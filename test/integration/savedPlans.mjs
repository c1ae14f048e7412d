/**
 * Saved plans as a user meets them in a real VS Code, in a workspace that is not trusted: a file from the explorer, the
 * clipboard, a selection, a log with several plans, what is no plan, and what becomes one.
 *
 *   node test/integration/savedPlans.mjs [--vsix FILE] [--screenshots FOLDER]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { copySampleWorkspace } from '../../src/tools/sampleDatabase.mjs';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { installExtension, remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS, Workbench } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const PLAN = `Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
  Sort Key: a
  Flavour of the day
  ->  Seq Scan on t  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
Execution Time: 10.000 ms
`;

/**
 * Walks through all ways to open a saved plan.
 * @param options.vsix a packaged extension to install; the source tree when absent.
 * @param options.screenshots the folder for the pictures.
 */
export async function walkSavedPlans({ vsix, screenshots }) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-plans-'));
  const workspace = copySampleWorkspace(path.join(scratch, 'workspace'));
  const extensionsFolder = path.join(scratch, 'extensions');
  fs.writeFileSync(path.join(workspace, 'damaged.explain'), PLAN);
  fs.writeFileSync(path.join(workspace, 'later.explain'), 'no plan yet\n');
  let editor;
  let server;
  let browser;
  const shoot = name =>
    editor?.page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled' });
  const steps = new Steps(() => shoot('failed').catch(() => {}));
  try {
    editor = await steps.run('opens a workspace, and does not trust it', async () => {
      if (vsix) await installExtension(vsix, extensionsFolder);
      const verbose = Boolean(process.env.VSCODE_HOST_VERBOSE);
      server = await startServer({ extensionsFolder, asksForTrust: true, verbose });
      browser = await startBrowser();
      const permissions = ['clipboard-read', 'clipboard-write'];
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, permissions });
      page.setDefaultTimeout(ANSWER_LIMIT_MS);
      const development = vsix ? [] : [['extensionDevelopmentPath', remoteUri(server, ROOT)]];
      await page.goto(workbenchUrl(server, { folder: workspace, payload: development }));
      const refusal = page.getByRole('button', { name: "No, I don't trust the authors" });
      await refusal.click({ timeout: START_LIMIT_MS });
      await refusal.waitFor({ state: 'hidden' });
      // what the extension contributes is known when its language is
      const row = page.locator('.explorer-folders-view .postgresql-plan-lang-file-icon');
      await row.first().waitFor({ timeout: START_LIMIT_MS });
      return new Workbench(page);
    });
    await walk({ steps, editor, workspace, shoot });
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await browser?.close().catch(() => {});
    await server?.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed };
}

async function walk({ steps, editor, workspace, shoot }) {
  const { page } = editor;
  const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  const row = name => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
  /** Waits for the plan, and returns the time in its head. */
  const execution = async () => {
    const figure = panel.locator('.figure.main dd');
    await figure.waitFor();
    return figure.innerText();
  };
  /** So that one page at most is there. */
  const closeAll = async () => {
    await editor.command('View: Close All Editors');
    await page.locator('iframe.webview').waitFor({ state: 'detached' });
    await page.locator('.tab').first().waitFor({ state: 'detached' });
  };

  await steps.run('shows a plan by a click in the explorer, with what can be done without a database', async () => {
    await row('plans').click();
    await row('latestCounts.plan.json').dblclick();
    await editor.activeTab('latestCounts.plan.json').waitFor();
    assert.match(await execution(), /^[\d.,]+ ms$/);
    await panel.locator('.findings, [aria-label="Findings"]').first().waitFor();
    for (const name of ['Explain', 'Explain Analyze', 'Run again …', 'Go to SQL', 'Create index']) {
      assert.equal(await panel.getByRole('button', { name, exact: true }).count(), 0, name);
    }
  });
  await shoot('1-explorer');
  await steps.run('opens its text', async () => {
    await page.locator('.editor-actions [aria-label^="Open Plan as Text"]').click();
    await editor.line.filter({ hasText: 'Node' }).first().waitFor();
    await closeAll();
  });
  await steps.run('tells what a node of a plan in text does', async () => {
    await row('visitorsPerSite.explain').dblclick();
    await execution();
    await panel.getByRole('button', { name: 'Go to text' }).first().click();
    await editor.line.filter({ hasText: 'GroupAggregate' }).first().waitFor();
    const hover = await editor.hoverAt(3, 10, 'Itself');
    assert.match(await hover.innerText(), /of the whole/);
  });
  await shoot('2-text');
  await steps.run('opens a plan from the clipboard', async () => {
    await editor.press('Escape', 'Control+a', 'Control+c');
    await closeAll();
    await editor.command('Open Plan from Clipboard');
    await editor.activeTab('clipboard.explain').waitFor();
    assert.match(await execution(), /^[\d.,]+ ms$/);
    await closeAll();
  });
  await steps.run('steps through the plans of a log, and lists the slowest first', async () => {
    await row('slowStatements.log').click({ button: 'right' });
    // a menu that has just opened takes no click, but it takes keys
    const entry = page.locator('.context-view .action-item', { hasText: 'Show Query Plan' });
    await entry.hover();
    await page.locator('.context-view .action-item.focused', { hasText: 'Show Query Plan' }).waitFor();
    await editor.press('Enter');
    const place = panel.locator('.plan-chooser [title="Choose from a list"]');
    await place.filter({ hasText: 'Plan 1 of 3' }).waitFor();
    await panel.locator('[aria-label="Next plan"]').click();
    await place.filter({ hasText: 'Plan 2 of 3' }).waitFor();
    await place.click();
    await editor.list.first().filter({ hasText: 'SELECT id, camera_id' }).waitFor();
    await editor.list.filter({ hasText: 'SELECT s.name' }).first().click();
    await place.filter({ hasText: 'Plan 3 of 3' }).waitFor();
  });
  await shoot('3-log');
  await steps.run('opens a plan from a selection', async () => {
    await closeAll();
    await row('slowStatements.log').dblclick();
    await editor.line.filter({ hasText: 'Query Text' }).first().waitFor();
    await editor.goTo(10, 1);
    for (let line = 0; line < 12; line++) await editor.press('Shift+ArrowDown');
    await editor.command('Open Plan from Selection');
    await editor.activeTab('slowStatements.log from line 10.explain').waitFor();
    // without the statement above it, nor the log's own time
    await panel.locator('h1', { hasText: 'slowStatements.log from line 10.explain' }).waitFor();
    await execution();
    await closeAll();
  });
  await steps.run('shows what it understood of a damaged plan, and lists what not', async () => {
    await row('damaged.explain').dblclick();
    assert.equal(await execution(), '10 ms');
    await panel.getByRole('tab', { name: 'Raw' }).click();
    await panel.locator('.problems li', { hasText: 'line 3: not understood: Flavour of the day' }).waitFor();
    await closeAll();
  });
  await steps.run('says what can be opened, and shows the plan as soon as the file holds one', async () => {
    await row('later.explain').dblclick();
    await panel.locator('h1', { hasText: 'No plan to show in later.explain' }).waitFor();
    await panel.locator('pre', { hasText: 'FORMAT JSON' }).waitFor();
    await shoot('4-message');
    fs.writeFileSync(path.join(workspace, 'later.explain'), PLAN);
    assert.equal(await execution(), '10 ms');
    fs.writeFileSync(path.join(workspace, 'later.explain'), PLAN.replace('10.000 ms', '20.000 ms'));
    await panel.locator('.figure.main dd', { hasText: '20 ms' }).waitFor();
    fs.writeFileSync(path.join(workspace, 'later.explain'), 'gone again\n');
    await panel.getByRole('link', { name: 'Open as text' }).click();
    await editor.line.filter({ hasText: 'gone' }).first().waitFor();
  });
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const { values } = parseArgs({ options: { vsix: { type: 'string' }, screenshots: { type: 'string' } } });
  const folder = values.screenshots ?? path.join(ROOT, 'test', 'screenshots', 'savedPlans');
  const { passed, failed } = await walkSavedPlans({ vsix: values.vsix, screenshots: folder });
  console.log(`  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}
