import { formatCost } from '../../base/units';
import type { Catalog, Relation } from '../../catalog/catalog';
import type { CostEstimator } from '../../ports';
import type { Change, EvidenceKind } from '../suggestion';
import type { Candidate } from './candidates';
import { relationId, type CostedQuery, type Planner } from './costedQuery';
import { createIndexSql, unusedName } from './createIndexSql';
import { indexChange } from './describeIndex';
import { NOTEWORTHY, whyUnserved } from './unservedStatements';
import { redundantIndexes, type RedundantIndex } from './redundantIndexes';
import { missingStatistics } from './statisticsMissing';

/** The data of `advise`; `elapsedMs` is the caller's to add, since core has no clock. */
export interface WorkloadAdvice {
  readonly version: 1;
  readonly whatIf: EvidenceKind;
  /** In one sentence: by what was planned, how far that is off the server's own costs, what it leaves out. */
  readonly whatIfDetail?: string;
  readonly optimizerCalls: number;
  /** Whether the search ended early; absent if there was no limit. */
  readonly timeLimitReached?: boolean;
  readonly indexes: readonly AdvisedIndex[];
  readonly redundant: readonly RedundantIndex[];
  readonly workload: {
    readonly costBefore: number;
    readonly costAfter: number;
    readonly queries: readonly AdvisedQuery[];
  };
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
  /** What the advice as a whole has to be taken with: tables without statistics. */
  readonly notes: readonly string[];
}

export interface AdvisedQuery {
  readonly id: number;
  readonly sql: string;
  readonly costBefore: number;
  /** With the upkeep. */
  readonly costAfter: number;
  /** What writing the new indexes adds to one run; absent for statements that write nothing. */
  readonly upkeep?: number;
  /** Why it got no index, with figures; absent if it did. */
  readonly reason?: string;
}

export interface AdvisedIndex {
  readonly sql: string;
  readonly relation: string;
  readonly method: string;
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly where: string | null;
  readonly estimatedBytes: number;
  /**
   * All that has to run for it, without blocking writers where PostgreSQL can: CONCURRENTLY on each partition of a
   * partitioned table, ANALYZE for an expression; and what takes it back.
   */
  readonly change: Change;
  /** Ids of the statements whose plans use it. */
  readonly queries: readonly number[];
  readonly why: string;
}

export interface Advice {
  readonly catalog: Catalog;
  readonly budgetBytes: number;
  /** The tables the statements mention. */
  readonly relations: readonly Relation[];
  readonly estimator: CostEstimator;
  readonly planner: Planner;
  readonly queries: readonly CostedQuery[];
  readonly chosen: readonly Candidate[];
  /** Candidates with their estimated bytes. */
  readonly pool: ReadonlyMap<Candidate, number>;
  readonly skipped: WorkloadAdvice['skipped'];
}

interface Row {
  readonly id: number;
  readonly sql: string;
  readonly weight: number;
  before: number;
  after: number;
  upkeep: number | undefined;
  reason: string | undefined;
}

/** The chosen indexes with what each statement gains by them. */
export async function describeAdvice(advice: Advice): Promise<WorkloadAdvice> {
  const { relations, estimator, planner, queries, chosen, pool, skipped } = advice;
  const rows = new Map<number, Row>();
  const servedBy = new Map<Candidate, Row[]>();
  const isServed = new Set<Row>();
  for (const query of queries) {
    // the look-ups a delete causes come after the statement itself and belong to it
    let row = rows.get(query.id);
    if (!row) {
      const upkeep = query.writes.length > 0 ? query.upkeep(chosen) : undefined;
      row = {
        id: query.id,
        sql: query.sql,
        weight: query.weight,
        before: 0,
        after: upkeep ?? 0,
        upkeep,
        reason: undefined,
      };
      rows.set(query.id, row);
    }
    const share = query.weight / row.weight;
    row.before += share * query.costBefore;
    row.after += share * (await query.cost(chosen));
    for (const candidate of await query.used(chosen)) {
      const served = servedBy.get(candidate) ?? [];
      isServed.add(row);
      if (!served.includes(row)) servedBy.set(candidate, [...served, row]);
    }
  }
  // of a statement and the look-ups it causes, what costs most is told of
  for (const query of [...queries].sort((a, b) => b.weight * b.costBefore - a.weight * a.costBefore)) {
    const row = rows.get(query.id)!;
    if (!isServed.has(row) && row.reason === undefined) row.reason = await whyUnserved(query, advice);
  }
  const total = (cost: (row: Row) => number) =>
    [...rows.values()].reduce((sum, row) => sum + row.weight * cost(row), 0);
  const named = chosen.map(candidate => ({
    candidate,
    ...createIndexSql(candidate.index, {
      ...concurrently(candidate),
      name: unusedName(candidate.index, advice.catalog),
    }),
    change: indexChange(candidate.index, candidate.relation, advice.catalog),
  }));
  const whatIfDetail = estimator.describe?.();
  return {
    version: 1,
    whatIf: estimator.how,
    ...(whatIfDetail !== undefined && { whatIfDetail }),
    optimizerCalls: planner.calls,
    indexes: named.map(({ candidate, sql, change }) => ({
      sql,
      change,
      relation: relationId(candidate),
      method: candidate.index.method,
      columns: candidate.index.keys,
      include: candidate.index.include,
      where: candidate.index.where ?? null,
      estimatedBytes: pool.get(candidate) ?? 0,
      queries: (servedBy.get(candidate) ?? []).map(({ id }) => id),
      why: why(servedBy.get(candidate) ?? []),
    })),
    redundant: relations.flatMap(relation =>
      redundantIndexes(
        relation,
        named.map(({ name, candidate }) => ({ name, index: candidate.index })),
      ),
    ),
    workload: {
      costBefore: total(row => row.before),
      costAfter: total(row => row.after),
      queries: [...rows.values()].map(({ id, sql, before, after, upkeep, reason }) => ({
        id,
        sql,
        costBefore: before,
        costAfter: after,
        ...(upkeep !== undefined && { upkeep }),
        ...(reason !== undefined && { reason }),
      })),
    },
    skipped,
    notes: missingStatistics(relations),
  };
}

function concurrently({ relation }: Candidate): { concurrently: boolean } {
  return { concurrently: relation.kind !== 'partitioned table' };
}

/** A plan may take an index that hardly makes it cheaper: such a statement is no reason to have it. */
function why(served: readonly Row[]): string {
  const gaining = served.filter(({ before, after }) => after < before * (1 - NOTEWORTHY));
  const parts = (gaining.length > 0 ? gaining : served).map(
    ({ id, before, after }) => `statement ${id}: cost ${formatCost(before)} -> ${formatCost(after)}`,
  );
  return parts.slice(0, 5).join('; ') + (parts.length > 5 ? `; and ${parts.length - 5} more` : '');
}
