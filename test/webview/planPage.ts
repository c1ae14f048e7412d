import path from 'node:path';
import type { Channel } from '../../src/protocol/channel';
import type { PlanHost, PlanPage, PlanView } from '../../src/protocol/planPanel';
import type { Browser } from './browser';
import type { TestPage } from './testPage';
import { openEditorPage } from './editorPage';
import { bundlePage } from './testPage';

const ROOT = path.join(__dirname, '../..');

export interface OpenedPanel extends TestPage {
  /** The page's side of the conversation: `panel.plan.call('show', view)`. */
  readonly plan: Channel<PlanHost, PlanPage>;
  /** Every call the page made, as "apply 1", but for those of the pointer. */
  readonly calls: string[];
  /** The nodes the pointer or the focus rested on: they come whenever they come. */
  readonly hovered: (number | null)[];
}

interface PanelOptions {
  readonly answers?: Partial<PlanHost>;
  readonly width?: number;
  readonly height?: number;
  /** Frames come long after what is pressed. */
  readonly lateFrames?: boolean;
}

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** Opens the plan panel in a browser, with `view` as the answer to `ready()` and `answers` in place of the extension. */
export async function openPlanPanel(
  browser: Browser,
  view: PlanView | undefined,
  { answers = {}, width = 760, height = 900, lateFrames = false }: PanelOptions = {},
): Promise<OpenedPanel> {
  const files = await (bundled ??= bundlePage('plan', path.join(ROOT, 'src/webview/plan/main.tsx')));
  const calls: string[] = [];
  const hovered: (number | null)[] = [];

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
    runStep: (finding, step) => record('runStep', finding, step),
    rawText: () => {
      calls.push('rawText');
      return answers.rawText?.() ?? Promise.resolve('[]');
    },
    saveAsMigration: id => record('saveAsMigration', id),
    cancel: () => record('cancel'),
    copy: (what, id) => record('copy', what, ...(id === undefined ? [] : [id])),
    openRule: rule => record('openRule', rule),
    copyText: text => record('copyText', text),
    exportAs: (format, content, encoding) => record('exportAs', format, content, encoding),
    hoverNode: id => {
      hovered.push(id);
      return Promise.resolve();
    },
    compareWith: entry => record('compareWith', entry),
    pinBaseline: entry => record('pinBaseline', entry),
    clearHistory: () => record('clearHistory'),
    choosePlan: place => record('choosePlan', place),
  };
  const opened = await openEditorPage<PlanHost, PlanPage>(browser, host, {
    name: 'plan',
    files,
    width,
    height,
    lateFrames,
  });
  return { ...opened, plan: opened.side, calls, hovered };
}
