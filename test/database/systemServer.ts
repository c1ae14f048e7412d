import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { once } from 'node:events';
import { freePort } from '../support/freePort';

export interface SystemPostgres {
  readonly url: string;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts a throwaway server from these programs. */
export async function startSystemPostgres(
  bin: string,
  further: Readonly<Record<string, string>> = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<SystemPostgres> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-system-'));
  const data = path.join(folder, 'data');
  // PostgreSQL refuses to run as root
  const prefix = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=65534', '--map-group=65534'] : [];
  const command = (program: string, ...options: string[]): [string, string[]] => {
    const [first, ...rest] = [...prefix, path.join(bin, program), ...options];
    return [first!, rest];
  };
  const made = spawnSync(...command('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-N'), {
    cwd: '/',
    encoding: 'utf8',
    env,
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = ['fsync=off', `unix_socket_directories=`, 'listen_addresses=127.0.0.1', `port=${port}`];
  for (const [name, value] of Object.entries(further)) settings.push(`${name}=${value}`);
  const server = spawn(...command('postgres', '-D', data, ...settings.flatMap(setting => ['-c', setting])), {
    cwd: '/',
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    void ended.then(() => reject(new Error(`postgres ended: ${log}`)));
  });
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
