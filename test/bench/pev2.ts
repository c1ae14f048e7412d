import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from '../webview/browser';

/** A folder of its own: npm takes away what another call without saving has put into the same one. */
const PEERS = resolve(__dirname, '../../.cache/peers/plan');
const ORIGIN = 'http://peer.test';
const LIMIT_MS = 120_000;

const PAGE = `
  import { createApp, h } from 'vue';
  import { Plan } from 'pev2';
  import 'pev2/dist/pev2.css';
  window.showPlan = (text, count, limit) => new Promise(resolve => {
    const started = performance.now();
    createApp({ render: () => h(Plan, { planSource: text, planQuery: '' }) }).mount('#root');
    const look = () => {
      const drawn = document.querySelectorAll('.plan-node').length;
      const took = performance.now() - started;
      if (drawn >= count || took > limit) resolve({ took, drawn, elements: document.querySelectorAll('*').length });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
`;

export interface Painted {
  readonly took: number;
  readonly drawn: number;
  readonly elements: number;
}

/** The page of pev2 from npm, built for the browser; undefined, and the reason printed, when it cannot be had. */
export async function buildPev2(): Promise<Map<string, string> | undefined> {
  try {
    if (!existsSync(join(PEERS, 'node_modules/pev2'))) {
      mkdirSync(PEERS, { recursive: true });
      const options = ['--prefix', PEERS, '--no-save', '--ignore-scripts', '--force'];
      execFileSync('npm', ['install', ...options, 'pev2@1.21.0', 'vue@3'], { stdio: 'pipe' });
    }
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: PEERS, loader: 'js' },
      outdir: PEERS,
      entryNames: 'page',
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      target: 'chrome132',
      logLevel: 'silent',
      loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.svg': 'dataurl' },
      define: {
        'process.env.NODE_ENV': '"production"',
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
    });
    return new Map(outputFiles.map(file => [file.path.endsWith('.css') ? '/page.css' : '/page.js', file.text]));
  } catch (error) {
    console.log(`pev2: left out, ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

/** From handing the plan's text over until all its nodes are drawn. */
export async function paintPev2(
  browser: Browser,
  files: ReadonlyMap<string, string>,
  text: string,
  count: number,
): Promise<Painted> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  try {
    const html = `<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><style>#root{height:780px}</style><div id="root" class="d-flex flex-column"></div><script src="/page.js"></script>`;
    await page.route('**/*', async route => {
      const name = new URL(route.request().url()).pathname;
      const body = name === '/' ? html : files.get(name);
      const contentType = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'text/html';
      await route.fulfill(body === undefined ? { status: 404, body: '' } : { contentType, body });
    });
    await page.goto(`${ORIGIN}/`);
    return await page.evaluate<Promise<Painted>, readonly [string, number, number]>(
      ([plan, nodes, limit]) =>
        (window as unknown as { showPlan(text: string, count: number, limit: number): Promise<Painted> }).showPlan(
          plan,
          nodes,
          limit,
        ),
      [text, count, LIMIT_MS],
    );
  } finally {
    await page.close();
  }
}
