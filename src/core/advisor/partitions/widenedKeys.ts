import type { Index, Relation } from '../../catalog/catalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import type { MigrationStep } from '../migration/migrationPlan';

/** Steps that add a column to every primary key and unique index that lacks it, as distributed and chunked tables need. */
export function widenedKeys(relation: Relation, column: string, uniqueWithin: string): MigrationStep[] {
  const key = quoteIdentifier(column);
  return relation.indexes
    .filter(({ unique, keys }) => unique && !keys.includes(key))
    .map((index): MigrationStep => ({
      id: `key-${relation.schema}.${relation.name}-${index.name}`,
      title: `Widen ${index.name} by ${column}`,
      explanation: `(${index.keys.join(', ')}) alone will be unique within ${uniqueWithin} only. Foreign keys that refer to it have to be dropped first.`,
      sql: replaced(relation, index, [...index.keys, key]),
      inverse: replaced(relation, index, index.keys),
      runsInTransaction: true,
      locks: 'ACCESS EXCLUSIVE on the table while the index is built.',
    }));
}

function replaced(relation: Relation, index: Index, keys: readonly string[]): string[] {
  const table = quoteQualified(relation.schema, relation.name);
  const name = quoteIdentifier(index.name);
  const include = index.include.length > 0 ? ` INCLUDE (${index.include.join(', ')})` : '';
  if (index.primary || relation.constraints.some(constraint => constraint.name === index.name)) {
    const kind = index.primary ? 'PRIMARY KEY' : 'UNIQUE';
    return [
      `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} ${kind} (${keys.join(', ')})${include}`,
    ];
  }
  const where = index.predicate ? ` WHERE ${index.predicate}` : '';
  return [
    `DROP INDEX ${quoteQualified(relation.schema, index.name)}`,
    `CREATE UNIQUE INDEX ${name} ON ${table} (${keys.join(', ')})${include}${where}`,
  ];
}
