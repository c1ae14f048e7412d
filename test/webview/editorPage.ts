import { Channel, type Side } from '../../src/protocol/channel';
import { textPort } from '../../src/protocol/textPort';
import type { Browser } from './browser';
import { openTestPage, type TestPage, type TestPageOptions } from './testPage';

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

export interface EditorPage<Host extends Side<Host>, Page extends Side<Page>> extends TestPage {
  /** The page's side of the conversation: `side.call('show', view)`. */
  readonly side: Channel<Host, Page>;
}

/** Opens a page that talks with the extension, for which `host` stands in. */
export async function openEditorPage<Host extends Side<Host>, Page extends Side<Page>>(
  browser: Browser,
  host: Host,
  options: Omit<TestPageOptions, 'prepare'>,
): Promise<EditorPage<Host, Page>> {
  const listeners = new Set<(message: unknown) => void>();
  let side: Channel<Host, Page> | undefined;
  const opened = await openTestPage(browser, {
    ...options,
    async prepare(page, troubles) {
      const onMessage = (listener: (message: unknown) => void) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      };
      const post = (message: unknown): void =>
        void page.evaluate(data => window.postMessage(data, '*'), message).catch(() => undefined);
      side = new Channel<Host, Page>(textPort({ post, onMessage }), host);
      await page.exposeFunction('toTest', (message: unknown) => listeners.forEach(listener => listener(message)));
      await page.exposeFunction('toTestViolation', (words: string) => troubles.push(`blocked: ${words}`));
      await page.addInitScript(EDITOR_STUB);
    },
  });
  return {
    ...opened,
    side: side!,
    async close() {
      side?.dispose();
      await opened.page.close();
    },
  };
}
