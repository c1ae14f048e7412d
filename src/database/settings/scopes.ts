import { DatabaseError, type Row } from '../../core/ports';
import { describeScope, settingSql, WHOLE_SERVER, type SettingScope } from '../../core/profiles/settingSql';
import type { SettingEntry } from '../../core/profiles/settingsRecord';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { checkPermission, reload, tryAlter } from './alterSystem';
import { readEntries } from './readSettings';

/** Whoever can ask: a database, or one session of it. */
interface Asks {
  query<T extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/** Where entries of one scope stand, and how they come into effect. */
export interface ScopeAccess {
  /** @throws DatabaseError `permission` when this role may not change it, `sql` when it is not there. */
  check(db: PostgresDatabase): Promise<void>;
  /** The entries, in their order. */
  entries(asks: Asks): Promise<SettingEntry[]>;
  /** Run once before the changes. */
  begin(session: Session): Promise<void>;
  /** Puts an entry last, as it is. @returns why it cannot */
  moveToEnd(session: Session, entry: SettingEntry): Promise<string | undefined>;
  /** Run once after the changes. */
  settle(session: Session): Promise<void>;
}

/** ALTER TABLE waits for a vacuum that is under way: not longer than this. */
const TABLE_LOCK_TIMEOUT_MS = 5_000;

export function accessTo(scope: SettingScope = WHOLE_SERVER): ScopeAccess {
  switch (scope.kind) {
    case 'system':
      return {
        check: checkPermission,
        entries: readEntries,
        begin: nothing,
        // ALTER SYSTEM writes what it sets at the end of the file.
        moveToEnd: (session, entry) => tryAlter(session, entry),
        settle: reload,
      };
    case 'database':
      return {
        check: db => checkOwner(db, scope, DATABASE_OWNER, [scope.database]),
        entries: asks => roleEntries(asks, { database: scope.database }),
        begin: nothing,
        moveToEnd: (session, entry) => resetAndSet(session, entry, scope),
        settle: nothing,
      };
    case 'role':
      return {
        check: db => checkOwner(db, scope, ROLE_OWNER, [scope.role]),
        entries: asks => roleEntries(asks, scope),
        begin: nothing,
        moveToEnd: (session, entry) => resetAndSet(session, entry, scope),
        settle: nothing,
      };
    case 'table':
      return {
        check: db => checkOwner(db, scope, TABLE_OWNER, [scope.schema, scope.table]),
        entries: asks => tableEntries(asks, scope.schema, scope.table),
        begin: async session => {
          if (!session.isPooled) await session.execute(`set lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`);
        },
        // Each SET takes the parameter out of the list and adds it at its end.
        moveToEnd: (session, entry) => tryAlter(session, entry, scope),
        settle: nothing,
      };
  }
}

const SUPERUSER = `current_setting('is_superuser') = 'on'`;

const DATABASE_OWNER = `select ${SUPERUSER} or pg_has_role(datdba, 'USAGE') as may, null as why
  from pg_catalog.pg_database where datname = $1`;

const ROLE_OWNER = `select ${SUPERUSER} or rolname = current_user
    or (select rolcreaterole from pg_catalog.pg_roles where rolname = current_user) and not rolsuper as may, null as why
  from pg_catalog.pg_roles where rolname = $1`;

const TABLE_OWNER = `select relkind in ('r', 'm') and (${SUPERUSER} or pg_has_role(relowner, 'USAGE')) as may,
    case when relkind = 'p' then 'it is partitioned: storage parameters are set on each partition'
         when relkind not in ('r', 'm') then 'it is no table' end as why
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
  where nspname = $1 and relname = $2`;

async function checkOwner(
  db: PostgresDatabase,
  scope: SettingScope,
  sql: string,
  names: readonly string[],
): Promise<void> {
  const [found] = await db.query<{ may: boolean; why: string | null }>(sql, names);
  const what = describeScope(scope);
  if (!found) throw new DatabaseError('sql', `${what} is not there`);
  if (found.may) return;
  if (found.why !== null) throw new DatabaseError('unsupported', `${what} takes no storage parameters: ${found.why}`);
  throw new DatabaseError('permission', `${db.settings.user} may not change ${what}`, undefined, '42501');
}

/** `name=value` as the server keeps it: the name has no equals sign, the value may. */
function parseEntry(text: string): SettingEntry {
  const at = text.indexOf('=');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

async function roleEntries(
  asks: Asks,
  { database, role }: { readonly database?: string; readonly role?: string },
): Promise<SettingEntry[]> {
  const rows = await asks.query<{ entry: string }>(
    `select entry from pg_catalog.pg_db_role_setting s, unnest(setconfig) with ordinality as e (entry, position)
     where setdatabase = coalesce((select oid from pg_catalog.pg_database where datname = $1::text), 0)
       and setrole = coalesce((select oid from pg_catalog.pg_roles where rolname = $2::text), 0)
     order by position`,
    [database ?? null, role ?? null],
  );
  return rows.map(({ entry }) => parseEntry(entry));
}

async function tableEntries(asks: Asks, schema: string, table: string): Promise<SettingEntry[]> {
  const rows = await asks.query<{ entry: string }>(
    `select entry from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace,
       unnest(reloptions) with ordinality as e (entry, position)
     where nspname = $1 and relname = $2 order by position`,
    [schema, table],
  );
  return rows.map(({ entry }) => parseEntry(entry));
}

/** ALTER DATABASE and ALTER ROLE leave an entry where it stands. */
async function resetAndSet(session: Session, entry: SettingEntry, scope: SettingScope): Promise<string | undefined> {
  try {
    const statements = [null, entry.value].map(value => settingSql({ name: entry.name, value }, scope));
    await session.execute(`begin; ${statements.join('; ')}; commit`);
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError) || session.lost) throw error;
    await session.execute('rollback');
    return error.message;
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}
