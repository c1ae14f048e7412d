import * as path from 'node:path';
import type { Catalog } from '../core/catalog/catalog';
import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import { readSchemaFingerprint } from '../database/catalog/fingerprint';
import { findUnfinishedIndexes } from '../database/concurrentBuild';
import { openDatabase, type PostgresDatabase } from '../database/connect';
import { resolveConnection, settingsFromFields, type ConnectionSettings } from '../database/connectionSettings';
import type { ConnectedInfo, ConnectionTarget, ConnectParams } from '../protocol/server';

const APPLICATION_NAME = 'Query Tuner';

interface Session {
  readonly database: PostgresDatabase;
  readonly settings: ConnectionSettings;
  readonly info: ConnectedInfo;
  catalog?: Promise<Catalog>;
  /** The catalog once read; what the linter may use without waiting. */
  known?: Catalog;
  /** What the schema was like just before {@link catalog} was read. */
  fingerprint?: Promise<string | undefined>;
}

/** The open databases by connection id. Passwords live here, in memory, and nowhere else in the server. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #catalogRead: (connectionId: string) => void;

  /** `catalogRead` is told when a connection's catalog was read or read again. */
  constructor(catalogRead: (connectionId: string) => void) {
    this.#catalogRead = catalogRead;
  }

  /** Opens a connection under its id; a connection already open under it is closed first. */
  async connect(params: ConnectParams): Promise<ConnectedInfo> {
    const settings = await settingsOf(params.target);
    const { database, info } = await open(settings);
    await this.close(params.connectionId);
    this.#open.set(params.connectionId, { database, settings, info });
    // read ahead, so that the linter soon knows the tables; a failure shows when somebody asks for it
    this.catalog(params.connectionId).catch(() => undefined);
    const invalidIndexes = await findUnfinishedIndexes(database);
    return { ...info, ...(invalidIndexes.length > 0 && { invalidIndexes }) };
  }

  /** Opens a session of its own and closes it again. */
  async test(target: ConnectionTarget): Promise<ConnectedInfo> {
    const { database, info } = await open(await settingsOf(target));
    await database.dispose();
    return info;
  }

  async close(connectionId: string): Promise<void> {
    const session = this.#open.get(connectionId);
    this.#open.delete(connectionId);
    await session?.database.dispose();
  }

  async dispose(): Promise<void> {
    await Promise.allSettled([...this.#open.keys()].map(id => this.close(id)));
  }

  /** @throws DatabaseError `connection` when nothing is open under the id. */
  database(connectionId: string): PostgresDatabase {
    return this.#session(connectionId).database;
  }

  info(connectionId: string): ConnectedInfo {
    return this.#session(connectionId).info;
  }

  /** The catalog, read once and again after {@link forgetCatalog}. */
  async catalog(connectionId: string, signal?: CancelSignal): Promise<Catalog> {
    const session = this.#session(connectionId);
    const reading = (session.catalog ??= this.#read(session, signal));
    try {
      const catalog = await reading;
      if (session.known !== catalog) {
        session.known = catalog;
        this.#catalogRead(connectionId);
      }
      return catalog;
    } catch (error) {
      if (session.catalog === reading) session.catalog = undefined;
      throw error;
    }
  }

  /** The catalog as last read, if it was; never waits. */
  knownCatalog(connectionId: string | undefined): Catalog | undefined {
    return connectionId === undefined ? undefined : this.#open.get(connectionId)?.known;
  }

  /**
   * Asks, with one small query, whether the schema is still the one that was read, and if somebody changed it reads it
   * again. For whoever is at the database anyway, as when a statement is explained. True if it had changed.
   */
  async noticeChanges(connectionId: string, signal?: CancelSignal): Promise<boolean> {
    const session = this.#session(connectionId);
    const { catalog: read, fingerprint } = session;
    // Nothing was read yet, or it is being read.
    if (!read || !session.known || (await read.catch(() => undefined)) !== session.known) return false;
    const before = await fingerprint;
    const now = await fingerprintOf(session, signal);
    if (before === undefined || now === undefined || before === now || session.catalog !== read) return false;
    this.forgetCatalog(connectionId);
    await this.catalog(connectionId, signal);
    return true;
  }

  /** The schema changed: the next {@link catalog} reads it again. */
  forgetCatalog(connectionId: string): void {
    const session = this.#open.get(connectionId);
    if (session) session.catalog = undefined;
  }

  /** The fingerprint comes first: a change in between makes it differ, so that the next look reads again. */
  async #read(session: Session, signal: CancelSignal | undefined): Promise<Catalog> {
    session.fingerprint = fingerprintOf(session, signal);
    await session.fingerprint;
    return session.database.readCatalog(signal);
  }

  #session(connectionId: string): Session {
    const session = this.#open.get(connectionId);
    if (!session) throw new DatabaseError('connection', `connection "${connectionId}" is not open`);
    return session;
  }
}

/** Undefined if it cannot be told: then the catalog stays until it is known to have changed. */
async function fingerprintOf({ database }: Session, signal: CancelSignal | undefined): Promise<string | undefined> {
  try {
    return await readSchemaFingerprint(database, signal);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return undefined;
  }
}

async function open(settings: ConnectionSettings): Promise<{ database: PostgresDatabase; info: ConnectedInfo }> {
  const startedAt = performance.now();
  const database = await openDatabase(settings);
  const info: ConnectedInfo = {
    server: `PostgreSQL ${database.serverText}`,
    serverVersion: database.serverVersion,
    database: settings.database,
    user: settings.user,
    elapsedMs: Math.round(performance.now() - startedAt),
  };
  return { database, info };
}

/** What is left open is filled from PG* variables, the service file and `.pgpass`, as psql does. */
async function settingsOf(target: ConnectionTarget): Promise<ConnectionSettings> {
  const { url, host, password } = target;
  const settings =
    url !== undefined || host === undefined
      ? await resolveConnection({
          url,
          env: process.env,
          cwd: target.envFile ? path.dirname(target.envFile) : noFolder(),
        })
      : await settingsFromFields({ ...target, host, env: process.env });
  return {
    ...settings,
    ...(password !== undefined && { password }),
    applicationName: settings.applicationName ?? APPLICATION_NAME,
  };
}

/** A folder without `.env`: a workspace's file is read only when the user chose it. */
function noFolder(): string {
  return path.join(process.execPath, '..', '.query-tuner-none');
}
