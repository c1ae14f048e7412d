import type { Port } from '../../protocol/channel';
import { textPort } from '../../protocol/textPort';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What a page needs of the editor around it. */
export interface Editor {
  readonly port: Port;
  /** What {@link saveState} was last given, also after the page was hidden and loaded again. Unchecked. */
  readonly savedState: unknown;
  /** Keeps how the page is looked at (selection, collapsed rows); never what the host sent. */
  saveState(state: unknown): void;
}

/** Takes the editor's API. A page can do this only once. */
export function acquireEditor(): Editor {
  const api = acquireVsCodeApi();
  return {
    savedState: api.getState(),
    saveState: state => api.setState(state),
    port: textPort({
      post: message => api.postMessage(message),
      onMessage(listener) {
        const onMessage = (event: MessageEvent<unknown>): void => listener(event.data);
        window.addEventListener('message', onMessage);
        return { dispose: () => window.removeEventListener('message', onMessage) };
      },
    }),
  };
}
