import type { StatementUse } from './keyUse';
import type { RetentionDelete } from './retentionDeletes';
import type { PartitionScheme } from './scheme';

/** What is advised for one table, with the figures that decided. */
export type PartitionAdvice = PartitionIt | DoNotPartition;

export interface DoNotPartition {
  readonly verdict: 'do not partition';
  readonly schema: string;
  readonly table: string;
  /** Each a sentence with figures. */
  readonly reasons: readonly string[];
}

export interface PartitionIt {
  readonly verdict: 'partition';
  readonly schema: string;
  readonly table: string;
  readonly reasons: readonly string[];
  readonly scheme: PartitionScheme;
  /** Of the partitions that are to come; estimated from statistics. */
  readonly partitions: { readonly count: number; readonly rowsEach: number; readonly bytesEach: number };
  /** How much of the workload reads only some partitions, from 0 to 1, and by what it was weighed. */
  readonly prunedShare: number;
  readonly weighedBy: 'cost' | 'calls';
  readonly uses: readonly StatementUse[];
  /** What will no longer hold, and what will be slower. */
  readonly losses: readonly string[];
  readonly retention: readonly RetentionDelete[];
  /** How long rows are kept, where the workload's DELETEs tell. */
  readonly keep?: string;
}
