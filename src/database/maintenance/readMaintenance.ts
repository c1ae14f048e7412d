import { routineNames } from '../../core/advisor/partitions/maintenance/routineNames';
import type { ExistingIndexFinding } from '../../core/advisor/existingIndexes/index';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type {
  IndexRepair,
  MaintenanceFacts,
  MaterializedViewFacts,
  PartitionedFacts,
  TableFacts,
} from '../../core/maintenance/facts';
import { DatabaseError, type Row } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import { reviewServer } from '../existingIndexes/reviewServer';
import { FOREIGN_TABLES, MATERIALIZED_VIEWS, PARTITIONED, PROCEDURES, SERVER, tablesQuery } from './queries';

/** A row type whose fields are those of a query. */
type Rows<T> = Row & { [K in keyof T]: T[K] };
type ServerFacts = Pick<
  MaintenanceFacts,
  'database' | 'serverVersion' | 'countedDays' | 'freezeMaxAge' | 'autovacuum' | 'cronVersion' | 'partmanSchema'
>;
type PartitionedRow = Omit<PartitionedFacts, 'upkeepCall' | 'keptByPartman'> & { schema: string; relation: string };

/**
 * Reads what a maintenance plan is made of. Reads only.
 * @throws DatabaseError, `unsupported` for a standby; CancelledError once the signal has fired.
 */
export async function readMaintenance(db: PostgresDatabase, signal?: CancelSignal): Promise<MaintenanceFacts> {
  const [row] = await db.query<Rows<ServerFacts> & { isStandby: boolean }>(SERVER, [], signal);
  if (!row) throw new Error('the server said nothing of itself');
  const { isStandby, ...server } = row;
  if (isStandby) {
    const hint = 'what is done on the primary is done on its standbys too';
    throw new DatabaseError(
      'unsupported',
      'a standby is maintained by its primary: connect there',
      undefined,
      undefined,
      hint,
    );
  }
  const tables = await db.query<Rows<TableFacts>>(tablesQuery(server.serverVersion), [], signal);
  const partitioned = await db.query<Rows<PartitionedRow>>(PARTITIONED, [], signal);
  const views = await db.query<Rows<MaterializedViewFacts>>(MATERIALIZED_VIEWS, [], signal);
  const foreign = await db.query<{ name: string }>(FOREIGN_TABLES, [], signal);
  const procedures = await db.query<{ schema: string; name: string }>(PROCEDURES, [], signal);
  const byPartman = await tablesOfPartman(db, server.partmanSchema, signal);
  const { findings } = await reviewServer(db, await db.readCatalog(signal), signal ? { signal } : {});
  return {
    ...server,
    tables,
    partitioned: partitioned.map(({ schema, relation, ...facts }) => {
      const routine = routineNames(relation).run;
      const isThere = procedures.some(each => each.schema === schema && each.name === routine);
      return {
        ...facts,
        upkeepCall: isThere ? `CALL ${quoteQualified(schema, routine)}()` : null,
        keptByPartman: byPartman.has(`${schema}.${relation}`),
      };
    }),
    materializedViews: views,
    foreignTables: foreign.map(({ name }) => name),
    indexes: findings.flatMap(toRepair),
  };
}

/** `schema.table`, unquoted, as pg_partman writes them; none where this role may not read them. */
async function tablesOfPartman(
  db: PostgresDatabase,
  schema: string | null,
  signal: CancelSignal | undefined,
): Promise<ReadonlySet<string>> {
  if (schema === null) return new Set();
  const [may] = await db.query<{ read: boolean }>(
    `select coalesce(pg_catalog.has_table_privilege(pg_catalog.to_regclass($1), 'SELECT'), false) as read`,
    [`${schema}.part_config`],
    signal,
  );
  if (!may?.read) return new Set();
  const rows = await db.query<{ name: string }>(`select parent_table as name from ${schema}.part_config`, [], signal);
  return new Set(rows.map(({ name }) => name));
}

function toRepair({ problem, index, evidence, change, cautions }: ExistingIndexFinding): IndexRepair[] {
  if ((problem !== 'bloated' && problem !== 'invalid') || index === null || !change) return [];
  const basis = problem === 'invalid' ? 'catalog' : evidence.how === 'measured' ? 'counted' : 'estimated';
  return [{ name: index, problem, detail: [evidence.text, ...cautions].join(' '), basis, statements: change.sql }];
}
