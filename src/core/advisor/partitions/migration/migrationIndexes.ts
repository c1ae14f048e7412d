import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import { dollarQuoted } from '../../migration/migrationScript';
import type { MigrationStep } from '../../migration/migrationPlan';
import type { IndexDefinitionText } from '../tableDefinition';
import { createIndex, keyText } from './migrationTable';
import { nameBefore } from './migrationNames';
import type { Migration } from './migrationOptions';

/**
 * Uniqueness is checked over all rows while it is built, so it is built on a moment at which the copy equals the table;
 * every other index gets a step of its own.
 */
export function indexSteps(migration: Migration): MigrationStep[] {
  const { table } = migration;
  const plain = table.indexes.filter(each => each.valid && !each.unique);
  return [
    ...uniqueStep(migration),
    ...plain.map((index, i) => indexStep(migration, index, i)),
    ...marksStep(migration),
  ];
}

function uniqueStep(migration: Migration): MigrationStep[] {
  const { table, names, q } = migration;
  const constraints = table.constraints.filter(
    each => (each.kind === 'u' || each.kind === 'x') && each.name !== migration.key.name,
  );
  const indexes = table.indexes.filter(each => each.valid && each.unique && each.name !== migration.key.name);
  if (constraints.length + indexes.length === 0) return [];
  const made = [...constraints.map(each => each.index?.name ?? each.name), ...indexes.map(each => each.name)];
  return [
    {
      id: 'unique-indexes',
      title: 'Create unique constraints and indexes',
      explanation:
        'In one transaction with bringing all changed rows up to date, because only then no value is there twice.',
      sql: [
        `select ${q(names.apply)}(null)`,
        ...constraints.map(each => {
          const name = nameBefore(names, 'index', each.index?.name ?? each.name);
          const text =
            each.kind === 'u' ? keyText(migration, each) : `constraint ${quoteIdentifier(name)} ${each.definition}`;
          return `alter table ${q(names.next)} add ${text}`;
        }),
        ...indexes.map(index => createIndex(migration, index)),
        ...constraints
          .filter(each => each.comment !== null)
          .map(
            each =>
              `comment on constraint ${quoteIdentifier(nameBefore(names, 'index', each.index?.name ?? each.name))} on ${q(names.next)} is ${quoteLiteral(each.comment ?? '')}`,
          ),
        ...indexes.flatMap(index => commentOn(migration, index)),
      ],
      inverse: [],
      runsInTransaction: true,
      locks: `ACCESS SHARE on ${q(table.name)}; its writers go on, and the list of their changes grows meanwhile.`,
      isDone: `select to_regclass(${quoteLiteral(q(nameBefore(names, 'index', made.at(-1) ?? '')))}) is not null`,
    },
  ];
}

function indexStep(migration: Migration, index: IndexDefinitionText, i: number): MigrationStep {
  const { names, q } = migration;
  return {
    id: `index-${i + 1}`,
    title: `Create index ${quoteIdentifier(index.name)}`,
    explanation: 'On the new table, which nobody uses yet. It gets its own name at the swap.',
    sql: [createIndex(migration, index), ...commentOn(migration, index), ...statisticsTargets(migration, index)],
    inverse: [],
    runsInTransaction: true,
    locks: 'None on the table in use.',
    isDone: `select to_regclass(${quoteLiteral(q(nameBefore(names, 'index', index.name)))}) is not null`,
  };
}

function commentOn({ names, q }: Migration, index: IndexDefinitionText): string[] {
  if (index.comment === null) return [];
  return [`comment on index ${q(nameBefore(names, 'index', index.name))} is ${quoteLiteral(index.comment)}`];
}

/** Statistics targets of expressions are kept by each partition's own index. */
function statisticsTargets(migration: Migration, index: IndexDefinitionText): string[] {
  return index.statisticsTargets.map(({ column, target }) =>
    forEachLeafIndex(
      migration,
      index.name,
      `execute format('alter index %s alter column ${column} set statistics ${target}', leaf.index)`,
    ),
  );
}

/** What marks a table has by one of its indexes: partitions have them, the partitioned table has none. */
function marksStep(migration: Migration): MigrationStep[] {
  const { table, names, q } = migration;
  const all = [
    ...table.indexes.filter(each => each.valid),
    ...table.constraints.flatMap(({ index }) => (index ? [index] : [])),
  ];
  const clustered = all.filter(each => each.clustered);
  const identity = all.filter(each => each.replicaIdentity);
  const sql = [
    ...clustered.map(each =>
      forEachLeafIndex(migration, each.name, `execute format('alter table %s cluster on %I', leaf.owner, leaf.name)`),
    ),
    ...identity.map(each =>
      forEachLeafIndex(
        migration,
        each.name,
        `execute format('alter table %s replica identity using index %I', leaf.owner, leaf.name)`,
      ),
    ),
    ...(table.replicaIdentity === 'full' || table.replicaIdentity === 'nothing'
      ? [q(names.next), ...names.partitions.map(q)].map(
          name => `alter table ${name} replica identity ${table.replicaIdentity}`,
        )
      : []),
  ];
  if (sql.length === 0) return [];
  return [
    {
      id: 'table-marks',
      title: 'Mark the index to cluster by and the replica identity',
      explanation: 'Each partition is marked, because the partitioned table itself holds no rows.',
      sql,
      inverse: [],
      runsInTransaction: true,
      locks: 'None on the table in use.',
    },
  ];
}

/** A block that runs a statement for the index of each partition; `leaf` has `index`, `name` and `owner`. */
function forEachLeafIndex({ names, q }: Migration, index: string, statement: string): string {
  const parent = q(nameBefore(names, 'index', index));
  return `do ${dollarQuoted(
    `declare leaf record;
begin
  for leaf in
    select i.indexrelid::regclass as index, c.relname as name, i.indrelid::regclass as owner
    from pg_inherits h join pg_index i on i.indexrelid = h.inhrelid join pg_class c on c.oid = i.indexrelid
    where h.inhparent = ${quoteLiteral(parent)}::regclass
  loop
    ${statement};
  end loop;
end`,
    'each',
  )}`;
}

/** Statistics objects, ready to be filled by ANALYZE before the swap. */
export function statisticsStatements({ table, names, q }: Migration): string[] {
  return table.statistics.flatMap(each => {
    const schema = quoteIdentifier(each.schema);
    const name = `${schema}.${quoteIdentifier(nameBefore(names, 'statistics', each.name))}`;
    return [
      `create statistics ${name}${each.middle} from ${q(names.next)}`,
      ...(each.target === null ? [] : [`alter statistics ${name} set statistics ${each.target}`]),
      ...(each.comment === null ? [] : [`comment on statistics ${name} is ${quoteLiteral(each.comment)}`]),
    ];
  });
}
