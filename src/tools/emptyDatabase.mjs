/**
 * The empty database that PGlite starts from: what initdb takes seconds for is done once, here, and packed to a
 * megabyte. The what-if planner and the playground share it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const PGLITE = path.join(ROOT, 'node_modules', '@electric-sql', 'pglite');

/** Counts changes to what {@link makeDatabase} does. */
const DATABASE_VERSION = 1;

export const EMPTY_DATABASE = 'emptyDatabase.tar.br';

let provided;

/** Writes {@link EMPTY_DATABASE} into `outDir`. That of this PGlite is made once and found again under node_modules. */
export async function provideEmptyDatabase(outDir) {
  provided ??= makeOnce();
  fs.mkdirSync(outDir, { recursive: true });
  fs.copyFileSync(await provided, path.join(outDir, EMPTY_DATABASE));
}

async function makeOnce() {
  const { version } = JSON.parse(fs.readFileSync(path.join(PGLITE, 'package.json'), 'utf8'));
  const cache = path.join(ROOT, 'node_modules', '.cache', 'emptyDatabase');
  const cached = path.join(cache, `${version}-${DATABASE_VERSION}.tar.br`);
  if (!fs.existsSync(cached)) {
    fs.mkdirSync(cache, { recursive: true });
    // written aside and renamed, since another build may be doing the same
    const partial = `${cached}.${process.pid}`;
    fs.writeFileSync(partial, await makeDatabase());
    fs.renameSync(partial, cached);
  }
  return cached;
}

async function makeDatabase() {
  const { PGlite } = await import(pathToFileURL(path.join(PGLITE, 'dist', 'index.js')).href);
  // the planner writes index pages by hand, without sums; small log files make the copy small
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
