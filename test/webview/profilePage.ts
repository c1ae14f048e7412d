import path from 'node:path';
import { Channel } from '../../src/protocol/channel';
import type { ProfileHost, ProfilePage, ProfileView } from '../../src/protocol/profilePage';
import { textPort } from '../../src/protocol/textPort';
import type { Browser } from './browser';
import type { TestPage } from './testPage';
import { bundlePage, openTestPage } from './testPage';

const ROOT = path.join(__dirname, '../..');

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

export interface OpenedProfilePage extends TestPage {
  /** The page's side of the conversation. */
  readonly side: Channel<ProfileHost, ProfilePage>;
  /** Every call the page made, as "undo r1". */
  readonly calls: string[];
}

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** Opens the page of tuning profiles in a browser, with `view` as the answer to `ready()`. */
export async function openProfilePage(
  browser: Browser,
  view: ProfileView | undefined,
  { answers = {}, width = 760 }: { readonly answers?: Partial<ProfileHost>; readonly width?: number } = {},
): Promise<OpenedProfilePage> {
  const files = await (bundled ??= bundlePage('profile', path.join(ROOT, 'src/webview/profile/main.tsx')));
  const calls: string[] = [];
  const record =
    (name: keyof ProfileHost) =>
    async (...args: unknown[]): Promise<void> => {
      calls.push([name, ...args.map(arg => (typeof arg === 'object' ? JSON.stringify(arg) : String(arg)))].join(' '));
      await (answers[name] as ((...args: unknown[]) => Promise<unknown>) | undefined)?.(...args);
    };
  const host: ProfileHost = {
    ready: () => Promise.resolve(view),
    choose: record('choose'),
    refresh: record('refresh'),
    script: groups =>
      answers.script?.(groups) ??
      Promise.resolve(
        groups.flatMap(({ changes }) => changes.map(({ name }) => `ALTER SYSTEM SET ${name};`)).join('\n'),
      ),
    apply: record('apply'),
    undo: record('undo'),
    forget: record('forget'),
    tryOn: record('tryOn'),
    connect: record('connect'),
    manageTrust: record('manageTrust'),
    copyText: record('copyText'),
    cancel: record('cancel'),
  };
  const listeners = new Set<(message: unknown) => void>();
  let side: Channel<ProfileHost, ProfilePage> | undefined;
  const opened = await openTestPage(browser, {
    name: 'profile',
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
      side = new Channel<ProfileHost, ProfilePage>(textPort({ post, onMessage }), host);
      await page.exposeFunction('toTest', (message: unknown) => listeners.forEach(listener => listener(message)));
      await page.exposeFunction('toTestViolation', (words: string) => troubles.push(`blocked: ${words}`));
      await page.addInitScript(EDITOR_STUB);
    },
  });
  return {
    ...opened,
    side: side!,
    calls,
    async close() {
      side?.dispose();
      await opened.page.close();
    },
  };
}
