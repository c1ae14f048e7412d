import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ChildProcess } from 'node:child_process';

/** When the thread of the planner is to be ended, in the process that started it. */
export interface Death {
  /** After so many statements that it was asked to plan; once. */
  readonly after?: number;
  /** At each statement whose text has this in it. */
  readonly at?: string;
}

/** Runs before the product does, and ends a worker thread right after a question was put to it. */
const HOOK = `
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
  let death = JSON.parse(process.env.QUERY_TUNER_TEST_DEATH ?? '{}');
  process.on('message', wanted => (death = wanted ?? {}));
  process.channel?.unref();
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (call, ...rest) {
    post.call(this, call, ...rest);
    if (call?.request?.kind !== 'explain') return;
    const isTime = death.after !== undefined && death.after-- === 0;
    if (isTime || (death.at !== undefined && call.request.sql.includes(death.at))) void this.terminate();
  };
}`;

/** Flags of Node with which a program's planner dies when it is told to; `remove` deletes the file they name. */
export function dyingWorker(): { readonly flags: readonly string[]; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-fault-worker-'));
  const file = path.join(folder, 'hook.cjs');
  fs.writeFileSync(file, HOOK);
  return { flags: ['--require', file], remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** Of a program that runs; nothing dies any more without `death`. Messages arrive in order, before any request. */
export function letDie(child: ChildProcess, death: Death = {}): Promise<void> {
  return new Promise((resolve, reject) => child.send(death, error => (error ? reject(error) : resolve())));
}
