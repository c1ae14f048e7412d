import type { PreparedAction } from '../../core/health/preparedAction';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { quoteLiteral } from '../../core/sql/identifiers';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';

interface SessionRow {
  readonly [column: string]: unknown;
  readonly pid: number;
  readonly role: string | null;
  readonly application: string | null;
  readonly state: string | null;
  readonly query: string | null;
  /** Hidden from roles that may not see the session. */
  readonly session_began: string | null;
  readonly statement_began: string | null;
  readonly may: boolean;
  readonly is_superusers: boolean;
}

/**
 * Cancelling a session's statement, or ending the session. The one that has the number by the time somebody says yes
 * must be the one that was shown.
 * @param target process number and start of the session, as `readTargets` gives them
 */
export async function prepareSession(
  db: PostgresDatabase,
  action: 'cancel' | 'terminate',
  target: string,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  const [, pid, began] = /^(\d+) (.*)$/s.exec(target) ?? [];
  // Manual, 9.28.2: the same role, a member of it, or pg_signal_backend, which may not touch superusers.
  const [row] = await db.query<SessionRow>(
    `select a.pid, a.usename::text as role, a.application_name as application, a.state, left(a.query, 300) as query,
       a.backend_start::text as session_began, a.query_start::text as statement_began,
       coalesce(r.rolsuper, false) as is_superusers,
       current_setting('is_superuser') = 'on' or coalesce(not r.rolsuper
         and (pg_catalog.pg_has_role(r.oid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')), false) as may
     from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
     where a.pid = $1::int and coalesce(a.backend_start::text, '') = $2`,
    [pid ?? null, began ?? null],
    signal,
  );
  if (!row) throw new DatabaseError('sql', 'that session is gone');
  const who = [row.role, row.application, row.state].filter(Boolean).join(', ');
  const same =
    action === 'cancel' && row.statement_began !== null
      ? `query_start = ${quoteLiteral(row.statement_began)}`
      : `backend_start = ${quoteLiteral(row.session_began ?? '')}`;
  const call = action === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend';
  return {
    title: `${action === 'cancel' ? 'Cancel the statement of' : 'End'} session ${row.pid}${who ? ` (${who})` : ''}`,
    sql: [`SELECT ${call}(pid) AS done FROM pg_stat_activity WHERE pid = ${row.pid} AND ${same}`],
    notes: [
      action === 'cancel'
        ? 'Its statement fails, and with it the transaction it is in. The session stays.'
        : 'Its connection is closed and its transaction is rolled back. Its program sees an error.',
      ...(row.query ? [`It runs or ran last: ${row.query.replace(/\s+/g, ' ').trim()}`] : []),
    ],
    ...(!row.may && {
      refusal: row.is_superusers
        ? `session ${row.pid} belongs to a superuser: only a superuser may do this`
        : `this role may not: the role ${row.role ?? 'of the session'} itself may, a member of pg_signal_backend, or a superuser`,
    }),
  };
}
