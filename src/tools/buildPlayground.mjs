/**
 * Bundles the playground's worker. PGlite's own files are those of the what-if planner, in the same folder, and so is
 * the empty database it starts from.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideEmptyDatabase } from './emptyDatabase.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Writes playgroundWorker.js and the empty database into `outDir`. */
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
  await provideEmptyDatabase(outDir);
}
