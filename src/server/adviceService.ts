import { adviseWorkload, type WorkloadAdvice } from '../core/advisor/indexes/adviseWorkload';
import { dropIndexSql } from '../core/advisor/indexes/createIndexSql';
import type { Change } from '../core/advisor/suggestion';
import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import type { Catalog } from '../core/catalog/catalog';
import type { Grammar } from '../core/sql/grammar';
import { plannedEntries, type PlannedEntry } from '../core/workload/planningTexts';
import { reviewServer } from '../database/existingIndexes/reviewServer';
import { openCostEstimator, warmShadow } from '../database/whatIf/index';
import type { ReadWorkload } from '../database/workload/readStatStatements';
import type { AdviceParams, AdviceView, MeasureParams, Measurement } from '../protocol/advice';
import type { ProgressParams } from '../protocol/server';
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
      const notes = [...reviewed.notes, ...(advice.whatIfDetail === undefined ? [] : [advice.whatIfDetail])];
      return { ...view, ...reviewed, notes, redundant, timeLimitReached: advice.timeLimitReached ?? false };
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

const NO_WORKLOAD: AdviceView = {
  source: null,
  whatIf: null,
  timeLimitReached: false,
  costBefore: 0,
  costAfter: 0,
  indexes: [],
  statements: [],
  redundant: [],
  existing: [],
  skipped: [],
  notes: [],
};

function adviceView(
  advice: WorkloadAdvice,
  workload: ReadWorkload,
  entries: readonly PlannedEntry[],
  catalog: Catalog,
): AdviceView {
  const planned = new Map(entries.map(entry => [entry.id, entry]));
  const observed = new Map(workload.entries.map(entry => [entry.id, entry]));
  const dearer = advice.workload.queries.filter(({ costBefore, costAfter }) => costAfter > costBefore);
  const cheaper = new Set(
    advice.workload.queries.filter(({ costBefore, costAfter }) => costAfter < costBefore).map(({ id }) => id),
  );
  return {
    ...NO_WORKLOAD,
    source: workload.source,
    whatIf: advice.whatIf,
    costBefore: advice.workload.costBefore,
    costAfter: advice.workload.costAfter,
    indexes: advice.indexes.map(index => ({
      title: index.sql.replace(/^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?\S+ ON /, ''),
      relation: index.relation,
      change: index.change,
      estimatedBytes: index.estimatedBytes,
      why: index.why,
      gains: index.queries.filter(id => cheaper.has(id)),
      loses: dearer.filter(({ id }) => writesTo(planned.get(id), index.relation)).map(({ id }) => id),
    })),
    statements: advice.workload.queries.map(({ id, sql, costBefore, costAfter }) => {
      const entry = observed.get(id);
      const statement = planned.get(id)?.statement;
      return {
        id,
        sql,
        ...(entry?.place !== undefined && { place: entry.place }),
        calls: entry?.calls ?? 1,
        ...(entry?.totalMs !== undefined && { totalMs: entry.totalMs }),
        costBefore,
        costAfter,
        measurable: statement !== undefined && !statement.writes && statement.placeholders.length === 0,
      };
    }),
    redundant: advice.redundant.map(each => ({ ...each, change: dropOf(each.index, catalog) })),
    skipped: advice.skipped.map(each => ({ ...each, sql: observed.get(each.id)?.sql ?? '' })),
  };
}

function writesTo(entry: PlannedEntry | undefined, relation: string): boolean {
  const name = relation.slice(relation.lastIndexOf('.') + 1);
  return entry?.statement.tables.some(table => table.use !== 'read' && table.name === name) ?? false;
}

function dropOf(qualified: string, catalog: Catalog): Change | null {
  const relation = catalog.relations.find(({ schema, indexes }) =>
    indexes.some(({ name }) => `${schema}.${name}` === qualified),
  );
  const index = relation?.indexes.find(({ name }) => `${relation.schema}.${name}` === qualified);
  if (!relation || !index) return null;
  const concurrently = relation.kind !== 'partitioned table';
  return {
    sql: [dropIndexSql(relation.schema, index.name, { concurrently })],
    runsInTransaction: false,
    locks: concurrently
      ? 'SHARE UPDATE EXCLUSIVE: reads and writes go on'
      : 'ACCESS EXCLUSIVE for a moment, on the table and its partitions',
    inverse: [
      concurrently
        ? index.definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ')
        : index.definition.replace(/ ON ONLY /, ' ON '),
    ],
  };
}
