import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import type { MigrationStep } from '../../migration/migrationPlan';
import type { ColumnDefinition, ConstraintDefinition, Grant, IndexDefinitionText } from '../tableDefinition';
import { hasPartitionKey, type Migration } from './migrationOptions';
import { nameBefore } from './migrationNames';

/** The new table without its partitions. */
export function createTableStep(migration: Migration): MigrationStep {
  const { table, names, q, scheme } = migration;
  const next = q(names.next);
  const members = [...table.columns.map(column => columnText(migration, column)), ...tableConstraints(migration)];
  const unlogged = table.persistence === 'unlogged' && table.serverVersion < 180000 ? 'unlogged ' : '';
  return {
    id: 'create-table',
    title: `Create ${next}, partitioned by ${scheme.method} (${quoteIdentifier(scheme.column)})`,
    explanation:
      'The same columns, defaults, checks, owner, grants and comments. Other indexes come after the copy, which is faster; foreign keys, triggers and policies come with the swap, so that they neither fire nor block while rows are copied.',
    sql: [
      `create ${unlogged}table ${next} (\n  ${members.join(',\n  ')}\n) partition by ${scheme.method} (${quoteIdentifier(scheme.column)})${tablespaceText(table.tablespace)}`,
      ...table.columns.flatMap(column => columnSettings(column).map(setting => `alter table ${next} ${setting}`)),
      ...keyIndex(migration),
      ...ownerStatements(migration, next),
      ...grantStatements(migration, 'table', next, table.grants),
      ...identitySequences(migration),
      ...comments(migration, next),
    ],
    inverse: [`drop table if exists ${next}`],
    runsInTransaction: true,
    locks: 'None on the table in use.',
    isDone: isRelation(next, 'p'),
  };
}

/** The unique index that tells rows apart, where no constraint does. */
function keyIndex(migration: Migration): string[] {
  const index = migration.table.indexes.find(each => each.name === migration.key.name);
  if (!index) return [];
  const name = migration.q(nameBefore(migration.names, 'index', index.name));
  return [
    createIndex(migration, index),
    ...(index.comment === null ? [] : [`comment on index ${name} is ${quoteLiteral(index.comment)}`]),
  ];
}

/** A query that is true if there is such a relation of this kind (`pg_class.relkind`). */
export function isRelation(qualified: string, kind: string): string {
  return `select exists (select from pg_class where oid = to_regclass(${quoteLiteral(qualified)}) and relkind = '${kind}')`;
}

export function createPartitionsStep(migration: Migration): MigrationStep {
  const { table, names, q, pieces, scheme } = migration;
  const unlogged = table.persistence === 'unlogged' ? 'unlogged ' : '';
  const withOptions = table.options.length > 0 ? ` with (${table.options.join(', ')})` : '';
  const method = table.accessMethod ? ` using ${table.accessMethod}` : '';
  const sql = pieces.pieces.flatMap((piece, i) => {
    const leaf = q(names.partitions[i] ?? '');
    return [
      `create ${unlogged}table ${leaf} partition of ${q(names.next)} ${piece.bounds}${method}${withOptions}${tablespaceText(table.tablespace)}`,
      ...ownerStatements(migration, leaf),
      // Statistics targets are not inherited, and a partition is analysed by its own.
      ...table.columns.flatMap(column => columnSettings(column, true).map(setting => `alter table ${leaf} ${setting}`)),
    ];
  });
  return {
    id: 'create-partitions',
    title: `Create ${pieces.pieces.length} partitions`,
    explanation:
      scheme.method === 'range'
        ? 'For all rows there are and for periods to come. A partition begins with its first bound and ends before its second.'
        : 'For all rows there are and to come.',
    sql,
    inverse: names.partitions.map(name => `drop table if exists ${q(name)}`),
    runsInTransaction: true,
    locks: 'None on the table in use.',
    isDone: `select count(*) = ${pieces.pieces.length} from pg_inherits where inhparent = to_regclass(${quoteLiteral(q(names.next))})`,
  };
}

function tablespaceText(tablespace: string | null): string {
  return tablespace === null ? '' : ` tablespace ${tablespace}`;
}

function columnText({ table, names, q }: Migration, column: ColumnDefinition): string {
  const parts = [quoteIdentifier(column.name), column.type];
  if (column.collation) parts.push(`collate ${column.collation}`);
  const isNamed = table.constraints.some(each => each.kind === 'n' && each.columns.includes(column.name));
  if (column.notNull && !isNamed) parts.push('not null');
  if (column.generated) {
    parts.push(
      `generated always as (${column.defaultExpression ?? ''}) ${column.generated === 's' ? 'stored' : 'virtual'}`,
    );
  } else if (column.identity) {
    const sequence = table.sequences.find(each => each.isIdentity && each.column === column.name);
    const name = sequence ? `sequence name ${q(nameBefore(names, 'sequence', sequence.name))} ${sequence.options}` : '';
    parts.push(`generated ${column.identity === 'a' ? 'always' : 'by default'} as identity (${name})`);
  } else if (column.defaultExpression !== null) {
    parts.push(`default ${column.defaultExpression}`);
  }
  return parts.join(' ');
}

/** Constraints that rows of the old table keep at any moment. Those NOT VALID come with the swap. */
function tableConstraints(migration: Migration): string[] {
  return migration.table.constraints.flatMap(each => {
    const name = `constraint ${quoteIdentifier(each.name)}`;
    // What tells rows apart is there from the beginning: changed rows are found by it.
    if (each.kind === 'p' || each.name === migration.key.name) return [keyText(migration, each)];
    if (!each.validated || (each.kind !== 'c' && each.kind !== 'n')) return [];
    // Partitioned tables have only constraints that their partitions have too.
    return [`${name} ${each.definition.replace(/ NO INHERIT$/, '')}`];
  });
}

/** A primary key or unique constraint with the partition key, under the name it has until the swap. */
export function keyText({ table, names, scheme }: Migration, constraint: ConstraintDefinition): string {
  const { index, kind } = constraint;
  const columns = hasPartitionKey(constraint, scheme) ? constraint.columns : [...constraint.columns, scheme.column];
  const include = (index?.include ?? []).filter(name => !columns.includes(name));
  const list = (names_: readonly string[]): string => names_.map(quoteIdentifier).join(', ');
  return [
    `constraint ${quoteIdentifier(nameBefore(names, 'index', index?.name ?? constraint.name))}`,
    kind === 'p' ? 'primary key' : `unique${index?.nullsNotDistinct ? ' nulls not distinct' : ''}`,
    `(${list(columns)})`,
    ...(include.length > 0 ? [`include (${list(include)})`] : []),
    ...(index && index.options.length > 0 ? [`with (${index.options.join(', ')})`] : []),
    ...(index?.tablespace && table.persistence !== 'temporary' ? [`using index tablespace ${index.tablespace}`] : []),
    ...(constraint.deferrable ? [`deferrable${constraint.deferred ? ' initially deferred' : ''}`] : []),
  ].join(' ');
}

function columnSettings(column: ColumnDefinition, ofPartition = false): string[] {
  const name = quoteIdentifier(column.name);
  const settings: string[] = [];
  if (!ofPartition && column.storage) settings.push(`alter column ${name} set storage ${column.storage}`);
  if (!ofPartition && column.compression) settings.push(`alter column ${name} set compression ${column.compression}`);
  if (column.statisticsTarget !== null) settings.push(`alter column ${name} set statistics ${column.statisticsTarget}`);
  if (column.options.length > 0) settings.push(`alter column ${name} set (${column.options.join(', ')})`);
  return settings;
}

function ownerStatements({ table }: Migration, relation: string): string[] {
  return table.owner === table.runner.role ? [] : [`alter table ${relation} owner to ${quoteIdentifier(table.owner)}`];
}

function identitySequences(migration: Migration): string[] {
  const { table, names, q } = migration;
  return table.sequences
    .filter(each => each.isIdentity)
    .flatMap(each => {
      const sequence = q(nameBefore(names, 'sequence', each.name));
      return [
        ...grantStatements(migration, 'sequence', sequence, each.grants),
        ...(each.comment === null ? [] : [`comment on sequence ${sequence} is ${quoteLiteral(each.comment)}`]),
      ];
    });
}

/**
 * Makes the privileges exactly those read, whatever ALTER DEFAULT PRIVILEGES has granted on the new object. To be run
 * after the change of owner, in whose name privileges are then given.
 */
export function grantStatements(
  { table }: Pick<Migration, 'table'>,
  kind: 'table' | 'sequence',
  object: string,
  grants: readonly Grant[] | null,
): string[] {
  const owner = quoteIdentifier(table.owner);
  const byDefault = table.defaultGrantees[kind].filter(grantee => grantee !== owner);
  return [
    ...byDefault.map(grantee => `revoke all on ${kind} ${object} from ${grantee}`),
    ...(grants === null ? [] : [`revoke all on ${kind} ${object} from ${owner}`]),
    ...(grants ?? []).map(each => grantText(kind, object, each)),
  ];
}

function grantText(kind: string, object: string, grant: Grant): string {
  const column = grant.column === null ? '' : ` (${quoteIdentifier(grant.column)})`;
  return `grant ${grant.privilege.toLowerCase()}${column} on ${kind} ${object} to ${grant.grantee}${grant.grantable ? ' with grant option' : ''}`;
}

function comments({ table, names, key }: Migration, next: string): string[] {
  return [
    ...(table.comment === null ? [] : [`comment on table ${next} is ${quoteLiteral(table.comment)}`]),
    ...table.columns
      .filter(each => each.comment !== null)
      .map(each => `comment on column ${next}.${quoteIdentifier(each.name)} is ${quoteLiteral(each.comment ?? '')}`),
    ...table.constraints
      .filter(each => each.comment !== null && each.validated)
      .filter(each => ['c', 'n', 'p'].includes(each.kind) || each.name === key.name)
      .map(each => {
        const name = each.index ? nameBefore(names, 'index', each.index.name) : each.name;
        return `comment on constraint ${quoteIdentifier(name)} on ${next} is ${quoteLiteral(each.comment ?? '')}`;
      }),
  ];
}

export function createIndex({ names, q, scheme }: Migration, index: IndexDefinitionText): string {
  const name = quoteIdentifier(nameBefore(names, 'index', index.name));
  const widened =
    index.unique && !hasPartitionKey(index, scheme)
      ? index.rest.replace(/^(\w+ \([^()]*)\)/, `$1, ${quoteIdentifier(scheme.column)})`)
      : index.rest;
  return `create ${index.unique ? 'unique ' : ''}index ${name} on ${q(names.next)} using ${widened}`;
}
