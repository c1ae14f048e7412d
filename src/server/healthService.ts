import type { CancelSignal } from '../core/base/cancelSignal';
import type { HealthStep } from '../core/health/check';
import type { LimitOverrides } from '../core/health/assess';
import { DatabaseError } from '../core/ports';
import { applyChange } from '../database/changes';
import { readHealth } from '../database/health/readHealth';
import { reviewIndexHealth } from '../database/health/reviewIndexHealth';
import type { HealthParams, HealthStepParams, HealthView } from '../protocol/health';
import type { ProgressParams } from '../protocol/server';
import { ChangedSinceError } from './changeService';
import type { Sessions } from './sessions';

/** Asks for the health of a server, and does the one step a person chose. Keeps nothing between calls. */
export class HealthService {
  readonly #sessions: Sessions;
  readonly #limitsOf: (folder: string | undefined) => LimitOverrides;
  readonly #progress: (progress: ProgressParams) => void;

  constructor(
    sessions: Sessions,
    limitsOf: (folder: string | undefined) => LimitOverrides,
    progress: (progress: ProgressParams) => void,
  ) {
    this.#sessions = sessions;
    this.#limitsOf = limitsOf;
    this.#progress = progress;
  }

  async read({ connectionId, folder, withIndexes }: HealthParams, signal: CancelSignal): Promise<HealthView> {
    const database = this.#sessions.database(connectionId);
    const limits = this.#limitsOf(folder);
    const { server, results, at, costMs } = await readHealth(database, { limits, signal });
    const indexes = withIndexes
      ? await reviewIndexHealth(database, await this.#sessions.catalog(connectionId, signal), server, {
          limits,
          signal,
        })
      : [];
    return { server: database.serverText, at, costMs, results: [...results, ...indexes] };
  }

  /** @throws ChangedSinceError when the session is no longer the one that was shown. */
  async step({ connectionId, step, progressToken }: HealthStepParams, signal: CancelSignal): Promise<{ text: string }> {
    const sql = runnableSql(step);
    const database = this.#sessions.database(connectionId);
    if (step.action === 'cancel' || step.action === 'terminate') {
      const rows = await database.withSession(session => session.query<{ done: boolean }>(sql, [], { signal }), signal);
      if (!rows[0]?.done) throw new ChangedSinceError('that session is gone, or does something else by now');
      return { text: step.action === 'cancel' ? 'its statement was asked to stop' : 'the session was ended' };
    }
    const startedAt = performance.now();
    const change = { sql: [sql], runsInTransaction: false, locks: '', inverse: [] };
    await applyChange(database, change, {
      signal,
      onProgress: progress => this.#progress({ token: progressToken, ...progress }),
    });
    return { text: `done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s` };
  }
}

/** What each action may run: a step is data from elsewhere, and not everything that is SQL is a step. */
const RUNNABLE: Readonly<Partial<Record<HealthStep['action'], RegExp>>> = {
  cancel: /^SELECT pg_cancel_backend\(pid\) AS done FROM pg_stat_activity WHERE pid = \d+ AND \w+ = '[^';]*'$/,
  terminate: /^SELECT pg_terminate_backend\(pid\) AS done FROM pg_stat_activity WHERE pid = \d+ AND \w+ = '[^';]*'$/,
  vacuum: /^VACUUM \((ANALYZE|FREEZE)\) ("(?:[^"]|"")+"|[\w$]+)(\.("(?:[^"]|"")+"|[\w$]+))?$/,
  analyze: /^ANALYZE ("(?:[^"]|"")+"|[\w$]+)(\.("(?:[^"]|"")+"|[\w$]+))?$/,
};

function runnableSql({ action, sql = '' }: HealthStep): string {
  const statement = sql.replace(/;$/, '');
  if (!RUNNABLE[action]?.test(statement)) throw new DatabaseError('unsupported', 'this step cannot be run from here');
  return statement;
}
