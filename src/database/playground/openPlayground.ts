import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseError } from '../../core/ports';
import { Bridge, type BridgeAddress } from './bridge';
import { Engine } from './engine';
import { takeFolder } from './playgroundFolder';

export interface PlaygroundOptions {
  /** A folder of ours that only this user can read. */
  readonly storage: string;
  /** The database stays for the next time. */
  readonly keep: boolean;
  /** Makes the sample anew, also where one is kept. */
  readonly isFresh?: boolean;
  /** Statements that make the sample: one text, run in one transaction. */
  readonly setupFile: string;
  /** Told what is being done, in words. */
  readonly report?: (text: string) => void;
}

/** A PostgreSQL of our own with sample data, reached like any other server. Nothing outside is contacted. */
export interface Playground {
  readonly address: BridgeAddress;
  /** Another window uses the kept database, so this one is fresh and goes with the window. */
  readonly isKeptElsewhere: boolean;
  close(): Promise<void>;
}

const WORKER_FILE = 'playgroundWorker.js';
const BASE_FILE = 'emptyDatabase.tar.br';

/** Starts PostgreSQL, makes the sample unless it is there, and listens. @throws DatabaseError with the reason */
export async function openPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { storage, setupFile, report = () => undefined } = options;
  const workerFile = playgroundWorkerPath();
  const assetsDir = path.dirname(workerFile);
  const folder = takeFolder(storage, options);
  const baseFile = path.join(assetsDir, BASE_FILE);
  const engine = new Engine(workerFile, { assetsDir, dataDir: folder.dataDir, baseFile });
  try {
    report('starting PostgreSQL');
    await engine.start();
    if (!folder.isFilled) {
      report('making the sample data');
      await fill(engine, setupFile);
      folder.markFilled();
    }
    const bridge = await Bridge.open(engine);
    return {
      address: bridge.address,
      isKeptElsewhere: folder.isKeptElsewhere,
      close: async () => {
        await bridge.close();
        folder.release();
      },
    };
  } catch (error) {
    await engine.close();
    folder.release();
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError('unsupported', `the playground cannot be opened: ${(error as Error).message}`);
  }
}

async function fill(engine: Engine, setupFile: string): Promise<void> {
  await engine.query(await fs.promises.readFile(setupFile, 'utf8'));
  // it does not run within a transaction; the sample is written once, so what the next start reads is short
  for (const sql of ['vacuum analyze', 'checkpoint']) await engine.query(sql);
}

/** The bundled worker: beside this file in the packaged product, in the package's dist/ when run from source. */
function playgroundWorkerPath(): string {
  const places = [__dirname, path.join(__dirname, '..', '..', '..', 'dist')].map(each => path.join(each, WORKER_FILE));
  const found = places.find(place => fs.existsSync(place));
  if (found) return found;
  throw new DatabaseError('unsupported', `the playground is not built: no ${WORKER_FILE} in ${places.join(' or ')}`);
}
