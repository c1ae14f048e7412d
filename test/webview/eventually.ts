import assert from 'node:assert/strict';

const LIMIT_MS = 10_000;
const STEP_MS = 15;

type Read<T> = () => T | Promise<T>;

/**
 * Assertions that wait for the page, which answers what was pressed on its own time, and whose calls come another way.
 * What still does not hold after ten seconds fails as it would at once.
 */
export const eventually = {
  equal: <T>(read: Read<T>, expected: T, message?: string): Promise<void> =>
    until(async () => assert.deepEqual(await read(), expected, message)),
  match: (read: Read<string>, pattern: RegExp, message?: string): Promise<void> =>
    until(async () => assert.match(await read(), pattern, message)),
  ok: (read: Read<unknown>, message?: string): Promise<void> =>
    until(async () => assert.ok(await read(), message ?? `does not hold: ${String(read)}`)),
};

/** Waits until `check` no longer throws, and throws what it throws after ten seconds. */
async function until(check: () => Promise<void>): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
    await new Promise(resolve => setTimeout(resolve, STEP_MS));
  }
}
