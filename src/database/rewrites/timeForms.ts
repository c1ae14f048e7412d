import type { CancelSignal } from '../../core/base/cancelSignal';
import { timingOf, type ParameterSet, type Timing } from '../../core/advisor/rewrites/verification';
import type { ExplainResult } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { Form } from './forms';

/** Plans of both forms with what EXPLAIN (ANALYZE, BUFFERS) measured. */
export interface ComparedPlans {
  readonly original: ExplainResult['plan'];
  readonly rewritten: ExplainResult['plan'];
}

export interface TimedForms {
  readonly plans: ComparedPlans;
  readonly timing: { readonly original: Timing; readonly rewritten: Timing };
}

interface HowToTime {
  readonly values: ParameterSet | undefined;
  /** Of each form. */
  readonly runs: number;
  /** By `performance.now()`; no run is begun that would probably end later. */
  readonly deadline: number;
  readonly lockTimeoutMs: number;
}

/**
 * Takes both plans, which warms the caches, times both forms in turns without the clock of each node, which costs more
 * in plans with many rows, and takes the plans once more, now that both find the caches alike. Where there is no time
 * for that, the first plans' own times count as one run. Undefined if there is no time at all.
 * @throws DatabaseError `timeout` when the statements do not end in time
 */
export async function timeForms(
  database: PostgresDatabase,
  forms: { readonly original: Form; readonly rewritten: Form },
  how: HowToTime,
  signal: CancelSignal,
): Promise<TimedForms | undefined> {
  const { values, runs, deadline, lockTimeoutMs } = how;
  const explain = async (form: Form, options: Readonly<Record<string, boolean>>): Promise<ExplainResult['plan']> => {
    const { sql, names } = form.bound();
    const request = {
      sql,
      parameters: names.map(name => values?.values[name] ?? null),
      analyze: true,
      writes: false,
      statementTimeoutMs: Math.max(1, Math.round(deadline - performance.now())),
      lockTimeoutMs,
      options,
    };
    return (await database.explain(request, signal)).plan;
  };
  if (performance.now() >= deadline) return undefined;
  const startedAt = performance.now();
  const takePlans = async (): Promise<ComparedPlans> => ({
    original: await explain(forms.original, {}),
    rewritten: await explain(forms.rewritten, {}),
  });
  let plans = await takePlans();
  let roundMs = performance.now() - startedAt;
  const times = { original: [] as number[], rewritten: [] as number[] };
  for (let run = 0; run < runs && performance.now() + roundMs < deadline; run++) {
    const begun = performance.now();
    // In turns, and each first once in two: what else the machine does then hits both.
    const order = run % 2 === 0 ? (['original', 'rewritten'] as const) : (['rewritten', 'original'] as const);
    for (const form of order) times[form].push(executionMs(await explain(forms[form], UNCLOCKED)));
    roundMs = performance.now() - begun;
  }
  if (performance.now() + 2 * roundMs < deadline) plans = await takePlans();
  const timing = (form: 'original' | 'rewritten'): Timing =>
    timingOf(times[form].length > 0 ? times[form] : [executionMs(plans[form])]);
  return { plans, timing: { original: timing('original'), rewritten: timing('rewritten') } };
}

const UNCLOCKED = { TIMING: false, BUFFERS: false, VERBOSE: false, SETTINGS: false, MEMORY: false };

function executionMs(plan: ExplainResult['plan']): number {
  return Number(plan[0]?.['Execution Time'] ?? 0);
}
