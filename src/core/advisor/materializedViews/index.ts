import type { CancelSignal } from '../../base/cancelSignal';
import { throwIfCancelled } from '../../base/cancelSignal';
import { formatBytes, formatCost, formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import type { CostEstimator } from '../../ports';
import { adviseWorkload, type WorkloadAdvice, type WorkloadStatement } from '../indexes/adviseWorkload';
import type { MigrationPlan } from '../migration/migrationPlan';
import type { EvidenceKind } from '../suggestion';
import { readAggregation, type Aggregation } from './aggregation';
import { designView, type ViewDesign } from './design';
import { differencesOf, rewriteStatement } from './rewriteStatement';
import { viewMigration } from './viewMigration';
import { estimateView, type ViewEstimate } from './viewSize';

export interface MaterializedViewRequest {
  readonly statements: readonly WorkloadStatement[];
  readonly catalog: Catalog;
  readonly estimator: CostEstimator;
  /** Roles that may read all of these relations (`schema.name`), beside their owners. */
  readonly readersOf: (relations: readonly string[], signal?: CancelSignal) => Promise<readonly string[]>;
  /** When views are refreshed, in pg_cron's five fields; hourly unless given. */
  readonly schedule?: string;
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: { readonly text: string; readonly fraction?: number }) => void;
}

export interface MaterializedViewAdvice {
  readonly whatIf: EvidenceKind;
  readonly views: readonly AdvisedView[];
  readonly refusals: readonly ViewRefusal[];
  readonly skipped: WorkloadAdvice['skipped'];
}

export interface AdvisedView {
  readonly schema: string;
  readonly name: string;
  /** What the view keeps. */
  readonly query: string;
  /** Estimated, never measured: nothing was built. */
  readonly estimate: ViewEstimate;
  readonly statements: readonly ViewStatement[];
  /** How old what it shows may be, in a sentence. */
  readonly staleness: string;
  /** One sentence with the figures and how they are known. */
  readonly evidence: string;
  readonly plan: MigrationPlan;
}

export interface ViewStatement {
  readonly id: number;
  readonly weight: number;
  readonly original: string;
  /** Written over the view. */
  readonly rewritten: string;
  /** It has no parameters whose values are not known: it can be run. */
  readonly measurable: boolean;
  readonly costNow: number;
  /** With the best indexes that were found for the workload. */
  readonly costWithIndexes: number;
  /** At most, over the view. */
  readonly costWithView: number;
  /** What may differ beside the age of the rows. */
  readonly differences: readonly string[];
}

/** Why statements get no view. */
export interface ViewRefusal {
  readonly statements: readonly number[];
  readonly reason: string;
}

export const HOURLY = '0 * * * *';

/**
 * A view is stale and has to be refreshed; it must be that many times cheaper than the best index. The view of the
 * guide that replaces a query by a 30-second view gained 2.6 over the index alone, which is no reason to have it.
 */
const LEAST_GAIN = 10;
/** One that shares the view of others may gain less, but not so little that its index is as good. */
const LEAST_GAIN_OF_EACH = 3;
/** A statement of a smaller planner cost is quick as it is: some ten milliseconds. */
const LEAST_COST = 1_000;
/** So many runs of the queries must a workload have before their result is worth keeping. */
const LEAST_RUNS = 2;
/** Statements planned with indexes; those that matter least are left out. */
const MOST_STATEMENTS = 60;

interface Costs {
  readonly now: number;
  readonly withIndexes: number;
}

/**
 * Materialized views for aggregations that a workload repeats, each compared with the best indexes first. Nothing is
 * built. What gets no view is explained.
 */
export async function adviseMaterializedViews(request: MaterializedViewRequest): Promise<MaterializedViewAdvice> {
  const { catalog, estimator, signal, onProgress } = request;
  const refusals: ViewRefusal[] = [];
  const read: Aggregation[] = [];
  const others: WorkloadStatement[] = [];
  for (const statement of request.statements) {
    const aggregation = readAggregation(statement, catalog);
    if ('reason' in aggregation) {
      if (aggregation.aggregates) refusals.push(refuse([statement.id], aggregation.reason));
      else if (statement.statement.kind === 'SelectStmt') others.push(statement);
    } else read.push(aggregation);
  }
  const wanted = read.sort((a, b) => b.weight - a.weight).slice(0, MOST_STATEMENTS);
  const plain = others.sort((a, b) => b.weight - a.weight).slice(0, MOST_STATEMENTS - wanted.length);
  const ids = new Set([...wanted, ...plain].map(({ id }) => id));
  const indexes = await adviseWorkload({
    statements: request.statements.filter(({ id }) => ids.has(id)),
    catalog,
    estimator,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const costs = new Map(
    indexes.workload.queries.map(({ id, costBefore, costAfter }) => [id, { now: costBefore, withIndexes: costAfter }]),
  );
  refusals.push(...plain.flatMap(({ id }) => servedByIndex(id, costs, indexes) ?? []));
  const views: AdvisedView[] = [];
  const graphs = new Map<string, Aggregation[]>();
  for (const each of wanted) {
    if (!costs.has(each.id)) continue;
    graphs.set(each.graph, [...(graphs.get(each.graph) ?? []), each]);
  }
  for (const members of graphs.values()) {
    throwIfCancelled(signal);
    const outright = refuseOutright(members);
    if (outright) refusals.push(outright);
    else {
      const found = await viewsFor(members, costs, indexes, request);
      views.push(...found.views);
      refusals.push(...found.refusals);
    }
  }
  return { whatIf: estimator.how, views, refusals, skipped: indexes.skipped };
}

function refuseOutright(members: readonly Aggregation[]): ViewRefusal | undefined {
  const ids = members.map(({ id }) => id);
  const secured = members[0]!.instances.find(({ relation }) => (relation.rowSecurity ?? 'off') !== 'off');
  if (secured) {
    return refuse(ids, `${secured.relation.name} has row security: a view would show everybody's rows to all readers`);
  }
  const runs = members.reduce((sum, { weight }) => sum + weight, 0);
  if (runs < LEAST_RUNS) return refuse(ids, 'it runs once in this workload: its result need not be kept');
  return undefined;
}

/** Where others would keep the rows of a query that aggregates nothing in a view, an index gives them fresh. */
function servedByIndex(
  id: number,
  costs: ReadonlyMap<number, Costs>,
  { indexes }: WorkloadAdvice,
): ViewRefusal | undefined {
  const { now, withIndexes } = costs.get(id) ?? { now: 0, withIndexes: 0 };
  const used = indexes.filter(({ queries }) => queries.includes(id)).map(({ sql }) => sql);
  if (now < LEAST_COST || withIndexes * LEAST_GAIN > now || used.length === 0) return undefined;
  return refuse([id], `it aggregates nothing, and ${byIndex(used, now, withIndexes)}`);
}

function byIndex(used: readonly string[], now: number, withIndexes: number): string {
  return `an index does it: ${used.join('; ')} (planner cost ${formatCost(now)} -> ${formatCost(withIndexes)})`;
}

/** Statements that are quick as they are, or with an index, need no view. */
function servedOtherwise(
  { id }: Aggregation,
  costs: ReadonlyMap<number, Costs>,
  { indexes }: WorkloadAdvice,
): ViewRefusal | undefined {
  const { now, withIndexes } = costs.get(id)!;
  if (now < LEAST_COST) return refuse([id], `the planner cost of ${formatCost(now)} is small as it is`);
  if (withIndexes >= LEAST_COST) return undefined;
  const used = indexes.filter(({ queries }) => queries.includes(id)).map(({ sql }) => sql);
  return refuse([id], byIndex(used, now, withIndexes));
}

/** Queries over the same rows share a view as long as it stays worth it for each of them. */
async function viewsFor(
  members: readonly Aggregation[],
  costs: ReadonlyMap<number, Costs>,
  indexes: WorkloadAdvice,
  request: MaterializedViewRequest,
): Promise<{ readonly views: AdvisedView[]; readonly refusals: ViewRefusal[] }> {
  const { catalog, estimator, signal } = request;
  const views: AdvisedView[] = [];
  const refusals: ViewRefusal[] = [];
  const burden = ({ id, weight }: Aggregation): number => weight * costs.get(id)!.withIndexes;
  const runs = (set: readonly Aggregation[]): number => set.reduce((sum, { weight }) => sum + weight, 0);
  let rest = [...members].sort((a, b) => burden(b) - burden(a) || a.id - b.id);
  const sized = async (set: readonly Aggregation[]) => {
    throwIfCancelled(signal);
    const design = designView(set, catalog);
    return { design, estimate: estimateView(design, await estimator.cost(design.query, [], signal)) };
  };
  while (rest.length > 0) {
    const [first, ...others] = rest;
    let chosen = [first!];
    let best = await sized(chosen);
    const isWorth = (set: readonly Aggregation[], { estimate: { readCost } }: Sized): boolean =>
      set.every(({ id }) => costs.get(id)!.withIndexes >= LEAST_GAIN_OF_EACH * readCost) &&
      set.reduce((sum, each) => sum + burden(each), 0) >= LEAST_GAIN * runs(set) * readCost;
    const served = servedOtherwise(first!, costs, indexes);
    if (served || !isWorth(chosen, best)) {
      refusals.push(served ?? refuse([first!.id], tooLarge(best, costs.get(first!.id)!)));
      rest = others;
      continue;
    }
    for (const other of others) {
      const together = await sized([...chosen, other]);
      if (!isWorth([...chosen, other], together)) continue;
      chosen = [...chosen, other];
      best = together;
    }
    rest = others.filter(other => !chosen.includes(other));
    if (runs(chosen) < LEAST_RUNS) refusals.push(refuse([first!.id], 'it runs once in this workload'));
    else views.push(await describeView(best, costs, request));
  }
  return { views, refusals };
}

interface Sized {
  readonly design: ViewDesign;
  readonly estimate: ViewEstimate;
}

function tooLarge({ design, estimate }: Sized, { now, withIndexes }: Costs): string {
  const keys = design.dimensions.map(({ column }) => column).join(', ') || 'nothing';
  const moving = design.members.some(({ conditions }) => conditions.some(({ isMoving }) => isMoving));
  return [
    `a view grouped by ${keys} would have ${formatCount(estimate.groups)} rows of ${formatCount(estimate.baseRows)} (estimated)`,
    `reading it costs up to ${formatCost(estimate.readCost)}, the query ${formatCost(now)} now and ${formatCost(withIndexes)} with the best indexes`,
    ...(moving ? ['its window moves with the clock and cannot stand inside the view, where it would be frozen'] : []),
  ].join('; ');
}

async function describeView(
  { design, estimate }: Sized,
  costs: ReadonlyMap<number, Costs>,
  { catalog, readersOf, schedule = HOURLY, estimator, signal }: MaterializedViewRequest,
): Promise<AdvisedView> {
  const relations = design.members[0]!.instances.map(({ relation: { schema, name } }) => `${schema}.${name}`);
  const readers = await readersOf([...new Set(relations)], signal);
  const statements = design.members.map(member => ({
    id: member.id,
    weight: member.weight,
    original: member.statement.text,
    rewritten: rewriteStatement(member, design),
    measurable: member.statement.placeholders.length === 0,
    costNow: costs.get(member.id)!.now,
    costWithIndexes: costs.get(member.id)!.withIndexes,
    costWithView: estimate.readCost,
    differences: differencesOf(member, design),
  }));
  const total = (cost: (each: ViewStatement) => number): number =>
    statements.reduce((sum, each) => sum + each.weight * cost(each), 0);
  const [now, withIndexes, withView] = [
    total(each => each.costNow),
    total(each => each.costWithIndexes),
    total(each => each.costWithView),
  ];
  return {
    schema: design.schema,
    name: design.name,
    query: design.query,
    estimate,
    statements,
    staleness: `Rows are as of the last refresh (schedule ${schedule}); a query that must see the latest writes stays on the tables.`,
    evidence: `Planner cost of the workload's runs ${formatCost(now)} now, ${formatCost(withIndexes)} with the best indexes (${estimator.how}), at most ${formatCost(withView)} over the view (estimated: ${formatCount(estimate.groups)} rows of ${formatCount(estimate.baseRows)}, ${formatBytes(estimate.bytes)}); each refresh costs ${formatCost(estimate.refreshCost)}`,
    plan: viewMigration(design, estimate, { catalog, readers, schedule }),
  };
}

function refuse(statements: readonly number[], reason: string): ViewRefusal {
  return { statements, reason };
}
