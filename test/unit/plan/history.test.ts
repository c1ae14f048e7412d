import assert from 'node:assert/strict';
import { buildPlanTree } from '../../../src/core/plan/buildPlanTree';
import { historyEntry, type HistoryEntry, type HistoryRun, type RunFacts } from '../../../src/core/plan/history';
import { readEntry, readPackedPlan } from '../../../src/core/plan/historyJson';
import { beyondLimits, HISTORY_LIMITS, type KeptRun } from '../../../src/core/plan/historyLimits';
import { packPlan, planToKeep, unpackPlan } from '../../../src/core/plan/historyPlan';
import { buildHistoryView } from '../../../src/protocol/historyView';
import { type Fields, inner, node, planned, tree } from './literalPlan';

const scan = (ms: number, more: Fields = {}) =>
  tree(
    node('Seq Scan', [ms, 3, 1], {
      'Relation Name': 'users',
      Filter: "((email = 'a@b.org'::text) AND (pin > 4711))",
      'Shared Hit Blocks': 8,
      'Shared Read Blocks': 2,
      ...more,
    }),
    { 'Planning Time': 0.5, 'Execution Time': ms, Settings: { work_mem: '1MB' } },
  );

const FACTS: RunFacts = { fingerprint: 'q', server: 'shop, PostgreSQL 18.4', database: 'shop' };

function entry(id: string, { facts = FACTS, ...more }: Partial<HistoryRun> = {}): HistoryEntry {
  return historyEntry({ at: '2026-01-01T00:00:00Z', facts, tree: scan(5), ...more }, id);
}

describe('core/plan/history', () => {
  it('keeps the figures of a run', () => {
    const { shape, ...figures } = entry('1');
    assert.match(shape, /^[0-9a-f]{16}$/);
    assert.deepEqual(figures, {
      id: '1',
      fingerprint: 'q',
      at: '2026-01-01T00:00:00Z',
      server: 'shop, PostgreSQL 18.4',
      database: 'shop',
      settings: { work_mem: '1MB' },
      analyzed: true,
      executionMs: 5,
      planningMs: 0.5,
      totalCost: undefined,
      blocksHit: 8,
      blocksRead: 2,
      blocks: 10,
      rows: 3,
    });
  });

  it('keeps no time for what was not executed', () => {
    const { analyzed, executionMs, rows, totalCost } = entry('1', { tree: tree(planned('Seq Scan', 90, 3)) });
    assert.deepEqual([analyzed, executionMs, rows, totalCost], [false, undefined, undefined, 90]);
  });

  it('keeps no values in a plan unless it is told to', () => {
    const secret = scan(5, { 'Query Text': "select 'a@b.org'" });
    const text = JSON.stringify(planToKeep(secret, false));
    assert.doesNotMatch(text, /a@b|4711|select/);
    assert.match(text, /\(\(email = \?::text\) AND \(pin > \?\)\)/);
    assert.match(JSON.stringify(planToKeep(secret, true)), /a@b\.org.*4711/);
  });

  it('keeps what the figures need when it takes out values', () => {
    const plan = node(
      'Nested Loop',
      [9, 1, 1],
      {},
      node('Result', [4, 1, 1], { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'InitPlan 1' }),
      node('Seq Scan', [6, 1, 1], { 'Relation Name': 't1', Alias: 't1_2', Filter: '(c3 > (InitPlan 1).col1)' }),
      node('Index Scan', [1, 1, 1], { ...inner, 'Index Cond': '("Name 7" = t1_2.c3)' }),
    );
    const kept = unpackPlan(packPlan({ Plan: plan }, false));
    assert.deepEqual(kept, { Plan: plan });
    assert.deepEqual(
      buildPlanTree(kept!)?.nodes.map(({ figures }) => figures.selfMs),
      [2, 4, 2, 1],
    );
  });

  it('packs plans and gives them back', () => {
    const raw = scan(5).raw;
    const many = {
      Plan: { 'Node Type': 'Append', Plans: Array.from({ length: 50 }, () => raw['Plan']) },
      Triggers: [],
    };
    const packed = packPlan(many, true);
    assert.deepEqual(unpackPlan(packed), many);
    assert.ok(JSON.stringify(packed).length < 0.6 * JSON.stringify(many).length);
    assert.equal(unpackPlan({ fields: [], root: [7, 'x'] }), undefined);
  });

  it('does not keep a plan nested too deeply to be stored', () => {
    let deep = node('Seq Scan', [1, 1, 1]);
    for (let i = 0; i < 5000; i++) deep = node('Result', [1, 1, 1], {}, deep);
    assert.equal(planToKeep(tree(deep), false), undefined);
    assert.ok(planToKeep(scan(5), false));
  });

  it('survives being stored, and damage', () => {
    const good = entry('1', { facts: { ...FACTS, isGeneric: true }, parameters: { a: '1', b: null } });
    const text = JSON.stringify(good);
    assert.deepEqual(readEntry(text), JSON.parse(text));
    for (const damage of [
      { id: 1 },
      { blocks: 'x' },
      { settings: { a: 1 } },
      { parameters: ['1', 2] },
      { analyzed: 0 },
    ])
      assert.equal(readEntry(JSON.stringify({ ...good, ...damage })), undefined, JSON.stringify(damage));
    for (const other of ['', text.slice(0, -1), 'null', '[]', '7']) assert.equal(readEntry(other), undefined);

    const plan = JSON.stringify(planToKeep(scan(5), true));
    assert.deepEqual(readPackedPlan(plan), scan(5).raw);
    for (const other of ['', plan.slice(0, -1), '{}', '{"fields":[1],"root":[0]}', '{"fields":[["a"]],"root":[3]}'])
      assert.equal(readPackedPlan(other), undefined);
  });
});

describe('core/plan/historyLimits', () => {
  /** Runs in the order they were made, named by their statement; a capital one is pinned, `+` has a plan. */
  const kept = (...names: string[]): KeptRun[] =>
    names.map((name, i) => ({
      fingerprint: name[0]!.toLowerCase(),
      id: String(i),
      isPinned: name[0] !== name[0]!.toLowerCase(),
      ...(name.endsWith('+') && { planBytes: 10 }),
    }));
  const ids = (runs: readonly KeptRun[]) => runs.map(({ id }) => id).sort();

  it('forgets the oldest runs of a statement, and the statements not explained for longest', () => {
    const limits = { ...HISTORY_LIMITS, runsPerStatement: 2, statements: 2 };
    assert.deepEqual(ids(beyondLimits(kept('a', 'b', 'b', 'b', 'c'), limits).runs), ['0', '1']);
    assert.deepEqual(beyondLimits(kept('b', 'b', 'c'), limits), { runs: [], plans: [] });
  });

  it('goes by the ids, in whatever order the runs are given', () => {
    const runs = kept('a', 'a', 'a');
    const { runs: beyond } = beyondLimits([runs[2]!, runs[0]!, runs[1]!], { ...HISTORY_LIMITS, runsPerStatement: 1 });
    assert.deepEqual(ids(beyond), ['0', '1']);
  });

  it('keeps the plans of the newest runs, within their size', () => {
    const runs = kept('a+', 'a+', 'b+', 'a', 'a+');
    assert.deepEqual(ids(beyondLimits(runs, { ...HISTORY_LIMITS, plansPerStatement: 2 }).plans), ['0']);
    const bySize = beyondLimits(runs, { ...HISTORY_LIMITS, planBytes: 29 });
    assert.deepEqual([ids(bySize.runs), ids(bySize.plans)], [[], ['0', '1']]);
  });

  it('never forgets a pinned run, nor its plan', () => {
    const limits = { runsPerStatement: 2, statements: 1, plansPerStatement: 1, planBytes: 10 };
    const beyond = beyondLimits(kept('A+', 'a', 'a+', 'a+', 'b+'), limits);
    assert.deepEqual([ids(beyond.runs), beyond.plans], [['1', '2', '3'], []]);
  });
});

describe('protocol/historyView', () => {
  const index = { 'Node Type': 'Index Scan' };
  const facts = (more: Partial<RunFacts>): RunFacts => ({ ...FACTS, ...more });
  const entries = [
    entry('1', { tree: scan(20), facts: facts({ valuesHash: 'x' }) }),
    entry('2', { tree: tree(planned('Seq Scan', 90, 3, { 'Relation Name': 'users' })) }),
    entry('3', { tree: scan(5, index), facts: facts({ valuesHash: 'x' }) }),
    entry('4', { tree: scan(5, index), facts: facts({ valuesHash: 'y' }) }),
    entry('5', { tree: scan(5, index), facts: facts({ valuesHash: 'z' }), parameters: { city: 'Oslo', since: null } }),
    entry('6', { tree: scan(9, index), facts: facts({ valuesHash: 'z', server: 'shop, PostgreSQL 14.23' }) }),
  ];

  it('notes what was different from the run before', () => {
    const { entries: views } = buildHistoryView({ entries, withPlan: new Set() });
    assert.deepEqual(
      views.map(({ note }) => note),
      [
        undefined,
        'estimated; work_mem = default',
        'other plan; work_mem = 1MB',
        'other values',
        'city = Oslo, since = NULL',
        'on shop, PostgreSQL 14.23, database shop',
      ],
    );
  });

  it('says which run is pinned, and of which there is more than figures', () => {
    const { entries: views, baseline } = buildHistoryView({ entries, withPlan: new Set(['3', '6']), baseline: '3' });
    assert.equal(baseline, '3');
    assert.deepEqual(
      views.flatMap(({ id, hasPlan }) => (hasPlan ? [id] : [])),
      ['3', '6'],
    );
  });

  it('says that a plan is generic, not how it was made so', () => {
    const settings = { Settings: { plan_cache_mode: 'force_generic_plan', work_mem: '1MB' } };
    const generic = tree(planned('Seq Scan', 90, 3, { 'Relation Name': 'users' }), settings);
    const views = [
      entry('1', { facts: facts({ valuesHash: 'x' }) }),
      entry('2', { tree: generic, facts: facts({ isGeneric: true }) }),
      entry('3', { facts: facts({ valuesHash: 'x' }) }),
    ];
    const notes = buildHistoryView({ entries: views, withPlan: new Set() }).entries.map(({ note }) => note);
    assert.deepEqual(notes, [undefined, 'estimated, without values', undefined]);
  });
});
