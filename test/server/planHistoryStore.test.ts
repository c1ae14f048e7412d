import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPlanTree } from '../../src/core/plan/buildPlanTree';
import type { HistoryRun } from '../../src/core/plan/history';
import { HISTORY_LIMITS } from '../../src/core/plan/historyLimits';
import { PlanHistoryStore } from '../../src/server/planHistoryStore';

const A = 'a'.repeat(16);
const B = 'b'.repeat(16);
const C = 'c'.repeat(16);

const PLAN = {
  Plan: {
    'Node Type': 'Seq Scan',
    'Relation Name': 'reading',
    'Plan Rows': 1,
    'Actual Rows': 1,
    'Actual Loops': 1,
    'Actual Total Time': 5,
    Filter: '(id = 4711)',
  },
  'Execution Time': 5,
};

function run(fingerprint: string): HistoryRun {
  const tree = buildPlanTree(PLAN);
  assert.ok(tree);
  return { at: '2026-01-01T00:00:00Z', facts: { fingerprint, server: 'test', database: 'shop' }, tree };
}

describe('server/planHistoryStore', () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-history-'));
    folder = path.join(root, 'made', 'when needed');
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const open = (limits = HISTORY_LIMITS) => new PlanHistoryStore(folder, limits);
  const filesOf = (fingerprint: string): string[] => fs.readdirSync(path.join(folder, fingerprint));
  const idsOf = async (fingerprint: string) => (await open().statement(fingerprint)).entries.map(({ id }) => id);

  it('is empty before the first run', async () => {
    assert.deepEqual(await open().statement(A), { entries: [], withPlan: new Set() });
    assert.deepEqual(await open().size(), { statements: 0, runs: 0, baselines: 0 });
    await open().clear();
    assert.ok(!fs.existsSync(folder));
  });

  it('gives back what it was told, oldest first, with the plan', async () => {
    const added = [];
    for (const fingerprint of [A, B, A]) added.push(await open().add(run(fingerprint), true));
    const { entries, withPlan } = await open().statement(A);
    const plain: unknown = JSON.parse(JSON.stringify([added[0], added[2]]));
    assert.deepEqual(entries, plain);
    assert.deepEqual(withPlan, new Set(entries.map(({ id }) => id)));
    assert.deepEqual(await open().plan(A, entries[1]!.id), PLAN);
    assert.equal(await open().plan(B, entries[1]!.id), undefined);
    assert.deepEqual(await open().size(), { statements: 2, runs: 3, baselines: 0 });
  });

  it('writes no value of a condition unless it may', async () => {
    await open().add(run(A), false);
    const texts = filesOf(A).map(file => fs.readFileSync(path.join(folder, A, file), 'utf8'));
    assert.equal(texts.length, 2);
    assert.doesNotMatch(texts.join(), /4711/);
    assert.match(texts.join(), /\(id = \?\)/);
  });

  it('keeps the runs of windows that add at the same time', async () => {
    const windows = Array.from({ length: 4 }, () => open());
    const added = await Promise.all(
      Array.from({ length: 40 }, (_, i) => windows[i % windows.length]!.add(run(i % 3 ? A : B), false)),
    );
    const kept = [...(await idsOf(A)), ...(await idsOf(B))];
    assert.deepEqual(kept.sort(), added.map(({ id }) => id).sort());
    assert.equal(new Set(kept).size, 40);
  });

  it('keeps the limits, whichever window adds, and what is pinned', async () => {
    const limits = { ...HISTORY_LIMITS, runsPerStatement: 3, statements: 2, plansPerStatement: 2 };
    const first = await open(limits).add(run(A), false);
    await open(limits).pin(A, first.id);
    const later = [];
    for (let i = 0; i < 5; i++) later.push((await open(limits).add(run(A), false)).id);
    assert.deepEqual(await idsOf(A), [first.id, ...later.slice(2)]);
    assert.deepEqual((await open().statement(A)).withPlan, new Set([first.id, ...later.slice(3)]));

    const others = [await open(limits).add(run(B), false), await open(limits).add(run(C), false)];
    assert.deepEqual([await idsOf(A), await idsOf(B), await idsOf(C)], [[first.id], [others[0]!.id], [others[1]!.id]]);
    await open(limits).pin(A, null);
    await open(limits).add(run('d'.repeat(16)), false);
    assert.deepEqual([await idsOf(A), await idsOf(B)], [[], []]);
    assert.equal(fs.readdirSync(folder).length, 2);
  });

  it('never has two windows end with more than the limits, nor lose what is within them', async () => {
    const limits = { ...HISTORY_LIMITS, runsPerStatement: 5 };
    const added = await Promise.all(Array.from({ length: 20 }, () => open(limits).add(run(A), false)));
    const last = await open(limits).add(run(A), false);
    const newest = [
      ...added
        .map(({ id }) => id)
        .sort()
        .slice(-4),
      last.id,
    ];
    assert.deepEqual(await idsOf(A), newest);
  });

  it('pins one run of a statement, in every window', async () => {
    const [first, second] = [await open().add(run(A), false), await open().add(run(A), false)];
    await open().pin(A, first.id);
    await open().pin(A, second.id);
    assert.equal((await open().statement(A)).baseline, second.id);
    assert.equal((await open().statement(B)).baseline, undefined);
    assert.equal((await open().size()).baselines, 1);
    await open().pin(A, null);
    assert.equal((await open().statement(A)).baseline, undefined);
  });

  it('forgets one statement with its pin, or all, and nothing that is not its own', async () => {
    const first = await open().add(run(A), false);
    await open().pin(A, first.id);
    await open().add(run(B), false);
    for (const file of ['notes.txt', path.join(B, 'notes.txt')]) fs.writeFileSync(path.join(folder, file), 'mine');
    await open().clear(A);
    assert.deepEqual(await open().size(), { statements: 1, runs: 1, baselines: 0 });
    await open().clear();
    assert.deepEqual([fs.readdirSync(folder), filesOf(B)], [[B, 'notes.txt'], ['notes.txt']]);
  });

  it('loses to damage only what is damaged', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await open().add(run(A), false)).id);
    await open().pin(A, ids[0]!);
    const file = (id: string, ending: string): string =>
      path.join(
        folder,
        A,
        filesOf(A).find(name => name.startsWith(id) && name.endsWith(ending))!,
      );
    fs.writeFileSync(file(ids[0]!, '.json'), '{"id":');
    fs.writeFileSync(file(ids[1]!, '.plan'), '\0\0\0');
    fs.rmSync(file(ids[2]!, '.plan'));
    fs.writeFileSync(path.join(folder, A, 'short.json'), '{}');
    fs.mkdirSync(path.join(folder, A, `${'0'.repeat(14)}.json`));
    fs.writeFileSync(path.join(folder, B), 'no folder');
    const { entries, withPlan, baseline } = await open().statement(A);
    assert.deepEqual([entries.map(({ id }) => id), baseline], [ids.slice(1), undefined]);
    assert.ok(!withPlan.has(ids[2]!));
    assert.equal(await open().plan(A, ids[1]!), undefined);
    assert.ok(await open().plan(A, ids[3]!));
    assert.equal((await open().size()).runs, 4);
    await open().add(run(C), false);
    await open().clear();
    assert.deepEqual(fs.readdirSync(folder), [A, B]);
  });

  it('takes away what a window that ended left half-written, but not what one is writing', async () => {
    await open().add(run(A), false);
    const time = (ms: number) => `${'x'.repeat(14)}.json.${ms.toString(36).padStart(9, '0')}00000.tmp`;
    const [old, recent] = [time(Date.parse('2020-01-01')), time(Date.now())];
    for (const name of [old, recent]) fs.writeFileSync(path.join(folder, A, name), '');
    await open().add(run(A), false);
    assert.deepEqual(
      filesOf(A).filter(name => name.endsWith('.tmp')),
      [recent],
    );
    await open().clear();
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('takes no name that could lead out of its folder', async () => {
    await assert.rejects(open().add(run('../../etc/passwd'), false), /no fingerprint/);
    await assert.rejects(open().pin('../x', null), /no such run/);
    await assert.rejects(open().pin(A, '../../../../x'), /no such run/);
    assert.equal(await open().plan('../x', '../y'), undefined);
  });

  it('says why nothing can be written', async () => {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    fs.writeFileSync(folder, 'a file stands in the way');
    await assert.rejects(open().add(run(A), false), /EEXIST|ENOTDIR/);
  });
});
