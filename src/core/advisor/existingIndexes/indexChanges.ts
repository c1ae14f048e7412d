import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import { recreateSql } from '../indexes/createIndexSql';
import type { Change } from '../suggestion';
import type { ExistingIndex } from './indexFacts';

const LOCK_OF_CONCURRENT = 'SHARE UPDATE EXCLUSIVE: reads and writes go on; VACUUM and other changes of the table wait';

/** Dropping an index; undone by its own definition. */
export function dropChange(index: ExistingIndex): Change {
  const name = quoteQualified(index.schema, index.name);
  return {
    sql: [index.isPartitioned ? `DROP INDEX ${name}` : `DROP INDEX CONCURRENTLY ${name}`],
    runsInTransaction: false,
    locks: index.isPartitioned
      ? 'ACCESS EXCLUSIVE for a moment, on the partitioned table and its partitions: everybody waits'
      : LOCK_OF_CONCURRENT,
    inverse: recreate(index),
  };
}

/** Building an index anew beside itself. The result is the same index, so there is nothing to undo. */
export function reindexChange(index: ExistingIndex): Change {
  return {
    sql: [`REINDEX INDEX CONCURRENTLY ${quoteQualified(index.schema, index.name)}`],
    runsInTransaction: false,
    locks: LOCK_OF_CONCURRENT,
    inverse: [],
  };
}

/** The statements that make the index as it is now. */
export function recreate(index: ExistingIndex): string[] {
  const name = quoteQualified(index.schema, index.name);
  const table = quoteQualified(index.table.schema, index.table.name);
  return [
    recreateSql(index.definition, index.isPartitioned),
    ...(index.comment === undefined ? [] : [`COMMENT ON INDEX ${name} IS ${quoteLiteral(index.comment)}`]),
    ...(index.isClustered ? [`ALTER TABLE ${table} CLUSTER ON ${quoteIdentifier(index.name)}`] : []),
    // The planner knows nothing of an expression's values until the table is analysed.
    ...(index.keys.some(key => key.column === undefined) ? [`ANALYZE ${table}`] : []),
  ];
}
