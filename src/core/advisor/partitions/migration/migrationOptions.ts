import type { PartitionScheme } from '../scheme';
import type { ConstraintDefinition, IndexDefinitionText, TableDefinition } from '../tableDefinition';
import type { MigrationNames } from './migrationNames';
import type { PartitionPieces } from './partitionPieces';

export interface PartitionMigrationOptions {
  /**
   * What becomes of foreign keys of other tables that reference columns without the partition key, which a partitioned
   * table cannot keep unique: refuse the migration, or drop them with a note.
   */
  readonly foreignKeysHere: 'refuse' | 'drop';
  /** What becomes of other unique constraints and indexes without the partition key: refuse, or add it to them. */
  readonly uniqueness: 'refuse' | 'widen';
  /** Rows a transaction of the copy. */
  readonly batchRows: number;
}

export const DEFAULT_OPTIONS: PartitionMigrationOptions = {
  foreignKeysHere: 'refuse',
  uniqueness: 'refuse',
  batchRows: 10_000,
};

/** Everything that the writing of steps looks at. */
export interface Migration {
  readonly table: TableDefinition;
  readonly scheme: PartitionScheme;
  readonly pieces: PartitionPieces;
  readonly options: PartitionMigrationOptions;
  readonly names: MigrationNames;
  /** The columns by which rows are told apart: of the primary key, or of a unique index without NULLs. */
  readonly key: RowKey;
  /**
   * How long a step waits for a lock before it lets others pass: longer than deadlock_timeout, after which an autovacuum
   * gives way, and less than twice of it. So in a deadlock it is this migration that notices first, or has given up by
   * the time that another would.
   */
  readonly lockTimeoutMs: number;
  /** Quotes a name of the table's schema. */
  readonly q: (name: string) => string;
}

export interface RowKey {
  readonly columns: readonly string[];
  /** Schema of the operators that compare it. */
  readonly operatorSchema: string;
  /** The name of the constraint or index that has them. */
  readonly name: string;
}

/** What tells rows apart while they are copied; undefined if nothing does. */
export function rowKeyOf(table: TableDefinition): RowKey | undefined {
  const primary = table.constraints.find(each => each.kind === 'p');
  const notNull = (columns: readonly string[]): boolean =>
    columns.every(name => table.columns.find(column => column.name === name)?.notNull);
  const unique = table.constraints.find(each => each.kind === 'u' && !each.deferrable && notNull(each.columns));
  const index = table.indexes.find(each => each.unique && each.valid && each.isPlain && notNull(each.columns));
  const found = primary ?? unique;
  if (found?.index) return keyOf(found.name, found.columns, found.index.operatorSchemas);
  return index && keyOf(index.name, index.columns, index.operatorSchemas);
}

function keyOf(name: string, columns: readonly string[], operatorSchemas: readonly string[]): RowKey | undefined {
  // A row comparison has one operator, which must be in one schema for all columns.
  const [operatorSchema, another] = operatorSchemas;
  return operatorSchema === undefined || another !== undefined ? undefined : { columns, operatorSchema, name };
}

export function hasPartitionKey(
  { columns }: Pick<ConstraintDefinition | IndexDefinitionText, 'columns'>,
  scheme: PartitionScheme,
): boolean {
  return columns.includes(scheme.column);
}
