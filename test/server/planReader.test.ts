import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { SavedPlanThread } from '../../src/extension/panels/savedPlanThread';

const PLAN = `Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
  Sort Key: a
  ->  Seq Scan on t  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
Execution Time: 10.000 ms
`;

/** As many entries of a log as fill this many bytes. */
function log(bytes: number): string {
  const entry = `2026-03-01 10:00:00 UTC [1] LOG:  duration: 8.5 ms  plan:\n\tQuery Text: select 1\n${PLAN.replace(/^(?=.)/gm, '\t')}`;
  return entry.repeat(Math.ceil(bytes / entry.length));
}

describe('server/planReader, in a thread of its own', () => {
  let folder = '';
  let program = '';
  const threads: SavedPlanThread[] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-reader-'));
    program = path.join(folder, 'planReader.js');
    const entry = path.join(__dirname, '../../src/server/planReader.ts');
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'cjs' });
  });
  afterEach(() => threads.splice(0).forEach(thread => thread.stop()));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (): SavedPlanThread => {
    const thread = new SavedPlanThread(program);
    threads.push(thread);
    return thread;
  };
  const write = (name: string, text: string): { name: string; file: string } => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return { name, file };
  };

  it('reads a file, shows its plans, and knows the lines of their nodes', async () => {
    const thread = start();
    const { plans, problems } = await thread.ask('read', write('a.explain', `Some words.\n\n${PLAN}`));
    assert.deepEqual(plans, [{ title: 'Sort', line: 3, executionMs: 10, totalCost: 9.5, nodes: 2 }]);
    assert.deepEqual(problems, []);
    const view = await thread.ask('view', 0);
    assert.equal(view.title, 'a.explain');
    assert.equal(view.nodes.length, 2);
    assert.equal(await thread.ask('lineOf', 0, 1), 5);
    assert.equal(await thread.ask('lineOf', 0, null), 3);
    const [document] = JSON.parse(await thread.ask('json', 0)) as { Plan: { 'Node Type': string } }[];
    assert.equal(document?.Plan['Node Type'], 'Sort');
    await assert.rejects(thread.ask('view', 1), /No plan 2/);
  });

  it('takes what is in no file', async () => {
    const { plans } = await start().ask('read', { name: 'clipboard', bytes: Buffer.from(PLAN) });
    assert.equal(plans.length, 1);
  });

  it('says why it cannot read, and reads on', async () => {
    const thread = start();
    await assert.rejects(
      thread.ask('read', { name: 'x', file: path.join(folder, 'missing') }),
      /^Error: It cannot be read: no such file\.$/,
    );
    await assert.rejects(thread.ask('view', 0), /No plan 1/);
    assert.deepEqual((await thread.ask('read', write('none.txt', 'hello'))).plans, []);
    assert.deepEqual((await thread.ask('read', write('none.txt', 'hello'))).problems, ['no plan was found']);
  });

  it('can be stopped while it reads, and answers nothing any more', async () => {
    const thread = start();
    const reading = thread.ask('read', write('long.log', log(5_000_000)));
    thread.stop();
    await assert.rejects(reading, /Reading was stopped/);
    await assert.rejects(thread.ask('view', 0), /Reading was stopped/);
  });

  it('reads as many plans of a log as anybody looks through, and says so', async () => {
    const entry = 'LOG:  duration: 8.5 ms  plan:\n\tResult  (cost=0.00..0.01 rows=1 width=4)\n';
    const { plans, problems } = await start().ask('read', write('many.log', entry.repeat(10_005)));
    assert.equal(plans.length, 10_000);
    assert.deepEqual(problems, ['only the first 10,000 plans were read']);
    assert.deepEqual((await start().ask('read', write('just.log', entry.repeat(10_000)))).problems, []);
  });
});
