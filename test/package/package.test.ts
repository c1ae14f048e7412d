import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import yauzl from 'yauzl';

const ROOT = path.join(__dirname, '../..');
const VSIX = path.join(ROOT, 'pg-query-tuner.vsix');

const MEBIBYTE = 1024 * 1024;

/** A download that nobody minds, with a whole PostgreSQL in it (twice: planner and playground share their files). */
const LARGEST_PACKAGE = 12 * MEBIBYTE;

/** What VS Code reads before the first hint. */
const LARGEST_ACTIVATION = 300_000;

/** The only files there may be. Everything else got in by mistake. */
const ALLOWED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|package\.nls(\.[a-z-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/i,
  /^extension\/dist\/[\w.-]+\.(js|wasm|data|tar\.gz|tar\.br|txt|sql)$/,
  /^extension\/dist\/webview\/\w+\.(js|css)$/,
  /^extension\/l10n\/bundle\.l10n\.[\w-]+\.json$/,
  /^extension\/media\/[\w/-]+\.(svg|png|webp|md|json|sql|css)$/,
  /^extension\/media\/configuration\.schema\.json$/,
  /^extension\/syntaxes\/[\w.-]+\.json$/,
];

interface Entry {
  readonly name: string;
  readonly bytes: number;
  text(): Promise<string>;
}

describe('the packaged extension', function () {
  this.timeout(60_000);
  let entries: readonly Entry[] = [];
  const entry = (name: string): Entry => {
    const found = entries.find(each => each.name === `extension/${name}`);
    assert.ok(found, `${name} is not in the package`);
    return found;
  };

  before(async () => {
    assert.ok(existsSync(VSIX), 'there is no package: npm run package');
    entries = await readZip(VSIX);
  });

  it('is small', () => {
    const { size } = statSync(VSIX);
    const largest = [...entries].sort((a, b) => b.bytes - a.bytes).slice(0, 6);
    console.log(`      ${(size / MEBIBYTE).toFixed(2)} MB in ${entries.length} files; the largest unpacked:`);
    for (const { name, bytes } of largest) console.log(`        ${name} ${(bytes / MEBIBYTE).toFixed(2)} MB`);
    assert.ok(size < LARGEST_PACKAGE);
  });

  it('is activated by a small file', () => {
    const { bytes } = entry('dist/extension.js');
    console.log(`      ${(bytes / 1000).toFixed(0)} kB are read before the first command or hint`);
    assert.ok(bytes < LARGEST_ACTIVATION);
  });

  it('contains nothing that is not on the list', () => {
    assert.deepEqual(
      entries.map(({ name }) => name).filter(name => !name.endsWith('/') && !ALLOWED.some(each => each.test(name))),
      [],
    );
  });

  it('contains what its manifest names', async () => {
    const manifest = JSON.parse(await entry('package.json').text()) as { main: string; icon: string };
    entry(path.posix.normalize(manifest.main));
    entry(manifest.icon);
  });

  it('names no place of the machine it was made on', async () => {
    for (const { name, text } of entries.filter(each => /\.(js|json|md|txt|sql|css)$/.test(each.name))) {
      const content = await text();
      assert.ok(!content.includes(ROOT), `${name} names ${ROOT}`);
      assert.ok(!content.includes('sourceMappingURL=data:'), `${name} carries its source`);
    }
  });

  it('states the licence of every package that is bundled', async () => {
    const notices = await entry('dist/thirdPartyNotices.txt').text();
    const sources = [
      'extension/activate.ts',
      'server/main.ts',
      'server/planReader.ts',
      'cli/main.ts',
      'webview/plan/main.tsx',
    ];
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: sources.map(source => `src/${source}`),
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      outdir: 'unused',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.svg': 'text' },
      external: ['vscode', 'pg-native'],
      logLevel: 'silent',
    });
    const bundled = new Set(
      Object.keys(metafile.inputs).flatMap(file => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
    );
    assert.ok(bundled.size > 5);
    for (const name of bundled) assert.ok(notices.includes(`\n${name} `), `${name} is bundled without notice`);
  });
});

/** The entries of a zip file, from its central directory. */
async function readZip(file: string): Promise<Entry[]> {
  const zip = await new Promise<yauzl.ZipFile>((done, fail) =>
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? fail(error) : done(opened))),
  );
  const text = (found: yauzl.Entry): Promise<string> =>
    new Promise((done, fail) =>
      zip.openReadStream(found, (error, stream) => {
        if (error) return fail(error);
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
        stream.on('error', fail);
      }),
    );
  return new Promise((done, fail) => {
    const entries: Entry[] = [];
    zip.on('entry', (found: yauzl.Entry) => {
      entries.push({ name: found.fileName, bytes: found.uncompressedSize, text: () => text(found) });
      zip.readEntry();
    });
    zip.on('end', () => done(entries));
    zip.on('error', fail);
    zip.readEntry();
  });
}
