import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { Channel } from '../../src/protocol/channel';
import type { PlanHost, PlanPage, PlanView } from '../../src/protocol/planPanel';
import type { Browser, Page } from './browser';
import { THEMES } from './themes';

const ROOT = path.join(__dirname, '../..');
const ORIGIN = 'http://plan.test';
const NONCE = 'c2VjcmV0';

/** The HTML that the extension makes: nothing but addresses, a nonce and a policy. */
const HTML = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src ${ORIGIN}; script-src 'nonce-${NONCE}'" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <link rel="stylesheet" href="${ORIGIN}/plan.css" />
    <title>Plan</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${NONCE}" src="${ORIGIN}/plan.js"></script>
  </body>
</html>`;

/** Stands in for the editor: a port to the test, a state that outlives a reload, and an ear for blocked content. */
const EDITOR_STUB = `
  window.acquireVsCodeApi = () => ({
    postMessage: message => void window.toTest(message),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: state => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  document.addEventListener('securitypolicyviolation', event =>
    void window.toTestViolation(event.violatedDirective + ' ' + event.blockedURI));
`;

export type ThemeName = keyof typeof THEMES;

export interface OpenedPanel {
  readonly page: Page;
  /** The page's side of the conversation: `panel.plan.call('show', view)`. */
  readonly plan: Channel<PlanHost, PlanPage>;
  /** Every call the page made, as "apply 1". */
  readonly calls: string[];
  /** Blocked content, script errors and console errors; a good page leaves it empty. */
  readonly troubles: string[];
  setTheme(theme: ThemeName): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

let bundled: Promise<Map<string, string>> | undefined;

/** The page's script and style, built as for the extension; once for all tests. */
function bundle(): Promise<Map<string, string>> {
  bundled ??= build({
    entryPoints: { plan: path.join(ROOT, 'src/webview/plan/main.tsx') },
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

/** Opens the plan panel in a browser, with `view` as the answer to `ready()` and `answers` in place of the extension. */
export async function openPlanPanel(
  browser: Browser,
  view: PlanView | undefined,
  { answers = {}, width = 760, height = 900 }: { answers?: Partial<PlanHost>; width?: number; height?: number } = {},
): Promise<OpenedPanel> {
  const files = await bundle();
  const page = await browser.newPage({ viewport: { width, height } });
  const calls: string[] = [];
  const troubles: string[] = [];
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text());
  });

  const record = (name: keyof PlanHost, ...args: unknown[]): Promise<void> => {
    calls.push([name, ...args.map(arg => (typeof arg === 'object' ? JSON.stringify(arg) : String(arg)))].join(' '));
    const answer = answers[name] as ((...args: unknown[]) => Promise<void>) | undefined;
    return answer?.(...args) ?? Promise.resolve();
  };
  const host: PlanHost = {
    ready: () => {
      calls.push('ready');
      return answers.ready?.() ?? Promise.resolve(view);
    },
    explain: options => record('explain', options),
    revealStatement: id => record('revealStatement', ...(id === undefined ? [] : [id])),
    apply: id => record('apply', id),
    undo: id => record('undo', id),
    saveAsMigration: id => record('saveAsMigration', id),
    cancel: () => record('cancel'),
    copy: (what, id) => record('copy', what, ...(id === undefined ? [] : [id])),
    openRule: rule => record('openRule', rule),
    copyText: text => record('copyText', text),
    exportAs: (format, content, encoding) => record('exportAs', format, content, encoding),
    hoverNode: id => record('hoverNode', id),
    compareWith: entry => record('compareWith', entry),
    pinBaseline: entry => record('pinBaseline', entry),
    clearHistory: () => record('clearHistory'),
  };
  const listeners = new Set<(message: unknown) => void>();
  const plan = new Channel<PlanHost, PlanPage>(
    {
      post: message => void page.evaluate(data => window.postMessage(data, '*'), message).catch(() => undefined),
      onMessage: listener => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
    },
    host,
  );

  await page.exposeFunction('toTest', (message: unknown) => listeners.forEach(listener => listener(message)));
  await page.exposeFunction('toTestViolation', (words: string) => troubles.push(`blocked: ${words}`));
  await page.addInitScript(EDITOR_STUB);
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
    plan,
    calls,
    troubles,
    setTheme,
    async screenshot(name) {
      const folder = path.join(ROOT, 'test/screenshots');
      fs.mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    },
    async close() {
      plan.dispose();
      await page.close();
    },
  };
}
