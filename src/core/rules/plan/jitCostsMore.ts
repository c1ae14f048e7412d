import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { percent } from './support/words';

/** ExplainSQL: compiling that takes half of the time cannot have paid. */
const LEAST_SHARE = 0.5;

const plan = (
  jitMs: number,
) => `Seq Scan on orders  (cost=0.00..900000.00 rows=500 width=8) (actual time=60.0..90.0 rows=500 loops=1)
JIT:
  Functions: 12
  Options: Inlining true, Optimization true, Expressions true, Deforming true
  Timing: Generation 1.0 ms, Inlining 10.0 ms, Optimization 30.0 ms, Emission 20.0 ms, Total ${jitMs}.0 ms
Execution Time: 100.0 ms`;

export const jitCostsMore = definePlanRule({
  id: 'plan/jit-costs-more',
  since: '0.1.0',
  title: 'JIT compilation takes longer than it saves',
  docs: {
    problem: 'Half of the run time or more went into compiling expressions.',
    why: 'JIT is chosen by cost, and an overestimated cost makes it compile for a short query.',
    thresholds: 'JIT in the leader >= 50 % of the execution time (ExplainSQL).',
    whenToIgnore: 'The statement usually runs much longer than in this run.',
  },
  examples: [
    {
      title: 'a query that is compiled longer than it runs',
      bad: plan(61),
      says: 'JIT compilation takes 61 % of the execution time.',
    },
    { title: 'a query that runs longer than it is compiled', good: plan(31) },
  ],
  check({ tree, statement, wholeMs, report }) {
    const { leaderMs: spentMs = 0, functions = 0 } = statement.jit ?? {};
    if (wholeMs === 0 || spentMs < LEAST_SHARE * wholeMs) return;
    const cost = tree.root.figures.totalCost;
    report({
      message: `JIT compilation takes ${percent(Math.min(1, spentMs / wholeMs))} of the execution time.`,
      evidence: `${formatCount(functions)} functions, ${formatMs(spentMs)} of ${formatMs(wholeMs)}${cost === undefined ? '' : `; the plan's cost is ${formatCount(cost)}`}`,
      savesMs: spentMs,
      nextStep: 'Try SET LOCAL jit = off for this statement, or raise jit_above_cost.',
      steps: [{ kind: 'explain', title: 'Try without JIT', settings: { jit: 'off' } }],
    });
  },
});
