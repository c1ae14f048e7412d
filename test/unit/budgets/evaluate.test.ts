import assert from 'node:assert/strict';
import type { BudgetNames } from '../../../src/core/budgets/budget';
import { completeBudget } from '../../../src/core/budgets/completeBudget';
import { describeClause } from '../../../src/core/budgets/describeClause';
import { evaluateBudget } from '../../../src/core/budgets/evaluateBudget';
import { pinnedClauses, writeBudget } from '../../../src/core/budgets/pinBudget';
import { planFingerprint } from '../../../src/core/budgets/planFingerprint';
import { summarizeResults } from '../../../src/core/budgets/summarizeResults';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { applyEdits } from '../../../src/core/rules/applyFixes';
import { readBudget, readBudgets } from './read';

/** One scan, run in so many ms, with these fields besides. */
function plan(fields: Readonly<Record<string, unknown>> = {}, executionMs: number | null = 2): PlanTree {
  const isRun = executionMs !== null;
  const measured = { 'Actual Rows': 10, 'Actual Loops': 1, 'Actual Total Time': executionMs, 'Shared Hit Blocks': 20 };
  const node = { 'Node Type': 'Seq Scan', 'Relation Name': 't', Alias: 't', 'Plan Rows': 10, 'Total Cost': 5 };
  const times = isRun ? { 'Execution Time': executionMs, 'Planning Time': 0.5 } : {};
  const [tree] = parsePlan([{ Plan: { ...node, ...(isRun && measured), ...fields }, ...times }]);
  return tree!;
}

async function judge(said: string, runs: readonly PlanTree[], names?: BudgetNames): Promise<string[]> {
  const { clauses } = await readBudget(said);
  return evaluateBudget(clauses, runs, names).map(({ outcome, message }) => `${outcome}: ${message}`);
}

describe('core/budgets: plans', () => {
  it('take the median of times, without the first run', async () => {
    const runs = [90, 3, 5, 4].map(ms => plan({}, ms));
    assert.deepEqual(await judge('execution < 4 ms, execution <= 4 ms', runs), [
      'fail: execution 4 ms = 4 ms',
      'pass: execution 4 ms <= 4 ms',
    ]);
    assert.deepEqual(await judge('execution < 4 ms', [plan({}, 3)]), ['pass: execution 3 ms < 4 ms']);
    assert.deepEqual(
      await judge(
        'execution < 4.4 ms',
        [90, 4, 5].map(ms => plan({}, ms)),
      ),
      ['fail: execution 4.5 ms > 4.4 ms'],
    );
  });

  it('say when a figure only rounds to its limit', async () => {
    assert.deepEqual(await judge('execution <= 20 ms', [plan({}, 20.004)]), ['fail: execution 20.004 ms > 20 ms']);
  });

  it('tell less when they were only estimated', async () => {
    const estimated = [plan({}, null)];
    const said = 'execution < 1 s, planning < 1 s, total cost < 9, rows < 1, buffers < 1, partitions <= 1, no seq scan';
    assert.deepEqual(await judge(said, estimated), [
      'unknown: execution cannot be told: the statement was not run',
      'unknown: planning cannot be told: the statement was not run',
      'pass: total cost 5 < 9',
      'unknown: rows cannot be told: the statement was not run',
      'unknown: buffers cannot be told: the statement was not run',
      'unknown: partitions cannot be told: the schema is not known',
      'fail: seq scan on t',
    ]);
  });

  it('tell nothing of blocks that were not counted', async () => {
    const text = `Seq Scan on t  (cost=0.00..5.00 rows=10 width=4) (actual time=0.010..1.000 rows=10 loops=1)
Execution Time: 1.000 ms`;
    assert.deepEqual(await judge('buffers < 1, rows = 10', parsePlan(text)), [
      'unknown: buffers cannot be told: EXPLAIN did not count blocks',
      'pass: rows 10 = 10',
    ]);
  });

  it('know a partition by its alias where no schema is at hand', async () => {
    const partition = [plan({ 'Relation Name': 't_2025', Alias: 't_1' })];
    assert.deepEqual(await judge('no seq scan on t, no seq scan on other', partition), [
      'fail: seq scan on t_2025',
      'pass: no seq scan on other',
    ]);
  });

  it('see a sort of a worker, or of a group, go to disk', async () => {
    const spilled: readonly Readonly<Record<string, unknown>>[] = [
      { 'Node Type': 'Sort', Workers: [{ 'Worker Number': 0, 'Sort Space Type': 'Disk' }] },
      { 'Node Type': 'Incremental Sort', 'Full-sort Groups': { 'Sort Space Disk': { 'Peak Sort Space Used': 9 } } },
    ];
    for (const fields of spilled) {
      assert.deepEqual(await judge('no sort on disk', [plan(fields)]), ['fail: a sort went to disk']);
    }
    assert.deepEqual(await judge('no sort on disk', [plan({ 'Node Type': 'Sort', 'Sort Space Type': 'Memory' })]), [
      'pass: no sort on disk',
    ]);
  });

  it('have a name that follows what they do, not what they cost', () => {
    const name = planFingerprint(plan());
    assert.match(name, /^[0-9a-f]{8}$/);
    assert.equal(planFingerprint(plan({ 'Total Cost': 9, 'Plan Rows': 7 }, null)), name);
    assert.notEqual(planFingerprint(plan({ 'Node Type': 'Index Scan', 'Index Name': 'i' })), name);
  });

  it('are summed up with what is not met first', async () => {
    const { clauses } = await readBudget('rows = 10, buffers < 3, partitions < 2');
    const results = evaluateBudget(clauses, [plan()]);
    assert.equal(
      summarizeResults(results).text,
      'budget met 1/3: buffers 20 > 3; partitions cannot be told: the schema is not known',
    );
  });
});

describe('core/budgets: writing', () => {
  it('pins blocks with slack, and the shape', () => {
    const name = planFingerprint(plan());
    assert.deepEqual(pinnedClauses(plan()), ['buffers <= 28', `plan = ${name}`]);
    assert.deepEqual(pinnedClauses(plan({ 'Shared Hit Blocks': 4321, 'Temp Written Blocks': 100 })), [
      'buffers <= 5500',
      'temp written <= 130',
      `plan = ${name}`,
    ]);
    assert.deepEqual(pinnedClauses(plan({}, null)), [`plan = ${name}`]);
  });

  it('writes above a statement, or into the place of its budget', async () => {
    const write = async (text: string, isHost = false): Promise<string> => {
      const { budgets, script } = await readBudgets(text);
      const place = { text, statementStart: script.statements.at(-1)!.range.start, existing: budgets[0], isHost };
      return applyEdits(text, writeBudget('', ['rows < 9'], place).edits);
    };
    assert.equal(await write('select 1'), '-- @budget rows < 9\nselect 1');
    assert.equal(await write('\n  select 1'), '\n  -- @budget rows < 9\n  select 1');
    assert.equal(await write('select 0; select 1'), 'select 0; /* @budget rows < 9 */ select 1');
    assert.equal(await write('select 1', true), '/* @budget rows < 9 */\nselect 1');
    assert.equal(
      await write('-- a\n-- @budget rows < 1,\n--   rows > 0\n-- b\n/* @budget planning < 1 ms */\nselect 1'),
      '-- a\n-- @budget rows < 9\n-- b\nselect 1',
    );
  });

  it('proposes what fits, in the place of what is typed', () => {
    const propose = (line: string, continues = false): string[] | undefined =>
      completeBudget(line, 0, { tables: ['orders', 'Odd'], indexes: ['orders_day'] }, continues)?.map(
        ({ insertText, range }) => line.slice(0, range.start) + insertText,
      );
    assert.deepEqual(propose('-- @bu'), ['-- @budget ']);
    assert.equal(propose('-- @budget')?.[0], '-- @budget execution < 10 ms');
    assert.equal(propose('-- @budget rows < 5,')?.[0], '-- @budget rows < 5, execution < 10 ms');
    assert.equal(propose('/* @budget shared h')?.[6], '/* @budget shared hit < 20');
    assert.deepEqual(propose(' * @budget uses ord'), [' * @budget uses orders_day']);
    assert.deepEqual(propose('-- @budget no seq scan on '), [
      '-- @budget no seq scan on orders',
      '-- @budget no seq scan on "Odd"',
    ]);
    assert.deepEqual(propose('-- @budget wal < 5'), [
      ...['bytes', 'kB', 'MB', 'GB'].map(unit => `-- @budget wal < 5 ${unit}`),
    ]);
    assert.deepEqual(propose('--   hit ratio > 90 ', true), ['--   hit ratio > 90 %']);
    for (const line of ['select @', '-- budget rows', '--   hit ratio > 90 ', '-- a@b']) {
      assert.equal(propose(line), undefined, line);
    }
  });

  it('prefers what is steady, and says why', async () => {
    const [execution, shape] = (await readBudget('execution < 1 ms, plan = 3fa9c2e1')).clauses;
    assert.match(describeClause(execution!), /varies with the machine[^]*steadier limit is `buffers`/);
    assert.match(describeClause(shape!), /new major version/);
  });
});
