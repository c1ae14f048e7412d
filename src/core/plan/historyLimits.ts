/** How much is remembered. A pinned run is never forgotten, nor its plan. */
export interface HistoryLimits {
  readonly runsPerStatement: number;
  /** The statements explained last stay. */
  readonly statements: number;
  /** Of each statement so many runs keep their plan. */
  readonly plansPerStatement: number;
  /** Of all plans together. */
  readonly planBytes: number;
}

/** Ours: a sparkline as wide as it is read, and what nobody misses on a disk. */
export const HISTORY_LIMITS: HistoryLimits = {
  runsPerStatement: 50,
  statements: 200,
  plansPerStatement: 20,
  planBytes: 20_000_000,
};

/** A run as far as the limits are concerned. */
export interface KeptRun {
  readonly fingerprint: string;
  /** Later runs have greater ids. */
  readonly id: string;
  /** Undefined if its plan is not kept. */
  readonly planBytes?: number;
  readonly isPinned: boolean;
}

/** The runs to forget, and those of which only the plan goes: the oldest of whatever is beyond a limit. */
export function beyondLimits<R extends KeptRun>(
  runs: readonly R[],
  limits = HISTORY_LIMITS,
): { readonly runs: R[]; readonly plans: R[] } {
  const statements = new Map<string, { position: number; runs: number; plans: number }>();
  const beyond: { runs: R[]; plans: R[] } = { runs: [], plans: [] };
  let planBytes = 0;
  // From the newest: whatever is over a limit by then is the oldest.
  for (const run of [...runs].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0))) {
    const statement = statements.get(run.fingerprint) ?? { position: statements.size, runs: 0, plans: 0 };
    statements.set(run.fingerprint, statement);
    const isOver = statement.position >= limits.statements || statement.runs >= limits.runsPerStatement;
    if (isOver && !run.isPinned) {
      beyond.runs.push(run);
      continue;
    }
    statement.runs++;
    if (run.planBytes === undefined) continue;
    const hasRoom = statement.plans < limits.plansPerStatement && planBytes + run.planBytes <= limits.planBytes;
    if (!hasRoom && !run.isPinned) {
      beyond.plans.push(run);
      continue;
    }
    statement.plans++;
    planBytes += run.planBytes;
  }
  return beyond;
}
