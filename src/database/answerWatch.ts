import { DatabaseError } from '../core/ports';

/** What a look from beside says about a statement that has not been answered. */
export type Look = 'works on it' | 'does not' | 'unknown';

/** Unless settings say otherwise, so long is waited between two looks, milliseconds. */
export const LOOK_EVERY_MS = 15_000;

/** One look may meet the moment between the answer and its arrival. */
const LOOKS_NEEDED = 2;

/**
 * Looks from time to time, while a statement is not answered, whether the server still works on it. A network that
 * swallows the answer would otherwise be waited for without end: a statement may well take hours.
 * @param look must end by itself.
 * @param giveUp is called once, when the answer will not come.
 * @returns ends the watch.
 */
export function watchAnswer(everyMs: number, look: () => Promise<Look>, giveUp: () => void): () => void {
  let isOver = false;
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    // A statement keeps the program running by its connection; the watch need not.
    timer = setTimeout(() => void next(), everyMs).unref();
  };
  const next = async (): Promise<void> => {
    const seen = await look();
    if (isOver) return;
    missed = seen === 'does not' ? missed + 1 : 0;
    if (missed >= LOOKS_NEEDED) giveUp();
    else wait();
  };
  if (Number.isFinite(everyMs)) wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** What it means for a statement under way that no other connection could be opened. */
export function lookFromRefusal(error: unknown): Look {
  if (!(error instanceof DatabaseError)) return 'unknown';
  // The server answers, but lets us in no more: no slot, another password. 57P03 is one that has been restarted.
  if (error.sqlState !== undefined && error.sqlState !== '57P03') return 'unknown';
  return 'does not';
}

/** Waits at most so long. Undefined when the time was up; the work goes on alone then. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<{ readonly value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>(resolve => (timer = setTimeout(() => resolve(undefined), limitMs)));
  work.catch(() => undefined);
  try {
    return await Promise.race([work.then(value => ({ value })), limit]);
  } finally {
    clearTimeout(timer);
  }
}
