import { formatCount } from '../base/units';
import { findEstimateOrigins } from '../plan/estimateOrigins';
import type { PlanNode, PlanTree } from '../plan/planTree';
import { isRawObject } from '../plan/rawValue';
import type { BudgetName, BudgetNames, Clause, Comparison, LimitClause } from './budget';
import { limitText } from './contradictions';
import { formatQuantity, metricNamed } from './metrics';
import { planFingerprint } from './planFingerprint';
import { planValue } from './planValues';

export type Outcome = 'pass' | 'fail' | 'unknown';

/** How one clause fared. */
export interface ClauseResult {
  readonly clause: Clause;
  readonly outcome: Outcome;
  /** In one line, with the value and the limit: "shared hit 31 > 20". */
  readonly message: string;
  /** Of a limit, in the metric's own unit. */
  readonly value?: number;
}

const NEEDS_RUN = 'cannot be told: the statement was not run (EXPLAIN without ANALYZE)';

/**
 * Holds a budget against the plans of its statement, one for each run; a plan that was only estimated tells less.
 * `names` counts partitions and knows the indexes of partitions.
 */
export function evaluateBudget(
  clauses: readonly Clause[],
  runs: readonly PlanTree[],
  names?: BudgetNames,
): ClauseResult[] {
  const tree = runs.at(-1);
  if (!tree) return [];
  return clauses.map((clause): ClauseResult => {
    const judged = clause.kind === 'limit' ? judgeLimit(clause, runs, names) : { ...judgePlan(clause, tree, names) };
    return { clause, ...judged };
  });
}

/** True if a budget can only be judged by running the statement. */
export function needsRun(clauses: readonly Clause[]): boolean {
  return clauses.some(clause => {
    if (clause.kind === 'limit') return metricNamed(clause.metric).needsRun;
    return clause.kind === 'disk sort' || clause.kind === 'estimate';
  });
}

/** True if times decide: they take several runs. */
export function hasTimes(clauses: readonly Clause[]): boolean {
  return clauses.some(clause => clause.kind === 'limit' && metricNamed(clause.metric).quantity === 'time');
}

type Judged = Omit<ClauseResult, 'clause'>;

function judgeLimit(clause: LimitClause, runs: readonly PlanTree[], names: BudgetNames | undefined): Judged {
  const { metric, comparison, limit } = clause;
  const told = planValue(metric, runs, names);
  if ('reason' in told) return { outcome: 'unknown', message: `${metric} cannot be told: ${told.reason}` };
  const { value } = told;
  const isMet = HOLDS[comparison](value, limit);
  const sign = isMet ? comparison : value > limit ? '>' : value < limit ? '<' : '=';
  const shown = formatQuantity(metricNamed(metric).quantity, value);
  const allowed = limitText(clause);
  // 20.004 would read like 20
  const text = !isMet && shown === allowed && value !== limit ? shown.replace(/^[\d.,]+/, String(value)) : shown;
  return { outcome: isMet ? 'pass' : 'fail', message: `${metric} ${text} ${sign} ${allowed}`, value };
}

const HOLDS: Readonly<Record<Comparison, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
};

function judgePlan(clause: Exclude<Clause, LimitClause>, tree: PlanTree, names: BudgetNames | undefined): Judged {
  switch (clause.kind) {
    case 'seq scan':
      return judgeSeqScan(tree, clause.relation, names);
    case 'index':
      return judgeIndex(tree, clause.index, names);
    case 'disk sort':
      return judgeDiskSort(tree);
    case 'estimate':
      return judgeEstimate(tree, clause.factor);
    case 'shape': {
      const now = planFingerprint(tree);
      return now === clause.fingerprint
        ? { outcome: 'pass', message: `plan is ${now}, as pinned` }
        : { outcome: 'fail', message: `plan is ${now}, not ${clause.fingerprint}: PostgreSQL goes another way` };
    }
  }
}

/** Nodes that ran; all of a plan that was only estimated. */
function running({ nodes, analyzed }: PlanTree): readonly PlanNode[] {
  return analyzed ? nodes.filter(({ figures }) => !figures.neverExecuted) : nodes;
}

function judgeSeqScan(tree: PlanTree, on: BudgetName | undefined, names: BudgetNames | undefined): Judged {
  const scanned = running(tree).filter(node => node.nodeType === 'Seq Scan' && (!on || isOn(node, on, names)));
  const tables = [...new Set(scanned.map(({ relation = '?' }) => relation))];
  if (tables.length === 0) return { outcome: 'pass', message: on ? `no seq scan on ${on.name}` : 'no seq scan' };
  return { outcome: 'fail', message: `seq scan on ${tables.join(', ')}` };
}

/** The node reads the table, or a partition of it. Without a schema at hand a partition is known by the alias it gets. */
function isOn({ relation, schema, alias = '' }: PlanNode, on: BudgetName, names: BudgetNames | undefined): boolean {
  if (relation === undefined) return false;
  const own = { name: relation, ...(schema !== undefined && { schema }) };
  if (names && names.isPartOf(own, on)) return true;
  const isSameSchema = on.schema === undefined || schema === undefined || on.schema === schema;
  if (relation === on.name) return isSameSchema;
  return (
    !names &&
    (alias === on.name ||
      (new RegExp(`^\\d+$`).test(alias.slice(on.name.length + 1)) && alias.startsWith(`${on.name}_`)))
  );
}

function judgeIndex(tree: PlanTree, wanted: BudgetName, names: BudgetNames | undefined): Judged {
  const used = [...new Set(running(tree).flatMap(({ index }) => index ?? []))];
  const isUsed = used.some(index => index === wanted.name || names?.isPartOfIndex(index, wanted));
  if (isUsed) return { outcome: 'pass', message: `uses ${wanted.name}` };
  const instead = used.length === 0 ? 'no index' : used.join(', ');
  return { outcome: 'fail', message: `uses ${instead}, not ${wanted.name}` };
}

function judgeDiskSort(tree: PlanTree): Judged {
  const sorts = tree.nodes.filter(({ nodeType }) => /^(?:Incremental )?Sort$/.test(nodeType));
  if (sorts.length === 0) return { outcome: 'pass', message: 'no sort on disk: nothing is sorted' };
  if (!tree.analyzed) return { outcome: 'unknown', message: `no sort on disk ${NEEDS_RUN}` };
  const spilled = sorts.filter(({ raw: { Plans: _below, ...own } }) => wentToDisk(own));
  if (spilled.length === 0) return { outcome: 'pass', message: 'no sort on disk' };
  return {
    outcome: 'fail',
    message: spilled.length === 1 ? 'a sort went to disk' : `${spilled.length} sorts went to disk`,
  };
}

/** Also of a worker, and of the groups of an incremental sort. */
function wentToDisk(raw: unknown): boolean {
  if (Array.isArray(raw)) return raw.some(wentToDisk);
  if (!isRawObject(raw)) return false;
  return Object.entries(raw).some(
    ([key, value]) => (key === 'Sort Space Type' && value === 'Disk') || key === 'Sort Space Disk' || wentToDisk(value),
  );
}

function judgeEstimate(tree: PlanTree, factor: number): Judged {
  if (!tree.analyzed) return { outcome: 'unknown', message: `rows estimate ${NEEDS_RUN}` };
  const errorOf = ({ figures }: PlanNode): number => figures.rowEstimateError ?? 1;
  const [worst] = findEstimateOrigins(tree, factor)
    .filter(node => errorOf(node) > factor)
    .sort((a, b) => errorOf(b) - errorOf(a));
  if (!worst) return { outcome: 'pass', message: `rows estimate within ${formatCount(factor)}x` };
  const { rowsActual = 0, rowsPlanned } = worst.figures;
  const where = [worst.nodeType, worst.relation && `on ${worst.relation}`].filter(Boolean).join(' ');
  const error = Number(errorOf(worst).toPrecision(3));
  return {
    outcome: 'fail',
    message: `rows estimate ${formatCount(error)}x > ${formatCount(factor)}x: ${where} gave ${formatCount(rowsActual)} rows, ${formatCount(Math.round(rowsPlanned))} expected`,
    value: errorOf(worst),
  };
}
