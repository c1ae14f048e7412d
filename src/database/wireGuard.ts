import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { MessageFrames } from './messageFrames';

/** What `pg` has and its types leave out. */
interface Wire {
  stream: Duplex;
  attachListeners(stream: Duplex): void;
}

/** The socket of a client; over TLS the encrypted one. */
export function streamOf(client: pg.Client): Duplex {
  return wireOf(client).stream;
}

/**
 * Bytes that are no message of the protocol make the driver's reader throw in the middle of an event, which would end
 * the whole program, or read without end. With the guard they end this one connection. To be set before the client
 * connects.
 */
export function guardReader(client: pg.Client): void {
  const wire = wireOf(client);
  const attach = wire.attachListeners.bind(wire);
  wire.attachListeners = stream => {
    attach(stream);
    const readers = stream.listeners('data') as ((data: Buffer) => void)[];
    for (const read of readers) stream.removeListener('data', read);
    const frames = new MessageFrames();
    stream.on('data', (data: Buffer) => {
      if (stream.destroyed) return;
      try {
        frames.check(data);
        for (const read of readers) read(data);
      } catch {
        stream.destroy(new Error('what came over the network is not the protocol of PostgreSQL'));
      }
    });
  };
}

function wireOf(client: pg.Client): Wire {
  return (client as unknown as { readonly connection: Wire }).connection;
}
