import { adviseMaterializedViews } from '../core/advisor/materializedViews/index';
import { rewrittenComments } from '../core/advisor/materializedViews/viewScript';
import { advisePartitioning, type PartitionIt } from '../core/advisor/partitions/index';
import { planPartitionMigration, schemeText } from '../core/advisor/partitions/migration/planPartitionMigration';
import { findMisestimates } from '../core/advisor/statistics/misestimates';
import { statisticsMigration, type HelpfulStatistics } from '../core/advisor/statistics/statisticsMigration';
import type { CancelSignal } from '../core/base/cancelSignal';
import { findRelation } from '../core/catalog/catalog';
import { DatabaseError } from '../core/ports';
import { quoteQualified } from '../core/sql/identifiers';
import type { Grammar } from '../core/sql/grammar';
import { plannedEntries } from '../core/workload/planningTexts';
import { collectScript } from '../core/workload/scriptWorkload';
import { WorkloadCollector, type WorkloadEntry } from '../core/workload/workload';
import { readReaders } from '../database/materializedViews/readReaders';
import { advisePartitions } from '../database/partitions/advisePartitions';
import { readPartitionPieces } from '../database/partitions/readPartitionPieces';
import { readTableDefinition } from '../database/partitions/readTableDefinition';
import { tryStatistics } from '../database/statistics/tryStatistics';
import { openCostEstimator } from '../database/whatIf/index';
import type {
  PartitionAdviceParams,
  PartitionAdviceView,
  TableChoice,
  TryStatisticsParams,
  TryStatisticsView,
  ViewAdviceParams,
  ViewAdviceView,
} from '../protocol/migration';
import type { ProgressParams } from '../protocol/server';
import { firstTree } from './firstTree';
import type { Sessions } from './sessions';

/** However small a table is: for those who want it partitioned all the same. */
const ANYWAY = {
  floorBytes: 0,
  leastBytes: 0,
  leastBytesWithRetention: 0,
  leastPartitionBytes: 0,
  leastPrunedShare: 0,
};

/** Advises on partitions, materialized views and statistics. What it proposes is run by others. */
export class DesignService {
  readonly #grammar: Grammar;
  readonly #sessions: Sessions;
  readonly #progress: (progress: ProgressParams) => void;

  constructor(grammar: Grammar, sessions: Sessions, progress: (progress: ProgressParams) => void) {
    this.#grammar = grammar;
    this.#sessions = sessions;
    this.#progress = progress;
  }

  async tables(connectionId: string, signal: CancelSignal): Promise<TableChoice[]> {
    this.#sessions.forgetCatalog(connectionId);
    const { relations } = await this.#sessions.catalog(connectionId, signal);
    return relations
      .filter(({ kind, isPartition }) => kind === 'table' && !isPartition)
      .map(({ schema, name, rowEstimate, sizeBytes }) => ({
        schema,
        name,
        rows: rowEstimate ?? null,
        sizeBytes: sizeBytes ?? null,
      }))
      .sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0) || (a.name < b.name ? -1 : 1));
  }

  async partition(
    { connectionId, schema, table, workload }: PartitionAdviceParams,
    signal: CancelSignal,
  ): Promise<PartitionAdviceView> {
    const database = this.#sessions.database(connectionId);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    if (!findRelation(catalog, table, schema)) throw new DatabaseError('sql', `there is no table ${schema}.${table}`);
    const statements = plannedEntries(this.#grammar, this.#entriesOf(workload));
    const request = { tables: [{ schema, name: table }], statements, signal };
    const { facts, tables } = await advisePartitions(database, catalog, request);
    const advice = tables[0]?.advice;
    const [anyway] =
      advice?.verdict === 'partition' ? [advice] : advisePartitioning(facts, { statements, catalog }, ANYWAY);
    const found: PartitionIt | undefined = anyway?.verdict === 'partition' ? anyway : undefined;
    const common = {
      isAdvised: advice?.verdict === 'partition',
      reasons: advice?.reasons ?? [],
      losses: found?.losses ?? [],
    };
    if (!found) return { ...common, scheme: null, plan: null, refusals: anyway?.reasons ?? [] };
    const definition = await readTableDefinition(database, quoteQualified(schema, table), signal);
    const pieces = await readPartitionPieces(database, definition, found.scheme, {}, signal);
    const migration = planPartitionMigration(definition, found.scheme, pieces);
    return {
      ...common,
      scheme: schemeText(found.scheme),
      ...('plan' in migration ? { plan: migration.plan, refusals: [] } : { plan: null, refusals: migration.refusals }),
    };
  }

  async materializedViews(params: ViewAdviceParams, signal: CancelSignal): Promise<ViewAdviceView> {
    const { connectionId, workload, whatIf, progressToken: token } = params;
    const database = this.#sessions.database(connectionId);
    this.#sessions.forgetCatalog(connectionId);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    const entries = this.#entriesOf(workload);
    const places = new Map(entries.map(({ id, place }) => [id, place]));
    const placeOf = (id: number): string => places.get(id) ?? `statement ${id}`;
    const estimator = await openCostEstimator(database, catalog, { method: whatIf, trialAgreed: true, signal });
    try {
      const { views, refusals, skipped } = await adviseMaterializedViews({
        statements: plannedEntries(this.#grammar, entries),
        catalog,
        estimator,
        readersOf: relations => readReaders(database, relations, signal),
        signal,
        onProgress: progress => this.#progress({ token, ...progress }),
      });
      return {
        views: views.map(view => ({
          title: `${view.schema}.${view.name}`,
          evidence: view.evidence,
          staleness: view.staleness,
          plan: view.plan,
          rewritten: rewrittenComments(view, placeOf),
        })),
        refusals: [
          ...refusals.map(({ statements, reason }) => ({ places: statements.map(placeOf).join(', '), reason })),
          ...skipped.map(({ id, reason }) => ({ places: placeOf(id), reason })),
        ],
      };
    } finally {
      await estimator.dispose();
    }
  }

  async statistics(params: TryStatisticsParams, signal: CancelSignal): Promise<TryStatisticsView> {
    const { connectionId, plan, progressToken: token } = params;
    const database = this.#sessions.database(connectionId);
    const catalog = await this.#sessions.catalog(connectionId, signal);
    const { found, refusals } = findMisestimates(this.#grammar, firstTree(plan), catalog);
    const trials: { verdict: string; suggestion: TryStatisticsView['trials'][number]['suggestion'] }[] = [];
    const helpful: HelpfulStatistics[] = [];
    for (const [place, misestimate] of found.entries()) {
      this.#progress({ token, text: misestimate.node, fraction: place / found.length });
      const { verdict, suggestion, candidate } = await tryStatistics(database, misestimate, { signal });
      trials.push({ verdict, suggestion: suggestion ?? null });
      if (candidate) helpful.push({ candidate, verdict });
    }
    return { trials, refusals, migration: helpful.length === 0 ? null : statisticsMigration(helpful) };
  }

  #entriesOf({ name, text }: PartitionAdviceParams['workload']): WorkloadEntry[] {
    const collector = new WorkloadCollector();
    collectScript(collector, this.#grammar, text, name);
    return collector.entries();
  }
}
