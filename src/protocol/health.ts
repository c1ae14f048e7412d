import type { ChecklistResult } from '../core/health/checklist/index';
import type { HealthResult, HealthStep } from '../core/health/check';
import type { PreparedAction } from '../core/health/preparedAction';

/** The requests of the health view. */
export interface HealthRequests {
  /** Asks every check; reads only. */
  'queryTuner/health/read': { params: HealthParams; result: HealthView };
  /** What an action can be done to; reads only. */
  'queryTuner/health/targets': { params: TargetsParams; result: readonly ActionTarget[] };
  /** What an action would run, what it locks, and what speaks against it; reads only. */
  'queryTuner/health/prepare': { params: PrepareParams; result: PreparedAction };
  /** Does what was prepared: a verb the user chose, shown before. */
  'queryTuner/health/act': { params: ActParams; result: ActionOutcome };
  /** What to do for the database now, daily, weekly and monthly, as SQL to read; reads only. */
  'queryTuner/health/maintenancePlan': { params: { readonly connectionId: string }; result: { readonly sql: string } };
  /** Takes back what an action made, if it is still as it was. */
  'queryTuner/health/undo': { params: UndoActionParams; result: { readonly text: string } };
}

export interface HealthParams {
  readonly connectionId: string;
  /** Path of the folder whose configuration sets the limits. */
  readonly folder?: string;
  /** The review of indexes reads the whole catalog: not at every refresh. */
  readonly withIndexes: boolean;
}

export interface HealthView {
  /** `18.4`. */
  readonly server: string;
  /** ISO 8601, the server's clock. */
  readonly at: string;
  /** Time the server worked for it, ms, at most. */
  readonly costMs: number;
  readonly results: readonly HealthResult[];
  /** By check, where it has any. */
  readonly limits: Readonly<Record<string, ShownLimits>>;
  /** The tuning checklist of guide 002; with the indexes only, which it needs. */
  readonly checklist?: readonly ChecklistResult[];
}

/** Limits of a check in its unit; null where there is none: an infinite number does not cross a border. */
export interface ShownLimits {
  readonly worse: 'above' | 'below';
  readonly warning: number | null;
  readonly critical: number | null;
}

export type ServerAction =
  | 'analyze'
  | 'vacuum'
  | 'freeze'
  | 'reindex'
  | 'refresh'
  | 'cancel'
  | 'terminate'
  | 'reset statistics'
  | 'enable statements';

export interface TargetsParams {
  readonly connectionId: string;
  readonly action: ServerAction;
}

export interface ActionTarget {
  /** What {@link ActionRequest} names it by. */
  readonly id: string;
  readonly label: string;
  readonly detail: string;
}

/** An action and its target, or the step that a check offers. */
export type ActionRequest = { readonly action: ServerAction; readonly target: string } | { readonly step: HealthStep };

export interface PrepareParams {
  readonly connectionId: string;
  readonly request: ActionRequest;
}

export interface ActParams extends PrepareParams {
  /** What was shown: nothing else is run. */
  readonly sql: readonly string[];
  readonly progressToken: string;
}

export interface ActionOutcome {
  readonly text: string;
  readonly undo?: ActionUndo;
}

/** An extension as it was right after it was made. */
export interface ActionUndo {
  readonly extension: string;
  readonly oid: string;
}

export interface UndoActionParams {
  readonly connectionId: string;
  readonly undo: ActionUndo;
}

/** A check's values over time, as the page of charts draws them. */
export interface HealthChart {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly status: HealthResult['status'];
  /** `99.2 %`; empty while nothing is known. */
  readonly shown: string;
  readonly detail: string;
  /** `≤ 100 ms`; empty where nothing is asked for. */
  readonly target: string;
  readonly critical: string;
  readonly limits: ShownLimits | null;
  /** Oldest first; a value is null where the check could not be answered. */
  readonly points: readonly HealthPoint[];
}

export interface HealthPoint {
  /** ISO 8601, the server's clock. */
  readonly at: string;
  readonly value: number | null;
}

/** Everything the page of charts shows. */
export interface HealthChartsView {
  /** `sample (production)`. */
  readonly connection: string;
  readonly server: string;
  readonly at: string;
  /** 0: only when told to. */
  readonly intervalSeconds: number;
  /** Of the last refresh and on average, as seen from here: at most what the server worked. */
  readonly cost: { readonly lastMs: number; readonly averageMs: number; readonly refreshes: number };
  readonly charts: readonly HealthChart[];
  /** Why the figures are not newer. */
  readonly problem?: string;
}

/** Answered by the extension. */
export interface HealthChartsHost {
  /** First call of a freshly loaded page. */
  ready(): Promise<HealthChartsView | undefined>;
  refresh(): Promise<void>;
}

/** Answered by the page. */
export interface HealthChartsPage {
  show(view: HealthChartsView): void;
}
