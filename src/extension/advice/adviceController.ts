import * as vscode from 'vscode';
import type { AlternativeView, Measurement } from '../../protocol/advice';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { CreatedIndex } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { whatIfMethod } from '../connections/whatIfMethod';
import { messageOf } from '../feedback';
import { MIGRATION_STYLES, type MigrationStyle } from '../panels/migration';
import type { ServerApi } from '../serverApi';
import {
  indexKey,
  initiallyChecked,
  offeredChanges,
  type AdviceState,
  type ChangeState,
  type OfferedChange,
} from './adviceState';
import type { AdviceTree } from './adviceTree';
import { currentSource, type AdviceSubject } from './adviceSubject';
import { plannedPositions, withForm } from './chosenDesign';
import { confirmChanges, countChanges, stoppedAt } from './confirmChanges';
import { pickForm } from './pickForm';
import { requestCost, requestForms } from './designRequests';
import { saveMigration } from './saveMigration';
import { withProgress } from './withProgress';

interface Shown extends AdviceState {
  readonly subject: AdviceSubject;
  /** The indexes in the form they were advised in. */
  readonly advised: readonly IndexDefinition[];
}

/** What a change that was made left, in the order they were made. */
interface Applied {
  readonly offered: OfferedChange;
  readonly created: readonly CreatedIndex[];
  readonly connection: ConnectionEntry;
  /** The advice it is a row of. */
  readonly run: number;
}

/** Runs the index advice view: advises, measures, makes the checked changes and takes them back. */
export class AdviceController {
  #shown: Shown | undefined;
  #applied: Applied[] = [];
  #budgetBytes: number | undefined;
  #run = 0;
  #costing: vscode.CancellationTokenSource | undefined;

  constructor(
    private readonly server: ServerApi,
    private readonly tree: () => AdviceTree,
  ) {}

  /** @throws Error while nothing is shown */
  get shown(): Shown {
    if (!this.#shown)
      throw new Error(vscode.l10n.t('There is no advice yet: run "Advise Indexes" on a file, a folder or a log.'));
    return this.#shown;
  }

  get budgetBytes(): number | undefined {
    return this.#budgetBytes;
  }

  /** Keeps to the budget of the last advice unless another one is given, or none. */
  async advise(subject: AdviceSubject, { budgetBytes }: { budgetBytes?: number | undefined } = this): Promise<void> {
    const run = ++this.#run;
    this.#costing?.cancel();
    const { connection } = subject;
    const source = currentSource(subject);
    const title = vscode.l10n.t(
      '{0} on {1}',
      source.kind === 'none' ? vscode.l10n.t('Reviewing the indexes') : vscode.l10n.t('Looking for indexes'),
      connection.name,
    );
    const view = await withProgress(this.server, title, (token, progressToken) =>
      this.server.request(
        'queryTuner/advice/run',
        {
          connectionId: connection.name,
          source,
          whatIf: whatIfMethod(connection),
          timeLimitMs: settings().get('advice.timeLimitSeconds', 120) * 1000,
          unusedDays: settings().get('advice.unusedDays', 30),
          progressToken,
          ...(budgetBytes !== undefined && { budgetBytes }),
        },
        token,
      ),
    );
    if (run !== this.#run) return;
    this.#budgetBytes = budgetBytes;
    this.#show({
      subject,
      view,
      connection: `${connection.name} (${roleOf(connection)})`,
      checked: initiallyChecked(view),
      states: new Map(),
      cost: 'known',
      advisedCost: view.costAfter,
      advised: view.indexes.map(({ definition }) => definition),
      before: new Map(),
      after: new Map(),
      ...(budgetBytes !== undefined && { budgetBytes }),
    });
    await this.tree().reveal();
  }

  async check(changes: ReadonlyMap<string, boolean>): Promise<void> {
    if (!this.#shown) return;
    const { view } = this.#shown;
    const keys = new Set(this.#shown.checked);
    for (const [key, isChecked] of changes) {
      if (isChecked) keys.add(key);
      else keys.delete(key);
    }
    const before = plannedPositions(this.#shown);
    this.#show({ ...this.#shown, checked: keys });
    if (plannedPositions(this.#shown).join() === before.join()) return;
    // that builds indexes, and nobody asked for it by checking a box
    if (view.whatIf === 'trial') this.#show({ ...this.#shown, cost: { problem: UNTRIED } });
    else await this.#costChosen();
  }

  /** Lists other forms of an advised index, and takes the one that is chosen. */
  async chooseForm(position: number): Promise<void> {
    const { subject, view, states, advised, checked } = this.shown;
    const run = this.#run;
    const index = view.indexes[position];
    if (!index) return;
    if (states.get(indexKey(position)) === 'applied')
      throw new Error(vscode.l10n.t('This index is made already: undo the changes to choose another form.'));
    // the index itself is planned also where it is not checked
    const planned = { ...this.shown, checked: new Set([...checked, indexKey(position)]) };
    const form = await pickForm(index, (token, tell) =>
      requestForms(this.server, subject.connection, planned, { position, advised: advised[position], token, tell }),
    );
    if (form && run === this.#run) await this.#take(position, form);
  }

  /** Makes the checked changes one by one, and stops at the first that fails. */
  async apply(): Promise<void> {
    const { subject, view, checked, states } = this.shown;
    const { connection } = subject;
    const run = this.#run;
    const chosen = offeredChanges(view).filter(({ key }) => checked.has(key) && states.get(key) !== 'applied');
    if (chosen.length === 0) throw new Error(vscode.l10n.t('No box is checked.'));
    const sql = chosen.flatMap(({ change }) => change.sql);
    if (!(await confirmChanges(connection, vscode.l10n.t('Run {0}', countChanges(sql.length)), sql))) return;
    await withProgress(this.server, vscode.l10n.t('Changing {0}', connection.name), async (token, progressToken) => {
      for (const [made, offered] of chosen.entries()) {
        const request = { connectionId: connection.name, change: offered.change, progressToken };
        try {
          const { created } = await this.server.request('queryTuner/change/apply', request, token);
          this.#applied.push({ offered, created, connection, run });
          this.#setState(run, offered.key, 'applied');
        } catch (error) {
          if (!token.isCancellationRequested) this.#setState(run, offered.key, 'failed');
          throw stoppedAt(error, offered, made, chosen.length);
        }
      }
    });
  }

  /** Takes the changes back, the last one first; each only if what it left is still as it was. */
  async undo(): Promise<void> {
    const { connection } = this.shown.subject;
    const undone = this.#appliedOn(connection).reverse();
    if (undone.length === 0) throw new Error(vscode.l10n.t('There is nothing to take back.'));
    const sql = undone.flatMap(({ offered }) => offered.change.inverse);
    if (!(await confirmChanges(connection, vscode.l10n.t('Take back {0}', countChanges(undone.length)), sql))) return;
    await withProgress(
      this.server,
      vscode.l10n.t('Taking back changes on {0}', connection.name),
      async (token, progressToken) => {
        for (const applied of undone) {
          const { offered, created: expected, run } = applied;
          const request = { connectionId: connection.name, change: offered.change, progressToken, expected };
          await this.server.request('queryTuner/change/undo', request, token);
          this.#applied = this.#applied.filter(each => each !== applied);
          this.#setState(run, offered.key, 'undone');
        }
      },
    );
  }

  /** Measures the statements that only read: as they are before the first change, and after it. */
  async measure(): Promise<void> {
    const { subject, view } = this.shown;
    const statements = view.statements.filter(({ measurable }) => measurable).map(({ id, sql }) => ({ id, sql }));
    if (statements.length === 0) {
      throw new Error(vscode.l10n.t('No statement can be measured: they write, or have parameters without values.'));
    }
    const run = this.#run;
    const measured = await withProgress(
      this.server,
      vscode.l10n.t('Measuring {0} statements on {1}', statements.length, subject.connection.name),
      (token, progressToken) =>
        this.server.request(
          'queryTuner/advice/measure',
          {
            connectionId: subject.connection.name,
            statements,
            timeoutMs: settings().get('explain.timeoutSeconds', 60) * 1000,
            progressToken,
          },
          token,
        ),
    );
    const byId = new Map<number, Measurement>(measured.map(each => [each.id, each]));
    if (!this.#shown || this.#run !== run) return;
    const isChanged = [...this.#shown.states.values()].includes('applied');
    this.#show({ ...this.#shown, ...(isChanged ? { after: byId } : { before: byId, after: new Map() }) });
  }

  /** Writes the checked changes as migrations in the style of the settings. */
  async saveAsMigration(): Promise<void> {
    const { view, checked } = this.shown;
    const chosen = offeredChanges(view).filter(({ key }) => checked.has(key));
    if (chosen.length === 0) throw new Error(vscode.l10n.t('No box is checked.'));
    const style = settings().get<MigrationStyle>('migration.style', 'sql');
    await saveMigration(chosen, MIGRATION_STYLES.includes(style) ? style : 'sql');
  }

  async #take(position: number, form: AlternativeView): Promise<void> {
    const before = this.shown;
    const key = indexKey(position);
    const states = new Map(before.states);
    states.delete(key);
    this.#show({
      ...before,
      view: withForm(before.view, position, form),
      checked: new Set([...before.checked, key]),
      states,
    });
    // without its plans there is no statement to create it with
    if (!(await this.#costChosen())) this.#show(before);
  }

  /** Plans the statements with the checked indexes, and shows what they cost. False if that was not to be had. */
  async #costChosen(): Promise<boolean> {
    this.#costing?.cancel();
    const planned = this.shown;
    const costing = new vscode.CancellationTokenSource();
    this.#costing = costing;
    this.#show({ ...this.shown, cost: 'pending' });
    try {
      const view = await requestCost(this.server, planned.subject.connection, planned, costing.token);
      if (costing.token.isCancellationRequested) return false;
      this.#show({ ...this.shown, view, cost: 'known' });
      return true;
    } catch (error) {
      if (costing.token.isCancellationRequested) return false;
      this.#show({ ...this.shown, cost: { problem: messageOf(error) } });
      return false;
    } finally {
      if (this.#costing === costing) this.#costing = undefined;
      costing.dispose();
    }
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    this.tree().show(shown);
    const isApplied = this.#appliedOn(shown.subject.connection).length > 0;
    void vscode.commands.executeCommand('setContext', 'queryTuner.hasAdvice', true);
    void vscode.commands.executeCommand('setContext', 'queryTuner.adviceApplied', isApplied);
  }

  /** What can be taken back there, also if it was made on an earlier advice. */
  #appliedOn({ name }: ConnectionEntry): Applied[] {
    return this.#applied.filter(
      ({ connection, offered }) => connection.name === name && offered.change.inverse.length > 0,
    );
  }

  #setState(run: number, key: string, state: ChangeState): void {
    if (!this.#shown) return;
    const states = run === this.#run ? new Map(this.#shown.states).set(key, state) : this.#shown.states;
    this.#show({ ...this.#shown, states });
  }
}

const UNTRIED = 'a trial builds indexes, so these boxes were not tried';

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('queryTuner');
}
