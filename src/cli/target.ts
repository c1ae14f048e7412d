import { loadGrammar } from '../core/sql/grammar';
import { Script } from '../core/sql/script';
import { resolveConnection } from '../database/connectionSettings';
import { openDatabase, type PostgresDatabase } from '../database/connect';
import { startEmbedded } from '../database/embedded';
import { positiveInteger, type Options } from './arguments';
import { progress, readInput } from './io';

/**
 * Runs `work` with the server the options name: a throwaway one (`--embedded`), or the one that `--connection`, the
 * environment or the connection files lead to. Everything is closed and stopped afterwards, whatever happens.
 */
export async function withServer<T>(options: Options, work: (database: PostgresDatabase) => Promise<T>): Promise<T> {
  const embedded = options.embedded ? await startThrowaway(options) : undefined;
  try {
    const settings = await resolveConnection({
      ...((embedded?.url ?? options.connection) && { url: embedded?.url ?? options.connection }),
      env: process.env,
      cwd: process.cwd(),
    });
    const database = await openDatabase(settings);
    try {
      if (embedded) await runSetup(database, options.setup ?? []);
      return await work(database);
    } finally {
      await database.dispose();
    }
  } finally {
    await embedded?.stop();
  }
}

/** True if the options or the environment name a server. */
export function namesServer(options: Options): boolean {
  return Boolean(options.connection ?? options.embedded);
}

async function startThrowaway(options: Options) {
  const major = positiveInteger('pg', options.pg, 18);
  progress(`starting a throwaway PostgreSQL ${major}`);
  return startEmbedded({ major });
}

/** Runs the statements of each file one by one, as psql does, so that VACUUM and CREATE INDEX CONCURRENTLY work too. */
async function runSetup(database: PostgresDatabase, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const grammar = await loadGrammar();
  for (const file of files) {
    progress(`running ${file}`);
    const { statements } = new Script(grammar, readInput(file));
    await database.withSession(async session => {
      for (const { statement } of statements) await session.execute(statement.text);
    });
  }
}
