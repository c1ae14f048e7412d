import type { CancelSignal } from '../core/base/cancelSignal';
import { CancelledError } from '../core/base/cancelSignal';
import type { SourceRange } from '../core/base/sourceRange';
import { suggestIndexes } from '../core/advisor/indexes/index';
import type { Suggestion } from '../core/advisor/suggestion';
import { DatabaseError } from '../core/ports';
import { findPlanFindings } from '../core/rules/plan/index';
import type { Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import { openCostEstimator } from '../database/whatIf/index';
import { buildPlanView } from '../protocol/buildPlanView';
import type { PlanView, RunsView } from '../protocol/planPanel';
import { buildSuggestionView } from '../protocol/suggestionView';
import type { ExplainOutcome, ExplainParams, RawPlan, SuggestParams } from '../protocol/server';
import { firstTree } from './firstTree';
import { bindValues, inlineValues, rangeInSource } from './parameterValues';
import { compareShown, rememberRun } from './planHistory';
import { runFacts } from './runFacts';
import type { Sessions } from './sessions';

/** A statement that PostgreSQL refused or gave up: where (in the statement's text) and why. */
export interface StatementProblem {
  readonly error: DatabaseError;
  readonly range?: SourceRange;
}

/** Runs EXPLAIN and asks the advisor; keeps nothing between calls but the history it is told to keep. */
export class ExplainService {
  readonly #grammar: Grammar;
  readonly #sessions: Sessions;

  constructor(grammar: Grammar, sessions: Sessions) {
    this.#grammar = grammar;
    this.#sessions = sessions;
  }

  /**
   * The plan as the panel shows it. A failure of the statement itself is an outcome with `error` in its view, and is
   * told to `report` (undefined: it succeeded); a lost connection or a cancel throws.
   */
  async explain(
    params: ExplainParams,
    signal: CancelSignal,
    report: (problem: StatementProblem | undefined) => void,
  ): Promise<ExplainOutcome> {
    const database = this.#sessions.database(params.connectionId);
    const statement = parseStatement(this.#grammar, params.sql);
    const bound = bindValues(statement, params.parameters);
    try {
      const request = {
        ...bound,
        analyze: params.analyze,
        writes: statement.writes,
        ...(params.statementTimeoutMs && { statementTimeoutMs: params.statementTimeoutMs }),
        ...(params.settings && { settings: params.settings }),
        ...(params.options && { options: params.options }),
      };
      const timesMs: number[] = [];
      let result = await database.explain(request, signal);
      const runs = params.analyze ? Math.min(params.runs ?? 1, MOST_RUNS) : 1;
      while (timesMs.push(executionMs(result.plan)) < runs) result = await database.explain(request, signal);
      const { plan, notices } = result;
      report(undefined);
      // Somebody may have changed the schema elsewhere; nobody waits for the answer.
      this.#sessions.noticeChanges(params.connectionId).catch(() => undefined);
      const isGeneric = !params.parameters && statement.placeholders.length > 0;
      const facts = runFacts(params, this.#sessions.info(params.connectionId), isGeneric);
      const tree = firstTree(plan);
      const remembered =
        params.history && (await rememberRun(params.history, { tree, facts, parameters: params.parameters }));
      const comparison = params.before ? compareShown(params.before, tree, facts) : remembered?.comparison;
      const notes = [
        ...(params.analyze && statement.writes ? ['The statement was executed and rolled back.'] : []),
        ...(isGeneric ? ['Generic plan: it fits every value.'] : []),
        ...notices,
        ...(remembered?.note ? [remembered.note] : []),
      ];
      const outcome = this.#outcome(params, plan, params.suggestions ?? [], notes);
      const view: PlanView = {
        ...outcome.view,
        ...(comparison && { comparison }),
        ...(remembered?.history && { history: remembered.history }),
        ...(runs > 1 && { runs: runsView(timesMs) }),
      };
      return { ...outcome, view, facts };
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof DatabaseError)) throw error;
      if (error.kind === 'connection' || error.kind === 'cancelled') throw error;
      report({ error, ...(error.range && { range: rangeInSource(statement, bound.sql, error.range) }) });
      return this.#failure(params, error);
    }
  }

  /** The same plan with index suggestions, or with the reason why there is none. */
  async suggest(params: SuggestParams, signal: CancelSignal): Promise<ExplainOutcome> {
    const { connectionId } = params;
    const database = this.#sessions.database(connectionId);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    const sql = inlineValues(this.#grammar, parseStatement(this.#grammar, params.sql), params.parameters);
    const estimator = await openCostEstimator(database, catalog, {
      method: params.whatIf,
      trialAgreed: true,
      signal,
    });
    try {
      const statement = parseStatement(this.#grammar, sql);
      const { suggestions, refusals } = await suggestIndexes({ statement, sql, catalog, estimator, signal });
      return this.#outcome(
        params,
        params.plan,
        suggestions,
        refusals.map(({ reason }) => reason),
      );
    } finally {
      await estimator.dispose();
    }
  }

  #outcome(
    params: ExplainParams,
    rawPlan: RawPlan,
    suggestions: readonly Suggestion[],
    notes: readonly string[],
  ): ExplainOutcome {
    const tree = firstTree(rawPlan);
    const catalog = this.#sessions.knownCatalog(params.connectionId);
    const view = buildPlanView({
      title: params.title,
      sql: params.sql,
      connection: params.connection,
      server: this.#sessions.info(params.connectionId).server,
      tree,
      statement: parseStatement(this.#grammar, params.sql),
      findings: findPlanFindings(tree, { ...(catalog && { catalog }) }),
      suggestions: suggestions.map((suggestion, id) => buildSuggestionView(suggestion, id)),
      notes,
    });
    return { view, rawPlan, suggestions, failed: false };
  }

  #failure(params: ExplainParams, error: DatabaseError): ExplainOutcome {
    return {
      view: {
        title: params.title,
        sql: params.sql,
        connection: params.connection,
        server: this.#sessions.info(params.connectionId).server,
        analyzed: false,
        nodes: [],
        triggers: [],
        findings: [],
        suggestions: [],
        notes: [],
        error: error.hint ? `${error.message} (${error.hint})` : error.message,
      },
      rawPlan: [],
      suggestions: [],
      failed: true,
    };
  }
}

const MOST_RUNS = 50;

function executionMs(plan: RawPlan): number {
  return Number(plan[0]?.['Execution Time'] ?? 0);
}

/** Figures over all runs but the first, which finds the caches as they happen to be. */
function runsView(timesMs: readonly number[]): RunsView {
  const sorted = timesMs.slice(1).sort((a, b) => a - b);
  const at = (quantile: number): number => sorted[Math.ceil(sorted.length * quantile) - 1] ?? NaN;
  return { timesMs, minMs: sorted[0] ?? NaN, medianMs: at(0.5), p95Ms: at(0.95) };
}
