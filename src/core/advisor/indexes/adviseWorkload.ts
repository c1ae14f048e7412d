import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import { formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import type { CostEstimator } from '../../ports';
import type { ParsedStatement } from '../../sql/statement';
import type { EvidenceKind } from '../suggestion';
import { readAccessPaths, type TableAccess } from './accessPaths';
import { candidateIndexes, indexIdentity, SMALL_TABLE_PAGES, type Candidate } from './candidates';
import { createIndexSql } from './createIndexSql';
import { redundantIndexes, type RedundantIndex } from './redundantIndexes';
import { selectIndexes } from './selectIndexes';
import { CostedQuery, relationId } from './workloadCosts';

export interface WorkloadStatement {
  readonly id: number;
  /** The statement with its placeholders as `$1`, `$2`... */
  readonly sql: string;
  readonly statement: ParsedStatement;
  /** How often it runs, relative to the others. */
  readonly weight: number;
}

export interface WorkloadRequest {
  readonly statements: readonly WorkloadStatement[];
  readonly catalog: Catalog;
  readonly estimator: CostEstimator;
  /** Storage all new indexes together may take. */
  readonly budgetBytes?: number;
  /** Most key columns of an index; 3 unless given. */
  readonly maxWidth?: number;
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: { readonly text: string; readonly fraction?: number }) => void;
}

/** The data of `advise`; `elapsedMs` is the caller's to add, since core has no clock. */
export interface WorkloadAdvice {
  readonly version: 1;
  readonly whatIf: EvidenceKind;
  readonly optimizerCalls: number;
  readonly indexes: readonly AdvisedIndex[];
  readonly redundant: readonly RedundantIndex[];
  readonly workload: {
    readonly costBefore: number;
    readonly costAfter: number;
    readonly queries: readonly {
      readonly id: number;
      readonly sql: string;
      readonly costBefore: number;
      readonly costAfter: number;
    }[];
  };
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
}

export interface AdvisedIndex {
  readonly sql: string;
  readonly relation: string;
  readonly method: string;
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly where: string | null;
  readonly estimatedBytes: number;
  /** Ids of the statements whose plans use it. */
  readonly queries: readonly number[];
  readonly why: string;
}

const DEFAULT_MAX_WIDTH = 3;
/** Rounds in which the planner picks from a statement's candidates, each without those it picked before. */
const PICKING_ROUNDS = 3;
/**
 * Planner cost of one index entry written: a page touched in cache and its WAL. Between the cost of processing an
 * index tuple (0.005) and a random page read (4); our own choice, towards the upper end of what inserts show.
 */
const ENTRY_COST = 0.5;

/**
 * A small set of indexes for many statements, under a storage budget. The same request always gets the same answer.
 * Statements that cannot be planned are in `skipped` with the reason.
 */
export async function adviseWorkload(request: WorkloadRequest): Promise<WorkloadAdvice> {
  const { catalog, estimator, signal, onProgress } = request;
  const budgetBytes = request.budgetBytes ?? Infinity;
  const maxWidth = request.maxWidth ?? DEFAULT_MAX_WIDTH;
  const skipped: { id: number; reason: string }[] = [];
  const queries: CostedQuery[] = [];
  const known = new Map<string, Candidate>();
  const pool = new Map<Candidate, number>();

  for (const [position, statement] of request.statements.entries()) {
    throwIfCancelled(signal);
    onProgress?.({
      text: `planning statement ${statement.id}`,
      fraction: (0.6 * position) / request.statements.length,
    });
    const reason = reasonToSkip(statement.statement);
    if (reason) {
      skipped.push({ id: statement.id, reason });
      continue;
    }
    try {
      const accesses = readAccessPaths(statement.statement, catalog);
      const query = await costedQuery(statement, accesses, request);
      await query.cost([]);
      queries.push(query);
      const candidates = collect(accesses, catalog, maxWidth, known);
      for (const picked of await pick(query, candidates)) {
        if (!pool.has(picked)) pool.set(picked, await estimator.estimateBytes(picked.index));
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'CancelledError') throw error;
      skipped.push({ id: statement.id, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  const chosen = await selectIndexes({
    queries,
    pool,
    budgetBytes,
    signal,
    onStep: count =>
      onProgress?.({
        text: `${count} indexes chosen from ${pool.size} candidates`,
        fraction: 0.6 + 0.4 * Math.min(1, count / 20),
      }),
  });
  return describe(request, queries, chosen, pool, skipped);
}

function reasonToSkip(statement: ParsedStatement): string | undefined {
  if (statement.syntaxError) return `syntax error: ${statement.syntaxError.message}`;
  if (!['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(statement.kind ?? ''))
    return 'not a query: EXPLAIN has no plan for it';
  return undefined;
}

async function costedQuery(
  { id, sql, statement, weight }: WorkloadStatement,
  accesses: readonly TableAccess[],
  { catalog, estimator, signal }: WorkloadRequest,
): Promise<CostedQuery> {
  const relations = new Set(accesses.map(({ relation }) => `${relation.schema}.${relation.name}`));
  const writes = new Map<string, number>();
  for (const table of statement.tables) {
    const relation = ['insert', 'update', 'delete', 'merge'].includes(table.use)
      ? findRelation(catalog, table.name, table.schema)
      : undefined;
    // a DELETE leaves index entries to VACUUM; it is the cheapest of the writes here
    if (relation && table.use !== 'delete') writes.set(`${relation.schema}.${relation.name}`, ENTRY_COST);
  }
  if (writes.size > 0) {
    const rows = rowsWritten((await estimator.cost(sql, [], signal)).plan);
    for (const relation of writes.keys()) writes.set(relation, ENTRY_COST * rows);
  }
  for (const relation of writes.keys()) relations.add(relation);
  return new CostedQuery(id, sql, weight, relations, writes, estimator, signal);
}

/** Rows the plan expects to reach its ModifyTable node. */
function rowsWritten(plan: Readonly<Record<string, unknown>>): number {
  const children = Array.isArray(plan['Plans']) ? (plan['Plans'] as Readonly<Record<string, unknown>>[]) : [];
  if (plan['Node Type'] === 'ModifyTable')
    return Math.max(1, ...children.map(child => Number(child['Plan Rows'] ?? 1)));
  return Math.max(1, ...children.map(rowsWritten));
}

function collect(
  accesses: readonly TableAccess[],
  catalog: Catalog,
  maxWidth: number,
  known: Map<string, Candidate>,
): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const access of accesses) {
    const { pages, kind } = access.relation;
    if (kind === 'table' && pages !== undefined && pages > 0 && pages < SMALL_TABLE_PAGES) continue;
    for (const candidate of candidateIndexes(access, catalog, { maxWidth })) {
      const id = indexIdentity(candidate.index);
      // one object per definition, so that statements share it
      if (!known.has(id)) known.set(id, candidate);
      found.set(id, known.get(id)!);
    }
  }
  return [...found.values()];
}

/** The candidates the planner itself takes when offered all, then when offered the rest; narrow ones get their own turn. */
async function pick(query: CostedQuery, candidates: readonly Candidate[]): Promise<Set<Candidate>> {
  const picked = new Set<Candidate>();
  const plain = candidates.filter(({ index }) => index.include.length === 0);
  for (const offered of plain.length < candidates.length ? [candidates, plain] : [candidates]) {
    let rest = offered;
    for (let round = 0; round < PICKING_ROUNDS && rest.length > 0; round++) {
      const used = await query.used(rest);
      if (used.size === 0) break;
      for (const candidate of used) picked.add(candidate);
      rest = rest.filter(candidate => !used.has(candidate));
    }
  }
  return picked;
}

async function describe(
  request: WorkloadRequest,
  queries: readonly CostedQuery[],
  chosen: readonly Candidate[],
  pool: ReadonlyMap<Candidate, number>,
  skipped: readonly { id: number; reason: string }[],
): Promise<WorkloadAdvice> {
  const rows: { query: CostedQuery; before: number; after: number }[] = [];
  const servedBy = new Map<Candidate, { id: number; before: number; after: number }[]>();
  for (const query of queries) {
    const before = await query.cost([]);
    const after = await query.cost(chosen);
    for (const candidate of await query.used(chosen)) {
      servedBy.set(candidate, [...(servedBy.get(candidate) ?? []), { id: query.id, before, after }]);
    }
    rows.push({ query, before, after: after + query.upkeep(chosen) });
  }
  const sum = (cost: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + row.query.weight * cost(row), 0);
  const named = chosen.map(candidate => ({ candidate, ...createIndexSql(candidate.index, concurrently(candidate)) }));
  const relations = new Map(queries.flatMap(query => [...query.relations]).map(id => [id, true]));
  return {
    version: 1,
    whatIf: request.estimator.how,
    optimizerCalls: queries.reduce((total, query) => total + query.calls, 0),
    indexes: named.map(({ candidate, sql }) => ({
      sql,
      relation: relationId(candidate),
      method: candidate.index.method,
      columns: candidate.index.keys,
      include: candidate.index.include,
      where: candidate.index.where ?? null,
      estimatedBytes: pool.get(candidate) ?? 0,
      queries: (servedBy.get(candidate) ?? []).map(({ id }) => id),
      why: why(servedBy.get(candidate) ?? []),
    })),
    redundant: request.catalog.relations
      .filter(relation => relations.has(`${relation.schema}.${relation.name}`))
      .flatMap(relation =>
        redundantIndexes(
          relation,
          named.map(({ name, candidate }) => ({ name, index: candidate.index })),
        ),
      ),
    workload: {
      costBefore: sum(row => row.before),
      costAfter: sum(row => row.after),
      queries: rows.map(({ query, before, after }) => ({
        id: query.id,
        sql: query.sql,
        costBefore: before,
        costAfter: after,
      })),
    },
    skipped,
  };
}

function concurrently({ relation }: Candidate): { concurrently: boolean } {
  return { concurrently: relation.kind !== 'partitioned table' };
}

function why(served: readonly { id: number; before: number; after: number }[]): string {
  const parts = served.map(
    ({ id, before, after }) => `statement ${id}: cost ${formatCost(before)} -> ${formatCost(after)}`,
  );
  return parts.slice(0, 5).join('; ') + (parts.length > 5 ? `; and ${parts.length - 5} more` : '');
}

function formatCost(cost: number): string {
  return formatCount(cost >= 100 ? Math.round(cost) : Number(cost.toFixed(2)));
}
