import path from 'node:path';
import { Channel } from '../../src/protocol/channel';
import type { HealthChartsHost, HealthChartsPage, HealthChartsView } from '../../src/protocol/health';
import { textPort } from '../../src/protocol/textPort';
import type { Browser } from './browser';
import { bundlePage, openTestPage, type TestPage } from './testPage';

const STUB = `
  window.acquireVsCodeApi = () => ({
    postMessage: message => void window.toTest(message),
    getState: () => null,
    setState: () => undefined,
  });
  document.addEventListener('securitypolicyviolation', event =>
    void window.toTestViolation(event.violatedDirective + ' ' + event.blockedURI));
`;

export interface OpenedCharts extends TestPage {
  /** The page's side of the conversation: `charts.host.call('show', view)`. */
  readonly host: Channel<HealthChartsHost, HealthChartsPage>;
  /** How often the page asked for a refresh. */
  readonly refreshes: () => number;
}

interface ChartsOptions {
  readonly width?: number;
  readonly refresh?: () => Promise<void>;
}

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** Opens the page "Server health" in a browser, with `view` as the answer to `ready()`. */
export async function openCharts(
  browser: Browser,
  view: HealthChartsView | undefined,
  { width = 760, refresh = () => Promise.resolve() }: ChartsOptions = {},
): Promise<OpenedCharts> {
  const files = await (bundled ??= bundlePage('health', path.join(__dirname, '../../src/webview/health/main.tsx')));
  let refreshes = 0;
  const listeners = new Set<(message: unknown) => void>();
  let host: Channel<HealthChartsHost, HealthChartsPage> | undefined;
  const opened = await openTestPage(browser, {
    name: 'health',
    files,
    width,
    height: 900,
    async prepare(page, troubles) {
      const onMessage = (listener: (message: unknown) => void) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      };
      const post = (message: unknown): void =>
        void page.evaluate(data => window.postMessage(data, '*'), message).catch(() => undefined);
      host = new Channel<HealthChartsHost, HealthChartsPage>(textPort({ post, onMessage }), {
        ready: () => Promise.resolve(view),
        refresh: () => {
          refreshes++;
          return refresh();
        },
      });
      await page.exposeFunction('toTest', (message: unknown) => listeners.forEach(listener => listener(message)));
      await page.exposeFunction('toTestViolation', (words: string) => troubles.push(`blocked: ${words}`));
      await page.addInitScript(STUB);
    },
  });
  return {
    ...opened,
    host: host!,
    refreshes: () => refreshes,
    async close() {
      host?.dispose();
      await opened.page.close();
    },
  };
}
