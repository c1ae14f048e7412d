/**
 * A plan of 10,000 nodes: reading it, and in a real Chromium the first paint and the scrolling of our page; beside pev2
 * at sizes that it can show, in the same run.
 */
import { parsePlan } from '../../src/core/plan/parsePlan';
import { Channel } from '../../src/protocol/channel';
import { textPort } from '../../src/protocol/textPort';
import { buildPlanView } from '../../src/protocol/buildPlanView';
import type { PlanHost, PlanPage, PlanView } from '../../src/protocol/planPanel';
import { launchBrowser } from '../webview/browser';
import type { Browser, Page } from '../webview/browser';
import { openPlanPanel } from '../webview/planPage';
import { openView } from '../webview/viewPage';
import { largePlan } from './largePlan';
import { buildPev2, paintPev2 } from './pev2';

const LARGE = 10_000;
const PEER_SIZES = [100, 300] as const;
const ROUNDS = 3;
const FRAMES = 60;
const KEYS = 20;

export async function benchPlan(): Promise<void> {
  const texts = new Map([...PEER_SIZES, LARGE].map(count => [count, largePlan(count)]));
  const views = new Map([...texts].map(([count, text]) => [count, read(text)]));
  const text = texts.get(LARGE)!;
  const readMs = Math.min(...rounds().map(() => timed(() => read(text))));
  const figuresMs = Math.min(...rounds().map(() => timed(() => parsePlan(text))));
  console.log(
    `plan: ${LARGE} nodes, ${(text.length / 1e6).toFixed(1)} MB of JSON: parse and figures ${figuresMs.toFixed(0)} ms, ` +
      `with everything the page shows ${readMs.toFixed(0)} ms`,
  );
  const browser = await launchBrowser();
  try {
    const ours = new Map<number, number>();
    for (const [count, view] of views) {
      const painted = await paintOurs(browser, view);
      ours.set(count, painted.took);
      console.log(
        `query-tuner, ${count} nodes: first paint ${painted.took.toFixed(0)} ms (${painted.cpuMs.toFixed(0)} ms of CPU), ` +
          `${painted.elements} elements`,
      );
      if (count === LARGE) {
        console.log(`  a key moves the cursor: ${painted.keyCpuMs.toFixed(1)} ms of CPU`);
        console.log(`  table scrolled ${FRAMES} times: ${frames(painted.frames)}`);
      }
    }
    for (const what of ['graph', 'icicle'] as const) {
      const opened = await openView(browser, what, { width: 1_280 });
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await opened.show(views.get(PEER_SIZES[0])!);
        times.push(await opened.show(views.get(LARGE)!));
      }
      console.log(`  ${what}: first paint ${Math.min(...times).toFixed(0)} ms`);
      await opened.page.close();
    }
    await besidePev2(browser, texts, ours);
  } finally {
    await browser.close();
  }
}

async function besidePev2(
  browser: Browser,
  texts: ReadonlyMap<number, string>,
  ours: ReadonlyMap<number, number>,
): Promise<void> {
  const files = await buildPev2();
  if (!files) return;
  for (const count of PEER_SIZES) {
    const { took, drawn, elements } = await paintPev2(browser, files, texts.get(count)!, count);
    const times = (other: number): string => (took / other).toFixed(1);
    console.log(
      `pev2, ${count} nodes: ${drawn < count ? `only ${drawn} drawn after` : 'drawn in'} ${took.toFixed(0)} ms, ${elements} elements; ` +
        `${times(ours.get(count)!)} times ours at ${count}, ${times(ours.get(LARGE)!)} times ours at ${LARGE}`,
    );
  }
}

interface OurPaint {
  readonly took: number;
  /** Of the page's main thread: the same however busy the machine is. */
  readonly cpuMs: number;
  readonly keyCpuMs: number;
  readonly elements: number;
  /** Milliseconds from one frame to the next while the table scrolls. */
  readonly frames: readonly number[];
}

/** From the message with the plan until the table is on the screen; the best of three fresh pages. */
async function paintOurs(browser: Browser, view: PlanView): Promise<OurPaint> {
  const message = messageOf(view);
  const paints: OurPaint[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const panel = await openPlanPanel(browser, undefined, { width: 1_280, height: 800 });
    await panel.page.locator('main').waitFor();
    paints.push(await paint(panel.page, message));
    if (panel.troubles.length > 0) throw new Error(panel.troubles.join('\n'));
    await panel.close();
  }
  const least = (figure: 'took' | 'cpuMs' | 'keyCpuMs'): number => Math.min(...paints.map(each => each[figure]));
  return { ...paints.at(-1)!, took: least('took'), cpuMs: least('cpuMs'), keyCpuMs: least('keyCpuMs') };
}

async function paint(page: Page, message: unknown): Promise<OurPaint> {
  const cpuMs = await cpuClock(page);
  await page.evaluate(data => void Object.assign(window, { message: data }), message);
  const before = await cpuMs();
  const painted = await page.evaluate(async () => {
    // no function with a name in here: the page does not know what the compiler puts around those
    const started = performance.now();
    window.postMessage((window as unknown as { message: unknown }).message, '*');
    while (!document.querySelector('[role=treegrid] [role=gridcell]')) await new Promise<number>(requestAnimationFrame);
    await new Promise<number>(requestAnimationFrame);
    return { took: performance.now() - started, elements: document.querySelectorAll('*').length };
  });
  const after = await cpuMs();
  await page.locator('[role=treegrid]').focus();
  const resting = await cpuMs();
  for (let key = 0; key < KEYS; key++) await page.keyboard.press(key % 2 === 0 ? 'ArrowUp' : 'ArrowDown');
  const pressed = await cpuMs();
  const times = await page.evaluate(async count => {
    const table = document.querySelector('[role=treegrid]')!;
    const frames: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let step = 1; step <= count; step++) {
      table.scrollTop = (step * (table.scrollHeight - table.clientHeight)) / count;
      const now = await new Promise<number>(requestAnimationFrame);
      frames.push(now - last);
      last = now;
    }
    return frames;
  }, FRAMES);
  return { ...painted, cpuMs: after - before, keyCpuMs: (pressed - resting) / KEYS, frames: times };
}

/** Milliseconds of CPU that the page's main thread has had so far. */
async function cpuClock(page: Page): Promise<() => Promise<number>> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = (await tools.send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
}

/** What the extension would post to show the plan. */
function messageOf(view: PlanView): unknown {
  let message: unknown;
  const channel = new Channel<Partial<PlanHost>, PlanPage>(
    textPort({ post: posted => (message ??= posted), onMessage: () => ({ dispose: () => undefined }) }),
    {},
  );
  void channel.call('show', view).catch(() => undefined);
  channel.dispose();
  return message;
}

function read(text: string): PlanView {
  const [tree] = parsePlan(text);
  return buildPlanView({ title: 'bench', sql: '', connection: '', server: '', tree: tree!, findings: [] });
}

function frames(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(0);
  return `${at(0.5)} ms from frame to frame in the median, ${at(0.95)} ms 95 %, ${at(1)} ms at most`;
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function rounds(): number[] {
  return Array.from({ length: ROUNDS }, (_, round) => round);
}
