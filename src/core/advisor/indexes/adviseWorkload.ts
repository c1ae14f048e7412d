import { messageOf } from '../../base/messageOf';
import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import type { Catalog, Relation } from '../../catalog/catalog';
import type { CostEstimator } from '../../ports';
import { explainSyntaxError } from '../../rules/support/syntaxHints';
import type { ParsedStatement } from '../../sql/statement';
import { TimeLimitedEstimator } from '../timeLimit';
import { readAccessPaths } from './accessPaths';
import { candidateIndexes, indexIdentity, SMALL_TABLE_PAGES, type Candidate } from './candidates';
import { CostedQuery, Planner } from './costedQuery';
import { describeAdvice, type WorkloadAdvice } from './describeAdvice';
import { endsRun, withWayOn } from './endsRun';
import { Objective } from './objective';
import { referentialChecks } from './referentialChecks';
import { pickCandidates } from './pickCandidates';
import { selectIndexes } from './selectIndexes';
import type { TableAccess } from './tableAccess';
import { readWrites } from './writes';

export type { AdvisedIndex, WorkloadAdvice } from './describeAdvice';

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
  /** Asked before each planning; once true nothing is planned any more, and the best set found so far is the answer. */
  readonly isTimeUp?: () => boolean;
}

const DEFAULT_MAX_WIDTH = 3;
/** Plans the search may ask for, for each statement: to find a set, and until it no longer tries to improve it. */
const PLANS_PER_STATEMENT = 45;
const IMPROVING_PLANS_PER_STATEMENT = 20;

/**
 * A small set of indexes for many statements, under a storage budget. The same request always gets the same answer.
 * Statements that cannot be planned are in `skipped` with the reason.
 */
export async function adviseWorkload(request: WorkloadRequest): Promise<WorkloadAdvice> {
  const { catalog, signal, onProgress, isTimeUp } = request;
  const limited = isTimeUp && new TimeLimitedEstimator(request.estimator, isTimeUp);
  const estimator = limited ?? request.estimator;
  const maxWidth = request.maxWidth ?? DEFAULT_MAX_WIDTH;
  const budgetBytes = request.budgetBytes ?? Infinity;
  const planner = new Planner(estimator, signal, catalog.settings);
  const skipped: { id: number; reason: string }[] = [];
  const queries: CostedQuery[] = [];
  const known = new Map<string, Candidate>();
  const picked = new Map<Candidate, CostedQuery[]>();
  const relations = new Set<Relation>();

  const planned = request.statements.filter(({ statement }) => reasonToSkip(statement) === undefined);
  onProgress?.({ text: 'reading tables and statistics', fraction: 0 });
  await anticipate(request.estimator, planned, signal);
  for (const [position, statement] of request.statements.entries()) {
    throwIfCancelled(signal);
    onProgress?.({
      text: `planning statement ${statement.id}`,
      fraction: (0.5 * position) / request.statements.length,
    });
    const reason = reasonToSkip(statement.statement);
    if (reason) {
      skipped.push({ id: statement.id, reason });
      continue;
    }
    try {
      for (const { query, accesses } of await costedQueries(statement, catalog, planner)) {
        queries.push(query);
        for (const { relation } of accesses) relations.add(relation);
        const candidates = collect(accesses, catalog, maxWidth, known);
        query.hasCandidates = candidates.length > 0;
        const own = await pickCandidates(query, candidates);
        for (const candidate of own) picked.set(candidate, [...(picked.get(candidate) ?? []), query]);
      }
    } catch (error) {
      if (endsRun(error)) throw error;
      skipped.push({ id: statement.id, reason: messageOf(error) });
    }
  }

  const pool = new Map<Candidate, number>();
  for (const candidate of picked.keys()) {
    throwIfCancelled(signal);
    pool.set(candidate, await estimator.estimateBytes(candidate.index));
  }
  const begun = planner.calls;
  const limit = PLANS_PER_STATEMENT * queries.length;
  const chosen = await selectIndexes({
    objective: new Objective(queries, pool),
    budgetBytes,
    signal,
    isOver: () => planner.calls - begun >= limit || (limited?.isOver ?? false),
    isLate: () => planner.calls - begun >= IMPROVING_PLANS_PER_STATEMENT * queries.length,
    onStep: count =>
      onProgress?.({
        text: `${count} indexes chosen from ${pool.size} candidates`,
        fraction: 0.5 + 0.5 * Math.min(1, (planner.calls - begun) / limit),
      }),
  });
  const advice = await describeAdvice({
    catalog,
    budgetBytes,
    relations: [...relations],
    estimator,
    planner,
    queries,
    chosen,
    pool,
    skipped,
  });
  return limited ? { ...advice, timeLimitReached: limited.isOver } : advice;
}

async function anticipate(
  estimator: CostEstimator,
  statements: readonly WorkloadStatement[],
  signal: CancelSignal | undefined,
): Promise<void> {
  try {
    const texts = statements.map(({ sql }) => sql);
    await estimator.anticipate?.(texts, signal);
  } catch (error) {
    throw withWayOn(error);
  }
}

function reasonToSkip(statement: ParsedStatement): string | undefined {
  if (statement.syntaxError) {
    const hint = explainSyntaxError(statement.text, statement.syntaxError);
    return `${statement.syntaxError.message}${hint ? `. ${hint.message}` : ''}`;
  }
  if (!['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(statement.kind ?? ''))
    return 'not a query: EXPLAIN has no plan for it';
  return undefined;
}

interface Costed {
  readonly query: CostedQuery;
  readonly accesses: readonly TableAccess[];
}

/** The statement itself, and the look-ups its deletes cause in tables that reference the deleted rows. */
export async function costedQueries(
  { id, sql, statement, weight }: WorkloadStatement,
  catalog: Catalog,
  planner: Planner,
): Promise<Costed[]> {
  const costed = async (text: string, itsWeight: number, accesses: readonly TableAccess[]) => {
    const query = new CostedQuery(id, text, itsWeight, accesses, planner);
    return { query, accesses, plan: await query.begin() };
  };
  const main = await costed(sql, weight, readAccessPaths(statement, catalog));
  main.query.writes = readWrites(statement, catalog, main.plan);
  const checks: Costed[] = [];
  for (const check of referentialChecks(main.query.writes, catalog))
    checks.push(await costed(check.sql, weight * check.rows, [check.access]));
  return [main, ...checks];
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
