/**
 * PostgreSQL in a worker thread, with its database in a folder: so a statement that does not end can be ended with its
 * thread, and the next thread recovers the database as PostgreSQL does after a crash.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import type { EngineAnswer, EngineCall, EngineData } from './engineProtocol';

/** The sample fits into these; JIT has no compiler here. */
const SETTINGS = ['shared_buffers=64MB', 'jit=off', 'max_wal_size=64MB', 'log_min_messages=fatal'];

/** Parts of an answer are passed on in pieces of about this size, so that a large result does not gather here. */
const CHUNK_BYTES = 256 * 1024;

const opened = open(workerData as EngineData);
opened.then(
  () => tell({ kind: 'open' }),
  (error: unknown) => tell({ kind: 'broken', message: (error as Error).message }),
);

parentPort?.on('message', (call: EngineCall) => {
  // one after another: PGlite works without a pause once it has begun
  void opened.then(db => answer(db, call)).catch(() => undefined);
});

async function open({ program, assetsDir, dataDir, baseFile }: EngineData): Promise<PGlite> {
  const asset = (name: string): Buffer => fs.readFileSync(path.join(assetsDir, name));
  const isNew = !fs.existsSync(path.join(dataDir, 'PG_VERSION'));
  return PGlite.create({
    dataDir,
    pgliteWasmModule: program as never,
    fsBundle: new Blob([asset('pglite.data')]),
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap(setting => ['-c', setting])],
    ...(isNew && { loadDataDir: new Blob([brotliDecompressSync(fs.readFileSync(baseFile))]) }),
  });
}

async function answer(db: PGlite, { kind, id, bytes }: EngineCall): Promise<void> {
  try {
    if (kind === 'close') await db.close();
    else if (kind === 'start') tell({ kind: 'chunk', id, bytes: await db.execProtocolRaw(bytes, { syncToFs: false }) });
    else await run(db, id, bytes);
    tell({ kind: 'done', id });
  } catch (error) {
    tell({ kind: 'done', id, failed: (error as Error).message });
  }
}

async function run(db: PGlite, id: number, bytes: Uint8Array): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const flush = (): void => {
    if (size > 0) tell({ kind: 'chunk', id, bytes: Buffer.concat(pieces) });
    pieces = [];
    size = 0;
  };
  const onRawData = (data: Uint8Array): void => {
    // it lies in memory that PostgreSQL goes on using
    pieces.push(data.slice());
    size += data.length;
    if (size >= CHUNK_BYTES) flush();
  };
  await db.execProtocolRawStream(bytes, { syncToFs: false, onRawData });
  flush();
}

function tell(answer: EngineAnswer): void {
  parentPort?.postMessage(answer);
}
