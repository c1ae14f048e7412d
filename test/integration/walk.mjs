/**
 * The whole main job, by clicking in a real VS Code: a hint in the file, Explain Analyze, the measured plan, the
 * suggested index, Create index, before and after, Undo.
 *
 *   node test/integration/walk.mjs [--vsix FILE] [--screenshots FOLDER]
 *
 * Without --vsix the extension runs from the source tree, with it the packaged one is installed.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { copySampleWorkspace, startSampleDatabase } from '../../src/tools/sampleDatabase.mjs';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { installExtension, remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { walkHistory } from './historySteps.mjs';
import { walkSources } from './sourceSteps.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Walks through the main job.
 * @param options.vsix a packaged extension to install; the source tree when absent.
 * @param options.screenshots the folder for the pictures.
 * @param options.database a started sample database; one of its own when absent.
 * @returns counts of the steps and the figures read from the panel.
 */
export async function walk({ vsix, screenshots, database }) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-walk-'));
  const workspace = copySampleWorkspace(path.join(scratch, 'workspace'));
  const figures = {};
  let page;
  let sample;
  let server;
  let browser;
  const shoot = name => page?.screenshot({ path: path.join(screenshots, `${name}.png`) });
  const steps = new Steps(() => shoot('failed').catch(() => {}));
  try {
    sample = await steps.run('starts PostgreSQL with the sample data', async () => database ?? startSampleDatabase());
    server = await steps.run(vsix ? 'starts VS Code with the packaged extension' : 'starts VS Code', async () => {
      const extensionsFolder = path.join(scratch, 'extensions');
      if (vsix) await installExtension(vsix, extensionsFolder);
      const settings = { 'queryTuner.connections': [{ name: 'sample', url: sample.url, role: 'development' }] };
      return startServer({ extensionsFolder, settings, verbose: Boolean(process.env.VSCODE_HOST_VERBOSE) });
    });
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(ANSWER_LIMIT_MS);
    if (process.env.VSCODE_HOST_VERBOSE) page.on('console', message => console.error(`[page] ${message.text()}`));

    await steps.run('opens the SQL file', async () => {
      const development = vsix ? [] : [['extensionDevelopmentPath', remoteUri(server, ROOT)]];
      const file = ['openFile', remoteUri(server, path.join(workspace, 'queries.sql'))];
      await page.goto(workbenchUrl(server, { folder: workspace, payload: [...development, file] }));
      await page.locator('.view-line').first().waitFor({ timeout: START_LIMIT_MS });
    });
    await steps.run('underlines what could be better', async () => {
      const squiggle = page.locator('.squiggly-hint, .squiggly-info, .squiggly-warning, .squiggly-error');
      await squiggle.first().waitFor({ timeout: START_LIMIT_MS });
    });
    const lens = page.locator('.codelens-decoration a', { hasText: 'Explain Analyze' }).first();
    await steps.run('offers Explain Analyze above the statement', () => lens.waitFor({ timeout: START_LIMIT_MS }));
    await shoot('1-editor');

    const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    await steps.run('shows the measured plan', async () => {
      await lens.click();
      const execution = panel.locator('.figure.main dd');
      await execution.filter({ hasText: /\d/ }).waitFor();
      figures.planBefore = await execution.innerText();
      assert.match(figures.planBefore, /^[\d.,]+\s*(µs|ms|s|min)$/);
      assert.ok((await panel.locator('[role=treegrid] .plan-row .node-type').count()) > 0, 'the plan has no node');
    });
    const indexesBefore = await countIndexes(sample);
    const card = panel.locator('article.card').filter({ has: panel.getByRole('button', { name: 'Create index' }) });
    await steps.run('suggests an index with its what-if cost', async () => {
      await card.first().waitFor();
      figures.suggestion = await card.first().locator('h3').innerText();
      figures.whatIf = (await card.first().locator('.costs').innerText()).replace(/\s+/g, ' ');
      assert.match(figures.whatIf, /\d.*→.*\d/);
    });
    await shoot('2-plan');
    await steps.run('runs no script in the panel but its own, and reaches nothing', async () => {
      assert.deepEqual(await panel.locator('#root').evaluate(tryToBreakOut), {
        inline: false,
        handler: false,
        evaluated: false,
        fetched: false,
      });
    });
    await walkSources(steps, { page, panel, shoot });
    await steps.run('creates the index and shows before and after', async () => {
      await card.first().getByRole('button', { name: 'Create index' }).click();
      await panel.locator('article.card.applied').first().waitFor();
      const verdict = panel.locator('section.verdict');
      await verdict.waitFor();
      figures.before = await verdict.locator('.verdict-bar.before .verdict-value').innerText();
      figures.after = await verdict.locator('.verdict-bar.after .verdict-value').innerText();
      figures.speedUp = await verdict.locator('.speed-up').innerText();
      assert.equal(await countIndexes(sample), indexesBefore + 1);
      assert.match(await verdict.getAttribute('class'), /better/);
    });
    await shoot('3-before-after');
    await steps.run('undoes it', async () => {
      const undo = panel.locator('article.card.applied').first().getByRole('button', { name: 'Undo' });
      await undo.click();
      await panel.locator('article.card.applied').first().waitFor({ state: 'detached' });
      assert.equal(await countIndexes(sample), indexesBefore);
    });
    await shoot('4-undone');
    // explained, and once more after each change
    await walkHistory(steps, { page, panel, workspace, sample, runs: 3, shoot });
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await browser?.close().catch(() => {});
    await server?.stop();
    if (!database) await sample?.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed, figures };
}

/** Run inside the panel: what somebody would try whose text got into it as HTML. Says what worked. */
async function tryToBreakOut(root) {
  const script = document.createElement('script');
  script.textContent = 'window.brokenInline = true';
  const image = document.createElement('img');
  image.setAttribute('onerror', 'window.brokenHandler = true');
  const failed = new Promise(done => image.addEventListener('error', done));
  image.src = 'https://example.invalid/x.png';
  root.append(script, image);
  await failed;
  script.remove();
  image.remove();
  const works = async attempt => {
    try {
      await attempt();
      return true;
    } catch {
      return false;
    }
  };
  return {
    inline: window.brokenInline === true,
    handler: window.brokenHandler === true,
    evaluated: await works(() => new Function('return 1')()),
    fetched: await works(() => fetch('data:text/plain,hello')),
  };
}

async function countIndexes(sample) {
  const [row] = await sample.query(
    `select count(*)::int as n from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)`,
  );
  return row.n;
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const { values } = parseArgs({ options: { vsix: { type: 'string' }, screenshots: { type: 'string' } } });
  const folder = values.screenshots ?? path.join(ROOT, 'test', 'screenshots', values.vsix ? 'vsix' : 'source');
  const { passed, failed, figures } = await walk({ vsix: values.vsix, screenshots: folder });
  console.log(`  ${JSON.stringify(figures)}\n  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}
