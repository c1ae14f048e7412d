import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';

interface Limits {
  readonly [column: string]: unknown;
  readonly allowed: number;
  readonly used: number;
  readonly role_limit: number;
  readonly database_limit: number;
}

/** One connection watches the others and can cancel them. */
export const WATCHERS = 1;

/** Share of all connections, and the least number, that stay free for others. Our own figures. */
const FREE_SHARE = 0.1;
const FEWEST_FREE = 3;

/**
 * Makes sure that so many clients fit on the server and leave connections for others.
 * @throws DatabaseError `unsupported` that says how many fit.
 */
export async function checkConnectionsLeft(db: PostgresDatabase, clients: number): Promise<void> {
  // Connections of other roles are counted in pg_stat_database, which everybody may read. Those that are kept for
  // superusers (and, from 16 on, for pg_use_reserved_connections) are not ours to take.
  const [row] = await db.query<Limits>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed,
       (select coalesce(sum(numbackends), 0) from pg_catalog.pg_stat_database)::int as used,
       (select rolconnlimit from pg_catalog.pg_roles where rolname = current_user) as role_limit,
       (select datconnlimit from pg_catalog.pg_database where datname = current_database()) as database_limit`,
  );
  if (!row) return;
  const kept = Math.max(FEWEST_FREE, Math.ceil(row.allowed * FREE_SHARE));
  const limits = [row.role_limit, row.database_limit].filter(limit => limit >= 0);
  // What a role or a database may have at once is asked of the server when the connections are made.
  const most = Math.min(row.allowed - row.used - kept, ...limits) - WATCHERS;
  if (clients <= most) return;
  const limited = limits.length > 0 ? `, role or database are limited to ${Math.min(...limits)}` : '';
  throw new DatabaseError(
    'unsupported',
    `${clients} clients are too many: the server allows ${row.allowed} connections, ${row.used} are in use${limited}, ` +
      `and ${kept} stay free for others`,
    undefined,
    undefined,
    most > 0 ? `at most ${most} ${most === 1 ? 'client fits' : 'clients fit'} now` : 'try again when others have left',
  );
}
