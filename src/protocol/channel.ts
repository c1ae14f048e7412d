import { messageOf } from '../core/base/messageOf';

/** The part of a webview (or of a test) that carries messages. */
export interface Port {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): { dispose(): void };
}

/** One side of a conversation: a set of methods the other side may call. */
export type Side<T> = { [K in keyof T]: (...args: never[]) => unknown };

type Message =
  | { readonly call: string; readonly id: number; readonly args: readonly unknown[] }
  | { readonly answer: number; readonly value: unknown }
  | { readonly failure: number; readonly reason: string };

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Why a call never got its answer: the panel was closed, or the page reloaded. */
export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError';
}

/**
 * Calls the other side's methods over a port, and answers its calls with ours.
 *
 * A call has no time limit: an EXPLAIN ANALYZE may run for hours, and is ended by cancelling it or by `dispose`.
 * Calls of a method we do not have are answered with a failure, so that they never hang. Messages that are not ours
 * are ignored: a webview's window also hears the editor's own.
 */
export class Channel<Ours extends Side<Ours>, Theirs extends Side<Theirs>> {
  readonly #port: Port;
  readonly #ours: Ours;
  readonly #pending = new Map<number, Pending>();
  readonly #listener: { dispose(): void };
  #lastId = 0;
  #closed = false;

  constructor(port: Port, ours: Ours) {
    this.#port = port;
    this.#ours = ours;
    this.#listener = port.onMessage(message => {
      if (isMessage(message)) void this.#receive(message);
    });
  }

  /** Rejects with the other side's reason if its method failed, with {@link ChannelClosedError} once disposed. */
  call<K extends keyof Theirs & string>(
    method: K,
    ...args: Parameters<Theirs[K]>
  ): Promise<Awaited<ReturnType<Theirs[K]>>> {
    if (this.#closed) return Promise.reject(closed(method));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      try {
        this.#send({ call: method, id, args });
      } catch (error) {
        this.#pending.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Stops listening and rejects what is still unanswered. Answers of ours that are under way are not sent. */
  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.dispose();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(closed('the call'));
  }

  async #receive(message: Message): Promise<void> {
    if ('call' in message) await this.#answer(message.call, message.id, message.args);
    else if ('answer' in message) this.#take(message.answer)?.resolve(message.value);
    else this.#take(message.failure)?.reject(new Error(message.reason));
  }

  async #answer(name: string, id: number, args: readonly unknown[]): Promise<void> {
    let reply: Message;
    try {
      const method = ownMethod(this.#ours, name);
      if (!method) throw new Error(`unknown method ${name}`);
      reply = { answer: id, value: await method.apply(this.#ours, [...args]) };
    } catch (error) {
      reply = { failure: id, reason: messageOf(error) };
    }
    if (this.#closed) return;
    try {
      this.#send(reply);
    } catch (error) {
      // A value that cannot be cloned must not leave the caller waiting.
      this.#send({ failure: id, reason: `answer of ${name} cannot be sent: ${String(error)}` });
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #send(message: Message): void {
    this.#port.post(message);
  }
}

function closed(what: string): ChannelClosedError {
  return new ChannelClosedError(`${what} was not answered: the other side is gone`);
}

/** Methods of the object or its class, but nothing every object has: `toString` is not ours to offer. */
function ownMethod(target: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (name === 'constructor' || name in Object.prototype) return undefined;
  const method: unknown = (target as Record<string, unknown>)[name];
  return typeof method === 'function' ? (method as (...args: unknown[]) => unknown) : undefined;
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as Record<string, unknown>;
  if (typeof message.call === 'string') return typeof message.id === 'number' && Array.isArray(message.args);
  if (typeof message.answer === 'number') return true;
  return typeof message.failure === 'number' && typeof message.reason === 'string';
}
