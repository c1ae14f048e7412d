import { hashText } from '../../../base/hashText';
import { cutToUtf8, utf8Length } from '../../../base/utf8';
import { MAX_NAME_BYTES } from '../../../sql/identifiers';

/** Names of what keeps one table's partitions, unquoted and short enough for PostgreSQL to keep whole. */
export interface RoutineNames {
  /** Lists the partitions with their bounds. */
  readonly bounds: string;
  /** Makes partitions and retires old ones, in one transaction. */
  readonly maintain: string;
  /** The same, a transaction for each change. */
  readonly run: string;
  /** Writes the statements that retire old partitions CONCURRENTLY. */
  readonly retirements: string;
}

export function routineNames(table: string): RoutineNames {
  return {
    bounds: fitted('partitions_of_', table),
    maintain: fitted('maintain_partitions_of_', table),
    run: fitted('run_maintenance_of_', table),
    retirements: fitted('retirements_of_', table),
  };
}

/** What partitions' names add to their table's at most: `_p20240115_000000_12`. */
const LONGEST_SUFFIX = 20;

/** The beginning of partitions' names. */
export function partitionPrefix(table: string): string {
  return cutToUtf8(table, MAX_NAME_BYTES - LONGEST_SUFFIX);
}

function fitted(prefix: string, table: string): string {
  const full = prefix + table;
  if (utf8Length(full) <= MAX_NAME_BYTES) return full;
  const end = `_${hashText(table).slice(0, 6)}`;
  return cutToUtf8(full, MAX_NAME_BYTES - end.length) + end;
}
