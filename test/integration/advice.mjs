/**
 * The index advice view, by clicking in a real VS Code: advise for a file, choose, create, measure, take back, and look
 * at the indexes there are.
 *
 *   node test/integration/advice.mjs [--screenshots FOLDER]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { copySampleWorkspace, startSampleDatabase } from '../../src/tools/sampleDatabase.mjs';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS, Workbench } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Walks through the view. @returns counts of the steps */
export async function walkAdvice({ screenshots }) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-advice-walk-'));
  const workspace = copySampleWorkspace(path.join(scratch, 'workspace'));
  let page;
  let sample;
  let server;
  let browser;
  const shoot = name => page?.screenshot({ path: path.join(screenshots, `${name}.png`) });
  const steps = new Steps(() => shoot('advice-failed').catch(() => {}));
  try {
    sample = await steps.run('starts PostgreSQL with the sample data', () => startSampleDatabase());
    server = await steps.run('starts VS Code', () => {
      const connections = [{ name: 'sample', url: sample.url, role: 'production' }];
      return startServer({
        extensionsFolder: path.join(scratch, 'extensions'),
        settings: { 'queryTuner.connections': connections },
        verbose: Boolean(process.env.VSCODE_HOST_VERBOSE),
      });
    });
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(ANSWER_LIMIT_MS);
    const workbench = new Workbench(page);
    await steps.run('opens the SQL file', async () => {
      const development = ['extensionDevelopmentPath', remoteUri(server, ROOT)];
      const file = ['openFile', remoteUri(server, path.join(workspace, 'queries.sql'))];
      await page.goto(workbenchUrl(server, { folder: workspace, payload: [development, file] }));
      await workbench.line.first().waitFor({ timeout: START_LIMIT_MS });
      await page.locator('.codelens-decoration a').first().waitFor({ timeout: START_LIMIT_MS });
      await workbench.line.first().click();
    });

    const tree = page.locator('.tree-explorer-viewlet-tree-view');
    const row = text => tree.locator('.monaco-list-row').filter({ hasText: text }).first();
    const indexesBefore = await countIndexes(sample);
    await steps.run('advises for the file', async () => {
      await workbench.command('Query Tuner: Advise Indexes for This File');
      await row('Advised indexes').waitFor();
      await tree.locator('.monaco-list-row .custom-view-tree-node-item-checkbox').first().waitFor();
      await tree.locator('.message', { hasText: /queries\.sql: cost [\d,.]+ → [\d,.]+/ }).waitFor();
    });
    await shoot('advice-1-tree');
    const boxes = tree.locator(
      '.custom-view-tree-node-item-checkbox.codicon-tree-item-checkbox-checked, .custom-view-tree-node-item-checkbox.checked',
    );
    const checked = await boxes.count();
    await steps.run('checks what is advised', async () => assert.ok(checked > 0, `${checked} boxes are checked`));
    await steps.run('shows the SQL of a row', async () => {
      await tree.locator('.monaco-list-row').nth(1).locator('.custom-view-tree-node-item-icon').click();
      await workbench.activeTab('create-index.sql').waitFor();
      await workbench.line
        .filter({ hasText: /CREATE\sINDEX\sCONCURRENTLY/ })
        .first()
        .waitFor();
    });
    const measured = rows => tree.locator('.monaco-list-row', { hasText: rows }).first().waitFor();
    await steps.run('measures the statements before', async () => {
      await row('Statements').locator('.monaco-tl-twistie').click();
      await workbench.command('Query Tuner: Measure Workload');
      await measured(/measured [\d.,]+ m?s/);
    });
    const dialog = page.locator('.monaco-dialog-box');
    await steps.run('asks before it changes a production database, and changes nothing when told not to', async () => {
      await workbench.command('Query Tuner: Create Checked Indexes');
      await dialog.filter({ hasText: 'production database sample' }).waitFor();
      await shoot('advice-2-asks');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await countIndexes(sample), indexesBefore);
    });
    await steps.run('creates the checked indexes', async () => {
      await workbench.command('Query Tuner: Create Checked Indexes');
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await boxes.first().waitFor({ state: 'detached' });
      assert.equal(await countIndexes(sample), indexesBefore + checked);
    });
    await steps.run('measures them after', async () => {
      await workbench.command('Query Tuner: Measure Workload');
      await measured(/measured [\d.,]+ m?s → [\d.,]+ m?s/);
    });
    await shoot('advice-3-created');
    await steps.run('takes all of them back', async () => {
      await workbench.command('Query Tuner: Undo All Index Changes');
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await row(/undone/).waitFor();
      await boxes.nth(checked - 1).waitFor();
      assert.equal(await countIndexes(sample), indexesBefore);
    });
    await steps.run('writes them as a migration', async () => {
      await workbench.command('Query Tuner: Save Checked as Migration');
      await workbench.line.filter({ hasText: /Undo:/ }).first().waitFor();
    });
    await sample.query(
      'create index advice_twice on counting_results (camera_id); create index advice_twice_again on counting_results (camera_id)',
    );
    await steps.run('reviews the existing indexes', async () => {
      await workbench.command('Query Tuner: Review Existing Indexes');
      await row('advice_twice_again is advice_twice once more').waitFor();
    });
    await shoot('advice-4-existing');
    await sample.query('drop index advice_twice, advice_twice_again');
    await steps.run('offers a suggested index as a quick fix of its statement', async () => {
      await workbench.open('queries.sql');
      await page.locator('.codelens-decoration a', { hasText: 'Suggest indexes' }).first().click();
      const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await panel.locator('article.card').first().waitFor();
      await workbench.open('queries.sql');
      await workbench.fix(5, 1, /Create index .* on sample \(what-if .*cost [\d,.]+ → [\d,.]+\)/);
      await dialog.filter({ hasText: 'CREATE INDEX CONCURRENTLY' }).waitFor();
      await shoot('advice-5-quick-fix');
      await dialog.getByRole('button', { name: 'Create', exact: true }).click();
      const created = page.locator('.notification-toast', { hasText: 'The index was created' });
      await created.waitFor();
      assert.equal(await countIndexes(sample), indexesBefore + 1);
      await created.getByRole('button', { name: 'Undo' }).click();
      await waitUntil(async () => (await countIndexes(sample)) === indexesBefore);
    });
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await browser?.close().catch(() => {});
    await server?.stop();
    await sample?.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed };
}

/** Asks until it is so; the walk's own limits end it otherwise. */
async function waitUntil(isSo) {
  const end = Date.now() + ANSWER_LIMIT_MS;
  while (!(await isSo())) if (Date.now() > end) throw new Error('it did not become so');
}

async function countIndexes(sample) {
  const [row] = await sample.query(
    `select count(*)::int as n from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)`,
  );
  return row.n;
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const { values } = parseArgs({ options: { screenshots: { type: 'string' } } });
  const { passed, failed } = await walkAdvice({
    screenshots: values.screenshots ?? path.join(ROOT, 'test', 'screenshots', 'advice'),
  });
  console.log(`  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}
