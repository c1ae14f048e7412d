import { formatBytes, formatCount } from '../../../base/units';
import { quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import type { MigrationPlan, MigrationStep } from '../../migration/migrationPlan';
import { versionAtLeast } from '../extensionVersion';
import { widenedKeys } from '../widenedKeys';
import type { TableFacts } from '../partitionFacts';
import type { DistributedTable, Distribution } from './distributionColumns';

export type CitusPlan = { readonly plan: MigrationPlan } | { readonly refusal: string };

/** Citus' own default (`citus.shard_count`): enough for eight nodes of four shards each. */
export const SHARDS = 32;

/**
 * Tables distributed by Citus: those that belong together by one column and on the same nodes, small ones copied to
 * all. Text only: it runs where Citus is installed on a coordinator with its workers added.
 */
export function citusPlan(
  distribution: Distribution,
  extensions: readonly { readonly name: string; readonly version: string }[],
): CitusPlan {
  const version = extensions.find(({ name }) => name === 'citus')?.version;
  if (version === undefined) return { refusal: 'the extension citus is not installed in this database' };
  const [entity, ...others] = distribution.together;
  if (!entity) return { refusal: 'no column keeps rows that are read together on one node' };
  return {
    plan: {
      id: `citus-${entity.table.relation.schema}.${entity.table.relation.name}`,
      title: `Distribute ${distribution.together.map(({ table }) => tableName(table)).join(', ')} by Citus ${version}`,
      notes: notesOf(distribution),
      steps: [
        ...distribution.reference.map(referenceStep),
        ...[entity, ...others].flatMap(({ table, column }) => widenedKeys(table.relation, column, 'a shard')),
        distributeStep(entity, undefined, version),
        ...others.map(member => distributeStep(member, entity, version)),
      ],
    },
  };
}

function notesOf({ together, local, reference, singleNodeShare }: Distribution): string[] {
  const percent = Math.round(singleNodeShare * 100);
  return [
    `${percent} % of the workload names one value of the column and joins by it: it runs on one node. The rest is sent to all ${SHARDS} shards.`,
    `Together: ${together.map(({ table, column }) => `${tableName(table)} by ${column}`).join(', ')}.`,
    ...(reference.length > 0
      ? [`Copied to every node: ${reference.map(tableName).join(', ')}; a write goes to all of them.`]
      : []),
    ...local.map(({ table, because }) => `${tableName(table)} stays on the coordinator: ${because}.`),
    ...together.flatMap(member => lostReferences(member, together)),
    'Unique constraints and foreign keys between distributed tables must contain the distribution column.',
    'Have the workers added first (citus_add_node), and enough room: each table is copied before the old rows go.',
  ];
}

/** Foreign keys between distributed tables that do not contain the column: drop them first. */
function lostReferences({ table, column }: DistributedTable, together: readonly DistributedTable[]): string[] {
  return table.relation.constraints.flatMap(({ name, kind, columns, references }) => {
    const isBetween = together.some(
      ({ table: { relation } }) => relation.schema === references?.schema && relation.name === references.relation,
    );
    if (kind !== 'foreign key' || !isBetween || columns.includes(column)) return [];
    return [`${name} of ${tableName(table)} does not contain ${column}: drop it first, Citus cannot keep it.`];
  });
}

function referenceStep(table: TableFacts): MigrationStep {
  const name = quoteLiteral(tableName(table));
  return {
    id: `reference-${tableName(table)}`,
    title: `Copy ${tableName(table)} to every node`,
    explanation: `${formatCount(Math.round(table.rows))} rows, ${formatBytes(table.tableBytes)}: joins with it need no network.`,
    sql: [`SELECT create_reference_table(${name})`],
    inverse: [`SELECT undistribute_table(${name})`],
    runsInTransaction: true,
    locks: 'Writes to the table wait while it is copied.',
    isDone: isDistributed(table),
  };
}

function distributeStep(
  { table, column }: DistributedTable,
  entity: DistributedTable | undefined,
  version: string,
): MigrationStep {
  const name = quoteLiteral(tableName(table));
  // 11.1 copies while writers go on, by logical replication, which needs a replica identity and minds foreign keys
  const hasForeignKeys =
    table.referencedBy.length > 0 || table.relation.constraints.some(({ kind }) => kind === 'foreign key');
  const goesOn =
    versionAtLeast(version, 11, 1) && !hasForeignKeys && table.relation.indexes.some(({ primary }) => primary);
  const call = goesOn ? 'create_distributed_table_concurrently' : 'create_distributed_table';
  const beside = entity
    ? `colocate_with := ${quoteLiteral(tableName(entity.table))}`
    : `colocate_with := 'none', shard_count := ${SHARDS}`;
  return {
    id: `distribute-${tableName(table)}`,
    title: `Distribute ${tableName(table)} by ${column}`,
    explanation: entity
      ? `On the nodes of ${tableName(entity.table)}, so that they are joined there. ${formatCount(Math.round(table.rows))} rows, ${formatBytes(table.tableBytes)}.`
      : `${formatCount(Math.round(table.rows))} rows, ${formatBytes(table.tableBytes)}, in ${SHARDS} shards.`,
    sql: [`SELECT ${call}(${name}, ${quoteLiteral(column)}, ${beside})`],
    inverse: [`SELECT undistribute_table(${name})`],
    runsInTransaction: !goesOn,
    locks: goesOn
      ? 'Writers go on but for a moment at the end; the way back locks them out while rows are copied.'
      : 'Writers wait until all rows are copied.',
    isDone: isDistributed(table),
  };
}

function isDistributed(table: TableFacts): string {
  return `SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = ${quoteLiteral(tableName(table))}::regclass)`;
}

function tableName({ relation }: TableFacts): string {
  return quoteQualified(relation.schema, relation.name);
}
