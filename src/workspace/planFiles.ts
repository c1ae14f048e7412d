import { closeSync, openSync, readSync } from 'node:fs';

/** Of a longer file only the beginning is read: a server's log may have any length. */
const MOST_BYTES = 50_000_000;
const CHUNK_BYTES = 1 << 20;

export interface PlanFile {
  readonly text: string;
  /** What was left out, in a sentence; absent if nothing was. */
  readonly problem?: string;
}

/** The text of a file, or of an open one by its number. @throws what the file system throws */
export function readPlanFile(file: string | number, mostBytes = MOST_BYTES): PlanFile {
  const handle = typeof file === 'number' ? file : openSync(file, 'r');
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    while (size <= mostBytes) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(handle, chunk, 0, CHUNK_BYTES, null);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      size += read;
    }
  } finally {
    if (typeof file !== 'number') closeSync(handle);
  }
  return decodePlan(Buffer.concat(chunks), mostBytes);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/** Why a file could not be read, for a sentence. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** By its mark in UTF-16, as some shells write what programs print; else in UTF-8. */
export function decodePlan(bytes: Uint8Array, mostBytes = MOST_BYTES): PlanFile {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const isCut = bytes.length > mostBytes;
  const text = new TextDecoder(encoding).decode(isCut ? bytes.subarray(0, mostBytes) : bytes);
  return isCut ? { text, problem: `only the first ${mostBytes / 1_000_000} MB of the file were read` } : { text };
}
