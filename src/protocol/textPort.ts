import type { Port } from './channel';

/**
 * A port that carries each message as one text. A plan of ten thousand nodes is half a million values: the editor walks
 * through all of them, and clones them, at every step of the way from the extension to the page; a text it only copies.
 */
export function textPort(port: Port): Port {
  return {
    post: message => port.post(JSON.stringify(message)),
    onMessage: listener =>
      port.onMessage(text => {
        const message = parse(text);
        if (message !== undefined) listener(message);
      }),
  };
}

/** Undefined for what is not ours: a webview's window also hears the editor's own messages. */
function parse(text: unknown): unknown {
  if (typeof text !== 'string' || !text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
