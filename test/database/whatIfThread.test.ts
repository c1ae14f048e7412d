import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../../src/core/ports';
import { ShadowThread } from '../../src/database/whatIf/shadowThread';

/** A worker that answers, except that it does `once` at the first message any of its threads gets. */
function workerThat(folder: string, once: string): ShadowThread {
  const file = path.join(folder, 'worker.js');
  fs.writeFileSync(
    file,
    `const { parentPort } = require('node:worker_threads');
     const fs = require('node:fs');
     parentPort.on('message', ({ id }) => {
       const mark = ${JSON.stringify(path.join(folder, 'done'))};
       if (!fs.existsSync(mark)) {
         fs.writeFileSync(mark, '');
         ${once}
       }
       parentPort.postMessage({ id, ok: true, bytes: 7 });
     });`,
  );
  return new ShadowThread(file);
}

describe('database/whatIf/shadowThread', () => {
  let folder: string;
  let thread: ShadowThread | undefined;

  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-thread-'))));
  afterEach(async () => {
    await thread?.end(new Error('the test is over'));
    fs.rmSync(folder, { recursive: true });
  });

  const deaths: readonly (readonly [how: string, once: string, said: RegExp])[] = [
    ['ends', 'process.exit(3)', /the shadow planner ended with code 3/],
    ['throws', `throw new Error('no luck')`, /the shadow planner failed: no luck/],
  ];
  for (const [how, once, said] of deaths) {
    it(`reports a worker that ${how}, and starts another one`, async () => {
      thread = workerThat(folder, once);
      const generation = thread.generation;
      await assert.rejects(
        thread.call({ kind: 'memory' }),
        (error: DatabaseError) =>
          error instanceof DatabaseError && error.kind === 'unsupported' && said.test(error.message),
      );
      assert.notEqual(thread.generation, generation);
      assert.equal((await thread.call({ kind: 'memory' })).bytes, 7);
    });
  }

  it('gives up a call at once when it is cancelled, and the thread if it does not come back', async () => {
    thread = workerThat(folder, 'for (;;);');
    const controller = new AbortController();
    const call = thread.call({ kind: 'memory' }, controller.signal);
    while (!fs.existsSync(path.join(folder, 'done'))) await new Promise(setImmediate);
    controller.abort();
    // the worker never answers: only the cancel can end this
    await assert.rejects(call, { name: 'CancelledError' });
    assert.equal((await thread.call({ kind: 'memory' })).bytes, 7);
  });

  it('keeps a thread that comes back after a cancel', async () => {
    thread = workerThat(folder, '');
    await thread.call({ kind: 'memory' });
    const { generation } = thread;
    const controller = new AbortController();
    const call = thread.call({ kind: 'memory' }, controller.signal);
    controller.abort();
    await assert.rejects(call, { name: 'CancelledError' });
    await thread.call({ kind: 'memory' });
    assert.equal(thread.generation, generation);
  });

  it('starts nothing for a call that was cancelled before', async () => {
    thread = workerThat(folder, '');
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(thread.call({ kind: 'memory' }, controller.signal), { name: 'CancelledError' });
    assert.ok(!fs.existsSync(path.join(folder, 'done')));
  });
});
