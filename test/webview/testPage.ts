import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from './browser';
import { THEMES } from './themes';

const ROOT = path.join(__dirname, '../..');
const NONCE = 'c2VjcmV0';

export type ThemeName = keyof typeof THEMES;

/** A page in a browser, under the policy the extension gives its pages. */
export interface TestPage {
  readonly page: Page;
  /** Blocked content, script errors and console errors; a good page leaves it empty. */
  readonly troubles: string[];
  setTheme(theme: ThemeName): Promise<void>;
  screenshot(name: string): Promise<void>;
  /** Presses one key after the other. */
  press(...keys: string[]): Promise<void>;
  close(): Promise<void>;
}

/** The script and style of a page, built as for the extension, by the paths they are served under. */
export async function bundlePage(name: string, source: string): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    entryPoints: { [name]: source },
    outdir: path.join(ROOT, 'dist/webview'),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'chrome132',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  return new Map(result.outputFiles.map(file => [`/${path.basename(file.path)}`, file.text]));
}

/**
 * Frames come late, as on a machine with too much to do, and so does what waits for the one after a change. What is pressed
 * in between must meet the page as it is shown.
 */
const LATE_FRAMES = `{
  const [frame, timer, late] = [window.requestAnimationFrame.bind(window), window.setTimeout.bind(window), 400];
  window.requestAnimationFrame = work => timer(() => frame(work), late);
  window.cancelAnimationFrame = id => clearTimeout(id);
  window.setTimeout = (work, ms = 0, ...args) => timer(work, ms < 50 ? ms + late : ms, ...args);
}`;

export interface TestPageOptions {
  /** Of the bundle. */
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly width: number;
  readonly height: number;
  readonly lateFrames?: boolean;
  /** What must be in place before the page is loaded. */
  prepare?(page: Page, troubles: string[]): Promise<void>;
}

/** Opens a bundled page, in the dark theme. */
export async function openTestPage(browser: Browser, options: TestPageOptions): Promise<TestPage> {
  const { name, files, width, height } = options;
  const origin = `http://${name}.test`;
  const page = await browser.newPage({ viewport: { width, height } });
  const troubles: string[] = [];
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  if (options.lateFrames) await page.addInitScript(LATE_FRAMES);
  await options.prepare?.(page, troubles);
  await page.route('**/*', async route => {
    const asked = new URL(route.request().url()).pathname;
    const text = asked === '/' ? htmlOf(name, origin) : files.get(asked);
    const contentType = asked.endsWith('.js') ? 'text/javascript' : asked.endsWith('.css') ? 'text/css' : 'text/html';
    await route.fulfill(text === undefined ? { status: 404, body: '' } : { contentType, body: text });
  });
  await page.goto(`${origin}/`);

  const setTheme = (theme: ThemeName): Promise<void> =>
    page.evaluate(({ variables, bodyClass }) => {
      document.documentElement.removeAttribute('style');
      for (const [variable, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(`--vscode-${variable}`, value);
      }
      document.body.className = bodyClass;
    }, THEMES[theme]);
  await setTheme('dark');
  return {
    page,
    troubles,
    setTheme,
    async screenshot(picture) {
      const folder = path.join(ROOT, 'test/screenshots');
      fs.mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `${picture}.png`), fullPage: true });
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    close: () => page.close(),
  };
}

/** The HTML that the extension makes: nothing but addresses, a nonce and a policy. */
function htmlOf(name: string, origin: string): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src ${origin}; script-src 'nonce-${NONCE}'" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <link rel="stylesheet" href="${origin}/${name}.css" />
    <title>Plan</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${NONCE}" src="${origin}/${name}.js"></script>
  </body>
</html>`;
}
