/** When partitioning is advised, and how large partitions are to be. Each can be set. */
export interface PartitionThresholds {
  /**
   * A table pays from this size on, its indexes included; the server's memory unless given. PostgreSQL's manual (5.12.1,
   * Overview): as a rule of thumb, the size of the table should exceed the physical memory of the database server.
   */
  readonly leastBytes?: number;
  /**
   * A table whose old rows are deleted pays earlier: dropping a partition replaces DELETE and the VACUUM after it
   * (manual, 5.12.1, bulk deletes). From which size is our own choice.
   */
  readonly leastBytesWithRetention: number;
  /** Smaller than this, a table is never partitioned: its whole history is a few seconds of reading. Our own choice. */
  readonly floorBytes: number;
  /** The share of the workload that must filter on the key, or it would get slower as a whole. Our own choice. */
  readonly leastPrunedShare: number;
  /** UPDATEs that set the key may be so much of the workload: each moves a row to another partition. Our own choice. */
  readonly mostMovingShare: number;
  /** A partition is to be neither so small that files and locks outweigh it nor so large that its upkeep hurts. Our own choice. */
  readonly leastPartitionBytes: number;
  readonly wantedPartitionBytes: number;
  readonly mostPartitionBytes: number;
  /**
   * The manual (5.12.6, Best Practices) has the planner cope with a few thousand partitions if queries prune all but
   * few of them; those that do not prune suffer long before. Our own choice.
   */
  readonly mostPartitions: number;
  readonly leastPartitions: number;
  /** Values a list may have, and the share of rows the largest of them may take. Our own choice. */
  readonly mostListValues: number;
  readonly largestListShare: number;
  readonly mostHashPartitions: number;
  /**
   * A hash spreads the work of VACUUM and nothing else: so many rows must have been updated or deleted since the
   * counters were reset, as a share of all. Our own choice.
   */
  readonly leastChangedShareForHash: number;
}

const MB = 1024 * 1024;
const GB = 1024 * MB;

export const DEFAULT_THRESHOLDS: PartitionThresholds = {
  leastBytesWithRetention: 2 * GB,
  floorBytes: 256 * MB,
  leastPrunedShare: 0.5,
  mostMovingShare: 0.1,
  leastPartitionBytes: 1 * GB,
  wantedPartitionBytes: 8 * GB,
  mostPartitionBytes: 50 * GB,
  mostPartitions: 300,
  leastPartitions: 3,
  mostListValues: 50,
  largestListShare: 0.7,
  mostHashPartitions: 64,
  leastChangedShareForHash: 0.2,
};
