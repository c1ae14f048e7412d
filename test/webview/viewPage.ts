import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import type { PlanView } from '../../src/protocol/planPanel';
import type { Browser, Page } from './browser';
import type { ThemeName } from './planPage';
import { THEMES } from './themes';

const ROOT = path.join(__dirname, '../..');
const ORIGIN = 'http://view.test';
const NONCE = 'c2VjcmV0';

/** The same policy as the panel's. */
const HTML = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src ${ORIGIN}; script-src 'nonce-${NONCE}'" />
    <link rel="stylesheet" href="${ORIGIN}/view.css" />
    <title>View</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${NONCE}" src="${ORIGIN}/view.js"></script>
  </body>
</html>`;

export interface OpenedView {
  readonly page: Page;
  /** Blocked content, script errors and console errors; a good view leaves it empty. */
  readonly troubles: string[];
  /** Milliseconds until it was painted. */
  show(view: PlanView, more?: { selected?: number; lit?: number[]; methods?: string[] }): Promise<number>;
  /** What the view called: name and arguments. */
  calls(): Promise<unknown[][]>;
  setTheme(theme: ThemeName): Promise<void>;
  screenshot(name: string): Promise<void>;
}

let bundled: Promise<Map<string, string>> | undefined;

function bundle(): Promise<Map<string, string>> {
  bundled ??= build({
    entryPoints: { view: path.join(__dirname, 'viewHarness.mjs') },
    outdir: path.join(ROOT, 'dist/webview'),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'chrome132',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  }).then(result => new Map(result.outputFiles.map(file => [`/${path.basename(file.path)}`, file.text])));
  return bundled;
}

/** Opens one of the plan's views alone in a browser, under the panel's content policy. */
export async function openView(
  browser: Browser,
  what: 'graph' | 'icicle' | 'exports',
  { width = 900, height = 800 }: { width?: number; height?: number } = {},
): Promise<OpenedView> {
  const files = await bundle();
  const page = await browser.newPage({ viewport: { width, height } });
  const troubles: string[] = [];
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  await page.route('**/*', async route => {
    const name = new URL(route.request().url()).pathname;
    const text = name === '/' ? HTML : files.get(name);
    const contentType = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'text/html';
    await route.fulfill(text === undefined ? { status: 404, body: '' } : { contentType, body: text });
  });
  await page.goto(`${ORIGIN}/`);
  const setTheme = (name: ThemeName): Promise<void> =>
    page.evaluate(theme => {
      document.documentElement.removeAttribute('style');
      for (const [variable, value] of Object.entries(theme.variables)) {
        document.documentElement.style.setProperty(`--vscode-${variable}`, value);
      }
      document.body.className = theme.bodyClass;
    }, THEMES[name]);
  await setTheme('dark');
  return {
    page,
    troubles,
    setTheme,
    show: async (view, more = {}) =>
      await page.evaluate<Promise<number>, object>(
        shown => (window as unknown as { show(shown: object): Promise<number> }).show(shown),
        { what, view, ...more },
      ),
    calls: () => page.evaluate<unknown[][]>('window.calls'),
    async screenshot(name) {
      const folder = path.join(ROOT, 'test/screenshots');
      fs.mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    },
  };
}
