import * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { CANCEL_REQUEST, SSL_REQUEST, startRequest } from './startRequests';

/** What the server gave when the connection was opened, and asks back to cancel its statement. */
export interface CancelKey {
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Cancels the statement that runs on a connection, over another one that needs no login: so it works where no slot is
 * free, where the password has changed meanwhile, and through a pooler, which knows whose statement it is.
 * Resolves when the server has passed it on.
 * @throws Error when the server cannot be reached within the limit.
 */
export async function sendCancelRequest(
  address: { readonly host: string; readonly port: number },
  key: CancelKey,
  ssl: false | tls.ConnectionOptions,
  limitMs: number,
): Promise<void> {
  const socket = openSocket(address);
  let encrypted: tls.TLSSocket | undefined;
  const limit = setTimeout(() => socket.destroy(new Error('no answer')), limitMs);
  try {
    if (ssl) {
      socket.write(startRequest(SSL_REQUEST));
      // The same server spoke TLS a moment ago; another answer is somebody else's.
      if ((await firstByte(socket)) !== 'S') throw new Error('TLS is refused');
      const servername = net.isIP(address.host) === 0 ? { servername: address.host } : {};
      // A cancel needs no login, so no certificate of ours either.
      encrypted = tls.connect({ ...ssl, ...servername, host: address.host, socket, cert: undefined, key: undefined });
    }
    const stream = encrypted ?? socket;
    stream.write(startRequest(CANCEL_REQUEST, key.processId, key.secretKey));
    await closed(stream, socket);
  } finally {
    clearTimeout(limit);
    encrypted?.destroy();
    socket.destroy();
  }
}

function openSocket({ host, port }: { readonly host: string; readonly port: number }): net.Socket {
  return host.startsWith('/')
    ? net.connect({ path: path.posix.join(host, `.s.PGSQL.${port}`) })
    : net.connect({ host, port });
}

async function firstByte(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => resolve(data.toString('latin1', 0, 1)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

/** The server sends nothing back: it closes the connection once the signal is sent. */
async function closed(stream: net.Socket, socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('close', () => resolve());
    for (const each of [stream, socket]) each.once('error', reject);
    stream.resume();
  });
}
