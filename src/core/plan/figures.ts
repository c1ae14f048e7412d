import type { PlanFigures, RawPlanNode } from './planTree';
import { rawFlag, rawNumber, rawTexts } from './rawValue';

/** A node while the tree is being built: its place is known, its figures are not. */
export interface DraftNode {
  readonly id: number;
  readonly parent?: DraftNode;
  readonly depth: number;
  readonly children: DraftNode[];
  readonly raw: RawPlanNode;
  readonly nodeType: string;
  readonly relationship?: string;
  readonly subplanName?: string;
}

/**
 * Figures of every node, by node id. How PostgreSQL counts (manual, "Using EXPLAIN", and instrument.c):
 * - times and rows are averages per loop; below a Gather `Actual Loops` counts the loops of all processes, so the
 *   wall-clock time is `Actual Total Time` x loops / processes;
 * - buffers are sums over loops and processes, children included;
 * - an InitPlan and a CTE run once, inside the node that first needs their result, although they are listed below
 *   the top node of their query: they are subtracted where they ran, and nowhere else.
 *
 * @param nodes depth-first, parents before children
 * @param executionMs what shares refer to; the root's total when EXPLAIN did not say
 */
export function computeFigures(nodes: readonly DraftNode[], executionMs: number | undefined): PlanFigures[] {
  const processes = nodes.map(() => 1);
  const partial = nodes.map(() => false);
  for (const node of nodes) processes[node.id] = processesOf(node, processes);
  for (const node of [...nodes].reverse()) partial[node.id] = isPartial(node, partial);

  const consumers = findConsumers(nodes);
  const totalMs = nodes.map(node => wallClockMs(node, processes[node.id] ?? 1));
  const selfMs = exclusive(nodes, consumers, node => totalMs[node.id]);
  const ofBlocks = (key: string) => exclusive(nodes, consumers, node => rawNumber(node.raw, key));
  const ioMs = (what: 'Read' | 'Write') =>
    exclusive(nodes, consumers, node => sumOf(node, ['', 'Shared ', 'Local ', 'Temp '], `I/O ${what} Time`));
  const blocks = {
    sharedHitBlocks: ofBlocks('Shared Hit Blocks'),
    sharedReadBlocks: ofBlocks('Shared Read Blocks'),
    sharedDirtiedBlocks: ofBlocks('Shared Dirtied Blocks'),
    sharedWrittenBlocks: ofBlocks('Shared Written Blocks'),
    tempReadBlocks: ofBlocks('Temp Read Blocks'),
    tempWrittenBlocks: ofBlocks('Temp Written Blocks'),
    ioReadMs: ioMs('Read'),
    ioWriteMs: ioMs('Write'),
  };
  const whole = executionMs ?? totalMs[0];

  return nodes.map(node => {
    const self = selfMs[node.id];
    const loops = rawNumber(node.raw, 'Actual Loops');
    const rows = rowFigures(node, processes[node.id] ?? 1, partial[node.id] ?? false);
    return {
      totalMs: totalMs[node.id],
      selfMs: self,
      selfShare: self === undefined || !whole ? undefined : Math.min(1, self / whole),
      loops,
      ...rows,
      neverExecuted: loops === 0,
      startupCost: rawNumber(node.raw, 'Startup Cost'),
      totalCost: rawNumber(node.raw, 'Total Cost'),
      selfCost: selfCost(node),
      sharedHitBlocks: blocks.sharedHitBlocks[node.id],
      sharedReadBlocks: blocks.sharedReadBlocks[node.id],
      sharedDirtiedBlocks: blocks.sharedDirtiedBlocks[node.id],
      sharedWrittenBlocks: blocks.sharedWrittenBlocks[node.id],
      tempReadBlocks: blocks.tempReadBlocks[node.id],
      tempWrittenBlocks: blocks.tempWrittenBlocks[node.id],
      ioReadMs: blocks.ioReadMs[node.id],
      ioWriteMs: blocks.ioWriteMs[node.id],
      rowsRemovedByFilter: rowsRemoved(node),
      workersPlanned: rawNumber(node.raw, 'Workers Planned'),
      workersLaunched: rawNumber(node.raw, 'Workers Launched'),
    };
  });
}

function isGather(node: DraftNode): boolean {
  return node.nodeType === 'Gather' || node.nodeType === 'Gather Merge';
}

function isInitPlan(node: DraftNode): boolean {
  return node.relationship === 'InitPlan' || /^(CTE|InitPlan) /.test(node.subplanName ?? '');
}

/**
 * Processes that run a node side by side. A Gather's child loops once in each process per loop of the Gather, so
 * the ratio of the two counts the leader exactly when it took part. InitPlans run in the leader alone.
 */
function processesOf(node: DraftNode, known: readonly number[]): number {
  const parent = node.parent;
  if (!parent || isInitPlan(node)) return 1;
  if (!isGather(parent) || node.relationship === 'SubPlan') return known[parent.id] ?? 1;
  const own = rawNumber(node.raw, 'Actual Loops');
  const gather = rawNumber(parent.raw, 'Actual Loops');
  if (own !== undefined && gather) return Math.max(1, own / gather);
  return 1 + (rawNumber(parent.raw, 'Workers Launched') ?? rawNumber(parent.raw, 'Workers Planned') ?? 0);
}

/** True if each process sees only a part of the node's rows: it or what feeds it is parallel aware. */
function isPartial(node: DraftNode, known: readonly boolean[]): boolean {
  if (isGather(node)) return false;
  if (rawFlag(node.raw, 'Parallel Aware') && hasGatherAbove(node)) return true;
  return node.children.some(
    child => known[child.id] === true && !isInitPlan(child) && child.relationship !== 'SubPlan',
  );
}

function hasGatherAbove(node: DraftNode): boolean {
  for (let above = node.parent; above; above = above.parent) if (isGather(above)) return true;
  return false;
}

function wallClockMs(node: DraftNode, processes: number): number | undefined {
  const loops = rawNumber(node.raw, 'Actual Loops');
  if (loops === 0) return 0;
  const perLoop = rawNumber(node.raw, 'Actual Total Time');
  return perLoop === undefined ? undefined : round((perLoop * (loops ?? 1)) / processes);
}

/**
 * Where each InitPlan or CTE may have run: the scans of the CTE, or the nodes whose expressions name the InitPlan's
 * output (`$0` up to 16, `(InitPlan 1).col1` from 17), within the query it belongs to.
 */
function findConsumers(nodes: readonly DraftNode[]): ReadonlyMap<DraftNode, readonly DraftNode[]> {
  const result = new Map<DraftNode, DraftNode[]>();
  const initPlans = nodes.filter(node => isInitPlan(node) && node.parent);
  if (initPlans.length === 0) return result;
  const subtreeEnd = endsOfSubtrees(nodes);
  const within = (node: DraftNode, top: DraftNode) => node.id >= top.id && node.id < (subtreeEnd[top.id] ?? 0);
  for (const initPlan of initPlans) {
    const top = initPlan.parent;
    if (!top) continue;
    const cte = /^CTE (.+)$/.exec(initPlan.subplanName ?? '')?.[1];
    const mention = cte === undefined ? mentionOf(initPlan.subplanName ?? '') : undefined;
    const found = nodes.filter(node => {
      if (!within(node, top) || within(node, initPlan)) return false;
      if (cte !== undefined)
        return node.nodeType === 'CTE Scan' && node.raw['CTE Name'] === cte && ownerOf(node, cte) === top;
      return mention !== undefined && mentions(node.raw, mention);
    });
    result.set(initPlan, found);
  }
  return result;
}

/** One past the last node id of each node's subtree. */
function endsOfSubtrees(nodes: readonly DraftNode[]): number[] {
  const ends = nodes.map(node => node.id + 1);
  for (const node of [...nodes].reverse()) {
    if (node.parent) ends[node.parent.id] = Math.max(ends[node.parent.id] ?? 0, ends[node.id] ?? 0);
  }
  return ends;
}

/** The node that carries the CTE a scan reads: the nearest one, as inner WITH names hide outer ones. */
function ownerOf(scan: DraftNode, cte: string): DraftNode | undefined {
  for (let above = scan.parent; above; above = above.parent) {
    if (above.children.some(child => child.subplanName === `CTE ${cte}`)) return above;
  }
  return undefined;
}

function mentionOf(subplanName: string): RegExp | undefined {
  const returns = [...subplanName.matchAll(/\$(\d+)/g)].map(match => match[1]);
  if (returns.length > 0) return new RegExp(`\\$(?:${returns.join('|')})(?!\\d)`);
  const name = /^InitPlan (\S+)/.exec(subplanName)?.[1];
  return name === undefined ? undefined : new RegExp(`\\(InitPlan ${name.replace(/[^\w]/g, '\\$&')}\\)`);
}

function mentions(raw: RawPlanNode, mention: RegExp): boolean {
  return Object.keys(raw).some(
    key => key !== 'Plans' && key !== 'Subplan Name' && rawTexts(raw, key).some(text => mention.test(text)),
  );
}

/**
 * A cumulative figure less what lies below. InitPlans and CTEs are taken from the first consumer that can hold
 * them, then from the others, and only what nobody can hold from the node they are listed under.
 */
function exclusive(
  nodes: readonly DraftNode[],
  consumers: ReadonlyMap<DraftNode, readonly DraftNode[]>,
  valueOf: (node: DraftNode) => number | undefined,
): (number | undefined)[] {
  const own = nodes.map(node => {
    const value = valueOf(node);
    if (value === undefined) return undefined;
    return node.children.reduce((rest, child) => (isInitPlan(child) ? rest : rest - (valueOf(child) ?? 0)), value);
  });
  for (const [initPlan, readers] of consumers) {
    let left = valueOf(initPlan) ?? 0;
    const first = readers.find(reader => (own[reader.id] ?? 0) >= left);
    const order = first ? [first] : [...readers].sort((a, b) => (own[b.id] ?? 0) - (own[a.id] ?? 0));
    for (const reader of order) left -= take(own, reader, left);
    // Statements that write in a CTE nobody reads run after the main query, outside every node's time.
    const runsAfterwards = readers.length === 0 && initPlan.nodeType === 'ModifyTable';
    if (left > 0 && initPlan.parent && !runsAfterwards) take(own, initPlan.parent, left);
  }
  return own.map(value => (value === undefined ? undefined : Math.max(0, round(value))));
}

function take(own: (number | undefined)[], node: DraftNode, wanted: number): number {
  const available = Math.max(0, own[node.id] ?? 0);
  const taken = Math.min(available, wanted);
  if (own[node.id] !== undefined) own[node.id] = (own[node.id] ?? 0) - taken;
  return taken;
}

/** PostgreSQL prints microseconds; more digits are noise of the subtraction. */
function round(value: number): number {
  return Number(value.toFixed(6));
}

function sumOf(node: DraftNode, prefixes: readonly string[], key: string): number | undefined {
  const values = prefixes.flatMap(prefix => rawNumber(node.raw, prefix + key) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

type RowFigures = Pick<PlanFigures, 'rowsActual' | 'rowsPlanned' | 'rowEstimateError'>;

/** BitmapAnd and BitmapOr always report no rows. */
const COUNTS_NO_ROWS = new Set(['BitmapAnd', 'BitmapOr']);

function rowFigures(node: DraftNode, processes: number, partial: boolean): RowFigures {
  const planRows = rawNumber(node.raw, 'Plan Rows');
  const loops = rawNumber(node.raw, 'Actual Loops');
  const perLoop = rawNumber(node.raw, 'Actual Rows');
  if (loops === undefined || perLoop === undefined) return { rowsPlanned: planRows ?? 0 };
  if (loops === 0) return { rowsActual: 0, rowsPlanned: planRows ?? 0 };
  // A partial node is planned for one process; a grouping in parts repeats its groups in every process instead.
  const divided = partial && node.nodeType !== 'Aggregate';
  const executions = divided ? loops / processes : loops;
  const planned = (planRows ?? 0) * (divided ? parallelDivisor(node) : 1);
  const actual = (perLoop * loops) / executions;
  const comparable = planRows !== undefined && !COUNTS_NO_ROWS.has(node.nodeType);
  return {
    rowsActual: round(perLoop * loops),
    rowsPlanned: round(planned * executions),
    rowEstimateError: comparable ? qError(actual, planned) : undefined,
  };
}

/** q-error of one execution; both sides count as at least one row, the planner's own lower bound. */
function qError(actual: number, planned: number): number {
  const a = Math.max(1, actual);
  const p = Math.max(1, planned);
  return Math.max(a / p, p / a);
}

/** costsize.c, get_parallel_divisor: the leader helps less the more workers it has to serve. */
function parallelDivisor(node: DraftNode): number {
  for (let above = node.parent; above; above = above.parent) {
    if (!isGather(above)) continue;
    const workers = rawNumber(above.raw, 'Workers Planned') ?? 0;
    return Math.max(1, workers + Math.max(0, 1 - 0.3 * workers));
  }
  return 1;
}

/** Rows dropped by filters of every kind; absent if the node filters nothing. */
function rowsRemoved(node: DraftNode): number | undefined {
  const keys = ['Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck'];
  const found = keys.flatMap(key => rawNumber(node.raw, key) ?? []);
  if (found.length === 0) return undefined;
  return found.reduce((sum, value) => sum + value, 0) * (rawNumber(node.raw, 'Actual Loops') ?? 1);
}

/** The cost of a node less its children's; the inner side of a nested loop counts once per outer row. */
function selfCost(node: DraftNode): number | undefined {
  const total = rawNumber(node.raw, 'Total Cost');
  if (total === undefined) return undefined;
  const outer = node.children.find(child => child.relationship === 'Outer');
  const outerRows = Math.max(1, (outer && rawNumber(outer.raw, 'Plan Rows')) ?? 1);
  const below = node.children.reduce((sum, child) => {
    const repeated = node.nodeType === 'Nested Loop' && child.relationship === 'Inner';
    const cheapAgain = child.nodeType === 'Materialize' || child.nodeType === 'Memoize';
    return sum + (rawNumber(child.raw, 'Total Cost') ?? 0) * (repeated && !cheapAgain ? outerRows : 1);
  }, 0);
  return Math.max(0, round(total - below));
}
