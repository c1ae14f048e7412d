import type { MigrationPlan, MigrationStop } from '../../core/advisor/migration/migrationPlan';

/** What a run has to remember outside its process: plain data, to be kept as JSON. */
export interface MigrationRecord {
  /** The plan as it was begun; written anew from a half-changed database it would be another one. */
  readonly plan: MigrationPlan;
  /** In the order in which they ended. */
  readonly finished: readonly FinishedStep[];
  /** A step that was begun and has not ended, or of which it is not known. */
  readonly begun?: string;
}

export interface FinishedStep {
  readonly id: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  /** Of this run alone, if a batch was resumed. */
  readonly tookMs: number;
  /** Rows that a batch handled in this run. */
  readonly rows?: number;
}

/** Where a record is kept. A save must be durable when it returns. */
export interface MigrationStore {
  load(): Promise<MigrationRecord | undefined>;
  save(record: MigrationRecord): Promise<void>;
}

export interface MigrationProgress {
  readonly stepId: string;
  readonly title: string;
  /** From 1, of the steps of this run. */
  readonly step: number;
  readonly steps: number;
  /** What happens at the moment, in words. */
  readonly text: string;
  /** 0 to 1 within the step; absent when unknown. */
  readonly fraction?: number;
}

/** How a run or an undo ended. */
export type MigrationOutcome =
  | { readonly kind: 'finished'; readonly record: MigrationRecord }
  // What stands is of `describeMigrationState`.
  | (MigrationStop & { readonly record: MigrationRecord });

/** A store for tests and for runs that need not outlive their process. */
export function memoryStore(initial?: MigrationRecord): MigrationStore {
  let record = initial;
  return {
    load: async () => record,
    save: async saved => {
      // As text, so that what could not be kept in a file is not kept here either.
      record = JSON.parse(JSON.stringify(saved)) as MigrationRecord;
    },
  };
}
