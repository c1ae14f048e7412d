import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Dependents, TableDefinition } from '../../core/advisor/partitions/tableDefinition';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import * as queries from './definitionQueries';
import * as dependentQueries from './dependentQueries';

const BEGIN = `begin isolation level repeatable read read only; set local statement_timeout = '60s';
  set local lock_timeout = '5s'`;

/**
 * Reads all that a table consists of, in one read-only snapshot.
 * @param table as written in SQL, found by the search path if it has no schema.
 * @throws DatabaseError if there is no such table
 */
export async function readTableDefinition(
  db: PostgresDatabase,
  table: string,
  signal?: CancelSignal,
): Promise<TableDefinition> {
  return db.inTransaction(
    BEGIN,
    async session => {
      const oid = await findTable(session, table);
      // Printed names have their schema only if no search path finds them without it.
      await session.execute(`set local search_path = ''`);
      return read(session, oid, db.serverVersion, signal);
    },
    signal,
  );
}

async function findTable(session: Session, table: string): Promise<string> {
  const [row] = await session.query<{ oid: string | null }>('select to_regclass($1)::oid::text as oid', [table]);
  if (row?.oid) return row.oid;
  throw new DatabaseError('sql', `there is no table ${table}`, undefined, '42P01', 'write it as schema.table');
}

async function read(
  session: Session,
  oid: string,
  serverVersion: number,
  signal: CancelSignal | undefined,
): Promise<TableDefinition> {
  const ask = async <T>(sql: string): Promise<T> => {
    const [row] = await session.query<{ value: T }>(sql, [oid], signal ? { signal } : {});
    return row?.value as T;
  };
  const table = await ask<Omit<TableDefinition, 'serverVersion' | keyof typeof parts | 'dependents'>>(queries.TABLE);
  const parts = {
    columns: await ask<TableDefinition['columns']>(queries.COLUMNS),
    constraints: await ask<TableDefinition['constraints']>(queries.constraints(serverVersion)),
    indexes: await ask<TableDefinition['indexes']>(queries.INDEXES),
    triggers: await ask<TableDefinition['triggers']>(queries.TRIGGERS),
    rules: await ask<TableDefinition['rules']>(queries.RULES),
    policies: await ask<TableDefinition['policies']>(queries.POLICIES),
    statistics: await ask<TableDefinition['statistics']>(queries.STATISTICS),
    publications: await ask<TableDefinition['publications']>(queries.publications(serverVersion)),
    sequences: await ask<TableDefinition['sequences']>(queries.SEQUENCES),
    foreignKeysHere: await ask<TableDefinition['foreignKeysHere']>(dependentQueries.INCOMING),
  };
  const dependents: Dependents = {
    views: await ask<Dependents['views']>(dependentQueries.VIEWS),
    materializedViews: await ask<Dependents['materializedViews']>(dependentQueries.MATERIALIZED_VIEWS),
    functions: await ask<Dependents['functions']>(dependentQueries.FUNCTIONS),
    others: await ask<Dependents['others']>(dependentQueries.OTHERS),
  };
  return { serverVersion, ...table, ...parts, dependents };
}
