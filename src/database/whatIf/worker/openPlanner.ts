import { PGlite } from '@electric-sql/pglite';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { ShadowWorkerData } from '../shadowProtocol';
import { allowStatisticsFromBytes } from './extendedStatistics';

/** What initdb makes, ready: it would take seconds here. The builder of the worker lays it beside it. */
const EMPTY_DATABASE = 'emptyDatabase.tar.br';

/**
 * Starts PGlite from the files beside the worker, in memory: nothing is read from or left on the user's disk besides.
 * Extensions are installed once a model asks for them.
 */
export async function openPlanner({ assetsDir }: ShadowWorkerData): Promise<PGlite> {
  // Node has it; TypeScript knows it only from the browser's types
  const { compile } = (globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<never> } })
    .WebAssembly;
  const asset = (name: string): Buffer => fs.readFileSync(path.join(assetsDir, name));
  const compiled = compile(asset('pglite.wasm'));
  const db = await PGlite.create({
    // unpacked while the module is compiled
    loadDataDir: new Blob([brotliDecompressSync(asset(EMPTY_DATABASE))]),
    fsBundle: new Blob([asset('pglite.data')]),
    pgliteWasmModule: await compiled,
    // only system catalogs are ever read; 16 MB hold them, and 128 are the default
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
  await allowStatisticsFromBytes(db);
  return db;
}
