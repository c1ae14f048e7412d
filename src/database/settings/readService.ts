import { recogniseService, type ManagedService } from '../../core/profiles/managedService';
import type { PostgresDatabase } from '../connect';

/** The service that runs this server; undefined when its owner does. Asks for names only. */
export async function readService(
  db: PostgresDatabase,
): Promise<{ readonly service: ManagedService; readonly name: string } | undefined> {
  const settings = await db.query<{ name: string }>(`select name from pg_catalog.pg_settings where name like '%.%'
    or name like 'aurora%' or name like 'apg%'`);
  const roles = await db.query<{ name: string }>('select rolname::text as name from pg_catalog.pg_roles');
  return recogniseService(
    settings.map(({ name }) => name),
    roles.map(({ name }) => name),
  );
}
