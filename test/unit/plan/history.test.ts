import assert from 'node:assert/strict';
import { buildPlanTree } from '../../../src/core/plan/buildPlanTree';
import {
  clearHistory,
  EMPTY_HISTORY,
  HISTORY_LIMITS,
  type HistoryRun,
  pinBaseline,
  type PlanHistory,
  remember,
  runsOf,
  unpinBaseline,
} from '../../../src/core/plan/history';
import { readHistory, writeHistory } from '../../../src/core/plan/historyJson';
import { packPlan, unpackPlan } from '../../../src/core/plan/historyPlan';
import { sparkline } from '../../../src/core/plan/historySparkline';
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

function run(fingerprint: string, more: Partial<HistoryRun> = {}): HistoryRun {
  return { fingerprint, at: '2026-01-01T00:00:00Z', server: '18.4', database: 'shop', tree: scan(5), ...more };
}

function rememberAll(runs: readonly HistoryRun[], limits = HISTORY_LIMITS, from = EMPTY_HISTORY): PlanHistory {
  return runs.reduce((history, each) => remember(history, each, limits), from);
}

const ids = (history: PlanHistory) => history.entries.map(({ id }) => id);
const withPlan = (history: PlanHistory) => history.entries.filter(({ plan }) => plan).map(({ id }) => id);

describe('core/plan/history', () => {
  it('keeps the figures of a run', () => {
    const [entry] = remember(EMPTY_HISTORY, run('q')).entries;
    const { plan, shape, ...figures } = entry!;
    assert.ok(plan);
    assert.match(shape, /^[0-9a-f]{16}$/);
    assert.deepEqual(figures, {
      id: '1',
      fingerprint: 'q',
      at: '2026-01-01T00:00:00Z',
      server: '18.4',
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
    const [entry] = remember(EMPTY_HISTORY, run('q', { tree: tree(planned('Seq Scan', 90, 3)) })).entries;
    assert.deepEqual(
      [entry?.analyzed, entry?.executionMs, entry?.rows, entry?.totalCost],
      [false, undefined, undefined, 90],
    );
  });

  it('keeps no values unless it is told to', () => {
    const secret = { parameters: ['a@b.org', '4711', null], tree: scan(5, { 'Query Text': "select 'a@b.org'" }) };
    const text = writeHistory(remember(EMPTY_HISTORY, run('q', secret)));
    assert.doesNotMatch(text, /a@b|4711|select/);
    assert.match(text, /\(\(email = \?::text\) AND \(pin > \?\)\)/);
    assert.match(writeHistory(remember(EMPTY_HISTORY, run('q', { ...secret, keepValues: true }))), /a@b\.org.*4711/);
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

  it('tells parameters apart by a hash', () => {
    const hash = (parameters?: string[]) =>
      remember(EMPTY_HISTORY, run('q', { parameters })).entries[0]?.parametersHash;
    assert.equal(hash(['1', '2']), hash(['1', '2']));
    assert.notEqual(hash(['1', '2']), hash(['12']));
    assert.equal(hash(), undefined);
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

  it('keeps the figures alone of a plan nested too deeply to be stored', () => {
    let deep = node('Seq Scan', [1, 1, 1]);
    for (let i = 0; i < 5000; i++) deep = node('Result', [1, 1, 1], {}, deep);
    const [entry] = remember(EMPTY_HISTORY, run('q', { tree: tree(deep) })).entries;
    assert.deepEqual([entry?.executionMs, entry?.plan], [1, undefined]);
  });

  it('drops the oldest runs of a statement, and the statements not explained for longest', () => {
    const limits = { ...HISTORY_LIMITS, entriesPerStatement: 2, statements: 2 };
    const history = rememberAll(
      ['a', 'b', 'b', 'b', 'c'].map(each => run(each)),
      limits,
    );
    assert.deepEqual(ids(history), ['3', '4', '5']);
  });

  it('keeps the plans of the newest runs, within their size', () => {
    const runs = Array.from({ length: 4 }, () => run('q'));
    assert.deepEqual(withPlan(rememberAll(runs, { ...HISTORY_LIMITS, plansPerStatement: 2 })), ['3', '4']);
    const size = JSON.stringify(packPlan(scan(5).raw, false)).length;
    const three = rememberAll(runs, { ...HISTORY_LIMITS, planCharacters: 3 * size });
    assert.deepEqual([ids(three).length, withPlan(three)], [4, ['2', '3', '4']]);
  });

  it('never drops a pinned run, nor its plan', () => {
    const limits = { ...HISTORY_LIMITS, entriesPerStatement: 2, plansPerStatement: 1, statements: 1 };
    const pinned = pinBaseline(remember(EMPTY_HISTORY, run('q'), limits), '1');
    const history = rememberAll(
      ['q', 'q', 'q', 'other'].map(each => run(each)),
      limits,
      pinned,
    );
    assert.deepEqual(ids(history), ['1', '5']);
    assert.deepEqual(withPlan(history), ['1', '5']);
    assert.deepEqual(unpinBaseline(history, 'q').baselines, {});
    assert.deepEqual(ids(remember(unpinBaseline(history, 'q'), run('other'), limits)), ['5', '6']);
    assert.equal(pinBaseline(history, '99'), history);
  });

  it('forgets a statement, or all, and never gives an id again', () => {
    const history = pinBaseline(rememberAll([run('a'), run('b')]), '1');
    assert.deepEqual(ids(clearHistory(history, 'a')), ['2']);
    assert.deepEqual(clearHistory(history, 'a').baselines, {});
    assert.deepEqual(ids(remember(clearHistory(history), run('a'))), ['3']);
  });

  it('survives being stored, and damage', () => {
    const history = pinBaseline(rememberAll([run('a'), run('b')]), '2');
    assert.deepEqual(readHistory(writeHistory(history)), JSON.parse(JSON.stringify(history)));
    for (const text of [undefined, '', '{', '[]', '{"version":2,"entries":[]}', 'null']) {
      assert.deepEqual(readHistory(text), EMPTY_HISTORY);
    }
    const [good] = history.entries;
    const damaged = {
      version: 1,
      next: 0,
      entries: [good, { id: 1 }, null, { ...good, blocks: 'x' }],
      baselines: { b: '2', a: '1' },
    };
    const read = readHistory(JSON.stringify(damaged));
    assert.deepEqual([ids(read), read.next, read.baselines], [['1'], 2, { a: '1' }]);
  });
});

describe('core/plan/history: sparkline and view', () => {
  const runs = rememberAll([
    run('q', { tree: scan(20) }),
    run('q', { tree: tree(planned('Seq Scan', 90, 3, { 'Relation Name': 'users' })) }),
    run('q', { tree: scan(5, { 'Node Type': 'Index Scan' }), parameters: ['7'] }),
    run('q', { tree: scan(10, { 'Node Type': 'Index Scan' }), parameters: ['7'], server: '14.23' }),
  ]);

  it('draws measured times, and leaves estimates out', () => {
    const line = sparkline(runsOf(runs, 'q'));
    assert.deepEqual([line?.measure, line?.lowest, line?.highest], ['time', 5, 20]);
    assert.deepEqual(
      line?.points.map(({ id, value, height, planChanged }) => [id, value, height, planChanged]),
      [
        ['1', 20, 1, false],
        ['3', 5, 0.25, true],
        ['4', 10, 0.5, false],
      ],
    );
  });

  it('draws blocks when asked, costs where nothing was executed, and no line through one point', () => {
    assert.deepEqual(
      sparkline(runsOf(runs, 'q'), 'blocks')?.points.map(({ value }) => value),
      [10, 10, 10],
    );
    const estimates = rememberAll([90, 30].map(cost => run('e', { tree: tree(planned('Seq Scan', cost, 3)) })));
    assert.deepEqual(
      sparkline(runsOf(estimates, 'e'))?.points.map(({ height }) => height),
      [1, 30 / 90],
    );
    assert.equal(sparkline(runsOf(rememberAll([run('one')]), 'one')), undefined);
  });

  it('notes what was different from the run before', () => {
    const { entries, baseline } = buildHistoryView(pinBaseline(runs, '3'), 'q');
    assert.equal(baseline, '3');
    assert.deepEqual(
      entries.map(({ note }) => note),
      [undefined, 'estimated; work_mem = default', 'other plan; other parameters; work_mem = 1MB', 'on 14.23/shop'],
    );
  });
});
