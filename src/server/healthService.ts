import type { CancelSignal } from '../core/base/cancelSignal';
import { limitsOf, type LimitOverrides } from '../core/health/assess';
import { ALL_HEALTH_CHECKS } from '../core/health/index';
import { maintenanceSql, planMaintenance } from '../core/maintenance/index';
import { readChecklist } from '../database/health/readChecklist';
import { readHealth } from '../database/health/readHealth';
import { reviewIndexHealth } from '../database/health/reviewIndexHealth';
import { readMaintenance } from '../database/maintenance/readMaintenance';
import { prepareStep } from '../database/serverActions/actionOfStep';
import type { PreparedAction } from '../core/health/preparedAction';
import { readTargets } from '../database/serverActions/actionTargets';
import { prepareAction } from '../database/serverActions/prepareAction';
import { runAction, TargetChangedError, undoExtension } from '../database/serverActions/runAction';
import type {
  ActionOutcome,
  ActionTarget,
  ActParams,
  HealthParams,
  HealthView,
  PrepareParams,
  ShownLimits,
  TargetsParams,
  UndoActionParams,
} from '../protocol/health';
import type { ProgressParams, ServerRequest } from '../protocol/server';
import { ChangedSinceError } from './changeService';
import type { Answer } from './requestAnswers';
import type { Sessions } from './sessions';

/** Asks for the health of a server, and does what a person chose. Keeps nothing between calls. */
export class HealthService {
  readonly #sessions: Sessions;
  readonly #limitsOf: (folder: string | undefined) => LimitOverrides;
  readonly #progress: (progress: ProgressParams) => void;

  constructor(
    sessions: Sessions,
    limitsOfFolder: (folder: string | undefined) => LimitOverrides,
    progress: (progress: ProgressParams) => void,
  ) {
    this.#sessions = sessions;
    this.#limitsOf = limitsOfFolder;
    this.#progress = progress;
  }

  register(answer: <R extends ServerRequest>(request: R, give: Answer<R>) => void): void {
    answer('queryTuner/health/read', (params, signal) => this.read(params, signal));
    answer('queryTuner/health/targets', (params, signal) => this.targets(params, signal));
    answer('queryTuner/health/prepare', (params, signal) => this.prepare(params, signal));
    answer('queryTuner/health/act', (params, signal) => this.act(params, signal));
    answer('queryTuner/health/maintenancePlan', (params, signal) => this.maintenancePlan(params, signal));
    answer('queryTuner/health/undo', params => this.undo(params));
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
    const view = {
      server: database.serverText,
      at,
      costMs,
      results: [...results, ...indexes],
      limits: allLimits(limits),
    };
    if (!withIndexes) return view;
    return { ...view, checklist: await readChecklist(database, { server, results: view.results }, signal) };
  }

  targets({ connectionId, action }: TargetsParams, signal: CancelSignal): Promise<readonly ActionTarget[]> {
    return readTargets(this.#sessions.database(connectionId), action, signal);
  }

  prepare({ connectionId, request }: PrepareParams, signal: CancelSignal): Promise<PreparedAction> {
    const database = this.#sessions.database(connectionId);
    return 'step' in request ? prepareStep(database, request.step, signal) : prepareAction(database, request, signal);
  }

  async maintenancePlan(
    { connectionId }: { readonly connectionId: string },
    signal: CancelSignal,
  ): Promise<{ sql: string }> {
    const facts = await readMaintenance(this.#sessions.database(connectionId), signal);
    return { sql: maintenanceSql(planMaintenance(facts)) };
  }

  /** @throws ChangedSinceError when what was shown is no longer what would be done. */
  async act({ sql, progressToken, ...params }: ActParams, signal: CancelSignal): Promise<ActionOutcome> {
    const prepared = await this.prepare(params, signal);
    if (prepared.refusal === undefined && prepared.sql.join('\n') !== sql.join('\n')) {
      throw new ChangedSinceError('something has changed since this was shown: look at it again');
    }
    const onProgress = (progress: Omit<ProgressParams, 'token'>): void =>
      this.#progress({ token: progressToken, ...progress });
    const database = this.#sessions.database(params.connectionId);
    return asChangedSince(() => runAction(database, prepared, { signal, onProgress }));
  }

  async undo({ connectionId, undo }: UndoActionParams): Promise<{ text: string }> {
    await asChangedSince(() => undoExtension(this.#sessions.database(connectionId), undo));
    return { text: `${undo.extension} was dropped again` };
  }
}

async function asChangedSince<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TargetChangedError ? new ChangedSinceError(error.message) : error;
  }
}

function allLimits(overrides: LimitOverrides): Record<string, ShownLimits> {
  return Object.fromEntries(
    ALL_HEALTH_CHECKS.flatMap(check => {
      const limits = limitsOf(check, overrides);
      if (!limits) return [];
      const { worse, warning, critical } = limits;
      return [[check.id, { worse, warning: finite(warning), critical: finite(critical) }]];
    }),
  );
}

function finite(limit: number): number | null {
  return Number.isFinite(limit) ? limit : null;
}
