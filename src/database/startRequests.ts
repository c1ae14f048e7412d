/**
 * What a client may ask before its session begins, by the number that stands where a start-up message has its protocol
 * version: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;

/** The numbers as the protocol writes them: 32 bits, the highest first. */
export function int32(...numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, place) => buffer.writeInt32BE(number, 4 * place));
  return buffer;
}

/** One of these requests with what belongs to it, behind the length of the whole in bytes. */
export function startRequest(...numbers: readonly number[]): Buffer {
  return int32(4 * (numbers.length + 1), ...numbers);
}
