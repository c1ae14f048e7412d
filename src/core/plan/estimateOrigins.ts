import type { PlanNode, PlanTree } from './planTree';

/** explain.depesz.com and ExplainSQL call estimates wrong from ten times on. */
export const WRONG_ESTIMATE = 10;

/** An input that is three times wrong itself may be where an error of ten begins: the root of ten. */
const LEAST_CARRIED = Math.log(WRONG_ESTIMATE) / 2;

/** Hand on a row only when they have read all that is below them, so that nothing above stops that early. */
const READS_ALL = new Set(['Sort', 'Hash', 'Bitmap Heap Scan', 'BitmapAnd', 'BitmapOr', 'ModifyTable']);

/**
 * The nodes where wrong row estimates begin, as opposed to those that only pass them on. From each node that is wrong the
 * search goes down while an input carries at least half of its error (on a logarithmic scale); a node that adds a
 * factor of its own to what its inputs have is an origin too. Rows that were never asked for (below a LIMIT that was
 * reached, a semi-join, a merge join) count as no error.
 */
export function findEstimateOrigins(tree: PlanTree, least = WRONG_ESTIMATE): PlanNode[] {
  const stopped = stoppedEarly(tree);
  const errors = tree.nodes.map(node => signedError(tree, node, stopped[node.id] ?? false));
  const errorOf = (node: PlanNode) => errors[node.id] ?? 0;
  const cteOf = cteFinder(tree);
  const inputs = tree.nodes.map(node => inputsOf(node, cteOf));
  const limit = Math.log(least);
  const origins = new Set<PlanNode>();
  const beginnings = new Map<PlanNode, PlanNode>();
  for (const node of tree.nodes) {
    const error = errorOf(node);
    if (Math.abs(error) < limit) continue;
    origins.add(beginningOf(node));
    const inherited = (inputs[node.id] ?? []).reduce((sum, input) => sum + errorOf(input), 0);
    const added = error - inherited;
    if (Math.abs(added) >= limit && Math.sign(added) === Math.sign(error)) origins.add(node);
  }
  return [...origins].sort((a, b) => a.id - b.id);

  function beginningOf(node: PlanNode): PlanNode {
    const path = new Set<PlanNode>();
    let at = node;
    for (let next: PlanNode | undefined = node; next && !path.has(next); next = carrierOf(at)) {
      at = beginnings.get(next) ?? next;
      path.add(next);
    }
    for (const passed of path) beginnings.set(passed, at);
    return at;
  }

  /** The input that explains most of a node's error, if one explains half of it. */
  function carrierOf(node: PlanNode): PlanNode | undefined {
    const error = errorOf(node);
    const needed = Math.max(LEAST_CARRIED, Math.abs(error) / 2);
    const sameWay = (input: PlanNode) => errorOf(input) * Math.sign(error);
    return (inputs[node.id] ?? []).filter(input => sameWay(input) >= needed).sort((a, b) => sameWay(b) - sameWay(a))[0];
  }
}

/** Natural logarithm of actual rows / planned rows of one execution; 0 where they cannot be compared. */
function signedError(tree: PlanTree, node: PlanNode, stopped: boolean): number {
  const { rowEstimateError, rowsActual = 0, rowsPlanned } = node.figures;
  if (rowEstimateError === undefined) return 0;
  // They hand out the same rows again, and a merge join rewinds its inner side: more rows, no error of the planner.
  if (node.nodeType === 'Materialize' || node.nodeType === 'Memoize') return 0;
  if (node.relationship === 'Inner' && parentOf(tree, node)?.nodeType === 'Merge Join') return 0;
  if (rowsActual >= rowsPlanned) return Math.log(rowEstimateError);
  return stopped || isPruned(node) ? 0 : -Math.log(rowEstimateError);
}

/** Partitions that turned out not to be needed while the statement ran. */
function isPruned(node: PlanNode): boolean {
  return node.raw['Subplans Removed'] !== undefined || node.children.some(child => child.figures.neverExecuted);
}

/** By node id, whether something above may have stopped asking the node for rows. */
function stoppedEarly(tree: PlanTree): boolean[] {
  const result: boolean[] = [];
  for (const node of tree.nodes) {
    const parent = parentOf(tree, node);
    result.push(parent !== undefined && (stops(parent, node) ?? result[parent.id] ?? false));
  }
  return result;
}

/** Whether a node stops the one below it early; undefined if it does so exactly when it is itself stopped. */
function stops(at: PlanNode, below: PlanNode): boolean | undefined {
  // Whether the reader of a subquery took all of it, nobody says.
  if (below.relationship === 'SubPlan' || below.relationship === 'InitPlan') return true;
  if (READS_ALL.has(at.nodeType)) return false;
  if (at.nodeType === 'Aggregate' && at.raw['Strategy'] !== 'Sorted') return false;
  if (at.nodeType === 'Limit' && (at.figures.rowsActual ?? 0) >= at.figures.rowsPlanned) return true;
  if (at.nodeType === 'Merge Join') return true;
  const takesFirst = /Semi|Anti/.test(String(at.raw['Join Type'])) || at.raw['Inner Unique'] === true;
  if (below.relationship === 'Inner' && takesFirst) return true;
  // A hash join with an empty inner side does not read its outer side.
  const isOuter = at.nodeType === 'Hash Join' && below.relationship === 'Outer';
  return isOuter && at.children.some(child => child.nodeType === 'Hash' && child.figures.rowsActual === 0)
    ? true
    : undefined;
}

/** What a node's rows come from: its children but subqueries in expressions, or the CTE it scans. */
function inputsOf(node: PlanNode, cteOf: CteFinder): readonly PlanNode[] {
  if (node.nodeType !== 'CTE Scan') {
    return node.children.filter(child => child.relationship !== 'SubPlan' && child.relationship !== 'InitPlan');
  }
  const cte = cteOf(node);
  return cte ? [cte] : [];
}

/** The node that computes the CTE which a CTE Scan reads. */
export type CteFinder = (scan: PlanNode) => PlanNode | undefined;

/** Looks CTEs up by name: the nearest one around the scan, as inner WITH names hide outer ones. */
export function cteFinder(tree: PlanTree): CteFinder {
  const ends = tree.nodes.map(({ id }) => id + 1);
  const ctes = new Map<string, PlanNode[]>();
  for (const node of [...tree.nodes].reverse()) {
    const { id, parentId, subplanName } = node;
    if (parentId === undefined) continue;
    ends[parentId] = Math.max(ends[parentId] ?? 0, ends[id] ?? 0);
    if (subplanName?.startsWith('CTE ')) ctes.set(subplanName, [...(ctes.get(subplanName) ?? []), node]);
  }
  const surrounds = (top: number, id: number) => id >= top && id < (ends[top] ?? 0);
  return scan =>
    ctes
      .get(`CTE ${String(scan.raw['CTE Name'])}`)
      ?.filter(({ parentId = 0 }) => surrounds(parentId, scan.id))
      .reduce<PlanNode | undefined>((a, b) => (a && (a.parentId ?? 0) >= (b.parentId ?? 0) ? a : b), undefined);
}

/** The node above, if any. */
export function parentOf(tree: PlanTree, node: PlanNode): PlanNode | undefined {
  return node.parentId === undefined ? undefined : tree.nodes[node.parentId];
}
