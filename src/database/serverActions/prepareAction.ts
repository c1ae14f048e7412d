import type { CancelSignal } from '../../core/base/cancelSignal';
import type { PreparedAction } from '../../core/health/preparedAction';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { ServerAction } from './actionTargets';
import { prepareRelation } from './prepareRelation';
import { prepareSession } from './prepareSession';
import { prepareEnable, prepareReset } from './prepareStatistics';

/** An action and what it is done to, as {@link readTargets} names it. */
export interface ActionRequest {
  readonly action: ServerAction;
  readonly target: string;
}

/** What the role and the server are, as far as it decides what may be done. */
export interface ActionServer {
  readonly [column: string]: unknown;
  readonly version: number;
  readonly role: string;
  readonly is_superuser: boolean;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
}

/** Reads that a replica answers as well as its primary. */
const ON_REPLICAS: readonly ServerAction[] = ['cancel', 'terminate', 'reset statistics'];

/**
 * Finds out what an action would run and whether this role may, and changes nothing.
 * @throws DatabaseError `sql` when what it is to be done to is gone.
 */
export async function prepareAction(
  db: PostgresDatabase,
  { action, target }: ActionRequest,
  signal?: CancelSignal,
): Promise<PreparedAction> {
  const [server] = await db.query<ActionServer>(
    `select current_setting('server_version_num')::int as version, current_user::text as role,
       current_setting('is_superuser') = 'on' as is_superuser, pg_catalog.pg_is_in_recovery() as is_standby,
       current_setting('default_transaction_read_only') = 'on' as is_read_only`,
    [],
    signal,
  );
  if (!server) throw new DatabaseError('connection', 'the server said nothing of itself');
  const prepared = await prepare(db, { action, target }, server, signal);
  const obstacle = ON_REPLICAS.includes(action) ? undefined : readOnlyObstacle(server);
  return obstacle === undefined ? prepared : { ...prepared, refusal: obstacle };
}

async function prepare(
  db: PostgresDatabase,
  { action, target }: ActionRequest,
  server: ActionServer,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  switch (action) {
    case 'cancel':
    case 'terminate':
      return prepareSession(db, action, target, signal);
    case 'reset statistics':
      return prepareReset(db, target, server, signal);
    case 'enable statements':
      return prepareEnable(db, server, signal);
    default:
      return prepareRelation(db, action, target, server, signal);
  }
}

function readOnlyObstacle({ is_standby: isStandby, is_read_only: isReadOnly }: ActionServer): string | undefined {
  if (isStandby) return 'this server is a read-only replica: do it on the primary, and it comes here by replication';
  if (isReadOnly) {
    return 'sessions of this role are read-only (default_transaction_read_only): connect as a role that may write';
  }
  return undefined;
}
