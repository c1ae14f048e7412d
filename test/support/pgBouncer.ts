import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DebianRoot } from './debianPackages';
import { freePort } from './freePort';

export interface RunningPgBouncer {
  /** `postgresql://postgres:…@127.0.0.1:<port>/<database>`. */
  url(database: string): string;
  readonly password: string;
  stop(): Promise<void>;
}

/**
 * Runs a `pgbouncer.ini` as it is but for the port, the file of passwords, and the administrator's name, which every
 * machine has its own of. @throws Error with PgBouncer's own words where it refuses the file.
 */
export async function startPgBouncer({ file, environment }: DebianRoot, ini: string): Promise<RunningPgBouncer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-pgbouncer-'));
  fs.chmodSync(folder, 0o755);
  const port = await freePort();
  const password = 'of this test';
  const users = path.join(folder, 'userlist.txt');
  const configuration = path.join(folder, 'pgbouncer.ini');
  fs.writeFileSync(users, `"postgres" "${password}"\n`);
  const adapted = ini
    .replace(/^listen_port = .*$/m, `listen_port = ${port}`)
    .replace(/^auth_file = .*$/m, `auth_file = ${users}`);
  fs.writeFileSync(configuration, `${adapted}admin_users = postgres\nunix_socket_dir =\n`);
  // PgBouncer refuses to run as root.
  const prefix = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=65534', '--map-group=65534'] : [];
  const [command, ...rest] = [...prefix, file('usr/sbin/pgbouncer'), configuration];
  const bouncer = spawn(command!, rest, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(bouncer, 'exit');
  let log = '';
  try {
    await new Promise<void>((resolve, reject) => {
      bouncer.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        if (log.includes('process up')) resolve();
      });
      bouncer.on('error', reject);
      void ended.then(() => reject(new Error(`PgBouncer ended: ${log}`)));
    });
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: database => `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    password,
    stop: async () => {
      bouncer.kill('SIGTERM');
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
