import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/core/rules/applyFixes';
import { expectationHints, findExpectations } from '../../../src/core/budgets/expectations';
import { readBudgets } from './read';

async function expectationsOf(text: string): Promise<string[]> {
  const { script } = await readBudgets(text);
  return findExpectations(text, script.statements).map(
    ({ statement, clauses }) => `${statement.statement.text}: ${clauses.join(', ')}`,
  );
}

const BENCHMARK = `-- One benchmark
explain (analyze, buffers)
select 1;

-- Expected Results:
-- Planning Time: < 1ms
-- Execution Time: < 5ms
-- Buffers: < 10 shared hits

-- Another benchmark
select 2;

-- Expected: < 10ms, Index Scan using idx_Counts
`;

describe('core/budgets: expectations in prose', () => {
  it('are read where a guide has them, below the statement', async () => {
    assert.deepEqual(await expectationsOf(BENCHMARK), [
      'explain (analyze, buffers)\nselect 1: planning < 1 ms, execution < 5 ms, shared hit < 10',
      'select 2: execution < 10 ms, uses idx_counts',
    ]);
  });

  it('are read above the statement, and in other words', async () => {
    assert.deepEqual(await expectationsOf('-- Expected: no seq scan on orders and rows: at most 1,000\nselect 1;'), [
      'select 1: no seq scan on orders, rows <= 1,000',
    ]);
    assert.deepEqual(
      await expectationsOf(
        '/* Expectations:\n * - buffers under 40 blocks\n * - Bitmap Index Scan on "Odd" */\nselect 1;',
      ),
      ['select 1: buffers < 40, uses "Odd"'],
    );
  });

  it('are left alone where they may mean something else', async () => {
    for (const line of [
      'Execution Time: ~10ms',
      'Execution Time: 5-10ms',
      'Execution Time: 12.5 ms',
      '< 100ms for 95% of queries',
      'Execution Time: < 100ms, for most of them',
      '10x faster',
      'Index Scan on orders',
      'Buffers: < 10 shared hits (warm cache)',
      '> 500ms',
    ]) {
      assert.deepEqual(await expectationsOf(`-- Expected: ${line}\nselect 1;`), [], line);
    }
    assert.deepEqual(await expectationsOf('-- Planning Time: < 1ms\nselect 1;'), []);
    assert.deepEqual(await expectationsOf('-- It is expected: < 10 ms\nselect 1;'), []);
  });

  it('belong to one statement, or to none', async () => {
    const comment = '-- Expected: < 10ms';
    assert.deepEqual(await expectationsOf(`select 1;\n${comment}\n\nselect 2;`), ['select 1: execution < 10 ms']);
    assert.deepEqual(await expectationsOf(`select 1;\n\n${comment}\nselect 2;`), ['select 2: execution < 10 ms']);
    assert.deepEqual(await expectationsOf(`select 1;\n\n${comment}\n\nselect 2;`), []);
    assert.deepEqual(await expectationsOf(`select 1;\n${comment}\nselect 2;`), []);
  });

  it('become a budget, which is then no hint any more', async () => {
    const before = await readBudgets(BENCHMARK);
    const hints = expectationHints(BENCHMARK, findExpectations(BENCHMARK, before.script.statements), before.budgets);
    assert.equal(hints.length, 2);
    assert.match(hints[0]!.message, /buffers per row/);
    assert.doesNotMatch(hints[1]!.message, /buffers per row/);
    const after = applyEdits(
      BENCHMARK,
      hints.flatMap(({ fixes }) => fixes[0]!.edits),
    );
    assert.match(after, /^-- One benchmark\n-- @budget planning < 1 ms, execution < 5 ms, shared hit < 10\nexplain/);
    const { budgets, script } = await readBudgets(after);
    assert.deepEqual(
      budgets.map(({ clauses, problems }) => [clauses.length, problems.length]),
      [
        [3, 0],
        [2, 0],
      ],
    );
    assert.deepEqual(expectationHints(after, findExpectations(after, script.statements), budgets), []);
  });
});
