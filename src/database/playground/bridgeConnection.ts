import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { DatabaseError } from '../../core/ports';
import { CANCEL_REQUEST, GSS_REQUEST, int32, SSL_REQUEST } from '../startRequests';
import { InterruptedError } from './engine';
import { refusalOf, timeoutIn } from './statementChecks';
import { BusyError, LateError, newSeat, type Seat, type Turns } from './turns';
import {
  MessageReader,
  sqlOf,
  startParameters,
  type WireError,
  type WireMessage,
  writeError,
  writeMessage,
  writeReady,
} from './wireMessages';

/** What a connection needs to know of its bridge. */
export interface BridgeContext {
  readonly turns: Turns;
  readonly password: string;
  /** ParameterStatus messages of the engine, as it sent them. */
  readonly greeting: Buffer;
  cancel(processId: number, secret: number): Promise<void>;
}

/** Who has not said by then who he is has no business here. */
const LOGIN_LIMIT_MS = 10_000;

/** One client of the bridge: lets it in, gathers its messages into work and passes answers on. */
export class BridgeConnection {
  readonly #socket: Socket;
  readonly #context: BridgeContext;
  readonly #reader = new MessageReader();
  #phase: 'start' | 'password' | 'ready' = 'start';
  #seat: Seat = newSeat([]);
  /** Messages since the last that let the engine work. */
  #gathered: WireMessage[] = [];
  /** Work goes on in order. */
  #queue: Promise<void> = Promise.resolve();
  #settings: [string, string][] = [];

  constructor(
    socket: Socket,
    readonly key: { readonly processId: number; readonly secret: number },
    context: BridgeContext,
  ) {
    this.#socket = socket;
    this.#context = context;
    socket.setNoDelay(true);
    const limit = setTimeout(() => this.#phase !== 'ready' && socket.destroy(), LOGIN_LIMIT_MS).unref();
    socket.on('data', bytes => this.#take(bytes));
    // the end of a connection is told by 'close', whatever the reason
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(limit);
      void context.turns.leave(this.#seat);
    });
  }

  async cancel(): Promise<void> {
    await this.#context.turns.cancel(this.#seat);
  }

  end(): void {
    this.#socket.end(writeError({ severity: 'FATAL', sqlState: '57P01', message: 'the playground is closed' }));
    this.#socket.destroySoon();
  }

  #take(bytes: Uint8Array): void {
    try {
      if (this.#phase !== 'start') return this.#reader.read(bytes).forEach(message => this.#handle(message));
      const start = this.#reader.readStart(bytes);
      if (start) this.#start(start);
    } catch {
      this.#socket.destroy();
    }
  }

  #start(message: Buffer): void {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#socket.write('N');
    } else if (code === CANCEL_REQUEST) {
      const done = (): unknown => this.#socket.end();
      void this.#context.cancel(message.readInt32BE(8), message.readInt32BE(12)).then(done, done);
    } else if (code >>> 16 === 3) {
      this.#settings = settingsIn(startParameters(message));
      this.#phase = 'password';
      this.#socket.write(writeMessage('R', int32(3)));
    } else {
      this.#refuse({ sqlState: '08P01', message: 'the playground speaks version 3 of the protocol' });
    }
  }

  #handle(message: WireMessage): void {
    if (this.#phase === 'password') return this.#logIn(message);
    if (message.type === 'X') return void this.#socket.end();
    this.#gathered.push(message);
    // Query, Sync and Flush are the messages after which an answer is waited for
    if (!['Q', 'S', 'H'].includes(message.type)) return;
    const work = this.#gathered;
    this.#gathered = [];
    this.#queue = this.#queue.then(() => this.#work(work));
  }

  #logIn(message: WireMessage): void {
    const given = message.bytes.subarray(5, -1);
    const wanted = Buffer.from(this.#context.password);
    if (message.type !== 'p' || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      return this.#refuse({ sqlState: '28P01', message: 'wrong password for the playground' });
    }
    this.#phase = 'ready';
    this.#seat = newSeat(this.#settings);
    const answer = [writeMessage('R', int32(0)), this.#context.greeting, this.#writeKey(), writeReady('I')];
    this.#socket.write(Buffer.concat(answer));
  }

  #writeKey(): Buffer {
    return writeMessage('K', int32(this.key.processId, this.key.secret));
  }

  async #work(messages: readonly WireMessage[]): Promise<void> {
    const seat = this.#seat;
    const statements = messages.flatMap(message => sqlOf(message) ?? []);
    const refusal = statements.map(refusalOf).find(reason => reason !== undefined);
    if (refusal) return this.#fail(refusal);
    statements.forEach(sql => Object.assign(seat, timeoutIn(sql)));
    seat.isAmidst = messages.at(-1)?.type === 'H';
    try {
      const bytes = Buffer.concat(messages.map(message => message.bytes));
      await this.#context.turns.run(seat, bytes, message => this.#socket.write(message.bytes));
    } catch (error) {
      this.#fail(toWireError(error));
    }
  }

  #fail(error: WireError): void {
    this.#socket.write(Buffer.concat([writeError(error), writeReady(this.#seat.status)]));
  }

  #refuse(error: WireError): void {
    this.#socket.end(writeError({ ...error, severity: 'FATAL' }));
  }
}

/** `application_name` and what `options` sets with `-c`; the rest of a start-up message is not ours to keep. */
function settingsIn(parameters: ReadonlyMap<string, string>): [string, string][] {
  const name = parameters.get('application_name');
  const options = (parameters.get('options') ?? '').matchAll(/-c\s*([\w.]+)=((?:\\.|[^\s\\])*)/g);
  return [
    ...(name ? [['application_name', name] as [string, string]] : []),
    ...[...options].map(([, key = '', value = '']): [string, string] => [key, value.replace(/\\(.)/g, '$1')]),
  ];
}

function toWireError(error: unknown): WireError {
  if (error instanceof LateError) {
    return { sqlState: '57014', message: 'canceling statement due to statement timeout' };
  }
  if (error instanceof InterruptedError) {
    return { sqlState: '57014', message: 'canceling statement due to user request' };
  }
  if (error instanceof BusyError) {
    return {
      sqlState: '55P03',
      message: 'the playground has one session, and another connection holds it',
      hint: 'end its transaction, or drop its temporary tables and prepared statements',
    };
  }
  const message = error instanceof DatabaseError ? error.message : `the playground failed: ${String(error)}`;
  return { sqlState: '58000', message };
}
