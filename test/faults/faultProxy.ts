import * as net from 'node:net';

/** Two ends that the proxy joins. */
interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
}

type Mode =
  | { readonly kind: 'pass' }
  /** Takes everything, from either side, and passes nothing on. */
  | { readonly kind: 'swallow' }
  /** Passes requests on and swallows answers. */
  | { readonly kind: 'swallow answers' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Closes both ends after so many more bytes of answers. */
  | { readonly kind: 'cut'; bytes: number }
  /** Sends these bytes instead of the next answer. */
  | { readonly kind: 'garbage'; readonly bytes: Buffer };

/** A network between client and server that fails when told to. TCP itself stays sound: only what it carries fails. */
export class FaultProxy {
  readonly #listener: net.Server;
  readonly #pairs = new Set<Pair>();
  #mode: Mode = { kind: 'pass' };
  /** For connections from now on; those there are keep theirs. */
  #modeOfNew: Mode | undefined;
  /** Connections ever accepted. */
  accepted = 0;

  static async start(serverPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(serverPort);
    await new Promise<void>(resolve => proxy.#listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(serverPort: number) {
    this.#listener = net.createServer(client => this.#join(client, serverPort));
  }

  get port(): number {
    return (this.#listener.address() as net.AddressInfo).port;
  }

  /** Connections that the client holds open at present. */
  get open(): number {
    return [...this.#pairs].filter(({ client }) => !client.destroyed).length;
  }

  pass(): void {
    this.#mode = { kind: 'pass' };
    this.#modeOfNew = undefined;
  }

  /** All connections are silent from now on; new ones too, unless they are to pass. */
  swallow(newOnes: 'swallow' | 'pass' = 'swallow'): void {
    this.#mode = { kind: 'swallow' };
    if (newOnes === 'pass') this.#modeOfNew = { kind: 'pass' };
  }

  /** Statements arrive and are worked on, but their answers get lost; new connections are sound. */
  swallowAnswers(): void {
    this.#mode = { kind: 'swallow answers' };
    this.#modeOfNew = { kind: 'pass' };
  }

  delay(ms: number): void {
    this.#mode = { kind: 'delay', ms };
  }

  /** In the middle of an answer, unless that is shorter. */
  cutAfter(bytes: number): void {
    this.#mode = { kind: 'cut', bytes };
  }

  sendGarbage(bytes: Buffer): void {
    this.#mode = { kind: 'garbage', bytes };
  }

  /** Resets every connection. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    if (this.#listener.listening) await new Promise<void>(resolve => this.#listener.close(() => resolve()));
  }

  #join(client: net.Socket, serverPort: number): void {
    this.accepted++;
    const own = this.#modeOfNew;
    const server = net.connect({ host: '127.0.0.1', port: serverPort });
    const pair = { client, server };
    this.#pairs.add(pair);
    const mode = (): Mode => own ?? this.#mode;
    client.on('data', data => {
      if (mode().kind !== 'swallow') server.write(data);
    });
    server.on('data', data => this.#answer(pair, mode(), data));
    const isSilent = (): boolean => mode().kind === 'swallow';
    // The end of a connection is a message too: one that is swallowed is not heard of.
    const closed = (): void => void (client.destroyed && server.destroyed && this.#pairs.delete(pair));
    client.on('close', () => {
      if (!isSilent()) server.destroy();
      closed();
    });
    server.on('close', () => {
      if (!isSilent()) client.destroy();
      closed();
    });
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }

  #answer({ client, server }: Pair, mode: Mode, data: Buffer): void {
    switch (mode.kind) {
      case 'pass':
        client.write(data);
        return;
      case 'swallow':
      case 'swallow answers':
        return;
      case 'delay':
        setTimeout(() => client.write(data), mode.ms);
        return;
      case 'garbage':
        client.write(mode.bytes);
        this.#mode = { kind: 'swallow' };
        this.#modeOfNew = { kind: 'pass' };
        return;
      case 'cut':
        client.write(data.subarray(0, mode.bytes));
        mode.bytes -= data.length;
        if (mode.bytes > 0) return;
        this.pass();
        client.end();
        server.destroy();
    }
  }
}
