import { formatBytes, formatCount } from '../../../base/units';
import { quoteIdentifier } from '../../../sql/identifiers';
import { hasPartitionKey, type Migration } from './migrationOptions';

/** What the user has to know before beginning. */
export function migrationNotes(migration: Migration): string[] {
  return [
    sizeNote(migration),
    ...keyNotes(migration),
    ...foreignKeyNotes(migration),
    ...boundNotes(migration),
    ...otherNotes(migration),
    'A transaction in REPEATABLE READ or SERIALIZABLE that began before the swap and touches the table for the first time after it may not see the rows that were copied since it began: as after TRUNCATE or a rewriting ALTER TABLE (manual, 13.6 Caveats). READ COMMITTED, the default, is not concerned.',
    `The way back: after the swap ${migration.q(migration.names.old)} stays, and changes are written down, so that it can take its place again with all rows written since. Rows of partitions that you drop or detach meanwhile would come back with it. Only when you stop the recording is there no way back.`,
  ];
}

function sizeNote({ table }: Migration): string {
  const rows =
    table.rowEstimate === null
      ? 'an unknown number of rows'
      : `about ${formatCount(Math.round(table.rowEstimate))} rows`;
  return `The table has ${rows} (estimated by the last ANALYZE) in ${formatBytes(table.sizeBytes)} (measured, without indexes); the copy needs as much space again, with its indexes, and WAL for all of it.`;
}

function keyNotes({ table, scheme, options }: Migration): string[] {
  const key = quoteIdentifier(scheme.column);
  const notes: string[] = [];
  const primary = table.constraints.find(each => each.kind === 'p');
  if (primary && !hasPartitionKey(primary, scheme)) {
    const columns = primary.columns.map(quoteIdentifier).join(', ');
    notes.push(
      `The primary key becomes (${columns}, ${key}), because a partitioned table is unique only together with its partition key. Two rows with the same ${columns} are then possible if their ${key} differs. INSERT … ON CONFLICT (${columns}) no longer works: it must name (${columns}, ${key}). No new foreign key can reference (${columns}) alone.`,
    );
  }
  if (options.uniqueness === 'widen') {
    const widened = [
      ...table.constraints.filter(each => each.kind === 'u'),
      ...table.indexes.filter(each => each.unique && each.valid),
    ].filter(each => !hasPartitionKey(each, scheme));
    for (const each of widened)
      notes.push(
        `${each.name} becomes unique over (${[...each.columns, scheme.column].map(quoteIdentifier).join(', ')}), which is weaker: the same ${each.columns.join(', ')} may come twice with another ${key}. ON CONFLICT must name all of these columns.`,
      );
  }
  return notes;
}

function foreignKeyNotes({ table, scheme }: Migration): string[] {
  return table.foreignKeysHere
    .filter(each => !each.referencedColumns.includes(scheme.column))
    .map(
      each =>
        `DROPPED: the foreign key ${each.name} of ${each.table} (${each.definition}). Nothing checks these references any more, and what it did on DELETE or UPDATE is no longer done.`,
    );
}

function boundNotes({ pieces, scheme }: Migration): string[] {
  const hasDefault = pieces.pieces.some(piece => piece.bounds === 'DEFAULT');
  const notes = [
    ...(scheme.method === 'hash'
      ? []
      : [
          hasDefault
            ? 'Rows that fit no partition go to a DEFAULT partition, so no write fails. Look into it now and then: a partition for rows that lie in DEFAULT can be added only after they are moved, and adding any partition reads DEFAULT, unless a CHECK constraint excludes its bounds.'
            : 'There is no DEFAULT partition: a row that fits no partition is refused. Partitions to come must be made in time.',
        ]),
  ];
  if (scheme.method === 'range' && (scheme.keyKind === 'timestamptz' || scheme.timeZone !== 'UTC'))
    notes.push(
      `Periods begin at midnight in ${scheme.timeZone}; bounds are written with their offset from UTC, so they mean the same in every session.`,
    );
  return notes;
}

function otherNotes({ table, names, q, key }: Migration): string[] {
  const notes: string[] = [];
  const { materializedViews, views, functions } = table.dependents;
  if (!table.constraints.some(each => each.kind === 'p'))
    notes.push(`There is no primary key: rows are told apart by the unique (${key.columns.join(', ')}).`);
  for (const each of table.indexes.filter(({ valid }) => !valid))
    notes.push(`The index ${each.name} is INVALID and is not carried over.`);
  if (views.length + functions.length > 0)
    notes.push(
      `Replaced by themselves at the swap, so that they read the new table: ${[...views, ...functions].map(each => each.name).join(', ')}.`,
    );
  if (materializedViews.length > 0)
    notes.push(`Filled anew after the swap: ${materializedViews.map(each => each.name).join(', ')}.`);
  for (const each of table.constraints.filter(({ kind, noInherit }) => (kind === 'c' || kind === 'n') && noInherit))
    notes.push(`${each.name} is NO INHERIT, which a partitioned table has not; it holds for all partitions instead.`);
  for (const each of table.publications.filter(({ viaRoot }) => !viaRoot))
    notes.push(
      `The publication ${each.name} sends changes under the names of partitions: subscribers need tables of these names, or ALTER PUBLICATION ${quoteIdentifier(each.name)} SET (publish_via_partition_root = true).`,
    );
  if (table.publications.some(({ implicit }) => implicit))
    notes.push(`A publication of all tables also sends ${q(names.next)}, ${q(names.changes)} and ${q(names.state)}.`);
  if (table.persistence === 'unlogged')
    notes.push(
      table.serverVersion >= 180000
        ? 'The partitions are unlogged; a partitioned table itself cannot be from PostgreSQL 18 on, so new partitions must say UNLOGGED.'
        : 'Unlogged, like the table itself: after a crash of the server the copy is empty too.',
    );
  return notes;
}
