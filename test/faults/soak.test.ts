import assert from 'node:assert/strict';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import { Editor } from '../server/editor';
import { FaultServer, SETUP } from './faultServer';

const EXPLAINS = 1_000;
const PART = 200;

/** What 800 explains may add: an explain that kept its plan alone, of some 10 kB, would add twice as much. */
const MOST_GROWTH_BYTES = 4_000_000;

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

/** What is still held on to. Twice, because what is freed at the first may free more. */
function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a thousand explains', function () {
  this.timeout(180_000);
  let server: FaultServer;
  let editor: Editor;

  before(async function () {
    server = await FaultServer.start(this);
    await server.run(SETUP);
    editor = await Editor.start({ trusted: true });
    await editor.request('queryTuner/connections/connect', { connectionId: 'test', target: { url: server.url } });
  });
  after(async () => {
    await editor?.dispose();
    await server?.assertNothingLeft();
    await server?.stop();
  });

  it('keep neither memory nor connections', async () => {
    const heaps: number[] = [];
    const connections: number[] = [];
    for (let i = 1; i <= EXPLAINS; i++) {
      const outcome = await editor.request('queryTuner/explain/run', {
        connectionId: 'test',
        // Every one another text, as when somebody works on a query.
        sql: `select r.*, c.name from readings r join cameras c on c.id = r.camera where r.camera = 7 and r.id <> ${i}`,
        analyze: i % 10 === 0,
        title: 'query.sql',
        connection: 'test',
      });
      assert.equal(outcome.failed, false);
      if (i % PART !== 0) continue;
      heaps.push(heapBytes());
      connections.push((await server.sessions()).length);
    }
    const growth = Math.min(...heaps.slice(-2)) - heaps[0]!;
    console.log(
      `      heap after each ${PART}: ${heaps.map(bytes => (bytes / 1e6).toFixed(1)).join(', ')} MB; connections ${connections.join(', ')}`,
    );
    assert.ok(growth < MOST_GROWTH_BYTES, `the heap grew by ${growth} bytes`);
    assert.ok(
      connections.every(count => count <= 2),
      connections.join(', '),
    );
  });
});
