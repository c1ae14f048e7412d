import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseError } from '../core/ports';
import { cacheFolder, findEmbeddedBinaries, libraryEnvironment, type EmbeddedBinaries } from './embeddedBinaries';

export interface EmbeddedServer {
  /** `postgresql://postgres@127.0.0.1:<port>/postgres`; local trust authentication, superuser. */
  readonly url: string;
  readonly major: number;
  /**
   * Starts it again on the same port and data: after a proper shutdown, or `crash` after one that needs recovery.
   * @throws DatabaseError `connection` if it does not start; its data is gone then.
   */
  restart(how?: 'crash'): Promise<void>;
  /** Ends the server and deletes its data. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Major version; the newest installed when absent. */
  readonly major?: number;
  /** Further server settings, as on the command line of `postgres -c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A data folder of that major version, of which a copy is used: a base backup, for instance. An empty server else. */
  readonly data?: string;
}

/** Nobody's conventional user and group number on Linux; the databases `passwd` and `group` know it everywhere. */
const NOBODY = 65534;

/** A server that has not said "ready" by then will not. Normal is under 0.2 s. */
const START_LIMIT_MS = 60_000;

/** POSIX shared memory for parallel queries; containers often have 64 MB, which parallel hash joins outgrow. */
const ENOUGH_SHARED_MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Starts a throwaway PostgreSQL from the npm package for this platform: own port on 127.0.0.1, own data folder,
 * no durability. The data folder is deleted by `stop()`, and also when this process ends in any way.
 * @throws DatabaseError `unsupported` when no package for this platform is installed, `connection` when it does not start.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const runner = prepareRunner(findEmbeddedBinaries(options.major));
  const template = options.data ?? ensureTemplate(runner);
  for (let attempt = 1; ; attempt++) {
    const started = await tryStart(runner, template, options.settings ?? {});
    if ('url' in started) return started;
    // Another process may take the port between asking for a free one and using it.
    if (attempt === 3 || !started.log.includes('could not bind')) {
      throw new DatabaseError('connection', `the embedded PostgreSQL did not start: ${lastLines(started.log)}`);
    }
  }
}

/** How the server's programs are run: PostgreSQL refuses to run as root. */
interface Runner {
  readonly binaries: EmbeddedBinaries;
  /** Put before each command line. */
  readonly prefix: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
  readonly environment: Record<string, string>;
  readonly cache: string;
}

function prepareRunner(found: EmbeddedBinaries): Runner {
  const isRoot = process.getuid?.() === 0;
  const cache = cacheFolder();
  if (!isRoot) return makeRunner(found, cache, [], {});
  const prefix = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  // In a namespace of its own the server believes itself nobody and still reads root's folders.
  if (spawnSync('unshare', [...prefix.slice(1), 'true']).status === 0) return makeRunner(found, cache, prefix, {});
  // Really another user then; the packages may lie under a closed home folder, so the programs are copied out of it.
  const open = openFolder();
  const native = path.join(open, `native-${found.version}`);
  publish(native, temporary => fs.cpSync(found.native, path.join(temporary, 'native'), { recursive: true }));
  fs.chmodSync(native, 0o755);
  const copied = { ...found, native: path.join(native, 'native') };
  return makeRunner(copied, open, [], { uid: NOBODY, gid: NOBODY });
}

function makeRunner(
  binaries: EmbeddedBinaries,
  cache: string,
  prefix: readonly string[],
  identity: Runner['identity'],
): Runner {
  return { binaries, prefix, identity, cache, environment: libraryEnvironment(binaries, cache) };
}

/** A folder of ours that every user may read, for the case that the server runs as another user. */
function openFolder(): string {
  const folder = path.join(os.tmpdir(), 'query-tuner-embedded');
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  // A folder that someone else put there could hold programs of theirs.
  const isOurs = fs.lstatSync(folder).isDirectory() && fs.lstatSync(folder).uid === process.getuid?.();
  const chosen = isOurs ? folder : fs.mkdtempSync(`${folder}-`);
  fs.chmodSync(chosen, 0o755);
  return chosen;
}

/** A data folder as `initdb` leaves it, made once per version and copied for each server. */
function ensureTemplate(runner: Runner): string {
  const { binaries, cache, identity } = runner;
  const template = path.join(cache, `data-${binaries.version}${identity.uid === undefined ? '' : '-nobody'}`);
  publish(template, temporary => {
    const data = path.join(temporary, 'data');
    fs.mkdirSync(data, { mode: 0o700 });
    giveTo(identity, temporary, data);
    const initdb = program(runner, 'initdb');
    const flags = ['-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'];
    const [command = initdb, ...rest] = [...runner.prefix, initdb, '-D', data, ...flags];
    const result = spawnSync(command, rest, { ...identity, cwd: '/', encoding: 'utf8', env: runner.environment });
    if (result.status !== 0) {
      const reason = result.error?.message ?? lastLines(`${result.stdout}\n${result.stderr}`);
      throw new DatabaseError('connection', `initdb of the embedded PostgreSQL failed: ${reason}`);
    }
  });
  return path.join(template, 'data');
}

/** Fills a folder under another name and renames it, so that a half-made one is never seen; the first one wins. */
function publish(folder: string, fill: (temporary: string) => void): void {
  if (fs.existsSync(folder)) return;
  const temporary = fs.mkdtempSync(`${folder}.`);
  try {
    fill(temporary);
    fs.renameSync(temporary, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function tryStart(
  runner: Runner,
  template: string,
  settings: Readonly<Record<string, string>>,
): Promise<EmbeddedServer | { log: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-pg-'));
  const data = path.join(folder, 'data');
  fs.cpSync(template, data, { recursive: true });
  fs.chmodSync(data, 0o700);
  if (runner.identity.uid !== undefined) {
    giveTo(runner.identity, folder);
    giveTreeTo(runner.identity, data);
  }
  const port = await freePort();
  const all = { ...serverSettings(port), ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const job: WatchdogJob = {
    command: [...runner.prefix, program(runner, 'postgres'), '-D', data, ...flags],
    options: { ...runner.identity, cwd: process.platform === 'win32' ? folder : '/', env: runner.environment },
    folder,
  };
  const watchdog = spawn(process.execPath, ['-e', WATCHDOG, JSON.stringify(job)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Its own process group: Ctrl+C in the terminal must not kill the one that cleans up.
    detached: true,
    windowsHide: true,
    // The extension host is an Electron program, which is a Node only when asked.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
  // without anybody to hear it, an error would end this process
  watchdog.on('error', () => undefined);
  const ready = await waitUntilReady(watchdog, data);
  if (!ready.ok) {
    await ended(watchdog);
    return { log: ready.log };
  }
  letParentExit(watchdog);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    major: runner.binaries.major,
    restart: async how => {
      const ready = waitUntilReady(watchdog, data);
      watchdog.stdin?.write(how === 'crash' ? 'SIGQUIT\n' : 'SIGINT\n');
      const { ok, log } = await ready;
      if (!ok) throw new DatabaseError('connection', `the embedded PostgreSQL did not restart: ${lastLines(log)}`);
    },
    stop: () => ended(watchdog),
  };
}

interface WatchdogJob {
  readonly command: readonly string[];
  readonly options: object;
  readonly folder: string;
}

/**
 * A small program between us and the server. Its standard input closes when `stop()` is called or when this process
 * is gone, even by SIGKILL; then it ends the server at once (SIGQUIT: the data is thrown away) and deletes the data.
 * The name of a signal on its standard input ends the server by it and starts it again.
 */
const WATCHDOG = `
const { spawn } = require('node:child_process');
const { command, options, folder } = JSON.parse(process.argv[1]);
let server, stopping = false, restarting = false;
const clean = () => {
  try { require('node:fs').rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch {}
  process.exit(0);
};
const start = () => {
  server = spawn(command[0], command.slice(1), { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  server.on('error', error => { process.stderr.write(String(error) + '\\n'); clean(); });
  server.on('exit', () => (restarting && !stopping ? ((restarting = false), start()) : clean()));
};
start();
const stop = () => { stopping = true; server.kill('SIGQUIT'); };
const restart = signal => { restarting = true; server.kill(signal); };
process.stdin.on('data', text => restart(String(text).trim())).on('end', stop).on('error', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
`;

function serverSettings(port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_preload_libraries: 'pg_stat_statements',
    ...(hasLittleSharedMemory() ? { dynamic_shared_memory_type: 'mmap' } : {}),
  };
}

function hasLittleSharedMemory(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const { blocks, bsize } = fs.statfsSync('/dev/shm');
    return blocks * bsize < ENOUGH_SHARED_MEMORY_BYTES;
  } catch {
    return true;
  }
}

/** How often the server's own file is asked for its state, where its log goes elsewhere. */
const LOOK_EVERY_MS = 20;

async function waitUntilReady(watchdog: ChildProcess, data: string): Promise<{ ok: boolean; log: string }> {
  let log = '';
  return new Promise(resolve => {
    let looks: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => finish(false), START_LIMIT_MS);
    const finish = (ok: boolean): void => {
      clearTimeout(limit);
      clearInterval(looks);
      // the same one is waited for again when it restarts; what it says until then is only drained
      watchdog.stderr?.off('data', hear).resume();
      watchdog.off('error', fail).off('exit', exit);
      resolve({ ok, log });
    };
    const hear = (chunk: string): void => {
      log = (log + chunk).slice(-8192);
      if (/ready to accept (?:read-only )?connections/.test(log)) finish(true);
      // With logging_collector it says so in its log files only.
      else if (log.includes('redirecting log output')) {
        looks ??= setInterval(() => isReady(data) && finish(true), LOOK_EVERY_MS);
      }
    };
    const fail = (error: Error): void => {
      log += error.message;
      finish(false);
    };
    const exit = (): void => finish(false);
    watchdog.stderr?.setEncoding('utf8').on('data', hear);
    watchdog.on('error', fail).on('exit', exit);
  });
}

/** The eighth line of `postmaster.pid` is the server's state. */
function isReady(data: string): boolean {
  try {
    return fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function letParentExit(watchdog: ChildProcess): void {
  watchdog.unref();
  for (const stream of [watchdog.stdin, watchdog.stderr]) (stream as net.Socket | null)?.unref();
}

async function ended(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null || watchdog.signalCode !== null || watchdog.pid === undefined) return;
  watchdog.ref();
  await new Promise<void>(resolve => {
    watchdog.once('exit', () => resolve());
    watchdog.stdin?.on('error', () => undefined).end();
  });
}

function program(runner: Runner, name: string): string {
  return path.join(runner.binaries.native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function giveTo(identity: Runner['identity'], ...folders: readonly string[]): void {
  if (identity.uid === undefined || identity.gid === undefined) return;
  for (const folder of folders) fs.chownSync(folder, identity.uid, identity.gid);
}

function giveTreeTo(identity: Runner['identity'], folder: string): void {
  giveTo(identity, folder);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    giveTo(identity, path.join(entry.path, entry.name));
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-3).join(' ').trim();
}
