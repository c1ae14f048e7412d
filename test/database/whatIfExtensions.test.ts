import * as assert from 'node:assert/strict';
import type { ShadowModel } from '../../src/database/whatIf/shadowProtocol';
import { ShadowThread } from '../../src/database/whatIf/shadowThread';
import { regularFiles } from '../../src/database/whatIf/worker/installExtension';
import { buildTestWorker, WORKER_FILE } from './whatIfWorker';

const EMPTY: ShadowModel = { extensions: [], steps: [], lateSteps: [], storage: [], extended: [], settings: [] };

describe('database/whatIf extensions', function () {
  this.timeout(60_000);

  it('installs those that the model asks for, whatever their order', async () => {
    await buildTestWorker();
    const thread = new ShadowThread(WORKER_FILE);
    try {
      // one needs the other, which comes later
      const extensions = ['earthdistance', 'pg_trgm', 'cube'].map(name => ({ name, schema: 'tools' }));
      const model = { ...EMPTY, extensions };
      assert.deepEqual((await thread.call({ kind: 'load', model })).notes, []);
      const sql = `select tools.similarity('a', 'b'), tools.cube_dim('(1, 2)'::tools.cube)`;
      assert.ok((await thread.call({ kind: 'explain', sql, indexes: [], among: [] })).plan);
    } finally {
      await thread.end(new Error('the test is over'));
    }
  });

  it('says what it cannot have', async () => {
    await buildTestWorker();
    const thread = new ShadowThread(WORKER_FILE);
    try {
      const model = { ...EMPTY, extensions: [{ name: 'no_such_thing', schema: 'public' }] };
      const { notes } = await thread.call({ kind: 'load', model });
      assert.match(String(notes), /^extension no_such_thing not modelled: /);
    } finally {
      await thread.end(new Error('the test is over'));
    }
  });

  it('reads the files of an archive', () => {
    const header = (name: string, size: number, type: string, prefix = ''): Buffer => {
      const block = Buffer.alloc(512);
      block.write(name, 0);
      block.write(size.toString(8).padStart(11, '0'), 124);
      block.write(type, 156);
      block.write(prefix, 345);
      return block;
    };
    const content = (text: string): Buffer => Buffer.concat([Buffer.from(text)], Math.ceil(text.length / 512) * 512);
    const long = 'x'.repeat(513);
    const archive = Buffer.concat([
      header('lib/', 0, '5'),
      header('lib/a.so', long.length, '0'),
      content(long),
      header('empty', 0, '0'),
      header('b.sql', 2, '0', 'share'),
      content('ab'),
      Buffer.alloc(1024),
    ]);
    assert.deepEqual(
      [...regularFiles(archive)].map(({ name, data }) => [name, Buffer.from(data).toString()]),
      [
        ['lib/a.so', long],
        ['empty', ''],
        ['share/b.sql', 'ab'],
      ],
    );
  });
});
