/**
 * Bundles the product into dist/: `node src/tools/build.mjs [--production]`.
 * --production minifies and leaves the source maps out.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './terminal.mjs';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

const OUT = path.join(ROOT, 'dist');

/** Programs that run in Node: the extension host, the language server, the reader of saved plans, the command line. */
const NODE_ENTRIES = [
  { source: 'src/extension/activate.ts', output: 'extension.js' },
  { source: 'src/extension/languageClient.ts', output: 'languageClient.js' },
  { source: 'src/server/main.ts', output: 'server.js' },
  { source: 'src/server/planReader.ts', output: 'planReader.js' },
  { source: 'src/cli/main.ts', output: 'cli.js', executable: true },
];

/** Pages of the webviews: each becomes <name>.js and, from the style sheets it imports, <name>.css. */
const PAGES = [
  { source: 'src/webview/plan/main.tsx', name: 'plan' },
  { source: 'src/webview/health/main.tsx', name: 'health' },
  { source: 'src/webview/profile/main.tsx', name: 'profile' },
];

/** Files that bundled code reads from its own folder at run time. */
const COPIES = [{ source: 'node_modules/libpg-query/wasm/libpg-query.wasm', output: 'libpg-query.wasm' }];

const SHADOW_WORKER_BUILDER = 'src/tools/buildShadowWorker.mjs';
const PLAYGROUND_BUILDER = 'src/tools/buildPlayground.mjs';

export async function build({ production = false } = {}) {
  fs.mkdirSync(OUT, { recursive: true });
  if (production) removeSourceMaps();
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    minify: production,
    sourcemap: !production,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
  };
  await Promise.all([
    ...NODE_ENTRIES.filter(exists).map(entry => buildProgram(common, entry)),
    ...PAGES.filter(exists).map(page => buildPage(common, page)),
    ...COPIES.filter(exists).map(copy =>
      fs.promises.copyFile(path.join(ROOT, copy.source), path.join(OUT, copy.output)),
    ),
    buildWorker(production),
    buildPlaygroundWorker(production),
    fs.promises.writeFile(path.join(OUT, 'thirdPartyNotices.txt'), thirdPartyNotices()),
  ]);
}

async function buildProgram(common, { source, output, executable = false }) {
  const outfile = path.join(OUT, output);
  await esbuild.build({
    ...common,
    entryPoints: [source],
    outfile,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // its main file is UMD, whose requires a bundler cannot see
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    // vscode is provided by the editor; pg-native is an optional part of pg that we never use; the language client is a
    // file of its own beside the extension's
    external: ['vscode', 'pg-native', './languageClient'],
    // with `import()` Node would want the whole name of the file
    supported: { 'dynamic-import': false },
    banner: executable ? { js: '#!/usr/bin/env node' } : {},
  });
  if (executable) fs.chmodSync(outfile, 0o755);
}

async function buildPage(common, { source, name }) {
  await esbuild.build({
    ...common,
    entryPoints: { [name]: source },
    outdir: path.join(OUT, 'webview'),
    platform: 'browser',
    format: 'iife',
    // the browser inside VS Code 1.100, the floor of engines.vscode
    target: 'chrome132',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'text' },
  });
}

/** The what-if planner brings its own WebAssembly files, so it has a builder of its own. */
async function buildWorker(production) {
  if (!exists({ source: SHADOW_WORKER_BUILDER })) return;
  const { buildShadowWorker } = await import(pathToFileURL(path.join(ROOT, SHADOW_WORKER_BUILDER)).href);
  await buildShadowWorker(OUT, { minify: production });
}

/** The playground's PostgreSQL starts from a database that is made here. */
async function buildPlaygroundWorker(production) {
  if (!exists({ source: PLAYGROUND_BUILDER })) return;
  const { buildPlayground } = await import(pathToFileURL(path.join(ROOT, PLAYGROUND_BUILDER)).href);
  await buildPlayground(OUT, { minify: production });
}

/** Maps of an earlier development build would be packaged: the package takes all of dist/. */
function removeSourceMaps() {
  for (const file of fs.readdirSync(OUT, { recursive: true })) {
    if (file.endsWith('.map')) fs.rmSync(path.join(OUT, file));
  }
}

function exists({ source }) {
  if (fs.existsSync(path.join(ROOT, source))) return true;
  console.warn(`build: ${source} is missing, left out`);
  return false;
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const startedAt = performance.now();
  try {
    await build({ production: process.argv.includes('--production') });
    console.log(`build: dist/ written in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  } catch (error) {
    // esbuild has already printed where
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  }
}
