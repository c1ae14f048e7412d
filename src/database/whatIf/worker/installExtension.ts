import type { PGlite } from '@electric-sql/pglite';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The part of Emscripten's in-memory file system that installing needs. */
interface Files {
  mkdirTree(folder: string): void;
  writeFile(file: string, data: Uint8Array): void;
}

/** Where PostgreSQL is installed inside PGlite. */
const PREFIX = '/pglite';

/**
 * Unpacks the extension's archive, if there is one, to where CREATE EXTENSION looks for it. PGlite would compile all
 * extensions it is given when it starts, and most servers have none or one of them; and it would load their libraries
 * all at once, of which all but one fail and call functions of each other. PostgreSQL loads each when it is needed.
 */
export function installExtension(db: PGlite, assetsDir: string, name: string): void {
  const archive = path.join(assetsDir, `${name}.tar.gz`);
  if (!fs.existsSync(archive)) return;
  const files = (db as unknown as { Module: { FS: Files } }).Module.FS;
  for (const { name: file, data } of regularFiles(gunzipSync(fs.readFileSync(archive)))) {
    const target = path.posix.join(PREFIX, file);
    files.mkdirTree(path.posix.dirname(target));
    files.writeFile(target, data);
  }
}

const BLOCK_BYTES = 512;

/** The regular files of a tar archive (POSIX ustar: a block of header, then the content in whole blocks). */
export function* regularFiles(tar: Uint8Array): Generator<{ readonly name: string; readonly data: Uint8Array }> {
  const text = (start: number, length: number): string =>
    Buffer.from(tar.buffer, tar.byteOffset + start, length)
      .toString('latin1')
      .replace(/\0.*$/s, '');
  for (let at = 0; at + BLOCK_BYTES <= tar.length && tar[at] !== 0;) {
    const [name, size, type, prefix] = [
      text(at, 100),
      parseInt(text(at + 124, 12), 8),
      text(at + 156, 1),
      text(at + 345, 155),
    ];
    const start = at + BLOCK_BYTES;
    if (type === '0' || type === '')
      yield { name: prefix === '' ? name : `${prefix}/${name}`, data: tar.slice(start, start + size) };
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
}
