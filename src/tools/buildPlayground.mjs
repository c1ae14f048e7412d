/**
 * Bundles the playground's worker and makes the empty database it starts from: what initdb takes seconds for is done
 * once, here, and packed to a megabyte. PGlite's own files are those of the what-if planner, in the same folder.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const PGLITE = path.join(ROOT, 'node_modules', '@electric-sql', 'pglite');

/** Counts changes to what {@link makeBase} does. */
const BASE_VERSION = 1;

/** Writes playgroundWorker.js and playgroundBase.tar.br into `outDir`. */
export async function buildPlayground(outDir, { minify = false } = {}) {
  fs.mkdirSync(outDir, { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(ROOT, 'src', 'database', 'playground', 'engineWorker.ts')],
    outfile: path.join(outDir, 'playgroundWorker.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify,
    // PGlite is an ES module that asks where it lies; in a CommonJS bundle that is the worker's own file
    banner: { js: "const workerUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'workerUrl' },
    logLevel: 'warning',
  });
  await provideBase(outDir);
}

/** The base of this PGlite is made once and found again under node_modules. */
async function provideBase(outDir) {
  const { version } = JSON.parse(fs.readFileSync(path.join(PGLITE, 'package.json'), 'utf8'));
  const cache = path.join(ROOT, 'node_modules', '.cache', 'playground');
  const cached = path.join(cache, `base-${version}-${BASE_VERSION}.tar.br`);
  if (!fs.existsSync(cached)) {
    fs.mkdirSync(cache, { recursive: true });
    // written aside and renamed, since another build may be doing the same
    const partial = `${cached}.${process.pid}`;
    fs.writeFileSync(partial, await makeBase());
    fs.renameSync(partial, cached);
  }
  fs.copyFileSync(cached, path.join(outDir, 'playgroundBase.tar.br'));
}

async function makeBase() {
  const { PGlite } = await import(pathToFileURL(path.join(PGLITE, 'dist', 'index.js')).href);
  const db = await PGlite.create({ initDbStartParams: ['--no-data-checksums', '--wal-segsize=1'] });
  // nobody makes a database in there, and the two take half of the space
  await db.exec('update pg_database set datistemplate = false, datallowconn = true');
  await db.exec('drop database template0');
  await db.exec('drop database template1');
  await db.exec(`alter system set min_wal_size = '2MB'`);
  await db.exec('vacuum full');
  await db.exec('checkpoint');
  const dump = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
  await db.close();
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants;
  return zlib.brotliCompressSync(dump, { params: { [BROTLI_PARAM_QUALITY]: 10, [BROTLI_PARAM_LGWIN]: 24 } });
}
