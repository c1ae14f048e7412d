import * as fs from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../../core/ports';
import type { EngineAnswer, EngineCall, EngineData } from './engineProtocol';
import { errorField, MessageReader, readRow, writeMessage, type TransactionStatus } from './wireMessages';

/** The statement under way was ended together with its thread; its transaction is undone. */
export class InterruptedError extends Error {}

/** A statement that is told to end may come to its end by itself that soon; then its thread can stay. */
const GRACE_MS = 100;

interface Running {
  readonly id: number;
  onBytes(bytes: Uint8Array): void;
  resolve(): void;
  reject(error: Error): void;
}

/** The thread with the database in it. Runs one thing at a time; whoever calls sees to that. */
export class Engine {
  #worker: Worker | undefined;
  #opening: Promise<void> | undefined;
  #running: Running | undefined;
  #lastId = 0;
  #isClosed = false;
  /** The end of the thread before: two must never have the same files open. */
  #ending: Promise<unknown> = Promise.resolve();
  /** Counts threads: a session of one thread is unknown to the next. */
  generation = 0;

  /** Compiled once: a thread that follows another one starts the sooner. */
  #program: Promise<unknown> | undefined;

  constructor(
    private readonly workerFile: string,
    private readonly data: Omit<EngineData, 'program'>,
  ) {}

  /** Starts the thread if there is none and waits for its database. @throws DatabaseError `unsupported` */
  async start(): Promise<void> {
    if (this.#isClosed) throw new DatabaseError('connection', 'the playground is closed');
    return (this.#opening ??= this.#open());
  }

  /**
   * Runs messages of the wire protocol that end in a Sync or a Query, or a start-up message.
   * @throws InterruptedError once {@link interrupt} has ended the thread; DatabaseError when the thread died.
   */
  async run(bytes: Uint8Array, onBytes: (bytes: Uint8Array) => void, kind: EngineCall['kind'] = 'run'): Promise<void> {
    await this.start();
    const id = ++this.#lastId;
    return new Promise<void>((resolve, reject) => {
      this.#running = { id, onBytes, resolve, reject };
      this.#worker?.postMessage({ kind, id, bytes } satisfies EngineCall);
    });
  }

  /** Runs statements of ours and returns the rows of all of them as text. @throws Error with the first error's text */
  async query(sql: string): Promise<{ rows: (string | null)[][]; status: TransactionStatus }> {
    const reader = new MessageReader();
    const rows: (string | null)[][] = [];
    let status: TransactionStatus = 'I';
    let failure: string | undefined;
    await this.run(writeMessage('Q', sql), bytes => {
      for (const message of reader.read(bytes)) {
        if (message.type === 'D') rows.push(readRow(message));
        if (message.type === 'E') failure ??= errorField(message, 'M');
        if (message.type === 'Z') status = message.bytes.toString('latin1', 5, 6) as TransactionStatus;
      }
    });
    if (failure !== undefined) throw new Error(failure);
    return { rows, status };
  }

  /** Ends what runs now: PGlite cannot be interrupted, so after a moment of grace its thread goes. */
  async interrupt(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    await new Promise(resolve => setTimeout(resolve, GRACE_MS));
    if (this.#running === running) await this.#end(new InterruptedError('interrupted'));
  }

  /** Closes the database in order, unless a statement is running: then it recovers at the next start. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#opening && !this.#running) {
      await this.run(new Uint8Array(), () => undefined, 'close').catch(() => undefined);
    }
    this.#isClosed = true;
    await this.#end(new DatabaseError('connection', 'the playground is closed'));
  }

  async #open(): Promise<void> {
    await this.#ending;
    const program = await (this.#program ??= compile(path.join(this.data.assetsDir, 'pglite.wasm')));
    const workerData: EngineData = { ...this.data, program };
    const worker = new Worker(this.workerFile, { workerData, execArgv: [], stdout: false });
    this.#worker = worker;
    this.generation++;
    return new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => {
        const error = new DatabaseError('unsupported', `the playground's PostgreSQL ${reason}`);
        reject(error);
        if (this.#worker === worker) void this.#end(error);
      };
      worker.on('message', (answer: EngineAnswer) => {
        if (answer.kind === 'open') resolve();
        else if (answer.kind === 'broken') fail(`does not start: ${answer.message}`);
        else this.#take(answer);
      });
      worker.on('error', error => fail(`failed: ${error.message}`));
      worker.on('exit', code => fail(`ended with code ${code}`));
    });
  }

  #take(answer: Extract<EngineAnswer, { kind: 'chunk' | 'done' }>): void {
    const running = this.#running;
    if (!running || running.id !== answer.id) return;
    if (answer.kind === 'chunk') return running.onBytes(answer.bytes);
    this.#running = undefined;
    if (answer.failed === undefined) return running.resolve();
    // whatever state it is in now, the next thread recovers the database from its files
    const error = new DatabaseError('unsupported', `the playground's PostgreSQL failed: ${answer.failed}`);
    running.reject(error);
    void this.#end(error);
  }

  async #end(reason: Error): Promise<void> {
    const worker = this.#worker;
    const running = this.#running;
    this.#worker = undefined;
    this.#opening = undefined;
    this.#running = undefined;
    this.#ending = this.#ending.then(() => worker?.terminate());
    await this.#ending;
    running?.reject(reason);
  }
}

async function compile(file: string): Promise<unknown> {
  // Node has it; TypeScript knows it only from the browser's types
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<unknown> } };
  return WebAssembly.compile(await fs.promises.readFile(file));
}
