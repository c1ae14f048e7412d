import type { GuidelineRef } from '../rules/finding';

/** `now` is done once, by a person who looks; the others come again. */
export type Cadence = 'now' | 'daily' | 'weekly' | 'monthly';

export const CADENCES: readonly Cadence[] = ['now', 'daily', 'weekly', 'monthly'];

/** How the figures of a task are known. */
export type Basis =
  /** Counters of the server, since they were last reset. */
  | 'counted'
  /** From the catalog: it is so. */
  | 'catalog'
  | 'estimated'
  /** No figure of this server: advice that holds everywhere. */
  | 'general';

export interface MaintenanceTask {
  /** Unique within a plan, and the same in the next plan: `refresh-matview public.sales`. */
  readonly id: string;
  readonly cadence: Cadence;
  readonly title: string;
  /** With figures and units. */
  readonly reason: string;
  readonly basis: Basis;
  /** Where the advice comes from, for people; what of a guide was corrected is said here. */
  readonly source: string;
  readonly guideline?: GuidelineRef;
  /**
   * Each a command of its own, outside any transaction and function: VACUUM, REINDEX CONCURRENTLY and CALL of a
   * procedure that commits can be run in no other way. Empty for what a person does.
   */
  readonly statements: readonly string[];
  /** A query that gives such statements, for schedulers that can ask when the time has come: psql's `\gexec`. */
  readonly generatedBy?: string;
  /** What stands still meanwhile. */
  readonly locks?: string;
}

export interface MaintenancePlan {
  readonly database: string;
  /** In the order in which they are done. */
  readonly tasks: readonly MaintenanceTask[];
  /** What is deliberately not in the plan, and why. */
  readonly leftOut: readonly string[];
}
