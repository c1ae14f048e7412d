import path from 'node:path';
import type { PlanView } from '../../src/protocol/planPanel';
import type { Browser } from './browser';
import type { TestPage } from './testPage';
import { bundlePage, openTestPage } from './testPage';

export interface OpenedView extends TestPage {
  /** Milliseconds until it was painted. */
  show(view: PlanView, more?: { selected?: number; lit?: number[]; methods?: string[] }): Promise<number>;
  /** What the view called: name and arguments. */
  calls(): Promise<unknown[][]>;
}

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** Opens one of the plan's views alone in a browser, under the panel's content policy. */
export async function openView(
  browser: Browser,
  what: 'graph' | 'icicle' | 'exports',
  { width = 900, height = 800 }: { width?: number; height?: number } = {},
): Promise<OpenedView> {
  const files = await (bundled ??= bundlePage('view', path.join(__dirname, 'viewHarness.mjs')));
  const opened = await openTestPage(browser, { name: 'view', files, width, height });
  const { page } = opened;
  return {
    ...opened,
    show: async (view, more = {}) =>
      await page.evaluate<Promise<number>, object>(
        shown => (window as unknown as { show(shown: object): Promise<number> }).show(shown),
        { what, view, ...more },
      ),
    calls: () => page.evaluate<unknown[][]>('window.calls'),
  };
}
