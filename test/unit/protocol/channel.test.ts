import assert from 'node:assert/strict';
import { Channel, ChannelClosedError } from '../../../src/protocol/channel';
import type { Port } from '../../../src/protocol/channel';

interface Host {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
  never(): Promise<void>;
  nothing(): void;
}
interface Page {
  show(text: string): string;
}

/** Two ports joined back to back; messages are cloned and delivered later, as between a webview and its host. */
function joinedPorts(): [Port & { sent: unknown[] }, Port & { sent: unknown[] }] {
  const listeners: [Set<(m: unknown) => void>, Set<(m: unknown) => void>] = [new Set(), new Set()];
  const port = (mine: 0 | 1, other: 0 | 1): Port & { sent: unknown[] } => {
    const sent: unknown[] = [];
    return {
      sent,
      post(message) {
        const copy: unknown = structuredClone(message);
        sent.push(copy);
        queueMicrotask(() => listeners[other].forEach(listener => listener(copy)));
      },
      onMessage(listener) {
        listeners[mine].add(listener);
        return { dispose: () => void listeners[mine].delete(listener) };
      },
    };
  };
  return [port(0, 1), port(1, 0)];
}

class Adder implements Host {
  readonly #offset = 0;
  add(a: number, b: number): Promise<number> {
    return Promise.resolve(a + b + this.#offset);
  }
  fail(): Promise<void> {
    return Promise.reject(new Error('relation "cameras" does not exist'));
  }
  never(): Promise<void> {
    return new Promise(() => undefined);
  }
  nothing(): void {}
}

function joined() {
  const [hostPort, pagePort] = joinedPorts();
  const page = new Channel<Host, Page>(hostPort, new Adder());
  const host = new Channel<Page, Host>(pagePort, { show: text => `shown ${text}` });
  return { page, host, hostPort, pagePort };
}

describe('protocol/channel', () => {
  it('carries calls in both directions', async () => {
    const { page, host } = joined();
    assert.equal(await host.call('add', 2, 3), 5);
    assert.equal(await page.call('show', 'a plan'), 'shown a plan');
    assert.equal(await host.call('nothing'), undefined);
  });

  it('answers calls made at the same time each with its own value', async () => {
    const { host } = joined();
    assert.deepEqual(
      await Promise.all([host.call('add', 1, 1), host.call('add', 2, 2), host.call('add', 3, 3)]),
      [2, 4, 6],
    );
  });

  it('brings the reason of a failure', async () => {
    const { host } = joined();
    await assert.rejects(host.call('fail'), { message: 'relation "cameras" does not exist' });
  });

  it('fails a call of an unknown method instead of leaving it waiting', async () => {
    const { host } = joined();
    const anyHost = host as unknown as Channel<Page, Record<string, () => void>>;
    for (const name of ['missing', 'toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      await assert.rejects(anyHost.call(name), { message: `unknown method ${name}` });
    }
  });

  it('rejects pending and later calls when disposed', async () => {
    const { host } = joined();
    const pending = host.call('never');
    host.dispose();
    host.dispose();
    await assert.rejects(pending, ChannelClosedError);
    await assert.rejects(host.call('add', 1, 1), ChannelClosedError);
  });

  it('sends nothing after it is disposed', async () => {
    const { page, host, hostPort } = joined();
    const call = host.call('add', 1, 1);
    page.dispose();
    host.dispose();
    await assert.rejects(call, ChannelClosedError);
    assert.deepEqual(hostPort.sent, []);
  });

  it('ignores messages that are not its own', async () => {
    const { host, hostPort, pagePort } = joined();
    for (const stray of [null, 7, 'text', {}, { type: 'theme' }, { call: 'add' }, { answer: 99, value: 1 }]) {
      pagePort.post(stray);
    }
    assert.equal(await host.call('add', 1, 2), 3);
    assert.equal(hostPort.sent.length, 1);
  });

  it('fails a call whose answer cannot be cloned', async () => {
    const [hostPort, pagePort] = joinedPorts();
    new Channel<{ odd(): unknown }, Page>(hostPort, { odd: () => () => 1 });
    const host = new Channel<Page, { odd(): unknown }>(pagePort, { show: text => text });
    await assert.rejects(host.call('odd'), /answer of odd cannot be sent/);
  });

  it('rejects a call whose arguments cannot be cloned', async () => {
    const { host } = joined();
    await assert.rejects(host.call('add', (() => 1) as unknown as number, 1));
  });
});
