import { planShape } from './historyPlan';
import type { PlanTree } from './planTree';
import { statementFigures } from './statementFigures';

/** One EXPLAIN of a statement, in few characters. Times in ms; absent what was not measured. */
export interface HistoryEntry {
  /** Later runs have greater ids. */
  readonly id: string;
  /** What makes two texts the same statement: `fingerprint` of `core/sql`. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly at: string;
  /** The connection's name and the server's version. */
  readonly server: string;
  readonly database: string;
  /** Settings that differed from their defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Planned without values for its parameters. */
  readonly isGeneric?: boolean;
  /** Equal for runs with the same values; the values cannot be told from it. */
  readonly valuesHash?: string;
  /** Only if the caller said so. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  readonly analyzed: boolean;
  readonly executionMs?: number;
  readonly planningMs?: number;
  readonly totalCost?: number;
  readonly blocksHit?: number;
  readonly blocksRead?: number;
  /** Blocks hit or read, and temporary ones read or written. */
  readonly blocks?: number;
  readonly rows?: number;
  /** Equal for equal plans, see `planShape`. */
  readonly shape: string;
}

/** What is remembered of one statement; plans are kept apart. */
export interface StatementHistory {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** Ids of the entries whose plan is kept. */
  readonly withPlan: ReadonlySet<string>;
  /** Id of the entry that each new run is compared with. */
  readonly baseline?: string;
}

/** What is known of a run beside its plan. */
export type RunFacts = Pick<HistoryEntry, 'fingerprint' | 'server' | 'database' | 'isGeneric' | 'valuesHash'>;

/** What is to be remembered of a run. */
export interface HistoryRun {
  readonly at: string;
  readonly facts: RunFacts;
  /** The values of its parameters, if they may be kept. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  readonly tree: PlanTree;
}

export function historyEntry({ at, facts, parameters, tree }: HistoryRun, id: string): HistoryEntry {
  const { blocks, blocksHit, blocksRead } = statementFigures(tree);
  return {
    id,
    ...facts,
    at,
    settings: tree.settings,
    ...(parameters && { parameters }),
    analyzed: tree.analyzed,
    executionMs: tree.analyzed ? (tree.executionMs ?? tree.root.figures.totalMs) : undefined,
    planningMs: tree.planningMs,
    totalCost: tree.root.figures.totalCost,
    blocksHit,
    blocksRead,
    blocks,
    rows: tree.root.figures.rowsActual,
    shape: planShape(tree),
  };
}
