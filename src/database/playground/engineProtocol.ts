/** What the playground's thread and whoever started it say to each other. */

export interface EngineData {
  /** PostgreSQL itself, a compiled WebAssembly module. */
  readonly program: unknown;
  /** Folder of PGlite's own files. */
  readonly assetsDir: string;
  /** Folder that holds, or will hold, the database. */
  readonly dataDir: string;
  /** An empty database, compressed; unpacked where {@link dataDir} has none. */
  readonly baseFile: string;
}

/** Messages of the wire protocol, to be worked on as one. */
export interface EngineCall {
  readonly kind: 'run' | 'start' | 'close';
  readonly id: number;
  readonly bytes: Uint8Array;
}

export type EngineAnswer =
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly message: string }
  /** A part of the answer to the call under way. */
  | { readonly kind: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly id: number; readonly failed?: string };
