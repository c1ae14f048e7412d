/**
 * PostgreSQL's wire protocol as far as the playground's bridge speaks it: messages taken out of a stream, and the few
 * that the bridge writes itself. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** One message as it was sent: a letter, a length that counts itself, a body. */
export interface WireMessage {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Longer than any statement; a client that announces more is no PostgreSQL client. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

export class BrokenStreamError extends Error {}

/** Cuts a stream of bytes into messages. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole with these bytes. @throws BrokenStreamError */
  read(bytes: Uint8Array): WireMessage[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const messages: WireMessage[] = [];
    while (this.#rest.length >= 5) {
      const end = 1 + lengthAt(this.#rest, 1);
      if (this.#rest.length < end) break;
      messages.push({ type: String.fromCharCode(this.#rest[0] ?? 0), bytes: this.#rest.subarray(0, end) });
      this.#rest = this.#rest.subarray(end);
    }
    return messages;
  }

  /** The first message of a connection, which has no letter; undefined until it is whole. @throws BrokenStreamError */
  readStart(bytes: Uint8Array): Buffer | undefined {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#rest.length < 8) return undefined;
    const end = lengthAt(this.#rest, 0);
    if (this.#rest.length < end) return undefined;
    const message = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    return message;
  }
}

function lengthAt(bytes: Buffer, offset: number): number {
  const length = bytes.readInt32BE(offset);
  if (length < 4 || length > LONGEST_MESSAGE) throw new BrokenStreamError(`a message of ${length} bytes`);
  return length;
}

/** Words of a start-up message: `user`, `database`, `application_name`. */
export function startParameters(message: Buffer): Map<string, string> {
  const words = message.toString('utf8', 8).split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; words[at]; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '');
  return parameters;
}

export function writeMessage(type: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
  // a text ends with a zero byte
  const body = parts.map(part => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(
    body.reduce((bytes, part) => bytes + part.length, 4),
    1,
  );
  return Buffer.concat([head, ...body]);
}

export interface WireError {
  readonly sqlState: string;
  readonly message: string;
  readonly hint?: string;
  /** FATAL ends the connection. */
  readonly severity?: 'ERROR' | 'FATAL';
}

export function writeError({ sqlState, message, hint, severity = 'ERROR' }: WireError): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${sqlState}`, `M${message}`, ...(hint ? [`H${hint}`] : [])];
  return writeMessage('E', ...fields, Buffer.alloc(1));
}

/** I: idle, T: in a transaction, E: in a failed one. */
export type TransactionStatus = 'I' | 'T' | 'E';

export function writeReady(status: TransactionStatus): Buffer {
  return writeMessage('Z', Buffer.from(status, 'latin1'));
}

/** The columns of a DataRow as text. */
export function readRow(row: WireMessage): (string | null)[] {
  const count = row.bytes.readInt16BE(5);
  const values: (string | null)[] = [];
  for (let at = 7; values.length < count;) {
    const length = row.bytes.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : row.bytes.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return values;
}

/** A field of an ErrorResponse: `M` is its message, `C` its SQLSTATE. */
export function errorField(error: WireMessage, field: string): string {
  const fields = error.bytes.toString('utf8', 5).split('\0');
  return fields.find(each => each.startsWith(field))?.slice(1) ?? '';
}

/** The SQL of a Query or a Parse, undefined for every other message. */
export function sqlOf({ type, bytes }: WireMessage): string | undefined {
  if (type === 'Q') return textAt(bytes, 5);
  if (type !== 'P') return undefined;
  return textAt(bytes, bytes.indexOf(0, 5) + 1);
}

function textAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  return bytes.toString('utf8', start, end < 0 ? undefined : end);
}
