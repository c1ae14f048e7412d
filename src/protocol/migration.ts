import type { MigrationPlan, MigrationStop } from '../core/advisor/migration/migrationPlan';
import type { Suggestion } from '../core/advisor/suggestion';
import type { RawPlan } from './server';

/** The requests of migrations: what is advised, how it is shown, and its run step by step. */
export interface MigrationRequests {
  /** Tables that could be partitioned, the largest first. */
  'queryTuner/partition/tables': { params: { readonly connectionId: string }; result: readonly TableChoice[] };
  /** What is advised for one table, with the migration as far as one can be planned. Reads only. */
  'queryTuner/partition/advise': { params: PartitionAdviceParams; result: PartitionAdviceView };
  /** Materialized views for a text's aggregations. Reads only. */
  'queryTuner/materializedView/advise': { params: ViewAdviceParams; result: ViewAdviceView };
  /** Tries statistics for the wrong estimates of a measured plan, in transactions that are rolled back. */
  'queryTuner/statistics/try': { params: TryStatisticsParams; result: TryStatisticsView };
  /** The plan as a document. */
  'queryTuner/migration/preview': { params: MigrationPreviewParams; result: MigrationPreview };
  'queryTuner/migration/run': { params: RunMigrationParams; result: MigrationResult };
  'queryTuner/migration/undo': { params: UndoMigrationParams; result: MigrationResult };
}

export interface TableChoice {
  readonly schema: string;
  readonly name: string;
  readonly rows: number | null;
  readonly sizeBytes: number | null;
}

export interface PartitionAdviceParams {
  readonly connectionId: string;
  readonly schema: string;
  readonly table: string;
  /** SQL whose statements are the workload. */
  readonly workload: { readonly name: string; readonly text: string };
}

export interface PartitionAdviceView {
  readonly isAdvised: boolean;
  /** Sentences with figures: why, or why not. */
  readonly reasons: readonly string[];
  /** What will no longer hold, and what will be slower; of the way that is advised or would be the best. */
  readonly losses: readonly string[];
  /** "range (created_at), a partition for every 1 month"; null if there is no way to cut the table. */
  readonly scheme: string | null;
  readonly plan: MigrationPlan | null;
  /** Why there is no plan. */
  readonly refusals: readonly string[];
}

export interface ViewAdviceParams {
  readonly connectionId: string;
  readonly workload: { readonly name: string; readonly text: string };
  readonly whatIf: 'auto' | 'hypopg' | 'shadow' | 'trial';
  readonly progressToken: string;
}

export interface ViewAdviceView {
  readonly views: readonly {
    readonly title: string;
    /** The figures, and how they are known. */
    readonly evidence: string;
    readonly staleness: string;
    readonly plan: MigrationPlan;
    /** The queries written over the view, as comments behind its migration. */
    readonly rewritten: string;
  }[];
  readonly refusals: readonly { readonly places: string; readonly reason: string }[];
}

export interface TryStatisticsParams {
  readonly connectionId: string;
  readonly plan: RawPlan;
  readonly progressToken: string;
}

export interface TryStatisticsView {
  /** What came out for each node, in a sentence with figures. */
  readonly trials: readonly { readonly verdict: string; readonly suggestion: Suggestion | null }[];
  /** What helped; null if nothing did. */
  readonly migration: MigrationPlan | null;
  readonly refusals: readonly { readonly node: string; readonly reason: string }[];
}

export interface MigrationPreviewParams {
  readonly plan: MigrationPlan;
  /** Paragraphs that stand as comments above the script. */
  readonly header: readonly string[];
  /** Stands behind it. */
  readonly footer?: string;
}

export interface MigrationPreview {
  readonly text: string;
  /** Where each step begins: its line from 0. */
  readonly steps: readonly { readonly id: string; readonly line: number }[];
  /** For the files of migration tools, one change a step. */
  readonly changes: readonly Pick<Suggestion, 'title' | 'change' | 'evidence'>[];
}

/** What a run has done so far; the client keeps it, and gives it back to go on or to undo. */
export interface KeptMigration {
  readonly plan: MigrationPlan;
  /** In the order in which they ended. */
  readonly finished: readonly FinishedMigrationStep[];
  /** A step that was begun and has not ended, or of which it is not known. */
  readonly begun?: string;
}

export interface FinishedMigrationStep {
  readonly id: string;
  readonly finishedAt: string;
  readonly tookMs: number;
  readonly rows?: number;
}

export interface RunMigrationParams {
  readonly connectionId: string;
  readonly plan: MigrationPlan;
  /** Where an earlier run stopped. */
  readonly kept?: KeptMigration;
  /** Only these steps; all planned ones unless given. */
  readonly only?: readonly string[];
  readonly progressToken: string;
}

export interface UndoMigrationParams {
  readonly connectionId: string;
  readonly kept: KeptMigration;
  /** The last step to be taken back; all if absent. */
  readonly downTo?: string;
  readonly progressToken: string;
}

export type MigrationResult =
  { readonly kind: 'finished'; readonly kept: KeptMigration } | (MigrationStop & { readonly kept: KeptMigration });

/** Server to client, answered once it is kept: a step was begun or has ended. */
export const SAVE_MIGRATION = 'queryTuner/migration/save';

export interface SaveMigrationParams {
  readonly connectionId: string;
  readonly kept: KeptMigration;
}
