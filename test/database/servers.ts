import { installedMajors } from '../../src/database/embeddedBinaries';
import { startEmbedded } from '../../src/database/embedded';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';

/** The newest and the oldest major version that the tests run against. */
export const MAJORS = [18, 14];

/** Every version that is supported, for what asks the server's own views: they change with each. */
export const ALL_MAJORS = [18, 17, 16, 15, 14];

export interface TestServer {
  readonly major: number;
  readonly url: string;
  readonly db: PostgresDatabase;
  /** Runs statements as they are, outside a transaction, on a connection of their own. */
  run(sql: string): Promise<void>;
}

/** Declares the same tests for each major version, each against a server of its own, filled by `setup`. */
export function onEachServer(
  setup: string,
  declare: (server: () => TestServer, major: number) => void,
  settings: (major: number) => Readonly<Record<string, string>> = () => ({}),
  majors: readonly number[] = MAJORS,
): void {
  for (const major of majors) {
    describe(`PostgreSQL ${major}`, () => {
      let current: TestServer;
      let stop = async (): Promise<void> => undefined;

      before(async function () {
        this.timeout(60_000);
        if (!installedMajors().includes(major)) {
          if (process.env['CI']) throw new Error(`PostgreSQL ${major} is not installed`);
          console.warn(`      skipped: no embedded PostgreSQL ${major} is installed`);
          this.skip();
        }
        const server = await startEmbedded({ major, settings: { autovacuum: 'off', ...settings(major) } });
        stop = server.stop;
        const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
        const run = (sql: string): Promise<void> => db.withSession(session => session.execute(sql));
        current = { major, url: server.url, db, run };
        await run(setup);
      });

      after(async function () {
        this.timeout(20_000);
        await current?.db.dispose();
        await stop();
      });

      declare(() => current, major);
    });
  }
}
