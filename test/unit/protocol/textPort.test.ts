import assert from 'node:assert/strict';
import { Channel } from '../../../src/protocol/channel';
import type { Port } from '../../../src/protocol/channel';
import { textPort } from '../../../src/protocol/textPort';

interface Host {
  size(view: { readonly nodes: readonly number[]; readonly title?: string }): number;
}

/** Two ports joined back to back, and everything that went over them. */
function joinedPorts(): { ports: [Port, Port]; sent: unknown[] } {
  const listeners: ((message: unknown) => void)[] = [];
  const sent: unknown[] = [];
  const port = (mine: number, other: number): Port => ({
    post(message) {
      sent.push(message);
      queueMicrotask(() => listeners[other]?.(message));
    },
    onMessage(listener) {
      listeners[mine] = listener;
      return { dispose: () => delete listeners[mine] };
    },
  });
  return { ports: [port(0, 1), port(1, 0)], sent };
}

describe('protocol/textPort', () => {
  it('carries calls and answers as texts', async () => {
    const { ports, sent } = joinedPorts();
    new Channel<Host, object>(textPort(ports[0]), { size: ({ nodes, title }) => nodes.length + (title?.length ?? 0) });
    const host = new Channel<object, Host>(textPort(ports[1]), {});
    assert.equal(await host.call('size', { nodes: [1, 2], title: undefined }), 2);
    assert.deepEqual(
      sent.map(message => typeof message),
      ['string', 'string'],
    );
  });

  it('ignores what is not its own', () => {
    const heard: unknown[] = [];
    let hear: (message: unknown) => void = () => undefined;
    const port = textPort({
      post: () => undefined,
      onMessage(listener) {
        hear = listener;
        return { dispose: () => undefined };
      },
    });
    port.onMessage(message => heard.push(message));
    for (const text of [null, 7, {}, { call: 'size' }, 'text', '{', '[1]', '{"a":1}']) hear(text);
    assert.deepEqual(heard, [{ a: 1 }]);
  });
});
