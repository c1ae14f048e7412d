import type { Relation } from '../../../catalog/catalog';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import type { MigrationPlan, MigrationStep } from '../../migration/migrationPlan';

/** Another PostgreSQL server that holds some of the partitions. */
export interface ShardServer {
  /** Of the foreign server object. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The role there; its password is never part of a script. */
  readonly user: string;
}

export interface Shard {
  /** Of the foreign table here, and of the table there. */
  readonly name: string;
  /** `FOR VALUES …` or `DEFAULT`. */
  readonly bound: string;
  /** {@link ShardServer.name} */
  readonly server: string;
  /** The same as a condition, where one can be written: a range or a list. */
  readonly check?: string;
}

export interface ForeignShardsRequest {
  /** Columns and defaults are taken from it; it is not touched. */
  readonly relation: Relation;
  /** The partitioned table to make, in the same schema. */
  readonly parent: string;
  /** `HASH (customer_id)` */
  readonly clause: string;
  readonly servers: readonly ShardServer[];
  readonly shards: readonly Shard[];
}

export interface ForeignShards {
  /** For the server that clients talk to. */
  readonly parent: MigrationPlan;
  /** For each other server: run it there first. */
  readonly shards: readonly { readonly server: string; readonly plan: MigrationPlan }[];
}

/** Rows fetched at once, and sent at once: the defaults (100 and 1) are made for small answers. Our own choice. */
const FETCH_SIZE = 10_000;
const BATCH_SIZE = 1_000;

/**
 * A table whose partitions lie on other servers, by `postgres_fdw`: what is native to PostgreSQL. Scans of several
 * servers go on at the same time (`async_capable`, PostgreSQL 14).
 * @throws RangeError if a shard names a server that is not given.
 */
export function foreignShards(request: ForeignShardsRequest): ForeignShards {
  const { relation, parent, clause, servers, shards } = request;
  for (const { name, server } of shards)
    if (!servers.some(each => each.name === server))
      throw new RangeError(`${name} is to lie on ${server}, which is not given`);
  const name = quoteQualified(relation.schema, parent);
  return {
    parent: {
      id: `foreign-shards-${relation.schema}.${parent}`,
      title: `${name} on ${servers.length} servers`,
      notes: [
        'Run the scripts of the other servers first.',
        'No password is in a script. For roles that are no superuser here: ALTER USER MAPPING FOR CURRENT_USER SERVER name OPTIONS (ADD password ...), typed where no history keeps it, or passwords in .pgpass or certificates.',
        'A partitioned table with foreign partitions has no unique index or primary key of its own: the tables on the other servers have them, each for its own rows.',
        'One transaction over several servers commits on each of them one after the other: a crash in between leaves some committed. Take snapshots across servers for approximate.',
        'An UPDATE of the key that would move a row to another server may be refused (0A000): delete and insert it instead.',
        ...(relation.columns.some(({ generated }) => generated === 'identity')
          ? [
              'The identity column begins at 1: set it beyond the values there are (ALTER TABLE ... ALTER COLUMN ... RESTART WITH) before rows come.',
            ]
          : []),
        ...(/^HASH/i.test(clause)
          ? ['A hash cannot be checked by the other servers: write through this table only.']
          : []),
      ],
      steps: [
        ...serverSteps(servers),
        tableStep(request, name),
        partitionsStep(request, name),
        statisticsStep(request),
      ],
    },
    shards: servers.map(server => ({ server: server.name, plan: shardPlan(request, server) })),
  };
}

function serverSteps(servers: readonly ShardServer[]): MigrationStep[] {
  return [
    {
      id: 'extension',
      title: 'postgres_fdw',
      explanation: 'Comes with PostgreSQL.',
      sql: ['CREATE EXTENSION IF NOT EXISTS postgres_fdw'],
      inverse: [],
      runsInTransaction: true,
      locks: 'None.',
    },
    ...servers.map((server): MigrationStep => {
      const name = quoteIdentifier(server.name);
      const options = [
        `host ${quoteLiteral(server.host)}`,
        `port '${server.port}'`,
        `dbname ${quoteLiteral(server.database)}`,
        `async_capable 'true'`,
        `fetch_size '${FETCH_SIZE}'`,
        `batch_size '${BATCH_SIZE}'`,
      ];
      return {
        id: `server-${server.name}`,
        title: `Server ${name}`,
        explanation: 'async_capable lets an Append ask all servers at once.',
        sql: [
          `CREATE SERVER IF NOT EXISTS ${name} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (${options.join(', ')})`,
          `CREATE USER MAPPING IF NOT EXISTS FOR CURRENT_USER SERVER ${name} OPTIONS (user ${quoteLiteral(server.user)})`,
        ],
        inverse: [`DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER ${name}`, `DROP SERVER IF EXISTS ${name}`],
        runsInTransaction: true,
        locks: 'None.',
      };
    }),
  ];
}

function tableStep({ relation, clause }: ForeignShardsRequest, name: string): MigrationStep {
  return {
    id: 'parent',
    title: `Partitioned table ${name}`,
    explanation: `Has the columns of ${quoteQualified(relation.schema, relation.name)}.`,
    sql: [`CREATE TABLE IF NOT EXISTS ${name} (${columnsOf(relation, true)}) PARTITION BY ${clause}`],
    inverse: [`DROP TABLE IF EXISTS ${name}`],
    runsInTransaction: true,
    locks: 'None: the table is new.',
  };
}

function partitionsStep({ relation, shards }: ForeignShardsRequest, name: string): MigrationStep {
  const own = (shard: Shard): string => quoteQualified(relation.schema, shard.name);
  return {
    id: 'partitions',
    title: 'Foreign partitions',
    explanation: 'Each stands for a table on another server. Nothing is copied.',
    sql: shards.map(
      shard =>
        `CREATE FOREIGN TABLE IF NOT EXISTS ${own(shard)} PARTITION OF ${name} ${shard.bound} SERVER ${quoteIdentifier(shard.server)} OPTIONS (schema_name ${quoteLiteral(relation.schema)}, table_name ${quoteLiteral(shard.name)})`,
    ),
    inverse: shards.map(shard => `DROP FOREIGN TABLE IF EXISTS ${own(shard)}`),
    runsInTransaction: true,
    locks: 'ACCESS EXCLUSIVE on the new table, for a moment.',
  };
}

function statisticsStep({ relation, shards }: ForeignShardsRequest): MigrationStep {
  return {
    id: 'statistics',
    title: 'Statistics of the foreign partitions',
    explanation:
      'No autovacuum looks at foreign tables: have this run again now and then, after rows have come. It reads a sample of each over the network.',
    sql: shards.map(({ name }) => `ANALYZE ${quoteQualified(relation.schema, name)}`),
    inverse: [],
    runsInTransaction: false,
    locks: 'None that readers or writers wait for.',
  };
}

function shardPlan(request: ForeignShardsRequest, server: ShardServer): MigrationPlan {
  const { relation, shards } = request;
  const here = shards.filter(shard => shard.server === server.name);
  return {
    id: `shard-${server.name}-${relation.schema}.${request.parent}`,
    title: `Tables of ${server.name}`,
    notes: ['Types and functions that columns need must be there.'],
    steps: [
      {
        id: 'tables',
        title: `${here.length} tables`,
        explanation: 'With the indexes of the original; a unique one holds for the rows of its own table.',
        sql: [
          `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(relation.schema)}`,
          ...here.flatMap(shard => shardTable(relation, shard)),
        ],
        inverse: here.map(({ name }) => `DROP TABLE IF EXISTS ${quoteQualified(relation.schema, name)}`),
        runsInTransaction: true,
        locks: 'None: the tables are new.',
        irreversible: 'the way back drops the tables with the rows that have come',
      },
    ],
  };
}

function shardTable(relation: Relation, { name, check }: Shard): string[] {
  const table = quoteQualified(relation.schema, name);
  const checks = check === undefined ? '' : `, CHECK (${check})`;
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (${columnsOf(relation, false)}${checks})`,
    ...relation.indexes
      .filter(({ valid, definition }) => valid && definition.includes(' USING '))
      .map(({ unique, definition }, i) => {
        const own = quoteIdentifier(`${name}_${i + 1}_idx`);
        return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${own} ON ${table}${definition.slice(definition.indexOf(' USING '))}`;
      }),
  ];
}

/** Defaults only where rows come in: what the parent leaves out it sends as a value. */
function columnsOf({ columns }: Relation, withDefaults: boolean): string {
  return columns
    .map(({ name, type, notNull, defaultExpression, generated }) =>
      [
        quoteIdentifier(name),
        type,
        ...(notNull ? ['NOT NULL'] : []),
        ...(generated === 'stored' && defaultExpression ? [`GENERATED ALWAYS AS (${defaultExpression}) STORED`] : []),
        ...(generated === 'identity' && withDefaults ? ['GENERATED BY DEFAULT AS IDENTITY'] : []),
        ...(withDefaults && generated === undefined && defaultExpression ? [`DEFAULT ${defaultExpression}`] : []),
      ].join(' '),
    )
    .join(', ');
}
