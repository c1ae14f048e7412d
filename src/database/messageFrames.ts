/**
 * Messages that may be long; any other one is short, or the bytes are no messages at all. The rule and the figure are
 * libpq's own (VALID_LONG_MESSAGE_TYPE in fe-protocol3.c).
 */
const LONG_ONES = 'TDdVENA';
const LONGEST_SHORT_BYTES = 30_000;

/** Every message a server sends: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const KNOWN = '123ACDEGHIKNRSTVWZcdnstv';

/** Bodies with texts that end at a zero byte: how far they reach, or undefined if one does not end. */
const TEXTS: Readonly<Record<string, (body: Buffer) => number | undefined>> = {
  A: body => texts(body, 4, 2),
  C: body => texts(body, 0, 1),
  E: fields,
  N: fields,
  R: body => (body.length >= 4 && body.readInt32BE(0) === 10 ? list(body, 4) : body.length),
  S: body => texts(body, 0, 2),
  T: columns,
};

/**
 * Follows the frames of what a server sends and throws at what cannot be a message. The driver's reader looks for the
 * end of a text without looking for the end of the message, and would look for ever.
 */
export class MessageFrames {
  /** The beginning of a message: its header, and its body where that is looked at. */
  #kept: Buffer = NOTHING;
  /** Bytes of a body that need not be looked at. */
  #toSkip = 0;

  /** @throws Error if this is not the protocol. */
  check(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      if (this.#toSkip > 0) {
        const skipped = Math.min(this.#toSkip, data.length - at);
        this.#toSkip -= skipped;
        at += skipped;
        continue;
      }
      at += this.#keep(data, at, HEADER_BYTES - this.#kept.length);
      if (this.#kept.length < HEADER_BYTES) return;
      const type = String.fromCharCode(this.#kept[0] ?? 0);
      const bodyBytes = this.#kept.readInt32BE(1) - 4;
      requireSound(KNOWN.includes(type) && bodyBytes >= 0);
      requireSound(bodyBytes + 4 <= LONGEST_SHORT_BYTES || LONG_ONES.includes(type));
      const end = TEXTS[type];
      if (!end) {
        this.#toSkip = bodyBytes;
        this.#kept = NOTHING;
        continue;
      }
      at += this.#keep(data, at, HEADER_BYTES + bodyBytes - this.#kept.length);
      if (this.#kept.length < HEADER_BYTES + bodyBytes) return;
      requireSound(end(this.#kept.subarray(HEADER_BYTES)) === bodyBytes);
      this.#kept = NOTHING;
    }
  }

  /** @returns how many bytes were taken. */
  #keep(data: Buffer, at: number, wanted: number): number {
    const taken = data.subarray(at, at + Math.max(0, wanted));
    // only what comes in pieces is copied: a header mostly comes whole, and there is one for every row
    if (this.#kept.length === 0) this.#kept = taken;
    else if (taken.length > 0) this.#kept = Buffer.concat([this.#kept, taken]);
    return taken.length;
  }
}

/** A letter for its type, and its length with these four bytes but without the letter. */
const HEADER_BYTES = 5;

const NOTHING = Buffer.alloc(0);

function requireSound(isSound: boolean): void {
  if (!isSound) throw new Error('not a message');
}

function afterText(body: Buffer, at: number): number | undefined {
  const end = body.indexOf(0, at);
  return end === -1 ? undefined : end + 1;
}

function texts(body: Buffer, from: number, count: number): number | undefined {
  let at: number | undefined = from;
  for (let i = 0; i < count && at !== undefined; i++) at = afterText(body, at);
  return at;
}

/** Texts up to an empty one. */
function list(body: Buffer, from: number): number | undefined {
  let at: number | undefined = from;
  while (at !== undefined && at < body.length && body[at] !== 0) at = afterText(body, at);
  return at === undefined || at >= body.length ? undefined : at + 1;
}

/** Of errors and notices: each a letter and a text, up to a zero. */
function fields(body: Buffer): number | undefined {
  return list(body, 0);
}

/** Of a row description: each a name and eighteen bytes. */
function columns(body: Buffer): number | undefined {
  if (body.length < 2) return undefined;
  let at: number | undefined = 2;
  for (let i = 0; i < body.readUInt16BE(0) && at !== undefined; i++) {
    at = afterText(body, at);
    if (at !== undefined) at = at + 18 > body.length ? undefined : at + 18;
  }
  return at;
}
