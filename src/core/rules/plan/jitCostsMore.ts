import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { percent } from './words';

/** ExplainSQL: compiling that takes half of the time cannot have paid. */
const LEAST_SHARE = 0.5;

export const jitCostsMore = definePlanRule({
  id: 'plan/jit-costs-more',
  title: 'JIT compilation takes longer than it saves',
  docs: {
    problem: 'Half of the run time or more went into compiling expressions.',
    why: 'JIT is chosen by cost, and an overestimated cost makes it compile for a short query.',
    thresholds: 'JIT >= 50 % of the execution time (ExplainSQL).',
  },
  check({ tree, wholeMs, report }) {
    const spent = tree.jit?.totalMs ?? 0;
    if (wholeMs === 0 || spent < LEAST_SHARE * wholeMs) return;
    report({
      message: `JIT compilation takes ${percent(Math.min(1, spent / wholeMs))} of the execution time.`,
      evidence: `${formatCount(tree.jit?.functions ?? 0)} functions, ${formatMs(spent)} of ${formatMs(wholeMs)}`,
      savesMs: spent,
      nextStep: 'Try SET jit = off for this statement, or raise jit_above_cost.',
    });
  },
});
