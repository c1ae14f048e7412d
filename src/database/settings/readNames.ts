import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';

/** The databases one can connect to, and the roles that can log in: settings of others would reach nobody. */
export async function readNames(
  database: PostgresDatabase,
): Promise<{ readonly databases: readonly string[]; readonly roles: readonly string[] }> {
  const databases = await database.query<{ name: string }>(
    'select datname::text as name from pg_catalog.pg_database where datallowconn and not datistemplate order by 1',
  );
  const roles = await database.query<{ name: string }>(
    'select rolname::text as name from pg_catalog.pg_roles where rolcanlogin order by 1',
  );
  return { databases: databases.map(({ name }) => name), roles: roles.map(({ name }) => name) };
}

/** The number a server got when its data was made; where it may not be asked for, the address. */
export async function readServerIdentifier(database: PostgresDatabase): Promise<string> {
  try {
    const [row] = await database.query<{ id: string }>(
      'select system_identifier::text as id from pg_catalog.pg_control_system()',
    );
    if (row) return row.id;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
  }
  const { host, port } = database.settings;
  return `${host}:${port}`;
}
