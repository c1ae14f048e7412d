import * as path from 'node:path';
import { readDotEnv } from '../database/connectionSources';
import { resolveConnection } from '../database/connectionSettings';
import type { ConnectionProposal } from '../protocol/server';

type Environment = Readonly<Record<string, string | undefined>>;

/** Connections that the surroundings name: `DATABASE_URL` or PG* in a folder's `.env`, and the process's own PG* variables. */
export async function proposeConnections(folders: readonly string[], env: Environment): Promise<ConnectionProposal[]> {
  const proposals: ConnectionProposal[] = [];
  for (const folder of folders) {
    const envFile = path.join(folder, '.env');
    const dotEnv = await readDotEnv(envFile).catch((): Environment => ({}));
    if (!namesDatabase(dotEnv)) continue;
    const label = await describe({ env: { HOME: env['HOME'] }, cwd: folder });
    if (label) proposals.push({ label, origin: '.env', target: { envFile } });
  }
  if (namesDatabase(env)) {
    // an absolute file that does not exist: only the variables themselves are asked here
    const label = await describe({ env, cwd: path.join(path.sep, 'dev', 'null') });
    if (label) proposals.push({ label, origin: 'environment', target: {} });
  }
  return proposals;
}

function namesDatabase(env: Environment): boolean {
  return ['DATABASE_URL', 'PGHOST', 'PGDATABASE', 'PGSERVICE'].some(name => env[name]);
}

async function describe(request: { env: Environment; cwd: string }): Promise<string | undefined> {
  try {
    const { user, host, port, database } = await resolveConnection(request);
    return `${user}@${host}:${port}/${database}`;
  } catch {
    return undefined;
  }
}
