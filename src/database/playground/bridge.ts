import { randomBytes } from 'node:crypto';
import * as net from 'node:net';
import { int32 } from '../startRequests';
import type { Engine } from './engine';
import { BridgeConnection, type BridgeContext } from './bridgeConnection';
import { Turns } from './turns';
import { MessageReader, type WireMessage } from './wireMessages';

/** Where the bridge listens, and the password without which nobody gets in. */
export interface BridgeAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

/** PGlite's only user and database. */
const USER = 'postgres';
const DATABASE = 'postgres';

/**
 * A PostgreSQL server on a free port of this machine's own address, in front of an engine that has one session. Whoever
 * comes in needs a password that is made anew each time and told to nobody but the caller.
 */
export class Bridge {
  readonly #connections = new Set<BridgeConnection>();
  readonly #server: net.Server;
  readonly #turns: Turns;
  readonly #password = randomBytes(24).toString('base64url');

  private constructor(
    private readonly engine: Engine,
    greeting: Buffer,
    /** The one that every connection has; their secrets tell them apart. */
    processId: number,
  ) {
    this.#turns = new Turns(engine);
    const context: BridgeContext = {
      turns: this.#turns,
      password: this.#password,
      greeting,
      cancel: (processId, secret) => this.#cancel(processId, secret),
    };
    this.#server = net.createServer(socket => {
      const key = { processId, secret: randomBytes(4).readInt32BE() };
      const connection = new BridgeConnection(socket, key, context);
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
  }

  /** Starts the engine and listens. @throws DatabaseError when the engine does not start. */
  static async open(engine: Engine): Promise<Bridge> {
    const greeting = await readGreeting(engine);
    const { rows } = await engine.query('select pg_backend_pid()');
    const bridge = new Bridge(engine, greeting, Number(rows[0]?.[0]));
    await new Promise<void>((resolve, reject) => {
      bridge.#server.once('error', reject);
      bridge.#server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    return bridge;
  }

  get address(): BridgeAddress {
    const { address, port } = this.#server.address() as net.AddressInfo;
    return { host: address, port, user: USER, database: DATABASE, password: this.#password };
  }

  /** Ends every connection and closes the database. */
  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    for (const connection of this.#connections) connection.end();
    await this.engine.close();
    await closed;
  }

  async #cancel(processId: number, secret: number): Promise<void> {
    const meant = [...this.#connections].find(({ key }) => key.processId === processId && key.secret === secret);
    await meant?.cancel();
  }
}

/** What the engine says of itself to who comes in: its version, encodings, time zone. */
async function readGreeting(engine: Engine): Promise<Buffer> {
  const body = Buffer.concat([
    int32(196608),
    ...['user', USER, 'database', DATABASE, ''].map(word => Buffer.from(`${word}\0`)),
  ]);
  const reader = new MessageReader();
  const messages: WireMessage[] = [];
  await engine.run(
    Buffer.concat([int32(body.length + 4), body]),
    bytes => messages.push(...reader.read(bytes)),
    'start',
  );
  return Buffer.concat(messages.filter(({ type }) => type === 'S').map(({ bytes }) => bytes));
}
