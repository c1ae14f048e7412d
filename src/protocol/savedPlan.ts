import type { PlanView } from './planPanel';

/** Where a saved plan comes from: a file, or what an editor or the clipboard held. */
export type SavedPlanSource =
  { readonly name: string; readonly file: string } | { readonly name: string; readonly bytes: Uint8Array };

/** One plan of several, to choose it by. */
export interface SavedPlanEntry {
  /** The statement's first words; the root node's type where the statement is not known. */
  readonly title: string;
  /** The line of the file the plan begins in, from 1. */
  readonly line?: number;
  /** Of the plan itself, or of the log it stood in. */
  readonly executionMs?: number;
  readonly totalCost?: number;
  readonly nodes: number;
}

export interface SavedPlanReading {
  /** Empty if nothing was understood. */
  readonly plans: readonly SavedPlanEntry[];
  /** What was not understood or left out, a line each. */
  readonly problems: readonly string[];
}

/** Answered by the process that reads plans. */
export interface SavedPlanReader {
  /** Forgets what was read before. Rejects when the file cannot be read. */
  read(source: SavedPlanSource): Promise<SavedPlanReading>;
  /** One of the plans that were read last. */
  view(index: number): Promise<PlanView>;
  /** The plan as EXPLAIN (FORMAT JSON) writes it, whatever format it came in. */
  json(index: number): Promise<string>;
  /** The line of the file a node stands in, from 1; of the plan itself where that is not known. */
  lineOf(index: number, nodeId: number | null): Promise<number | null>;
}
