import { adviseWorkload } from '../core/advisor/indexes/adviseWorkload';
import { Design } from '../core/advisor/indexes/costDesign';
import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import type { Catalog } from '../core/catalog/catalog';
import { DatabaseError, type CostEstimator } from '../core/ports';
import type { Grammar } from '../core/sql/grammar';
import { plannedEntries, type PlannedEntry } from '../core/workload/planningTexts';
import { reviewServer } from '../database/existingIndexes/reviewServer';
import { openCostEstimator, warmShadow } from '../database/whatIf/index';
import type {
  AdviceParams,
  AdviceView,
  AlternativesParams,
  AlternativesView,
  DesignParams,
  DesignView,
  MeasureParams,
  Measurement,
} from '../protocol/advice';
import type { ProgressParams } from '../protocol/server';
import { adviceView, designView, NO_WORKLOAD, titleOf } from './adviceViews';
import { readSource } from './readSource';
import type { Sessions } from './sessions';

/** Advises on the indexes of a database; changes nothing and keeps nothing between calls. */
export class AdviceService {
  readonly #grammar: Grammar;
  readonly #sessions: Sessions;
  readonly #progress: (progress: ProgressParams) => void;

  constructor(grammar: Grammar, sessions: Sessions, progress: (progress: ProgressParams) => void) {
    this.#grammar = grammar;
    this.#sessions = sessions;
    this.#progress = progress;
  }

  async run(params: AdviceParams, signal: CancelSignal): Promise<AdviceView> {
    const { connectionId, progressToken: token } = params;
    const tell = (text: string, fraction?: number): void =>
      this.#progress({ token, text, ...(fraction !== undefined && { fraction }) });
    const database = this.#sessions.database(connectionId);
    if (params.source.kind !== 'none') warmShadow(database, params.whatIf);
    // The advice is about the tables as they are now.
    this.#sessions.forgetCatalog(connectionId);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    tell('reviewing the existing indexes');
    const review = await reviewServer(database, catalog, {
      signal,
      limits: { ...(params.unusedDays !== undefined && { unusedDays: params.unusedDays }) },
    });
    const workload = await readSource(database, this.#grammar, params.source, { signal, tell });
    const reviewed = { existing: review.findings, notes: [...review.notes, ...(workload?.notes ?? [])] };
    if (!workload) return { ...NO_WORKLOAD, ...reviewed };
    const entries = plannedEntries(this.#grammar, workload.entries);
    const deadline = performance.now() + (params.timeLimitMs ?? Infinity);
    const options = { method: params.whatIf, trialAgreed: true, signal };
    const estimator = await openCostEstimator(database, catalog, options);
    try {
      const advice = await adviseWorkload({
        statements: entries,
        catalog,
        estimator,
        signal,
        isTimeUp: () => performance.now() > deadline,
        ...(params.budgetBytes !== undefined && { budgetBytes: params.budgetBytes }),
        onProgress: ({ text, fraction }) => tell(text, fraction),
      });
      const view = adviceView(advice, workload, entries, catalog);
      // What is superfluous anyway is told of with the other existing ones.
      const told = new Set(review.findings.map(({ index }) => index));
      const redundant = view.redundant.filter(({ index }) => !told.has(index));
      const notes = [
        ...reviewed.notes,
        ...advice.notes,
        ...(advice.whatIfDetail === undefined ? [] : [advice.whatIfDetail]),
      ];
      return { ...view, ...reviewed, notes, redundant, timeLimitReached: advice.timeLimitReached ?? false };
    } finally {
      await estimator.dispose();
    }
  }

  /** The chosen indexes planned as a set. */
  async cost(params: DesignParams, signal: CancelSignal): Promise<DesignView> {
    return this.#withDesign(params, signal, async ({ design, entries, catalog }) =>
      designView(await design.describe(params.indexes), entries, catalog),
    );
  }

  /** Other forms of one of the chosen indexes, each planned in its place. */
  async alternatives(params: AlternativesParams, signal: CancelSignal): Promise<AlternativesView> {
    return this.#withDesign(params, signal, async ({ design, estimator }) => {
      const { forms, ...rest } = await design.formsOf(params.indexes, params.position, params.advised);
      return {
        whatIf: estimator.how,
        ...rest,
        forms: forms.map(({ index, ...form }) => ({ ...form, title: titleOf(index), definition: index })),
      };
    });
  }

  async #withDesign<T>(
    { connectionId, statements, whatIf, progressToken: token }: DesignParams,
    signal: CancelSignal,
    work: (opened: {
      readonly design: Design;
      readonly entries: readonly PlannedEntry[];
      readonly catalog: Catalog;
      readonly estimator: CostEstimator;
    }) => Promise<T>,
  ): Promise<T> {
    const database = this.#sessions.database(connectionId);
    warmShadow(database, whatIf);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    const entries = plannedEntries(
      this.#grammar,
      statements.map(statement => ({ ...statement, fingerprint: '' })),
    );
    const estimator = await openCostEstimator(database, catalog, { method: whatIf, trialAgreed: true, signal });
    try {
      const design = await Design.open({
        statements: entries,
        catalog,
        estimator,
        signal,
        onProgress: ({ text, fraction }) =>
          this.#progress({ token, text, ...(fraction !== undefined && { fraction }) }),
      });
      return await work({ design, entries, catalog, estimator });
    } finally {
      await estimator.dispose();
    }
  }

  async measure(params: MeasureParams, signal: CancelSignal): Promise<readonly Measurement[]> {
    const { connectionId, statements, timeoutMs, progressToken: token } = params;
    const database = this.#sessions.database(connectionId);
    const measured: Measurement[] = [];
    for (const [position, { id, sql }] of statements.entries()) {
      this.#progress({ token, text: `statement ${id}`, fraction: position / statements.length });
      try {
        // What writes is refused by the read-only transaction, whatever the text looks like.
        const request = { sql, analyze: true, parameters: [], writes: false, statementTimeoutMs: timeoutMs };
        const { plan } = await database.explain(request, signal);
        measured.push({ id, executionMs: Number(plan[0]?.['Execution Time']) });
      } catch (error) {
        if (error instanceof CancelledError || !(error instanceof DatabaseError)) throw error;
        if (error.kind === 'connection' || error.kind === 'cancelled') throw error;
        measured.push({ id, executionMs: null, problem: error.message });
      }
    }
    return measured;
  }
}
