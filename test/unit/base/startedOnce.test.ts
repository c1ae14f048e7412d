import assert from 'node:assert/strict';
import { StartedOnce } from '../../../src/core/base/startedOnce';

describe('what is started once', () => {
  /** Starts that end as they are told, in their order. */
  function starts(...ends: (string | Error)[]): { start: () => Promise<string>; count: () => number } {
    let count = 0;
    const start = async (): Promise<string> => {
      const end = ends[count++];
      if (typeof end !== 'string') throw end ?? new Error('started too often');
      return end;
    };
    return { start, count: () => count };
  }

  it('is the same for all who ask', async () => {
    const server = new StartedOnce<string>();
    const { start, count } = starts('first');
    assert.equal(server.started, undefined);
    assert.deepEqual(await Promise.all([server.get(start), server.get(start)]), ['first', 'first']);
    assert.equal(await server.get(start), 'first');
    assert.equal(await server.started, 'first');
    assert.equal(count(), 1);
  });

  it('is started again by the next who asks where it did not start', async () => {
    const server = new StartedOnce<string>();
    const { start, count } = starts(new Error('no port is free'), 'second');
    const [one, other] = [server.get(start), server.get(start)];
    await assert.rejects(one, /no port is free/);
    await assert.rejects(other, /no port is free/);
    assert.equal(count(), 1);
    assert.equal(server.started, undefined);
    assert.equal(await server.get(start), 'second');
  });

  it('keeps a new start when one that was forgotten fails later', async () => {
    const server = new StartedOnce<string>();
    let fail = (): void => {};
    const old = server.get(() => new Promise((_, reject) => (fail = () => reject(new Error('ended')))));
    server.forget();
    const { start, count } = starts('second');
    assert.equal(await server.get(start), 'second');
    fail();
    await assert.rejects(old, /ended/);
    assert.equal(await server.get(start), 'second');
    assert.equal(count(), 1);
  });
});
