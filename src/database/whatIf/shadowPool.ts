import { CancelledError } from '../../core/base/cancelSignal';
import type { Database } from '../../core/ports';
import { SharedShadow } from './sharedShadow';
import { ShadowThread } from './shadowThread';

/** A shadow that nobody asks for so long gives its memory back. */
const IDLE_MS = 5 * 60_000;

interface Kept {
  readonly shadow: SharedShadow;
  users: number;
  timer?: NodeJS.Timeout;
}

/** Shadows by the connection they copy and the worker's file: an advisor, a lens and a panel ask the same one. */
const kept = new WeakMap<Database, Map<string, Kept>>();

/** The shadow of a database, started by its first question. After `release` it stays warm for five minutes. */
export function leaseShadow(db: Database, workerFile: string): { readonly shadow: SharedShadow; release(): void } {
  const ofDatabase = kept.get(db) ?? new Map<string, Kept>();
  kept.set(db, ofDatabase);
  const entry = ofDatabase.get(workerFile) ?? {
    shadow: new SharedShadow(db, new ShadowThread(workerFile)),
    users: 0,
  };
  ofDatabase.set(workerFile, entry);
  entry.users++;
  clearTimeout(entry.timer);
  let isReleased = false;
  return {
    shadow: entry.shadow,
    release: () => {
      if (isReleased) return;
      isReleased = true;
      if (--entry.users > 0) return;
      entry.timer = setTimeout(() => {
        ofDatabase.delete(workerFile);
        void entry.shadow.thread.end(new CancelledError('the estimator was closed'));
      }, IDLE_MS);
      entry.timer.unref();
    },
  };
}
