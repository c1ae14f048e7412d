import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { PostgresDatabase } from '../../src/database/connect';
import { openShadow, type ShadowEstimator } from '../../src/database/whatIf/shadow';

const FOLDER = path.join(os.tmpdir(), `query-tuner-shadow-test-${process.pid}`);

/** The worker as it is packaged, built for this run. */
export const WORKER_FILE = path.join(FOLDER, 'shadowWorker.js');

let built: Promise<void> | undefined;

/** Bundles the worker once a run, and deletes it when the run ends. */
export function buildTestWorker(): Promise<void> {
  built ??= (async () => {
    const { buildShadowWorker } = (await import('../../src/tools/buildShadowWorker.mjs' as string)) as {
      buildShadowWorker(folder: string): Promise<void>;
    };
    await buildShadowWorker(FOLDER);
    process.once('exit', () => fs.rmSync(FOLDER, { recursive: true, force: true }));
  })();
  return built;
}

export async function openTestShadow(db: PostgresDatabase, catalog: Catalog): Promise<ShadowEstimator> {
  await buildTestWorker();
  return openShadow(db, catalog, { workerFile: WORKER_FILE });
}
