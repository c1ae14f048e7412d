import fs from 'node:fs';
import type { Page } from './browser';

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

let source: string | undefined;

/** Puts axe-core into the page, past its content policy, as a debugger would. */
export async function loadAxe(page: Page): Promise<void> {
  source ??= fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
}

/** What axe-core finds on the page as it stands, one line for each element; only what hinders people. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<Promise<AxeResults>>(
    `axe.run(document, { resultTypes: ['violations'] })` as unknown as () => Promise<AxeResults>,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`),
    );
}
