import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where a playground's database lies, and until when. */
export interface PlaygroundFolder {
  readonly dataDir: string;
  /** The database is there from the last time. */
  readonly isFilled: boolean;
  /** Kept was asked for, but another window uses the kept one. */
  readonly isKeptElsewhere: boolean;
  markFilled(): void;
  /** Gives the folder up, and removes it unless it is kept. */
  release(): void;
}

const KEPT = 'kept';
const WINDOW = /^window-(\d+)$/;
const OWNER = 'owner';
const FILLED = 'filled';

/**
 * A folder for one process within the extension's storage: the kept one if wanted and free, else one of its own that
 * goes with the process. Folders of processes that are gone are removed on the way.
 */
export function takeFolder(
  storage: string,
  { keep, isFresh = false }: { readonly keep: boolean; readonly isFresh?: boolean },
  processId = process.pid,
): PlaygroundFolder {
  fs.mkdirSync(storage, { recursive: true, mode: 0o700 });
  for (const name of fs.readdirSync(storage)) {
    const owner = Number(WINDOW.exec(name)?.[1] ?? 0);
    // one of our own is of an earlier playground of this process
    if (owner > 0 && (owner === processId || !isAlive(owner))) remove(path.join(storage, name));
  }
  const isKept = keep && own(path.join(storage, KEPT), processId);
  const folder = path.join(storage, isKept ? KEPT : `window-${processId}`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dataDir = path.join(folder, 'data');
  if (isFresh) remove(path.join(folder, FILLED));
  const isFilled = fs.existsSync(path.join(folder, FILLED));
  // what was interrupted while it was filled is made anew
  if (!isFilled) remove(dataDir);
  return {
    dataDir,
    isFilled,
    isKeptElsewhere: keep && !isKept,
    markFilled: () => fs.writeFileSync(path.join(folder, FILLED), ''),
    release: () => remove(isKept ? path.join(folder, OWNER) : folder),
  };
}

/** Writes the process down as owner; false if a living one is. */
function own(folder: string, processId: number): boolean {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, OWNER);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      fs.writeFileSync(file, String(processId), { flag: 'wx' });
      return true;
    } catch {
      const owner = Number(readText(file));
      if (owner === processId) return true;
      if (owner > 0 && isAlive(owner)) return false;
      remove(file);
    }
  }
  return false;
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // somebody else's process may not be signalled, but is there
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function remove(file: string): void {
  fs.rmSync(file, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
