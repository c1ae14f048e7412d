/** What every walk begins and ends with: a folder, databases, VS Code windows, screenshots, counts. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS, Workbench } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Between two looks at whether something has become so. */
const ASK_AGAIN_MS = 50;

/** What the browser says that the user prefers; VS Code follows it. */
const SCHEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'dark', forcedColors: 'active' },
};

/**
 * Runs a walk. It is given `{ steps, workspace, shoot, keep, openWindow, openFile }`: see there.
 * @param name of the screenshot taken where a step fails
 * @param scheme light, dark or contrast
 * @returns counts of the steps
 */
export async function walkThrough({ name, screenshots, scheme = 'light' }, walk) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), `query-tuner-${name}-walk-`));
  const workspace = path.join(scratch, 'workspace');
  fs.mkdirSync(workspace);
  const started = [];
  let browser;
  let page;
  /** Something with a `stop()`, ended after the walk whatever happens; returns it. */
  const keep = thing => {
    started.push(thing);
    return thing;
  };
  const shoot = (title, options = {}) =>
    page?.screenshot({ path: path.join(screenshots, `${title}.png`), animations: 'disabled', ...options });
  const steps = new Steps(async () => {
    for (const text of (await page
      ?.locator('.notification-toast:visible')
      .allInnerTexts()
      .catch(() => [])) ?? []) {
      console.log(`      a notification says: ${text.replaceAll(/\s+/g, ' ')}`);
    }
    await shoot(`${name}-failed`)?.catch(() => {});
  });
  /**
   * A window on the walk's folder with these settings, on a server of its own.
   * @returns its `Workbench`, with `openFile(name)`, which loads the window anew and waits for the file's lenses, and
   *   `openEmpty()`, which opens it without a folder.
   */
  const openWindow = async ({ settings = {}, asksForTrust = false, width = 1600, height = 1000 } = {}) => {
    const server = keep(
      await startServer({
        extensionsFolder: path.join(scratch, `extensions-${started.length}`),
        settings: { 'window.autoDetectColorScheme': true, ...settings },
        asksForTrust,
        verbose: Boolean(process.env.VSCODE_HOST_VERBOSE),
      }),
    );
    browser ??= await startBrowser();
    page = await browser.newPage({ viewport: { width, height } });
    await page.emulateMedia(SCHEMES[scheme]);
    page.setDefaultTimeout(ANSWER_LIMIT_MS);
    const workbench = new Workbench(page);
    workbench.openFile = async file => {
      const development = ['extensionDevelopmentPath', remoteUri(server, ROOT)];
      const payload = [development, ['openFile', remoteUri(server, path.join(workspace, file))]];
      await workbench.page.goto(workbenchUrl(server, { folder: workspace, payload }));
      await workbench.line.first().waitFor({ timeout: START_LIMIT_MS });
      if (asksForTrust) await workbench.page.getByRole('button', { name: "No, I don't trust the authors" }).click();
      await workbench.page.locator('.codelens-decoration a').first().waitFor({ timeout: START_LIMIT_MS });
      await workbench.line.first().click();
    };
    /** A window without a folder. `parameters` go into its address. */
    workbench.openEmpty = async (parameters = {}) => {
      const development = ['extensionDevelopmentPath', remoteUri(server, ROOT)];
      const url = new URL(workbenchUrl(server, { payload: [development] }));
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      await workbench.page.goto(url.href);
      // the extension's own button: its commands are known from then on
      await workbench.page.locator('.activitybar a[aria-label="Query Tuner"]').waitFor({ timeout: START_LIMIT_MS });
    };
    return workbench;
  };
  /** A window as {@link openWindow} has it, with a file of the walk's folder in front. @returns its `Workbench` */
  const openFile = async (file, options) => {
    const workbench = await openWindow(options);
    await workbench.openFile(file);
    return workbench;
  };
  try {
    await walk({ steps, workspace, shoot, keep, openWindow, openFile });
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await browser?.close().catch(() => {});
    for (const each of started.reverse()) await Promise.resolve(each.stop()).catch(() => {});
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed };
}

/** Asks until it is so; the walk's own limits end it otherwise. */
export async function waitUntil(isSo) {
  const end = Date.now() + ANSWER_LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not become so');
    await setTimeout(ASK_AGAIN_MS);
  }
}

/**
 * Runs a walk if its file was started by itself: `node test/integration/x.mjs [--screenshots FOLDER]
 * [--scheme light|dark|contrast]`; prints its counts and exits.
 */
export async function runWalk(moduleUrl, name, walk) {
  if (moduleUrl !== pathToFileURL(fs.realpathSync(process.argv[1])).href) return;
  const { values } = parseArgs({ options: { screenshots: { type: 'string' }, scheme: { type: 'string' } } });
  const screenshots = values.screenshots ?? path.join(ROOT, 'test', 'screenshots', name);
  const { passed, failed } = await walkThrough({ name, screenshots, scheme: values.scheme }, walk);
  console.log(`  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}
