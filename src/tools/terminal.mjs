/** What the tools share: where the tree is, progress lines, and running a command with its exit code. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Scratch folder of the tools; everything in it can be deleted. */
export const CACHE = path.join(ROOT, '.cache');

const startedAt = Date.now();

/** Seconds since the tool started, for progress lines. */
export function elapsed() {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}

/** Prints a progress line. */
export function progress(text) {
  console.log(`[${elapsed().padStart(7)}] ${text}`);
}

/**
 * The environment for child processes. Without a HOME, npm and the browser would have nowhere to write: they get a
 * folder inside the cache.
 */
export function childEnvironment(extra = {}) {
  const environment = { ...process.env, ...extra };
  if (!environment.HOME || !isWritable(environment.HOME)) {
    environment.HOME = path.join(CACHE, 'home');
    fs.mkdirSync(environment.HOME, { recursive: true });
  }
  return environment;
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command.
 * @param options.quiet collects the output instead of passing it on.
 * @param options.tee collects the output and passes it on too.
 * @returns the exit code (1 when ended by a signal or when the timeout, in ms, passed) and the collected output.
 */
export function run(command, args, { cwd = ROOT, env = {}, quiet = false, tee = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const collects = quiet || tee;
    const child = spawn(command, args, {
      cwd,
      env: childEnvironment(env),
      stdio: ['ignore', collects ? 'pipe' : 'inherit', collects ? 'pipe' : 'inherit'],
      // a group of its own, so that a timeout ends grandchildren (a server, a browser) as well
      detached: timeoutMs !== undefined && process.platform !== 'win32',
    });
    let output = '';
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream?.on('data', data => {
        output += data;
        if (tee) target.write(data);
      });
    }
    let timedOut = false;
    const endGroup = signal => {
      try {
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        // already gone
      }
    };
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            output += `\n${command} ${args.join(' ')}: no end after ${Math.round(timeoutMs / 1000)} s, stopped\n`;
            endGroup('SIGTERM');
            setTimeout(() => endGroup('SIGKILL'), 5000).unref();
          }, timeoutMs);
    child.once('error', reject);
    child.once('close', code => {
      clearTimeout(timer);
      resolve({ code: timedOut ? 124 : (code ?? 1), output });
    });
  });
}

/** Runs a quiet command and throws its output when it fails. */
export async function runOrThrow(command, args, options = {}) {
  const result = await run(command, args, { quiet: true, ...options });
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed with exit code ${result.code}\n${result.output.trim()}`);
  }
  return result.output;
}
