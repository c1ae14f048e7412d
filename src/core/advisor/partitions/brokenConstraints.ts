import type { Relation } from '../../catalog/catalog';
import type { TableFacts } from './partitionFacts';

/**
 * What a partitioned table cannot hold to: uniqueness that does not include the key (PostgreSQL's manual, 5.12.2.3,
 * Limitations), and foreign keys that refer to such columns.
 */
export function brokenBy(column: string, table: TableFacts): string[] {
  const { relation, referencedBy } = table;
  const unique = relation.indexes.filter(({ unique: isUnique, keys }) => isUnique && !keys.includes(column));
  const broken = unique.map(({ name, primary, keys }) =>
    primary
      ? `the primary key (${keys.join(', ')}) becomes (${[...keys, column].join(', ')}): ${keys.join(', ')} alone is unique in each partition only`
      : `${name} no longer keeps (${keys.join(', ')}) unique in the whole table`,
  );
  const exclusions = relation.constraints.filter(
    ({ kind, columns }) => kind === 'exclusion' && !columns.includes(column),
  );
  broken.push(...exclusions.map(({ name }) => `the exclusion constraint ${name} holds within a partition only`));
  const referring = referencedBy.filter(({ columns }) => !columns.includes(column));
  if (referring.length > 0)
    broken.push(
      `${referring.length === 1 ? 'a foreign key refers' : `${referring.length} foreign keys refer`} to the table without ${column} and cannot be kept as they are: ` +
        referring.map(({ table: from, constraint }) => `${constraint} of ${from}`).join(', '),
    );
  return broken;
}

/** True if uniqueness of more than the primary key's generated number is at stake: a business rule would be lost. */
export function losesBusinessKey(column: string, relation: Relation): boolean {
  return relation.indexes.some(({ unique, primary, keys }) => unique && !primary && !keys.includes(column));
}
