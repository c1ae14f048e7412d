import { PGlite } from '@electric-sql/pglite';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ShadowWorkerData } from '../shadowProtocol';
import { allowStatisticsFromBytes } from './extendedStatistics';
import { installExtensions } from './extensionFiles';

declare const PGLITE_VERSION: string;

/** Counts changes to what {@link prepare} leaves in the cache. */
const PREPARED = 2;

/** Starts PGlite from the files beside the worker, with all the extensions there. */
export async function openPlanner(data: ShadowWorkerData): Promise<PGlite> {
  const db = await startPlanner(data);
  installExtensions(db, data.assetsDir);
  return db;
}

/** The first start on a machine runs initdb and keeps its result. */
async function startPlanner({ assetsDir, cacheDir }: ShadowWorkerData): Promise<PGlite> {
  // Node has it; TypeScript knows it only from the browser's types
  const { compile } = (globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<never> } })
    .WebAssembly;
  const asset = (name: string) => fs.readFileSync(path.join(assetsDir, name));
  const options = {
    pgliteWasmModule: await compile(asset('pglite.wasm')),
    fsBundle: new Blob([asset('pglite.data')]),
    // only system catalogs are ever read; 16 MB hold them, and 128 are the default
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  };
  const cached = path.join(cacheDir, `pglite-${PGLITE_VERSION}-shadow-${PREPARED}.tar`);
  if (fs.existsSync(cached)) {
    try {
      return await PGlite.create({ ...options, loadDataDir: new Blob([fs.readFileSync(cached)]) });
    } catch {
      fs.rmSync(cached, { force: true }); // half-written or of another build: make it again
    }
  }
  const db = await PGlite.create({
    ...options,
    initdbWasmModule: await compile(asset('initdb.wasm')),
    // we write index pages by hand; small log files make the copy small
    initDbStartParams: ['--no-data-checksums', '--wal-segsize=1'],
  });
  await prepare(db);
  try {
    const dump = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
    fs.mkdirSync(cacheDir, { recursive: true });
    // written aside and renamed, since another window may be doing the same
    const partial = `${cached}.${process.pid}`;
    fs.writeFileSync(partial, dump);
    fs.renameSync(partial, cached);
  } catch {
    // no cache, then: the next start is slower
  }
  return db;
}

async function prepare(db: PGlite): Promise<void> {
  await allowStatisticsFromBytes(db);
  await db.exec(`update pg_database set datistemplate = false, datallowconn = true where datname = 'template0'`);
  await db.exec('drop database template0');
  await db.exec('checkpoint');
}
