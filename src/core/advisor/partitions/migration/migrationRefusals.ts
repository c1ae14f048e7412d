import { quoteIdentifier, quoteQualified } from '../../../sql/identifiers';
import type { PartitionScheme } from '../scheme';
import type { TableDefinition } from '../tableDefinition';
import { RECORDING_TRIGGER } from '../tableFingerprint';
import { hasPartitionKey, rowKeyOf, type PartitionMigrationOptions } from './migrationOptions';
import { MOST_PARTITIONS, type PartitionPieces } from './partitionPieces';

const KINDS: Readonly<Record<string, string>> = {
  p: 'partitioned already',
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  I: 'an index',
  c: 'a composite type',
  t: 'a TOAST table',
};

/** Why the table cannot be migrated this way, each a sentence that says what would help. Empty if it can. */
export function migrationRefusals(
  table: TableDefinition,
  scheme: PartitionScheme,
  pieces: PartitionPieces | undefined,
  options: PartitionMigrationOptions,
): string[] {
  const name = quoteQualified(table.schema, table.name);
  if (table.kind !== 'r') return [`${name} is ${KINDS[table.kind] ?? 'no ordinary table'}.`];
  return [
    ...ofTheTable(table, name),
    ...ofTheRunner(table, name),
    ...ofTheKey(table, scheme, pieces),
    ...ofUniqueness(table, scheme, options),
    ...ofForeignKeys(table, scheme, options),
    ...ofDependents(table, scheme),
  ];
}

function ofTheTable(table: TableDefinition, name: string): string[] {
  const { schema, triggers, publications } = table;
  const reasons: string[] = [];
  if (schema === 'information_schema' || schema.startsWith('pg_')) reasons.push(`${name} belongs to the system.`);
  if (table.persistence === 'temporary') reasons.push(`${name} is temporary: only its own session sees it.`);
  if (table.inheritance.length > 0)
    reasons.push(
      `${name} inherits or is inherited from (${table.inheritance.join(', ')}); a partitioned table cannot. Detach them first: ALTER TABLE … NO INHERIT.`,
    );
  if (table.extension) reasons.push(`${name} belongs to the extension ${table.extension}.`);
  if (table.isTyped)
    reasons.push(`${name} is a typed table (OF …); make it an ordinary one first: ALTER TABLE ${name} NOT OF.`);
  if (table.securityLabels > 0) reasons.push(`${name} has security labels, which this migration does not carry over.`);
  for (const each of publications.filter(({ suffix, viaRoot }) => suffix.includes(' WHERE (') && !viaRoot))
    reasons.push(
      `The publication ${each.name} filters its rows, which PostgreSQL allows for a partitioned table only with ALTER PUBLICATION ${quoteIdentifier(each.name)} SET (publish_via_partition_root = true).`,
    );
  if (triggers.some(each => each.name === RECORDING_TRIGGER))
    reasons.push(
      `${name} has the trigger ${RECORDING_TRIGGER}: another migration of it was begun and neither ended nor taken back.`,
    );
  for (const trigger of triggers.filter(each => each.rowWithTransitionTables))
    reasons.push(
      `The row trigger ${trigger.name} reads transition tables, which PostgreSQL does not allow on a partitioned table; make it a statement trigger.`,
    );
  return reasons;
}

function ofTheRunner({ runner, owner, schema }: TableDefinition, name: string): string[] {
  const reasons: string[] = [];
  if (runner.isReadOnlyServer) reasons.push('The server is a standby: connect to the primary.');
  if (!runner.ownsTable)
    reasons.push(`${runner.role} may not change ${name}: connect as ${owner} or a member of that role.`);
  if (!runner.mayCreateInSchema)
    reasons.push(`${runner.role} may not create tables in ${schema}: GRANT CREATE ON SCHEMA is missing.`);
  if (!runner.seesAllRows)
    reasons.push(
      `Row security is forced on ${name}, so ${runner.role} may not see all rows and would copy too few: connect as a role with BYPASSRLS.`,
    );
  return reasons;
}

function ofTheKey(table: TableDefinition, scheme: PartitionScheme, pieces: PartitionPieces | undefined): string[] {
  const column = table.columns.find(each => each.name === scheme.column);
  if (!column) return [`There is no column ${scheme.column}.`];
  const reasons: string[] = [];
  if (column.generated)
    reasons.push(`${scheme.column} is generated, and PostgreSQL partitions by no generated column.`);
  if (pieces?.hasNulls)
    reasons.push(
      `Some rows have no ${scheme.column}; the primary key of the new table contains it, so fill it in first.`,
    );
  if (pieces && pieces.pieces.length > MOST_PARTITIONS)
    reasons.push(
      `It would have more than ${MOST_PARTITIONS} partitions: choose a longer period, or look for values of ${scheme.column} that lie far from the others.`,
    );
  if (!rowKeyOf(table))
    reasons.push(
      'No primary key, and no unique index without NULLs whose columns are compared by operators of one schema, tells its rows apart, so changes made while it is copied cannot be followed. Add a primary key first.',
    );
  return reasons;
}

function ofUniqueness(table: TableDefinition, scheme: PartitionScheme, options: PartitionMigrationOptions): string[] {
  const reasons: string[] = [];
  for (const each of table.constraints) {
    if (each.isTemporal)
      reasons.push(`The constraint ${each.name} is WITHOUT OVERLAPS, which this migration does not carry over.`);
    else if (each.kind === 'u' && !hasPartitionKey(each, scheme) && options.uniqueness === 'refuse')
      reasons.push(noLonger(`The constraint ${each.name}`, each.columns, scheme));
    if (each.kind !== 'x') continue;
    if (table.serverVersion < 170000)
      reasons.push(
        `The exclusion constraint ${each.name} cannot be on a partitioned table before PostgreSQL 17; this is ${Math.floor(table.serverVersion / 10000)}.`,
      );
    else if (!each.index?.equalityColumns.includes(scheme.column))
      reasons.push(
        `The exclusion constraint ${each.name} does not compare ${scheme.column} by equality, so it would hold only within a partition, which PostgreSQL does not allow.`,
      );
  }
  for (const each of table.indexes.filter(({ unique, valid }) => unique && valid)) {
    if (hasPartitionKey(each, scheme)) continue;
    if (options.uniqueness === 'refuse') reasons.push(noLonger(`The unique index ${each.name}`, each.columns, scheme));
    else if (!each.isPlain)
      reasons.push(`The unique index ${each.name} is partial or over expressions; drop it first if it is not needed.`);
  }
  return reasons;
}

function noLonger(what: string, columns: readonly string[], scheme: PartitionScheme): string {
  return `${what} (${columns.join(', ') || 'expressions'}) does not contain ${scheme.column}: a partitioned table can keep it unique only together with ${scheme.column}. If that is enough, choose to widen it.`;
}

function ofForeignKeys(table: TableDefinition, scheme: PartitionScheme, options: PartitionMigrationOptions): string[] {
  return table.foreignKeysHere.flatMap(key => {
    if (key.referencedColumns.includes(scheme.column)) {
      if (key.tableIsPartitioned && table.serverVersion < 180000 && !key.isThisTable)
        return [
          `The foreign key ${key.name} of ${key.table} comes from a partitioned table; before PostgreSQL 18 it can be made anew only under a long lock.`,
        ];
      return [];
    }
    if (options.foreignKeysHere === 'drop') return [];
    return [
      `The foreign key ${key.name} of ${key.table} references (${key.referencedColumns.join(', ')}), which the new table cannot keep unique without ${scheme.column}. Add ${scheme.column} to ${key.table} and to the key, or choose to drop the foreign key.`,
    ];
  });
}

function ofDependents({ dependents, constraints }: TableDefinition, scheme: PartitionScheme): string[] {
  const primary = constraints.find(each => each.kind === 'p');
  const widens = primary !== undefined && !hasPartitionKey(primary, scheme);
  return [
    ...dependents.others.map(
      other =>
        `It is used in a way that cannot be bound to a new table: ${other}. Drop it before, make it again afterwards.`,
    ),
    ...[...dependents.views, ...dependents.materializedViews]
      .filter(view => view.needsPrimaryKey && widens)
      .map(
        view =>
          `${view.name} groups by the primary key alone and selects other columns, which the wider key does not allow: list all columns in its GROUP BY.`,
      ),
    ...dependents.materializedViews
      .filter(view => view.dependents.length > 0)
      .map(
        view =>
          `The materialized view ${view.name} must be made again, but ${view.dependents.join(', ')} depends on it.`,
      ),
  ];
}
