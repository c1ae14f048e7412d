/**
 * The health view, by clicking in a real VS Code: check a server, see a lock that somebody waits for, end the session
 * that holds it, clean a table, and see it well again.
 *
 *   node test/integration/health.mjs [--screenshots FOLDER]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { copySampleWorkspace, startSampleDatabase } from '../../src/tools/sampleDatabase.mjs';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS, Workbench } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Walks through the view. @returns counts of the steps */
export async function walkHealth({ screenshots }) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-health-walk-'));
  const workspace = copySampleWorkspace(path.join(scratch, 'workspace'));
  const people = [];
  let page;
  let sample;
  let server;
  let browser;
  const shoot = name => page?.screenshot({ path: path.join(screenshots, `${name}.png`) });
  const steps = new Steps(() => shoot('health-failed').catch(() => {}));
  try {
    sample = await steps.run('starts PostgreSQL with the sample data', () => startSampleDatabase());
    const comeIn = async () => {
      const client = new pg.Client({ connectionString: sample.url });
      // The one that is ended from the view must not end the walk.
      client.on('error', () => {});
      await client.connect();
      people.push(client);
      return client;
    };
    server = await steps.run('starts VS Code', () => {
      const connections = [{ name: 'sample', url: sample.url, role: 'production' }];
      return startServer({
        extensionsFolder: path.join(scratch, 'extensions'),
        settings: { 'queryTuner.connections': connections, 'queryTuner.health.refreshSeconds': 1 },
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
    const dialog = page.locator('.monaco-dialog-box');
    await steps.run('checks the server', async () => {
      await workbench.command('Query Tuner: Check Server Health');
      await tree.locator('.message', { hasText: /\d+ critical, \d+ warnings, \d+ ok/ }).waitFor();
    });
    await steps.run('shows every group', async () => {
      await page.locator('.pane-header', { hasText: 'Index Advice' }).click();
      await row('Sessions and Locks').waitFor();
      await row('Hard Limits').waitFor();
    });
    await shoot('health-1-well');
    await steps.run('sees by itself who waits for whom', async () => {
      const [holder, waiter] = [await comeIn(), await comeIn()];
      await holder.query('begin; lock table cameras');
      waiter.query('select count(*) from cameras').catch(() => {});
      await row('Sessions waiting for a lock').waitFor();
      await row(/^\s*session \d+ \(postgres.*blocks \d+/).waitFor();
    });
    await shoot('health-2-blocked');
    await steps.run('asks before it ends a session, and ends it only then', async () => {
      const blocking = row(/session \d+ \(postgres.*blocks \d+/);
      await blocking.click();
      await blocking.hover();
      await blocking.locator('.action-label[aria-label="Take This Step"]').click();
      await dialog.filter({ hasText: 'End the session on the production database sample' }).waitFor();
      await shoot('health-3-asks');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await countWaiting(sample), 1);
      await blocking.hover();
      await blocking.locator('.action-label[aria-label="Take This Step"]').click();
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await row(/session \d+ \(postgres.*blocks \d+/).waitFor({ state: 'detached' });
      assert.equal(await countWaiting(sample), 0);
    });
    await steps.run('cleans a table of its dead rows', async () => {
      await sample.query('create table shed (id int primary key) with (autovacuum_enabled = off)');
      await sample.query('insert into shed select generate_series(1, 30000)');
      await sample.query('delete from shed where id > 3000');
      const dirty = row(/public\.shed.*27,000 dead rows \(90 %\)/);
      await dirty.waitFor();
      await shoot('health-4-dead-rows');
      await dirty.click();
      await dirty.hover();
      await dirty.locator('.action-label[aria-label="Take This Step"]').click();
      await dialog.filter({ hasText: 'VACUUM (ANALYZE) public.shed' }).waitFor();
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await dirty.waitFor({ state: 'detached' });
    });
    await steps.run('opens SQL that only shows as a document', async () => {
      const off = row(/public\.shed.*autovacuum_enabled = off/);
      await off.waitFor();
      await off.click();
      await off.hover();
      await off.locator('.action-label[aria-label="Take This Step"]').click();
      await workbench.line
        .filter({ hasText: /ALTER\sTABLE\spublic\.shed\sRESET/ })
        .first()
        .waitFor();
    });
    await steps.run('says that the server is gone, and keeps what it showed', async () => {
      await sample.stop();
      await tree.locator('.message', { hasText: 'Not refreshed' }).waitFor();
      await row('Sessions and Locks').waitFor();
    });
    await shoot('health-5-gone');
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await Promise.all(people.map(client => client.end().catch(() => {})));
    await browser?.close().catch(() => {});
    await server?.stop();
    await sample?.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed };
}

async function countWaiting(sample) {
  const [{ n }] = await sample.query(`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`);
  return n;
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const { values } = parseArgs({ options: { screenshots: { type: 'string' } } });
  const { passed, failed } = await walkHealth({
    screenshots: values.screenshots ?? path.join(ROOT, 'test', 'screenshots', 'health'),
  });
  console.log(`  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}
