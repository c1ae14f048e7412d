/**
 * Bundles the what-if planner's worker and lays PGlite's own files beside it. The packaged extension has no
 * node_modules, so everything the worker opens at run time has to lie in one folder.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideEmptyDatabase } from './emptyDatabase.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const PGLITE = path.join(ROOT, 'node_modules', '@electric-sql', 'pglite');

/**
 * Extensions that change types, operators or functions, and so plans: all such that PGlite has, 2 to 32 kB each, but
 * for pgcrypto with its 1.1 MB. The model reader's KNOWN_EXTENSIONS are the same.
 */
export const EXTENSIONS = [
  ...['bloom', 'btree_gin', 'btree_gist', 'citext', 'cube', 'earthdistance', 'fuzzystrmatch', 'hstore', 'intarray'],
  ...['isn', 'ltree', 'pg_trgm', 'seg', 'tablefunc', 'unaccent', 'uuid-ossp'],
];

const ASSETS = ['pglite.wasm', 'pglite.data', ...EXTENSIONS.map(name => `${name}.tar.gz`)];

/** Writes shadowWorker.js and its files into `outDir`; files that are already there in the right size stay. */
export async function buildShadowWorker(outDir, { minify = false } = {}) {
  fs.mkdirSync(outDir, { recursive: true });
  await provideEmptyDatabase(outDir);
  for (const asset of ASSETS) copyIfDifferent(path.join(PGLITE, 'dist', asset), path.join(outDir, asset));
  await esbuild.build({
    entryPoints: [path.join(ROOT, 'src', 'database', 'whatIf', 'shadowWorker.ts')],
    outfile: path.join(outDir, 'shadowWorker.js'),
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
}

function copyIfDifferent(source, target) {
  const wanted = fs.statSync(source).size;
  if (fs.existsSync(target) && fs.statSync(target).size === wanted) return;
  fs.copyFileSync(source, target);
}
