import * as vscode from 'vscode';
import type { MigrationPlan, MigrationStep } from '../../core/advisor/migration/migrationPlan';
import type { KeptMigration, MigrationResult, SaveMigrationParams } from '../../protocol/migration';
import { saveMigration } from '../advice/saveMigration';
import { PLAYGROUND } from '../playground/playgroundConnection';
import { readConnections, roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { MIGRATION_STYLES, type MigrationStyle } from '../panels/migration';
import type { ServerApi } from '../serverApi';
import type { MigrationDocuments } from './migrationDocuments';
import { stepsLeft, type ShownMigration } from './migrationLenses';
import { isUnfinished, migrationKey, type MigrationStorage, type StoredMigration } from './migrationStore';

export interface OpenedMigration {
  readonly connection: string;
  readonly plan: MigrationPlan;
  readonly header: readonly string[];
  readonly footer?: string;
}

/** Shows migrations, runs them step by step and takes them back. Each state is kept before the run goes on. */
export class MigrationController {
  constructor(
    private readonly server: ServerApi,
    private readonly connections: Connections,
    private readonly documents: MigrationDocuments,
    private readonly storage: MigrationStorage,
  ) {}

  /** Shows a plan; one that was begun on this connection goes on from where it was left. */
  async open({ connection, plan, header, footer }: OpenedMigration): Promise<void> {
    const stored = this.storage.get(connection, plan.id);
    // Planned anew from a half-changed database it would be another one: the plan that was begun counts.
    const shown = { connection, plan: stored?.kept.plan ?? plan, header, ...(footer !== undefined && { footer }) };
    await this.#show(shown, stored?.kept);
  }

  async reopen({ connection, kept, header, footer }: StoredMigration): Promise<void> {
    await this.#show({ connection, plan: kept.plan, header, ...(footer !== undefined && { footer }) }, kept);
  }

  async runStep(key?: string, stepId?: string): Promise<void> {
    const shown = this.#shownOf(key);
    const step = stepId === undefined ? stepsLeft(shown)[0] : shown.plan.steps.find(({ id }) => id === stepId);
    if (!step) throw new Error(vscode.l10n.t('All steps are done.'));
    await this.#run(shown, [step], [step.id]);
  }

  async runAll(key?: string): Promise<void> {
    const shown = this.#shownOf(key);
    const steps = stepsLeft(shown);
    if (steps.length === 0) throw new Error(vscode.l10n.t('All steps are done.'));
    await this.#run(shown, steps, undefined);
  }

  /** Takes back the steps down to this one, or all. */
  async undo(key?: string, stepId?: string): Promise<void> {
    const shown = this.#shownOf(key);
    const { plan, kept, connection } = shown;
    const from = stepId === undefined ? 0 : plan.steps.findIndex(({ id }) => id === stepId);
    const undone = plan.steps
      .slice(from)
      .filter(({ id }) => kept?.begun === id || kept?.finished.some(each => each.id === id))
      .reverse();
    if (!kept || undone.length === 0) throw new Error(vscode.l10n.t('There is nothing to take back.'));
    const sql = undone.flatMap(({ inverse }) => inverse);
    if (!(await confirm(this.#entryOf(connection), vscode.l10n.t('Take back {0}', count(undone.length)), sql))) return;
    await this.#work(shown, vscode.l10n.t('Taking back on {0}', connection), (progressToken, token) =>
      this.server.request(
        'queryTuner/migration/undo',
        { connectionId: connection, kept, progressToken, ...(stepId !== undefined && { downTo: stepId }) },
        token,
      ),
    );
  }

  async saveAsFiles(key?: string): Promise<void> {
    const { preview } = this.#shownOf(key);
    const style = vscode.workspace.getConfiguration('queryTuner').get<MigrationStyle>('migration.style', 'sql');
    await saveMigration(preview.changes, MIGRATION_STYLES.includes(style) ? style : 'sql');
  }

  /** Called by the server before it goes on; the state is durable once this ends. */
  async keep({ connectionId, kept }: SaveMigrationParams): Promise<void> {
    const key = migrationKey(connectionId, kept.plan.id);
    const { header = [], footer } = this.documents.of(key) ?? this.storage.get(connectionId, kept.plan.id) ?? {};
    await this.storage.save({ connection: connectionId, kept, header, ...(footer !== undefined && { footer }) });
    this.documents.update(key, shown => ({ ...shown, kept }));
  }

  /** Offers to go on with what was left on its way when the window was closed. */
  async offerToResume(): Promise<void> {
    const [first, ...others] = this.storage.all().filter(isUnfinished);
    if (!first || !vscode.workspace.isTrusted) return;
    const { plan, finished } = first.kept;
    const planned = plan.steps.filter(step => !step.onRequest).length;
    const more = others.length === 0 ? '' : vscode.l10n.t(' So were {0} others.', others.length);
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Query Tuner: "{0}" on {1} was left after {2} of {3} steps.{4}',
        plan.title,
        first.connection,
        finished.length,
        planned,
        more,
      ),
      vscode.l10n.t('Open It'),
      vscode.l10n.t('Forget It'),
    );
    if (answer === vscode.l10n.t('Open It')) await this.reopen(first);
    if (answer === vscode.l10n.t('Forget It')) await this.storage.forget(first.connection, plan.id);
  }

  async pickStored(): Promise<void> {
    const stored = this.storage.all();
    if (stored.length === 0) throw new Error(vscode.l10n.t('No migration was begun in this workspace.'));
    const picked = await vscode.window.showQuickPick(
      stored.map(migration => ({
        label: migration.kept.plan.title,
        description: migration.connection,
        detail: isUnfinished(migration)
          ? vscode.l10n.t('{0} steps are done', migration.kept.finished.length)
          : vscode.l10n.t('done; can be taken back'),
        migration,
      })),
      { title: vscode.l10n.t('Migrations that were begun here') },
    );
    if (picked) await this.reopen(picked.migration);
  }

  async #show(opened: OpenedMigration, kept: KeptMigration | undefined): Promise<void> {
    const { plan, header, footer, connection } = opened;
    const preview = await this.server.request('queryTuner/migration/preview', {
      plan,
      header,
      ...(footer !== undefined && { footer }),
    });
    const key = migrationKey(connection, plan.id);
    await this.documents.open({ ...opened, key, preview, isRunning: false, ...(kept && { kept }) });
  }

  #shownOf(key: string | undefined): ShownMigration {
    const shown = this.documents.of(typeof key === 'string' ? key : undefined);
    if (!shown) throw new Error(vscode.l10n.t('Open a migration first: run "Partition Table" or "Open Migration".'));
    if (shown.isRunning) throw new Error(vscode.l10n.t('It is running; cancel it in its notification to stop it.'));
    return shown;
  }

  #entryOf(name: string): ConnectionEntry {
    const entry = [...readConnections(), PLAYGROUND].find(each => each.name === name);
    if (!entry) throw new Error(vscode.l10n.t('The connection {0} is no longer there.', name));
    return entry;
  }

  async #run(
    shown: ShownMigration,
    steps: readonly MigrationStep[],
    only: readonly string[] | undefined,
  ): Promise<void> {
    const { connection, plan, kept } = shown;
    const entry = this.#entryOf(connection);
    const what = only ? vscode.l10n.t('Run "{0}"', steps[0]!.title) : vscode.l10n.t('Run {0}', count(steps.length));
    // One step was read before its lens was pressed; on production, and for all of them, it is asked once more.
    const mustAsk = !only || roleOf(entry) === 'production';
    const sql = only ? steps.flatMap(each => each.sql) : steps.map(({ title, locks }) => `${title} (${locks})`);
    if (mustAsk && !(await confirm(entry, what, sql))) return;
    const result = await this.#work(
      shown,
      vscode.l10n.t('{0} on {1}', plan.title, connection),
      (progressToken, token) =>
        this.server.request(
          'queryTuner/migration/run',
          { connectionId: connection, plan, progressToken, ...(kept && { kept }), ...(only && { only }) },
          token,
        ),
    );
    if (result?.kind === 'finished' && !only) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Query Tuner: {0}: all steps are done.', plan.title));
    }
  }

  async #work(
    { key, connection }: ShownMigration,
    title: string,
    work: (progressToken: string, token: vscode.CancellationToken) => Promise<MigrationResult>,
  ): Promise<MigrationResult | undefined> {
    await this.connections.ensureOpen(this.#entryOf(connection));
    const progressToken = `migration-${++progressTokens}`;
    this.documents.update(key, ({ failed: _failed, ...shown }) => ({ ...shown, isRunning: true }));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      const result = await vscode.window.withProgress(options, async (progress, token) => {
        let reached = 0;
        const listener = this.server.onProgress(progressToken, ({ text, fraction = 0 }) => {
          const percent = Math.max(reached, Math.round(100 * fraction));
          progress.report({ message: text, increment: percent - reached });
          reached = percent;
        });
        try {
          return await work(progressToken, token);
        } finally {
          listener.dispose();
        }
      });
      this.documents.update(key, shown => ({ ...shown, kept: result.kept, ...failureOf(result) }));
      const next =
        result.kind === 'stopped' ? result.stepId : stepsLeft({ plan: result.kept.plan, kept: result.kept })[0]?.id;
      if (next !== undefined) this.documents.reveal(key, next);
      if (result.kind === 'stopped') void this.#tellStop(result);
      return result;
    } finally {
      this.documents.update(key, shown => ({ ...shown, isRunning: false }));
    }
  }

  async #tellStop(result: Extract<MigrationResult, { kind: 'stopped' }>): Promise<void> {
    const { reason, message, hint, stands } = result;
    const what = vscode.l10n.t('What Stands');
    const text = `Query Tuner: ${reason === 'cancelled' ? vscode.l10n.t('the migration was stopped') : message}.`;
    const show = reason === 'cancelled' ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
    if ((await show(text, what)) !== what) return;
    const detail =
      [...stands, ...(hint === undefined ? [] : ['', hint])].join('\n') || vscode.l10n.t('Nothing of it stands.');
    void vscode.window.showInformationMessage(vscode.l10n.t('What stands in the database now'), {
      modal: true,
      detail,
    });
  }
}

let progressTokens = 0;

function failureOf(result: MigrationResult): Pick<ShownMigration, 'failed'> {
  if (result.kind === 'finished' || result.stepId === undefined || result.reason === 'cancelled') return {};
  return { failed: { stepId: result.stepId, message: result.message } };
}

const MOST_LINES = 20;

/** What runs is shown first; production is named. */
async function confirm(connection: ConnectionEntry, what: string, lines: readonly string[]): Promise<boolean> {
  const where =
    roleOf(connection) === 'production'
      ? vscode.l10n.t('the production database {0}', connection.name)
      : connection.name;
  const more = lines.length > MOST_LINES ? [vscode.l10n.t('... and {0} more', lines.length - MOST_LINES)] : [];
  const options = { modal: true, detail: [...lines.slice(0, MOST_LINES), ...more].join('\n') };
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('{0} on {1}?', what, where),
      options,
      vscode.l10n.t('Run'),
    )) === vscode.l10n.t('Run')
  );
}

function count(steps: number): string {
  return steps === 1 ? '1 step' : vscode.l10n.t('{0} steps', steps);
}
