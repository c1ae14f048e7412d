import {
  plannedSteps,
  stepsOnRequest,
  type MigrationPlan,
  type MigrationStep,
} from '../core/advisor/migration/migrationPlan';
import { migrationScript, stepStatements } from '../core/advisor/migration/migrationScript';
import type { CancelSignal } from '../core/base/cancelSignal';
import type { MigrationOutcome, MigrationProgress, MigrationStore } from '../database/migration/migrationRecord';
import { runMigration, undoMigration } from '../database/migration/runMigration';
import type {
  KeptMigration,
  MigrationPreview,
  MigrationPreviewParams,
  MigrationResult,
  RunMigrationParams,
  SaveMigrationParams,
  UndoMigrationParams,
} from '../protocol/migration';
import type { ProgressParams } from '../protocol/server';
import type { Sessions } from './sessions';

/** Runs migrations and takes them back. It keeps nothing: each state is saved by the client before the run goes on. */
export class MigrationService {
  readonly #sessions: Sessions;
  readonly #progress: (progress: ProgressParams) => void;
  readonly #save: (params: SaveMigrationParams) => Promise<void>;

  constructor(
    sessions: Sessions,
    progress: (progress: ProgressParams) => void,
    save: (params: SaveMigrationParams) => Promise<void>,
  ) {
    this.#sessions = sessions;
    this.#progress = progress;
    this.#save = save;
  }

  async run(params: RunMigrationParams, signal: CancelSignal): Promise<MigrationResult> {
    const { connectionId, plan, kept, only } = params;
    const database = this.#sessions.database(connectionId);
    return this.#ending(connectionId, () =>
      runMigration(database, plan, {
        store: this.#store(connectionId, kept),
        signal,
        onProgress: progress => this.#tell(params.progressToken, progress),
        ...(only && { only }),
      }),
    );
  }

  async undo(params: UndoMigrationParams, signal: CancelSignal): Promise<MigrationResult> {
    const { connectionId, kept, downTo } = params;
    const database = this.#sessions.database(connectionId);
    return this.#ending(connectionId, () =>
      undoMigration(database, {
        store: this.#store(connectionId, kept),
        signal,
        onProgress: progress => this.#tell(params.progressToken, progress),
        ...(downTo !== undefined && { downTo }),
      }),
    );
  }

  async #ending(connectionId: string, work: () => Promise<MigrationOutcome>): Promise<MigrationResult> {
    try {
      const { record: kept, ...outcome } = await work();
      return { ...outcome, kept };
    } finally {
      this.#sessions.forgetCatalog(connectionId);
      this.#sessions.catalog(connectionId).catch(() => undefined);
    }
  }

  #store(connectionId: string, kept: KeptMigration | undefined): MigrationStore {
    let record = kept;
    return {
      load: async () => record,
      save: async saved => {
        record = saved;
        await this.#save({ connectionId, kept: saved });
      },
    };
  }

  #tell(token: string, { step, steps, title, text, fraction }: MigrationProgress): void {
    const said = text === title ? title : `${title}: ${text}`;
    const done = (step - 1 + (fraction ?? 0)) / steps;
    this.#progress({ token, text: steps === 1 ? said : `Step ${step} of ${steps}: ${said}`, fraction: done });
  }
}

/** The whole script with comments, and where each step stands in it. */
export function previewMigration({ plan, header, footer = '' }: MigrationPreviewParams): MigrationPreview {
  const above = header.flatMap(paragraph => wrap(paragraph).map(line => `-- ${line}`.trimEnd()));
  const text = [...above, ...(above.length > 0 ? [''] : []), migrationScript(plan) + footer].join('\n');
  const lines = text.split('\n');
  const steps: { id: string; line: number }[] = [];
  let from = above.length;
  const find = (beginning: string, id: string): void => {
    const line = lines.findIndex((each, place) => place >= from && each.startsWith(beginning));
    if (line === -1) return;
    steps.push({ id, line });
    from = line + 1;
  };
  const planned = plannedSteps(plan);
  planned.forEach(({ id }, place) => find(`-- Step ${place + 1} of ${planned.length}: `, id));
  for (const { id } of stepsOnRequest(plan)) find('-- Later, when you say so: ', id);
  return { text, steps, changes: planned.map(step => changeOf(step, plan)) };
}

/** As wide as the script's own comments, without what makes them comments. */
const WIDTH = 97;

function wrap(paragraph: string): string[] {
  const lines = [''];
  for (const word of paragraph.split(/\s+/)) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

/** A step as a migration tool runs it. A loop that commits cannot stand in the transaction of a tool. */
function changeOf(step: MigrationStep, { title }: MigrationPlan): MigrationPreview['changes'][number] {
  const before = step.beforeEachTry ?? [];
  const loops = step.repeatUntilZero === true || (step.runsInTransaction && step.lockTimeoutMs !== undefined);
  return {
    title: step.title,
    change: {
      sql: loops ? stepStatements(step) : [...before, ...step.sql],
      inverse: step.inverse,
      runsInTransaction: step.runsInTransaction && !loops && before.length === 0,
      locks: step.locks,
    },
    evidence: { how: 'guideline', text: `${title}. ${step.explanation}` },
  };
}
