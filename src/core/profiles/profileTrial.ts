import type { ReviewedSetting } from './reviewProfile';

/**
 * What the planner multiplies its counts with. A cost under other prices is a figure in another currency: costs are
 * compared under the same prices only.
 */
const PRICES = new Set([
  'seq_page_cost',
  'random_page_cost',
  'cpu_tuple_cost',
  'cpu_index_tuple_cost',
  'cpu_operator_cost',
  'parallel_setup_cost',
  'parallel_tuple_cost',
  'effective_cache_size',
]);

/** What a plan may use, or may be made of: the prices stay as they are. */
const MEANS =
  /^(?:work_mem|hash_mem_multiplier|max_parallel_workers_per_gather|min_parallel_(?:table|index)_scan_size|parallel_leader_participation|enable_\w+|(?:from|join)_collapse_limit|geqo\w*|jit|jit_\w+_cost|constraint_exclusion|cursor_tuple_fraction|recursive_worktable_factor)$/;

/** The settings of a profile that a plan depends on, by how they change it, and those that a session cannot try. */
export interface TrialSettings {
  readonly prices: Readonly<Record<string, string>>;
  readonly means: Readonly<Record<string, string>>;
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** Of one statement: its plan now and under the profile. Costs are at today's prices. */
export interface TriedStatement {
  readonly id: number;
  readonly sql: string;
  readonly place?: string;
  /** How often it runs, where somebody counted. */
  readonly calls: number;
  readonly changed: boolean;
  /** Nodes that only the one or the other plan has. */
  readonly nodesBefore: readonly string[];
  readonly nodesAfter: readonly string[];
  readonly costBefore: number;
  /** Null where the new plan could not be priced as today's is. */
  readonly costAfter: number | null;
  readonly measured?: MeasuredTrial;
  /** Why it was not measured. */
  readonly notMeasured?: string;
}

/** The middle of several runs, in turn with the present settings and with the profile's. */
export interface MeasuredTrial {
  readonly runs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly beforeBlocks: number | null;
  readonly afterBlocks: number | null;
}

export interface ProfileTrial extends TrialSettings {
  /** Where the statements come from: `queries.sql`, `pg_stat_statements since 2026-01-31`. */
  readonly source: string;
  readonly statements: readonly TriedStatement[];
  readonly skipped: readonly { readonly id: number; readonly sql: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** Sorts what differs in a profile into what can be tried in a session, and what cannot and why. */
export function trialSettings(reviewed: readonly ReviewedSetting[]): TrialSettings {
  const prices: Record<string, string> = {};
  const means: Record<string, string> = {};
  const left: { name: string; why: string }[] = [];
  for (const { name, value, state, takesEffect } of reviewed) {
    if (state !== 'differs') continue;
    if (PRICES.has(name)) prices[name] = value;
    else if (MEANS.test(name)) means[name] = value;
    else left.push({ name, why: whyLeft(name, takesEffect) });
  }
  return { prices, means, left };
}

function whyLeft(name: string, takesEffect: ReviewedSetting['takesEffect']): string {
  if (name === 'default_statistics_target') return 'counts from the next ANALYZE on';
  return takesEffect === 'restart' ? 'needs a restart' : 'plans do not depend on it';
}
