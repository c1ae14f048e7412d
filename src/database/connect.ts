import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import type { Catalog } from '../core/catalog/catalog';
import { DatabaseError, type Database, type ExplainRequest, type ExplainResult, type Row } from '../core/ports';
import { readCatalog } from './catalog';
import { within } from './answerWatch';
import { endWithClient } from './clientCheck';
import { describeSettings, type ConnectionSettings } from './connectionSettings';
import { explainStatement } from './explain';
import { Gate } from './gate';
import { openSession, type Session } from './session';

/** Limit for our own reading queries, milliseconds. */
const QUERY_TIMEOUT_MS = 60_000;

/** Reading a catalog needs hardly a lock; who must wait for one must not look as if it hung. */
const CATALOG_LOCK_TIMEOUT_MS = 5_000;

/** An idle connection that is silent for longer is replaced by a new one. */
const ANSWER_LIMIT_MS = 3_000;

/** Of our own queries, and again of the user's statements: slots are scarce, and others have windows open too. */
const MOST_AT_ONCE = 3;

/** Connections kept open between uses. One is the usual need, a second one watches a long change. */
const KEPT_CONNECTIONS = 2;

/**
 * Connects, so that a wrong address or password is known at once.
 * @throws DatabaseError `connection`, with the address and the reason.
 */
export async function openDatabase(settings: ConnectionSettings): Promise<PostgresDatabase> {
  const session = await openSession(settings);
  const { version, versionText } = await session.identify();
  const database = new PostgresDatabase(settings, version, versionText);
  await database.keep(session);
  return database;
}

/**
 * Access to one database. Each use takes a connection of its own and gives it back; a lost connection is replaced at
 * the next use. Nothing runs between uses.
 */
export class PostgresDatabase implements Database {
  private readonly idle: Session[] = [];
  private readonly busy = new Set<Session>();
  /** None of them is asked from within another one, so none waits for itself. */
  private readonly queries = new Gate(MOST_AT_ONCE);
  private readonly statements = new Gate(MOST_AT_ONCE);
  private isDisposed = false;

  constructor(
    readonly settings: ConnectionSettings,
    readonly serverVersion: number,
    /** The version in words, `18.4`. */
    readonly serverText: string,
  ) {}

  /** The address without the password. */
  get description(): string {
    return describeSettings(this.settings);
  }

  async query<T extends Row = Row>(
    sql: string,
    parameters: readonly unknown[] = [],
    signal?: CancelSignal,
  ): Promise<T[]> {
    const check = endWithClient(this.serverVersion, 'transaction');
    const begin = `begin read only; set local statement_timeout = ${QUERY_TIMEOUT_MS}; ${check}`;
    const ask = (session: Session): Promise<T[]> => session.query<T>(sql, parameters, signal ? { signal } : {});
    return this.queries.run(() => this.inTransaction(begin, ask, signal), signal);
  }

  async readCatalog(signal?: CancelSignal): Promise<Catalog> {
    const begin = `begin isolation level repeatable read read only; set local statement_timeout = ${QUERY_TIMEOUT_MS}; set local lock_timeout = ${CATALOG_LOCK_TIMEOUT_MS}`;
    const read = (session: Session): Promise<Catalog> => readCatalog(session, this.serverVersion, signal);
    return this.queries.run(() => this.inTransaction(begin, read, signal), signal);
  }

  async explain(request: ExplainRequest, signal?: CancelSignal): Promise<ExplainResult> {
    const explain = (session: Session): Promise<ExplainResult> =>
      explainStatement(session, this.serverVersion, request, signal);
    return this.statements.run(() => this.use(explain, signal), signal);
  }

  /**
   * Lends a connection. Whatever the work leaves behind (an open transaction, settings, temporary tables, prepared
   * statements) is gone before the connection is used again.
   */
  async withSession<T>(work: (session: Session) => Promise<T>, signal?: CancelSignal): Promise<T> {
    return this.use(async session => {
      try {
        return await work(session);
      } finally {
        await reset(session);
      }
    }, signal);
  }

  /** Runs work between `begin` (statements that open a transaction) and a rollback. */
  async inTransaction<T>(begin: string, work: (session: Session) => Promise<T>, signal?: CancelSignal): Promise<T> {
    return this.use(async session => {
      await session.execute(begin);
      return work(session);
    }, signal);
  }

  /** Closes every connection; work under way is cancelled on the server, and fails. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    const idle = this.idle.splice(0).map(session => session.end());
    await Promise.all([...idle, ...[...this.busy].map(session => session.stop())]);
  }

  /** Gives a connection back. For {@link openDatabase}, which makes the first one. */
  async keep(session: Session): Promise<void> {
    this.busy.delete(session);
    if (!session.lost && session.isInTransaction) await session.execute('rollback').catch(() => session.end());
    session.takeNotices();
    if (session.lost) return;
    if (this.isDisposed || this.idle.length >= KEPT_CONNECTIONS) {
      await session.end();
      return;
    }
    session.setIdle(true);
    this.idle.push(session);
  }

  private async use<T>(work: (session: Session) => Promise<T>, signal: CancelSignal | undefined): Promise<T> {
    const session = await this.take(signal);
    try {
      return await work(session);
    } finally {
      await this.keep(session);
    }
  }

  private async take(signal: CancelSignal | undefined): Promise<Session> {
    if (signal?.aborted) throw new CancelledError();
    if (this.isDisposed) throw new DatabaseError('connection', `the connection to ${this.description} is closed`);
    const session = (await this.takeIdle()) ?? (await this.open());
    this.busy.add(session);
    return session;
  }

  private async open(): Promise<Session> {
    const session = await openSession(this.settings);
    await session.identify();
    return session;
  }

  /** An idle connection that still answers: one that died unnoticed must not cost the user an error. */
  private async takeIdle(): Promise<Session | undefined> {
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      if (session.lost) continue;
      session.setIdle(false);
      if (await within(ANSWER_LIMIT_MS, session.execute('')).catch(() => undefined)) return session;
      session.abandon('it no longer answered');
    }
    return undefined;
  }
}

async function reset(session: Session): Promise<void> {
  if (session.lost) return;
  try {
    if (session.isInTransaction) await session.execute('rollback');
    // Through a pooler it would reach some other session than ours, and ours keeps nothing.
    if (!session.isPooled) await session.execute('discard all');
  } catch {
    await session.end();
  }
}
