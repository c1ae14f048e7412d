import * as tls from 'node:tls';
import pg from 'pg';
import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError, type Row } from '../core/ports';
import type { ConnectionSettings } from './connectionSettings';
import { describeSettings } from './connectionSettings';
import { isLostConnection, toDatabaseError, type SentStatement } from './databaseErrors';

/** What `pg` has and its types leave out. */
interface ClientDetails {
  readonly processID: number;
  ref(): void;
  unref(): void;
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
}

/** A column of a result. For a domain the server says its base type. */
export interface ResultColumn {
  readonly name: string;
  /** `pg_type.oid`. */
  readonly typeId: number;
  /** `atttypmod`: a length or precision; -1 without one. */
  readonly typeModifier: number;
}

/** One connection. Its statements run one after another. */
export class Session {
  /** Set once the connection can no longer be used. */
  lost = false;
  private readonly noticeTexts: string[] = [];

  constructor(
    private readonly client: pg.Client,
    private readonly settings: ConnectionSettings,
  ) {
    client.on('notice', notice => this.noticeTexts.push(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`));
    // Without listeners, a connection that dies while idle would end the whole process.
    client.on('error', () => (this.lost = true));
    client.on('end', () => (this.lost = true));
  }

  /** The server process, as in `pg_stat_activity.pid`. */
  get processId(): number {
    return (this.client as unknown as ClientDetails).processID;
  }

  get isInTransaction(): boolean {
    return (this.client as unknown as ClientDetails).getTransactionStatus() !== 'I';
  }

  /**
   * Runs exactly one statement; more than one is refused by the server, so a text cannot leave its transaction.
   * @param sent where the caller's own text lies in `sql`, for the range of an error.
   * @throws DatabaseError, or CancelledError once `signal` has fired. The cancel happens on the server.
   */
  async query<T extends Row = Row>(
    sql: string,
    parameters: readonly unknown[] = [],
    options: { readonly signal?: CancelSignal; readonly sent?: SentStatement } = {},
  ): Promise<T[]> {
    const { signal, sent = { sql, offset: 0 } } = options;
    const config = { text: sql, values: [...parameters], queryMode: 'extended' };
    return this.run(() => this.client.query<T>(config).then(result => result.rows), sent, signal);
  }

  /** The columns of a query's result, in order; it is run, so let it end at `LIMIT 0`. As {@link query} otherwise. */
  async columnsOf(
    sql: string,
    parameters: readonly unknown[] = [],
    options: { readonly signal?: CancelSignal; readonly sent?: SentStatement } = {},
  ): Promise<ResultColumn[]> {
    const { signal, sent = { sql, offset: 0 } } = options;
    const config = { text: sql, values: [...parameters], queryMode: 'extended', rowMode: 'array' as const };
    const { fields } = await this.run(() => this.client.query(config), sent, signal);
    return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      typeId: dataTypeID,
      typeModifier: dataTypeModifier,
    }));
  }

  /** Runs statements of ours (never the user's text) in one message, without parameters and results. */
  async execute(sql: string, signal?: CancelSignal): Promise<void> {
    await this.run(() => this.client.query(sql), { sql, offset: 0 }, signal);
  }

  /** Notices since the last call: `NOTICE: …`, `WARNING: …`. */
  takeNotices(): string[] {
    return this.noticeTexts.splice(0);
  }

  /** Idle connections do not keep the program running. */
  setIdle(idle: boolean): void {
    const details = this.client as unknown as ClientDetails;
    if (idle) details.unref();
    else details.ref();
  }

  async end(): Promise<void> {
    this.lost = true;
    // An idle connection does not keep the program running, but its goodbye is waited for.
    this.setIdle(false);
    await this.client.end().catch(() => undefined);
  }

  private async run<T>(send: () => Promise<T>, sent: SentStatement, signal: CancelSignal | undefined): Promise<T> {
    if (signal?.aborted) throw new CancelledError();
    let cancelling: Promise<void> | undefined;
    const onAbort = (): void => void (cancelling = this.cancelOnServer());
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await send();
    } catch (cause) {
      const error = toDatabaseError(cause, sent, signal?.aborted);
      if (isLostConnection(error) || this.lost) this.lost = true;
      if (this.lost && !(error instanceof CancelledError)) throw lostConnection(error, this.settings);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // A cancel that is still on its way would hit this connection's next statement.
      await cancelling;
    }
  }

  private async cancelOnServer(): Promise<void> {
    try {
      const second = await openSession({
        ...this.settings,
        applicationName: `${applicationName(this.settings)} cancel`,
      });
      await second.query('select pg_cancel_backend($1)', [this.processId]);
      await second.end();
    } catch {
      // No second connection to be had. Closing ours makes the server notice when it next writes to us.
      await this.end();
    }
  }
}

/** Shown in `pg_stat_activity`, so that a database administrator knows who we are. */
function applicationName(settings: ConnectionSettings): string {
  return settings.applicationName ?? 'Query Tuner';
}

/** @throws DatabaseError with the reason and the address, never the password. */
export async function openSession(settings: ConnectionSettings): Promise<Session> {
  const { mode } = settings.tls;
  if (mode !== 'prefer') return connect(settings, tlsOptions(settings));
  try {
    return await connect(settings, tlsOptions(settings));
  } catch (error) {
    if (!(error instanceof DatabaseError) || !error.message.includes('does not support SSL')) throw error;
    return connect(settings, false);
  }
}

async function connect(settings: ConnectionSettings, ssl: false | tls.ConnectionOptions): Promise<Session> {
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    // An empty one, because an absent one would make the driver look for sources of its own.
    password: settings.password ?? '',
    ssl,
    application_name: applicationName(settings),
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 10_000,
    ...(settings.options ? { options: settings.options } : {}),
    keepAlive: true,
  });
  const session = new Session(client, settings);
  try {
    await client.connect();
  } catch (cause) {
    void session.end();
    const error = toDatabaseError(cause);
    throw cannotConnect(error, settings);
  }
  return session;
}

function tlsOptions(settings: ConnectionSettings): false | tls.ConnectionOptions {
  const { mode, ca, cert, key } = settings.tls;
  if (mode === 'disable') return false;
  const identity = { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) };
  // libpq: `require` with a root certificate at hand behaves like verify-ca.
  const verifies = mode === 'verify-full' || mode === 'verify-ca' || (mode === 'require' && ca !== undefined);
  if (!verifies) return { ...identity, rejectUnauthorized: false };
  return {
    ...identity,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) =>
      // The driver passes no name for an address, so the name checked is ours.
      mode === 'verify-full' ? tls.checkServerIdentity(settings.host, certificate) : undefined,
  };
}

function cannotConnect(error: Error, settings: ConnectionSettings): Error {
  if (!(error instanceof DatabaseError)) return error;
  const message = `cannot connect to ${describeSettings(settings)}: ${error.message}`;
  const noPassword = error.sqlState?.startsWith('28') && settings.password === undefined;
  const hint = noPassword ? 'no password was given; set PGPASSWORD or use .pgpass' : error.hint;
  return new DatabaseError('connection', message, undefined, error.sqlState, hint);
}

function lostConnection(error: Error, settings: ConnectionSettings): DatabaseError {
  const message = `the connection to ${describeSettings(settings)} was lost: ${error.message}`;
  const sqlState = error instanceof DatabaseError ? error.sqlState : undefined;
  return new DatabaseError('connection', message, undefined, sqlState, 'the next statement connects again');
}
