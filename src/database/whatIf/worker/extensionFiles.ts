import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The part of Emscripten's file system that takes new files. */
interface WritableFileSystem {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
}

/** Where PGlite's PostgreSQL looks for `lib/` and `share/`. */
const PREFIX = '/pglite';
const BLOCK = 512;

/**
 * Lays the files of all extensions whose archives are in a folder where CREATE EXTENSION finds them. PGlite's own way
 * also loads each library at the start, all at once, and then all but one fail and call functions of each other; a
 * library that PostgreSQL loads when it first needs it is right.
 */
export function installExtensions(db: object, assetsDir: string): void {
  const files = (db as { Module: { FS: WritableFileSystem } }).Module.FS;
  for (const archive of fs.readdirSync(assetsDir).filter(name => name.endsWith('.tar.gz'))) {
    for (const { name, data } of untar(gunzipSync(fs.readFileSync(path.join(assetsDir, archive))))) {
      const target = path.posix.join(PREFIX, name);
      files.mkdirTree(path.posix.dirname(target));
      files.writeFile(target, data);
    }
  }
}

/** The ordinary files in an archive (POSIX ustar). */
function* untar(archive: Buffer): Generator<{ readonly name: string; readonly data: Uint8Array }> {
  for (let start = 0; start + BLOCK <= archive.length;) {
    const text = (offset: number, length: number): string =>
      archive.toString('utf8', start + offset, start + offset + length).replace(/\0.*/s, '');
    const name = text(0, 100);
    if (name === '') return;
    const size = parseInt(text(124, 12).trim() || '0', 8);
    const prefix = text(345, 155);
    const data = archive.subarray(start + BLOCK, start + BLOCK + size);
    const isFile = ['', '0'].includes(text(156, 1)) && !name.startsWith('.');
    if (isFile) yield { name: prefix ? `${prefix}/${name}` : name, data };
    start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
