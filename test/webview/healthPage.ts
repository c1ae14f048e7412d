import path from 'node:path';
import type { Channel } from '../../src/protocol/channel';
import type { HealthChartsHost, HealthChartsPage, HealthChartsView } from '../../src/protocol/health';
import type { Browser } from './browser';
import { openEditorPage } from './editorPage';
import { bundlePage, type TestPage } from './testPage';

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
  const opened = await openEditorPage<HealthChartsHost, HealthChartsPage>(
    browser,
    {
      ready: () => Promise.resolve(view),
      refresh: () => {
        refreshes++;
        return refresh();
      },
    },
    { name: 'health', files, width, height: 900 },
  );
  return { ...opened, host: opened.side, refreshes: () => refreshes };
}
