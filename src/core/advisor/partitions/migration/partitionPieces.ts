/** One partition to be made. */
export interface PartitionPiece {
  /** Ends its name: `p2024_01`, `default`. */
  readonly suffix: string;
  /** `FOR VALUES FROM (…) TO (…)` or `DEFAULT`; instants are written with their zone. */
  readonly bounds: string;
}

/** How the table's rows fall into partitions, as read from its data at one moment. */
export interface PartitionPieces {
  readonly pieces: readonly PartitionPiece[];
  /** Rows whose key is NULL: none can go on, because a primary key contains the partition key. */
  readonly hasNulls: boolean;
}

/** More partitions than this make planning slow and use up locks; the manual warns of "too many" (5.12.6). */
export const MOST_PARTITIONS = 2000;
