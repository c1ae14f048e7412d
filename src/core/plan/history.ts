import type { PackedPlan } from './historyPlan';
import { hashText } from '../base/hashText';
import { packPlan, planShape } from './historyPlan';
import type { PlanTree } from './planTree';
import { statementFigures } from './statementFigures';

/** One EXPLAIN of a statement, in few characters. Times in ms; absent what was not measured. */
export interface HistoryEntry {
  readonly id: string;
  /** What makes two texts the same statement: `fingerprint` of `core/sql`. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly at: string;
  readonly server: string;
  readonly database: string;
  /** Settings that differed from their defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Tells runs with other parameters apart; too short to find the values by trying. */
  readonly parametersHash?: string;
  /** Only if the caller said so. */
  readonly parameters?: readonly (string | null)[];
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
  /** Kept for the newest runs and the baseline. */
  readonly plan?: PackedPlan;
}

/** The runs of a workspace; plain data, to be stored as JSON. */
export interface PlanHistory {
  readonly version: 1;
  /** Id of the next entry. */
  readonly next: number;
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** The pinned entry of a statement, by fingerprint. */
  readonly baselines: Readonly<Record<string, string>>;
}

/** Bounds of a history. A pinned entry is never dropped, nor its plan. */
export interface HistoryLimits {
  readonly entriesPerStatement: number;
  /** The statements explained last stay. */
  readonly statements: number;
  /** Of each statement so many runs keep their plan. */
  readonly plansPerStatement: number;
  /** Characters of all plans together. */
  readonly planCharacters: number;
}

/** Ours: a few MB, and a sparkline as wide as it is read. */
export const HISTORY_LIMITS: HistoryLimits = {
  entriesPerStatement: 50,
  statements: 200,
  plansPerStatement: 5,
  planCharacters: 4_000_000,
};

/** JSON is written by recursion; no plan of a real statement is nested as deeply. */
const DEEPEST_PLAN = 500;

/** What is remembered of a run. */
export interface HistoryRun {
  readonly fingerprint: string;
  readonly at: string;
  readonly server: string;
  readonly database: string;
  readonly parameters?: readonly (string | null)[];
  /** Keep the parameters, and the values in the plan's conditions. They may be secrets: off unless asked for. */
  readonly keepValues?: boolean;
  readonly tree: PlanTree;
}

export const EMPTY_HISTORY: PlanHistory = { version: 1, next: 1, entries: [], baselines: {} };

/** The history with one more run, and without what is then beyond the limits. */
export function remember(history: PlanHistory, run: HistoryRun, limits = HISTORY_LIMITS): PlanHistory {
  const entry = entryOf(run, String(history.next));
  return evict({ ...history, next: history.next + 1, entries: [...history.entries, entry] }, limits);
}

/** Runs of one statement, oldest first. */
export function runsOf(history: PlanHistory, fingerprint: string): HistoryEntry[] {
  return history.entries.filter(entry => entry.fingerprint === fingerprint);
}

/** Pins an entry as the one its statement is compared with, instead of any other. */
export function pinBaseline(history: PlanHistory, id: string): PlanHistory {
  const entry = history.entries.find(each => each.id === id);
  if (!entry) return history;
  return { ...history, baselines: { ...history.baselines, [entry.fingerprint]: id } };
}

export function unpinBaseline(history: PlanHistory, fingerprint: string): PlanHistory {
  const baselines = Object.entries(history.baselines).filter(([name]) => name !== fingerprint);
  return { ...history, baselines: Object.fromEntries(baselines) };
}

/** Forgets one statement, or all. */
export function clearHistory(history: PlanHistory, fingerprint?: string): PlanHistory {
  if (fingerprint === undefined) return { ...EMPTY_HISTORY, next: history.next };
  const entries = history.entries.filter(entry => entry.fingerprint !== fingerprint);
  return { ...unpinBaseline(history, fingerprint), entries };
}

function entryOf({ tree, keepValues = false, parameters, ...run }: HistoryRun, id: string): HistoryEntry {
  const { blocks, blocksHit, blocksRead } = statementFigures(tree);
  return {
    id,
    fingerprint: run.fingerprint,
    at: run.at,
    server: run.server,
    database: run.database,
    settings: tree.settings,
    ...(parameters && { parametersHash: parametersHash(parameters) }),
    ...(parameters && keepValues && { parameters }),
    analyzed: tree.analyzed,
    executionMs: tree.analyzed ? (tree.executionMs ?? tree.root.figures.totalMs) : undefined,
    planningMs: tree.planningMs,
    totalCost: tree.root.figures.totalCost,
    blocksHit,
    blocksRead,
    blocks,
    rows: tree.root.figures.rowsActual,
    shape: planShape(tree),
    ...(tree.nodes.every(({ depth }) => depth <= DEEPEST_PLAN) && { plan: packPlan(tree.raw, keepValues) }),
  };
}

/** 20 bits: two sets of values are hardly ever taken for one, and each hash fits thousands of sets. */
function parametersHash(parameters: readonly (string | null)[]): string {
  return hashText(JSON.stringify(parameters)).slice(-5);
}

/** Drops the oldest runs of each statement, the statements not explained for longest, and plans beyond their number and size. */
function evict(history: PlanHistory, limits: HistoryLimits): PlanHistory {
  const pinned = new Set(Object.values(history.baselines));
  const statements = new Map<string, number>();
  const runs = new Map<string, number>();
  const plans = new Map<string, number>();
  let characters = 0;
  const kept: HistoryEntry[] = [];
  // From the newest: whatever is over a limit by then is the oldest.
  for (const entry of [...history.entries].reverse()) {
    const { fingerprint } = entry;
    const isPinned = pinned.has(entry.id);
    if (!statements.has(fingerprint)) statements.set(fingerprint, statements.size);
    const run = (runs.get(fingerprint) ?? 0) + 1;
    const isBeyond = run > limits.entriesPerStatement || (statements.get(fingerprint) ?? 0) >= limits.statements;
    if (isBeyond && !isPinned) continue;
    runs.set(fingerprint, run);
    if (!entry.plan) {
      kept.push(entry);
      continue;
    }
    const plan = (plans.get(fingerprint) ?? 0) + 1;
    const size = JSON.stringify(entry.plan).length;
    const hasRoom = plan <= limits.plansPerStatement && characters + size <= limits.planCharacters;
    if (!hasRoom && !isPinned) {
      kept.push(withoutPlan(entry));
      continue;
    }
    plans.set(fingerprint, plan);
    characters += size;
    kept.push(entry);
  }
  return { ...history, entries: kept.reverse() };
}

function withoutPlan({ plan: _plan, ...entry }: HistoryEntry): HistoryEntry {
  return entry;
}
