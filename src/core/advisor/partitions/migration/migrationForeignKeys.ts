import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import type { MigrationStep } from '../../migration/migrationPlan';
import type { ConstraintDefinition, IncomingForeignKey } from '../tableDefinition';
import type { Migration } from './migrationOptions';

/**
 * Foreign keys change sides at the swap. While a table is a copy, a foreign key on it would make other tables' writers
 * fail or wait on rows that are stale, so neither the new table has any before, nor the old one after it. They are made
 * NOT VALID at once and validated later, which reads all rows but lets writers go on.
 */

/** Foreign keys of the table to others. Those to itself are among {@link Migration.table}'s `foreignKeysHere`. */
function outgoing({ table }: Migration): ConstraintDefinition[] {
  return table.constraints.filter(each => each.kind === 'f' && !each.referencesItself);
}

/** Foreign keys of other tables and of itself that the new table can serve. */
function kept({ table, scheme }: Migration): IncomingForeignKey[] {
  return table.foreignKeysHere.filter(each => each.referencedColumns.includes(scheme.column));
}

export interface LockedTable {
  readonly table: string;
  readonly mode: string;
}

/** Other tables that the swap must lock, in an order that is always the same. */
export function lockedTables(migration: Migration): LockedTable[] {
  const { table } = migration;
  const others = table.foreignKeysHere.filter(each => !each.isThisTable).map(each => each.table);
  const referenced = outgoing(migration).flatMap(each => (each.references === null ? [] : [each.references]));
  return [...new Set([...others, ...referenced])]
    .sort()
    .map(name => ({ table: name, mode: others.includes(name) ? 'access exclusive' : 'share row exclusive' }));
}

/** Before 18 a partitioned table itself has no foreign key NOT VALID: its partitions get one each, itself a later one. */
function leafwise({ table }: Migration): boolean {
  return table.serverVersion < 180000;
}

interface AroundRenaming {
  readonly before: string[];
  readonly after: string[];
}

export function foreignKeysAtSwap(migration: Migration): AroundRenaming {
  const { table, names, q } = migration;
  const holders = leafwise(migration) ? names.partitions.map(q) : [q(table.name)];
  return {
    before: [
      ...table.foreignKeysHere.map(each => `alter table ${each.table} drop constraint ${quoteIdentifier(each.name)}`),
      ...outgoing(migration).map(each => `alter table ${q(table.name)} drop constraint ${quoteIdentifier(each.name)}`),
    ],
    after: [
      ...outgoing(migration).flatMap(each => holders.map(holder => addNotValid(holder, each))),
      ...kept(migration).flatMap(each =>
        each.isThisTable && leafwise(migration)
          ? names.partitions.map(leaf => addNotValid(q(leaf), each))
          : [addNotValid(each.table, each)],
      ),
      ...(leafwise(migration) ? [] : outgoing(migration).flatMap(each => commentOn(q(table.name), each))),
      ...kept(migration).flatMap(each => (each.isThisTable ? [] : commentOn(each.table, each))),
    ],
  };
}

export function foreignKeysAtSwapBack(migration: Migration): AroundRenaming {
  const { table, names, q } = migration;
  const current = [...outgoing(migration), ...kept(migration).filter(each => each.isThisTable)];
  const holders = [q(table.name), ...(leafwise(migration) ? names.partitions.map(q) : [])];
  return {
    before: [
      ...current.flatMap(each =>
        holders.map(
          holder => `alter table if exists ${holder} drop constraint if exists ${quoteIdentifier(each.name)}`,
        ),
      ),
      ...kept(migration)
        .filter(each => !each.isThisTable)
        .map(each => `alter table ${each.table} drop constraint if exists ${quoteIdentifier(each.name)}`),
    ],
    after: [
      ...outgoing(migration).flatMap(each => [addNotValid(q(table.name), each), ...commentOn(q(table.name), each)]),
      ...table.foreignKeysHere.flatMap(each => [addNotValid(each.table, each), ...commentOn(each.table, each)]),
    ],
  };
}

function addNotValid(holder: string, key: { readonly name: string; readonly definition: string }): string {
  const definition = key.definition.endsWith(' NOT VALID') ? key.definition : `${key.definition} NOT VALID`;
  return `alter table ${holder} add constraint ${quoteIdentifier(key.name)} ${definition}`;
}

function commentOn(holder: string, key: { readonly name: string; readonly comment: string | null }): string[] {
  if (key.comment === null) return [];
  return [`comment on constraint ${quoteIdentifier(key.name)} on ${holder} is ${quoteLiteral(key.comment)}`];
}

/** After a swap back: what makes the old table's foreign keys valid again. */
export function validateOldForeignKeys(migration: Migration): string[] {
  const { table, q } = migration;
  return [
    ...outgoing(migration).map(each => ({ holder: q(table.name), ...each })),
    ...table.foreignKeysHere.map(each => ({ holder: each.table, ...each })),
  ]
    .filter(each => each.validated)
    .map(each => `alter table ${each.holder} validate constraint ${quoteIdentifier(each.name)}`);
}

/** Validates the new table's foreign keys and, before 18, gives the partitioned table itself what its partitions have. */
export function validateStep(migration: Migration): MigrationStep[] {
  const { table, names, q } = migration;
  const name = q(table.name);
  const own = [...outgoing(migration), ...kept(migration).filter(each => each.isThisTable)];
  const others = kept(migration).filter(each => !each.isThisTable);
  const valid = [...own, ...others].filter(each => each.validated);
  if (own.length + valid.length === 0) return [];
  const ofLeaves = own.flatMap(each => [
    ...names.partitions.map(leaf => `alter table ${q(leaf)} validate constraint ${quoteIdentifier(each.name)}`),
    addUnlessThere(name, each),
    ...commentOn(name, each),
  ]);
  const ofItself = own
    .filter(each => each.validated)
    .map(each => `alter table ${name} validate constraint ${quoteIdentifier(each.name)}`);
  return [
    {
      id: 'validate-foreign-keys',
      title: 'Validate the foreign keys',
      explanation: 'They hold for every row written since the swap; this checks the rows that were there before.',
      sql: [
        ...(leafwise(migration) ? ofLeaves : ofItself),
        ...others
          .filter(each => each.validated)
          .map(each => `alter table ${each.table} validate constraint ${quoteIdentifier(each.name)}`),
      ],
      inverse: [],
      runsInTransaction: false,
      lockTimeoutMs: migration.lockTimeoutMs,
      locks: `SHARE UPDATE EXCLUSIVE on the table that has the key, ROW SHARE on the other one: reads and writes go on${leafwise(migration) ? `; then SHARE ROW EXCLUSIVE on both for a moment` : ''}.`,
    },
  ];
}

/** The partitioned table's own constraint takes up those that its partitions have already, without reading rows. */
function addUnlessThere(table: string, key: { readonly name: string; readonly definition: string }): string {
  const definition = key.definition.replace(/ NOT VALID$/, '');
  return `do $add$
begin
  if not exists (select from pg_constraint where conrelid = ${quoteLiteral(table)}::regclass and conname = ${quoteLiteral(key.name)}) then
    alter table ${table} add constraint ${quoteIdentifier(key.name)} ${definition};
  end if;
end $add$`;
}
