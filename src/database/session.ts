import type * as tls from 'node:tls';
import pg from 'pg';
import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError, type Row } from '../core/ports';
import { lookFromRefusal, LOOK_EVERY_MS, watchAnswer, within, type Look } from './answerWatch';
import { sendCancelRequest } from './cancelRequest';
import type { ConnectionSettings } from './connectionSettings';
import {
  cannotConnect,
  isLostConnection,
  lostConnection,
  shutdownError,
  toDatabaseError,
  type SentStatement,
} from './databaseErrors';
import { tlsOptions } from './tlsOptions';
import { guardReader, streamOf } from './wireGuard';

/** What `pg` has and its types leave out. */
interface ClientDetails {
  readonly processID: number;
  readonly secretKey: number;
  ref(): void;
  unref(): void;
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
}

/** A server that cannot be reached any more is not waited for longer, when a connection is closed. */
const GOODBYE_LIMIT_MS = 2_000;

/** A cancelled statement ends at once; one that does not, or whose end gets lost, is left alone by then. */
const CANCEL_LIMIT_MS = 10_000;

const CONNECT_LIMIT_MS = 10_000;

/** The operating system asks a silent other side whether it is still there from then on. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Which server it is, and who of it serves us. */
export interface ServerIdentity {
  /** `server_version_num`, 180004. */
  readonly version: number;
  /** In words, `18.4`. */
  readonly versionText: string;
  /** When it was started, in its own words: tells it from another one behind the same address. */
  readonly startedAt: string;
  /** A pooler stands between: the next transaction may run in another session of the server. */
  readonly isPooled: boolean;
}

const IDENTIFY = `select pg_backend_pid() as pid, pg_postmaster_start_time()::text as started,
  current_setting('server_version_num')::int as number, current_setting('server_version') as text`;

const LOOK = `select pg_backend_pid() as pid, pg_postmaster_start_time()::text as started,
  (select state from pg_stat_activity where pid = $1) as state`;

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
  private lostBecause: unknown;
  private identity: ServerIdentity | undefined;
  /** Statements sent and not yet answered. */
  private running = 0;
  private readonly noticeTexts: string[] = [];

  constructor(
    private readonly client: pg.Client,
    private readonly settings: ConnectionSettings,
    private readonly ssl: false | tls.ConnectionOptions,
  ) {
    client.on('notice', notice => {
      this.noticeTexts.push(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`);
      // A server that must end at once says why in a warning, and closes the connection.
      if (notice.code?.startsWith('57P')) this.lostBecause ??= shutdownError(notice.code, notice.message ?? '');
    });
    // Without listeners, a connection that dies while idle would end the whole process.
    client.on('error', (error: unknown) => {
      this.lost = true;
      this.lostBecause ??= error;
    });
    client.on('end', () => (this.lost = true));
  }

  /** Asks, once, who is at the other end. */
  async identify(): Promise<ServerIdentity> {
    if (this.identity) return this.identity;
    const [row] = await this.query<{ pid: number; started: string; number: number; text: string }>(IDENTIFY);
    return (this.identity = {
      version: Number(row?.number),
      versionText: (row?.text ?? '').split(' ')[0] ?? '',
      startedAt: row?.started ?? '',
      // A pooler gives out process numbers of its own.
      isPooled: row?.pid !== this.processId,
    });
  }

  /** True if a pooler is known to stand between; see {@link identify}. */
  get isPooled(): boolean {
    return this.identity?.isPooled ?? false;
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

  /** Closes the connection; a statement under way fails here and goes on there. */
  async end(): Promise<void> {
    this.lost = true;
    // An idle connection does not keep the program running, but its goodbye is waited for.
    this.setIdle(false);
    if (!(await within(GOODBYE_LIMIT_MS, this.client.end()))) streamOf(this.client).destroy();
  }

  /** Cancels what runs, on the server, and closes the connection. */
  async stop(): Promise<void> {
    if (this.running > 0) await this.sendCancel(GOODBYE_LIMIT_MS).catch(() => undefined);
    await this.end();
  }

  /** For a connection that no longer answers: what waits for it fails, with this reason. */
  abandon(reason: string): void {
    this.lost = true;
    this.lostBecause ??= new Error(reason);
    streamOf(this.client).destroy();
  }

  private async run<T>(send: () => Promise<T>, sent: SentStatement, signal: CancelSignal | undefined): Promise<T> {
    if (signal?.aborted) throw new CancelledError();
    let cancelling: Promise<void> | undefined;
    let overdue: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      cancelling = this.cancelOnServer();
      overdue = setTimeout(() => this.abandon('cancelled, and no answer came'), CANCEL_LIMIT_MS);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const endWatch = watchAnswer(
      this.settings.lookEveryMs ?? LOOK_EVERY_MS,
      () => this.look(),
      () => this.abandon('no answer came, and the server no longer works on the statement or cannot be reached'),
    );
    this.running++;
    try {
      return await send();
    } catch (cause) {
      const error = toDatabaseError(cause, sent, signal?.aborted);
      if (isLostConnection(error) || this.lost) this.lost = true;
      if (this.lost && !(error instanceof CancelledError)) throw lostConnection(this.reasonOf(error), this.settings);
      throw error;
    } finally {
      this.running--;
      endWatch();
      clearTimeout(overdue);
      signal?.removeEventListener('abort', onAbort);
      // A cancel that is still on its way would hit this connection's next statement.
      await cancelling;
    }
  }

  /** What ended the connection, where the driver itself only says that it has ended. */
  private reasonOf(error: Error): Error {
    if (this.lostBecause === undefined || (error instanceof DatabaseError && error.sqlState !== undefined))
      return error;
    return toDatabaseError(this.lostBecause);
  }

  private async cancelOnServer(): Promise<void> {
    try {
      await this.sendCancel(Math.min(this.settings.connectTimeoutMs ?? CONNECT_LIMIT_MS, CANCEL_LIMIT_MS / 2));
    } catch {
      // The server is not to be reached. It notices that we are gone when it next writes to us, or looks.
      await this.end();
    }
  }

  private async sendCancel(limitMs: number): Promise<void> {
    const { processID: processId, secretKey } = this.client as unknown as ClientDetails;
    await sendCancelRequest(this.settings, { processId, secretKey }, this.ssl, limitMs);
  }

  /** Looks from a second connection whether the server still works for this one. */
  private async look(): Promise<Look> {
    let second: Session | undefined;
    try {
      const applicationName = `${applicationNameOf(this.settings)} check`;
      second = await openSession({ ...this.settings, applicationName, lookEveryMs: Infinity });
      const asked = second.query<{ pid: number; started: string; state: string | null }>(LOOK, [this.processId]);
      const answer = await within(this.settings.connectTimeoutMs ?? CONNECT_LIMIT_MS, asked);
      if (!answer) return 'does not';
      const [row] = answer.value;
      // Process numbers say nothing through a pooler, and nothing on another server behind the same address.
      if (!row || row.pid !== second.processId || row.started !== this.identity?.startedAt) return 'unknown';
      if (row.state === 'disabled') return 'unknown';
      return row.state === 'active' || row.state === 'fastpath function call' ? 'works on it' : 'does not';
    } catch (error) {
      return lookFromRefusal(error);
    } finally {
      void second?.end();
    }
  }
}

/** Shown in `pg_stat_activity`, so that a database administrator knows who we are. */
function applicationNameOf(settings: ConnectionSettings): string {
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
    application_name: applicationNameOf(settings),
    connectionTimeoutMillis: settings.connectTimeoutMs ?? CONNECT_LIMIT_MS,
    ...(settings.options ? { options: settings.options } : {}),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  });
  guardReader(client);
  const session = new Session(client, settings, ssl);
  try {
    await client.connect();
  } catch (cause) {
    void session.end();
    const error = toDatabaseError(cause);
    throw cannotConnect(error, settings);
  }
  return session;
}
