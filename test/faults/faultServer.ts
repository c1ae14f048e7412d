import assert from 'node:assert/strict';
import type { Context } from 'mocha';
import { DatabaseError, type Row } from '../../src/core/ports';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection, type ConnectionSettings } from '../../src/database/connectionSettings';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import { installedMajors } from '../../src/database/embeddedBinaries';
import { openSession, type Session } from '../../src/database/session';

/** A table whose index takes a moment to build, and a small one. */
export const SETUP = `
  create table readings (id int primary key, camera int not null, noted text not null);
  insert into readings select n, n % 50, 'note ' || n from generate_series(1, 30000) n;
  create table cameras (id int primary key, name text not null);
  insert into cameras select n, 'camera ' || n from generate_series(0, 49) n;
  analyze`;

/** So much longer than anything here takes that only something that hangs reaches it. */
const HANG_LIMIT_MS = 60_000;

/** The name of every session that is the product's and not the test's. */
export const PRODUCT = 'Query Tuner';

/** A PostgreSQL of a file's own, watched over a way that no fault touches. */
export class FaultServer {
  readonly #watchers = new Set<PostgresDatabase>();

  /** Skips the suite, with the reason printed, where the version is not installed; CI must have it. */
  static async start(
    suite: Context,
    options: { readonly major?: number; readonly settings?: Readonly<Record<string, string>> } = {},
  ): Promise<FaultServer> {
    const { major = 18, settings = {} } = options;
    suite.timeout(HANG_LIMIT_MS);
    if (!installedMajors().includes(major)) {
      if (process.env['CI']) throw new Error(`PostgreSQL ${major} is not installed`);
      console.warn(`      skipped: no embedded PostgreSQL ${major} is installed`);
      suite.skip();
    }
    const server = await startEmbedded({
      major,
      settings: { autovacuum: 'off', synchronous_commit: 'on', ...settings },
    });
    const base = await resolveConnection({ url: server.url, env: {}, cwd: '/' });
    return new FaultServer(server, base);
  }

  private constructor(
    readonly server: EmbeddedServer,
    private readonly base: ConnectionSettings,
  ) {}

  get url(): string {
    return this.server.url;
  }

  get port(): number {
    return this.base.port;
  }

  settings(changed: Partial<ConnectionSettings> = {}): ConnectionSettings {
    return { ...this.base, applicationName: PRODUCT, ...changed };
  }

  /** The product's own way in; closed by {@link stop}. */
  async open(changed: Partial<ConnectionSettings> = {}): Promise<PostgresDatabase> {
    const database = await openDatabase(this.settings(changed));
    this.#watchers.add(database);
    return database;
  }

  /** One statement, or several without results, as the test itself, on a connection that ends with it. */
  async run<T extends Row = Row>(sql: string): Promise<T[]> {
    const session = await openSession({ ...this.base, applicationName: 'test' });
    try {
      if (/^\s*(?:select|with)\b/i.test(sql)) return await session.query<T>(sql);
      await session.execute(sql);
      return [];
    } finally {
      await session.end();
    }
  }

  /** Runs work beside a session of somebody else's that has begun a transaction, and rolls that back. */
  async beside<T>(begin: string, work: (other: Session) => Promise<T>): Promise<T> {
    const database = await this.open({ applicationName: 'somebody else' });
    try {
      return await database.withSession(async session => {
        await session.execute(begin);
        return await work(session);
      });
    } finally {
      await database.dispose();
    }
  }

  /** What the product has open on the server. */
  async sessions(where = 'true'): Promise<{ pid: number; state: string | null; query: string }[]> {
    return this.run(
      `select pid, state, query from pg_stat_activity where application_name like '${PRODUCT}%' and (${where})`,
    );
  }

  /** Waits until nothing of the product is left on the server, then asserts that no index is INVALID. */
  async assertNothingLeft(): Promise<void> {
    await until(async () => (await this.sessions()).length === 0, 'sessions are left');
    assert.deepEqual(await this.invalidIndexes(), []);
  }

  async invalidIndexes(): Promise<string[]> {
    const rows = await this.run<{ name: string }>(
      'select indexrelid::regclass::text as name from pg_index where not indisvalid',
    );
    return rows.map(({ name }) => name);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watchers].map(database => database.dispose()));
    await this.server.stop();
  }
}

/** Waits for a condition, looking again and again. */
export async function until(isSo: () => Promise<boolean> | boolean, otherwise: string): Promise<void> {
  const deadline = performance.now() + HANG_LIMIT_MS / 2;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, otherwise);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** The DatabaseError that the work ends with; every one says what it is about and is typed. */
export async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof DatabaseError, String(error));
    return error;
  }
  return assert.fail('it did not fail');
}

/** A plain explain that the product does most. */
export function explainOf(sql: string, analyze = false) {
  return { sql, analyze, parameters: [], writes: false };
}

/** Runs long enough to be interrupted, and is cancelled at once. */
export const LONG = 'select pg_sleep(50)';

/** From a session that holds a lock: ends whoever waits for it. `pg_stat_activity` would not change in its transaction. */
export const TERMINATE_WAITING = `select pg_terminate_backend(pid) from pg_locks
  where not granted and pid <> pg_backend_pid()`;
