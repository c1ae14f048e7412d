import type { PGlite } from '@electric-sql/pglite';
import type { StorageFacts } from '../shadowProtocol';
import type { EditPage } from './forgedFirstPage';
import { raisedTree } from './raisedTree';

/** PostgreSQL's RELSEG_SIZE: a relation's file is cut into pieces of this many blocks. */
const SEGMENT_PAGES = 131_072;
const PAGE_BYTES = 8192;

/** The part of Emscripten's in-memory file system we reach into. */
interface MemoryNode {
  usedBytes: number;
  contents: Uint8Array;
}
interface MemoryFileSystem {
  lookupPath(path: string): { node: MemoryNode };
  writeFile(path: string, data: string | Uint8Array): void;
}

/** A table or index of the model. */
export interface Stored {
  readonly facts: StorageFacts;
  /** `pg_relation_filepath`; null for what has no file of its own. */
  readonly file: string | null;
}

export function keyOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

/** The files of PGlite's tables and indexes, which can be made to look larger than they are. */
export class ForgedStorage {
  private readonly files: MemoryFileSystem;

  constructor(db: PGlite) {
    this.files = (db as unknown as { Module: { FS: MemoryFileSystem } }).Module.FS;
  }

  /** Makes the storage manager report `pages` blocks, by moving the end of the file. `file`: `pg_relation_filepath`. */
  setPages(file: string, pages: number): void {
    for (let segment = 0; segment === 0 || segment * SEGMENT_PAGES < pages; segment++) {
      const name = `/pglite/data/${segment ? `${file}.${segment}` : file}`;
      this.nodeAt(name).usedBytes = Math.min(SEGMENT_PAGES, Math.max(0, pages - segment * SEGMENT_PAGES)) * PAGE_BYTES;
    }
    // segments of an earlier, larger size would still be counted
    for (let segment = Math.max(1, Math.ceil(pages / SEGMENT_PAGES)); ; segment++) {
      const node = this.find(`/pglite/data/${file}.${segment}`);
      if (!node || node.usedBytes === 0) break;
      node.usedBytes = 0;
    }
  }

  /**
   * The planner charges a descent by the height in a B-tree's first page, and reads the ends of an index to see how
   * far values have grown. Gives a fresh, empty index the height of the real one: a chain of inner pages with one
   * downlink each, above an empty leaf. Has to happen before anything plans with it, while the first page is not in
   * shared buffers yet.
   */
  raiseTree(file: string, height: number, pages: number): void {
    const node = this.find(`/pglite/data/${file}`);
    if (!node || node.usedBytes !== PAGE_BYTES || height < 1 || pages < height + 2) return;
    const tree = raisedTree(node.contents.subarray(0, PAGE_BYTES), height);
    if (tree) this.files.writeFile(`/pglite/data/${file}`, tree);
  }

  /** Changes the first page of a file. As with {@link raiseTree} it may not be in shared buffers yet. */
  editFirstPage(file: string, edit: EditPage): void {
    const node = this.find(`/pglite/data/${file}`);
    if (!node || node.usedBytes < PAGE_BYTES) return;
    edit(new DataView(node.contents.buffer, node.contents.byteOffset, PAGE_BYTES));
  }

  private find(name: string): MemoryNode | undefined {
    try {
      return this.files.lookupPath(name).node;
    } catch {
      return undefined;
    }
  }

  private nodeAt(name: string): MemoryNode {
    const found = this.find(name);
    if (found) return found;
    this.files.writeFile(name, '');
    return this.files.lookupPath(name).node;
  }
}
