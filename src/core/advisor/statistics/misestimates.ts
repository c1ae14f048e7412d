import { formatCount } from '../../base/units';
import type { Catalog, Relation } from '../../catalog/catalog';
import { findEstimateOrigins, WRONG_ESTIMATE } from '../../plan/estimateOrigins';
import type { PlanNode, PlanTree } from '../../plan/planTree';
import { columnsIn, relationOf } from '../../rules/plan/support/conditions';
import { isWorthwhile } from '../../rules/plan/support/estimates';
import { condition, nameOf } from '../../rules/plan/support/words';
import type { Grammar } from '../../sql/grammar';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { groupCandidates, scanCandidates, type StatisticsCandidate } from './statisticsCandidates';

/** A node of a measured plan where a wrong estimate begins, and what could correct it. */
export interface Misestimate {
  readonly nodeId: number;
  /** "Seq Scan on addresses". */
  readonly node: string;
  readonly schema: string;
  readonly relation: string;
  /** Rows of one execution. */
  readonly planned: number;
  readonly actual: number;
  /** A query with the same conditions on this table alone: the estimate of its rows is what is to be corrected. */
  readonly probe: string;
  /** The most likely one first. */
  readonly candidates: readonly StatisticsCandidate[];
}

export interface Misestimates {
  readonly found: readonly Misestimate[];
  /** Wrong estimates that statistics cannot correct, and why. */
  readonly refusals: readonly { readonly node: string; readonly reason: string }[];
}

/** What only the whole statement knows: parameters, subqueries, the current row of another table. */
const OUTSIDE = /\$\d|\b(?:SubPlan|InitPlan|hashed)\b/;

/** The wrong estimates of a measured plan (q-error of ten and more) that begin at one table. */
export function findMisestimates(grammar: Grammar, tree: PlanTree, catalog: Catalog): Misestimates {
  const found: Misestimate[] = [];
  const refusals: { node: string; reason: string }[] = [];
  if (!tree.analyzed) return { found, refusals };
  for (const node of findEstimateOrigins(tree)) {
    if (!isWorthwhile(node)) continue;
    const read = readNode(grammar, tree, node, catalog);
    if (typeof read === 'string') refusals.push({ node: nameOf(node), reason: read });
    else if (!found.some(({ probe }) => probe === read.probe)) found.push(read);
  }
  return { found, refusals };
}

function readNode(grammar: Grammar, tree: PlanTree, node: PlanNode, catalog: Catalog): Misestimate | string {
  if (/Join|Nested Loop/.test(node.nodeType)) {
    return 'the estimate goes wrong in a join: PostgreSQL keeps no statistics across tables';
  }
  if (node.nodeType === 'Function Scan') return 'a function says how many rows it gives: ALTER FUNCTION ... ROWS';
  const keys = groupKeys(node);
  const scan = keys ? onlyScan(node) : node;
  if (!scan?.relation) return keys ? 'it groups the rows of several tables' : 'it reads no table';
  const relation = relationOf(scan, catalog);
  if (!relation) return `${scan.relation} is not in the catalog`;
  if (relation.kind !== 'table' && relation.kind !== 'partitioned table' && relation.kind !== 'materialized view')
    return `${relation.name} is a ${relation.kind}`;
  if (relation.rowEstimate === undefined) return `${relation.name} was never analysed: ANALYZE comes first`;
  const where = ownConditions(scan);
  if (OUTSIDE.test(where) || namesOthers(where, scan)) {
    return 'its condition depends on other parts of the statement, row by row';
  }
  const measured = keys ? finalOf(tree, node) : node;
  const actual = rowsOfOne(measured);
  const planned = Number(measured.raw['Plan Rows'] ?? 0);
  const candidates = keys
    ? groupCandidates(grammar, scan, relation, keys)
    : where === ''
      ? []
      : scanCandidates(grammar, scan, relation, where);
  if (candidates.length === 0) {
    return where === '' && !keys
      ? `all of ${relation.name} is read: ANALYZE counts its rows`
      : `statistics on ${columnsIn(where, scan, relation).join(', ') || relation.name} are there already, or would say nothing of it`;
  }
  const { schema, name } = relation;
  return {
    nodeId: node.id,
    node: nameOf(node),
    schema,
    relation: name,
    planned: keys ? planned : node.figures.rowsPlanned / executionsOf(node),
    actual,
    probe: probeOf(relation, scan, where, keys),
    candidates,
  };
}

function probeOf(relation: Relation, scan: PlanNode, where: string, keys: readonly string[] | undefined): string {
  const alias = scan.alias === undefined ? '' : ` ${quoteIdentifier(scan.alias)}`;
  const parts = [`SELECT 1 FROM ${quoteQualified(relation.schema, relation.name)}${alias}`];
  if (where !== '') parts.push(`WHERE ${where}`);
  if (keys) parts.push(`GROUP BY ${keys.join(', ')}`);
  return parts.join(' ');
}

/** The conditions of a scan; those that a bitmap rechecks are those of its index. */
function ownConditions(node: PlanNode): string {
  const own = ['Index Cond', 'Recheck Cond', 'Filter'].map(key => condition(node, key));
  return own.filter(text => text !== '').join(' AND ');
}

function namesOthers(where: string, scan: PlanNode): boolean {
  const own = scan.alias ?? scan.relation ?? '';
  const bare = where.replace(/'(?:[^']|'')*'/g, '?');
  return [...bare.matchAll(/(?<![\w".])("(?:[^"]|"")+"|[a-z_][\w$]*)\.(?=["a-z_])(?![^(]*\bcollate\b)/gi)].some(
    ([, owner = '']) => owner !== own && owner !== quoteIdentifier(own) && owner !== 'pg_catalog',
  );
}

/** What an aggregation groups by, as the plan prints it. */
function groupKeys(node: PlanNode): readonly string[] | undefined {
  const keys = node.raw['Group Key'];
  return Array.isArray(keys) && keys.every(key => typeof key === 'string') ? keys : undefined;
}

/** The one table below, if all rows come from it. */
function onlyScan(node: PlanNode): PlanNode | undefined {
  let at: PlanNode = node;
  while (at.relation === undefined) {
    const [child, ...others] = at.children;
    if (!child || others.length > 0) return undefined;
    at = child;
  }
  return at;
}

/** Groups are counted once only by the node that puts the parts of the processes together. */
function finalOf(tree: PlanTree, node: PlanNode): PlanNode {
  if (node.raw['Partial Mode'] !== 'Partial') return node;
  for (let at: PlanNode | undefined = node; at; at = at.parentId === undefined ? undefined : tree.nodes[at.parentId]) {
    if (at.raw['Partial Mode'] === 'Finalize') return at;
  }
  return node;
}

/** How often it was run; the processes of a parallel plan run it once together. */
function executionsOf({ figures: { loops = 1, processes = 1 } }: PlanNode): number {
  return Math.max(1, loops / processes);
}

function rowsOfOne(node: PlanNode): number {
  return (node.figures.rowsActual ?? 0) / executionsOf(node);
}

/** max(actual/planned, planned/actual), each at least one row. */
export function qError(planned: number, actual: number): number {
  const [a, p] = [Math.max(1, actual), Math.max(1, planned)];
  return Math.max(a / p, p / a);
}

/**
 * True if an estimate got decisively nearer: its error is at most the root of what it was (halved on a logarithmic
 * scale), and no longer one that a plan would be called wrong for. Less may be the luck of the sample.
 */
export function isDecisive(before: number, after: number): boolean {
  return after < WRONG_ESTIMATE && after <= Math.sqrt(before);
}

export function rowsInWords(count: number): string {
  return formatCount(Math.round(count));
}
