import { formatCount, formatMs } from '../core/base/units';
import type { PlanNode, PlanTree, WorkerFigures } from '../core/plan/planTree';
import { rawNumber, rawObjects } from '../core/plan/rawValue';
import type { NodeView, WorkerView } from './planPanel';

/** @param origins ids of the nodes where wrong row estimates begin */
export function buildNode(node: PlanNode, tree: PlanTree, origins: ReadonlySet<number>): NodeView {
  const { figures } = node;
  const wholeCost = tree.root.figures.totalCost;
  const costShare =
    !wholeCost || figures.selfCost === undefined ? undefined : Math.min(1, figures.selfCost / wholeCost);
  return {
    id: node.id,
    parentId: node.parentId,
    depth: node.depth,
    childCount: node.children.length,
    nodeType: describeType(node),
    detail: describeTarget(node),
    subplanName: node.subplanName,
    totalMs: figures.totalMs,
    selfMs: figures.selfMs,
    selfShare: tree.analyzed ? figures.selfShare : costShare,
    rowsActual: figures.rowsActual,
    rowsPlanned: figures.rowsPlanned,
    rowEstimateError: figures.rowEstimateError,
    loops: figures.loops,
    totalCost: figures.totalCost,
    sharedHitBlocks: figures.sharedHitBlocks,
    sharedReadBlocks: figures.sharedReadBlocks,
    tempWrittenBlocks: figures.tempWrittenBlocks,
    neverExecuted: figures.neverExecuted,
    startupMs: rawNumber(node.raw, 'Actual Startup Time'),
    startupCost: figures.startupCost,
    sharedDirtiedBlocks: figures.sharedDirtiedBlocks,
    sharedWrittenBlocks: figures.sharedWrittenBlocks,
    localReadBlocks: figures.localReadBlocks,
    tempReadBlocks: figures.tempReadBlocks,
    ioReadMs: figures.ioReadMs,
    ioWriteMs: figures.ioWriteMs,
    rowsRemoved: rowsRemoved(node),
    ...(origins.has(node.id) && { isErrorOrigin: true }),
    ...(figures.workers && { workers: figures.workers.map(worker => buildWorker(worker, node)) }),
    properties: buildProperties(node),
  };
}

/** Rows that a filter of any kind took away. */
function rowsRemoved({ figures }: PlanNode): number | undefined {
  const { rowsRemovedByFilter, rowsRemovedByJoinFilter, rowsRemovedByRecheck } = figures;
  const known = [rowsRemovedByFilter, rowsRemovedByJoinFilter, rowsRemovedByRecheck].filter(each => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}

const WORKER_COLUMNS = /^(Worker Number|Actual .*|JIT)$/;

function buildWorker(worker: WorkerFigures, node: PlanNode): WorkerView {
  const { number, totalMs, rows, loops, blocks } = worker;
  const raw = rawObjects(node.raw, 'Workers').find(each => rawNumber(each, 'Worker Number') === number) ?? {};
  const said = number === undefined ? [] : Object.entries(raw).filter(([name]) => !WORKER_COLUMNS.test(name));
  const properties = said
    .filter(([name, value]) => !isEmptyCounter(name, value))
    .map(([name, value]) => ({ name, value: showValue(name, value) }));
  // Of the leader only sums are known.
  const leaders = number === undefined && blocks !== undefined ? [{ name: 'Blocks', value: formatCount(blocks) }] : [];
  return { ...(number !== undefined && { number }), totalMs, rows, loops, properties: [...leaders, ...properties] };
}

/** The words EXPLAIN's text format uses: `Parallel Seq Scan`, `Hash Left Join`, `Partial HashAggregate`, `Insert`. */
export function describeType(node: PlanNode): string {
  const { raw } = node;
  const parallel = raw['Parallel Aware'] === true ? 'Parallel ' : '';
  const mode = raw['Partial Mode'] === 'Partial' || raw['Partial Mode'] === 'Finalize' ? `${raw['Partial Mode']} ` : '';
  const joinType = text(raw['Join Type']);
  const strategies: Readonly<Record<string, string>> = {
    Hashed: 'HashAggregate',
    Sorted: 'GroupAggregate',
    Mixed: 'MixedAggregate',
  };
  let type = node.nodeType;
  if (type === 'Aggregate') type = strategies[text(raw['Strategy']) ?? ''] ?? type;
  else if (type === 'ModifyTable') type = text(raw['Operation']) ?? type;
  else if (type === 'SetOp')
    type = [raw['Strategy'] === 'Hashed' ? 'HashSetOp' : type, text(raw['Command'])].join(' ').trim();
  else if (joinType !== undefined && joinType !== 'Inner') {
    type = type === 'Nested Loop' ? `Nested Loop ${joinType} Join` : type.replace(' Join', ` ${joinType} Join`);
  }
  if (raw['Scan Direction'] === 'Backward') type += ' Backward';
  return parallel + mode + type;
}

/** "on counting_results cr using idx_cr_camera"; empty for nodes that read nothing by name. */
export function describeTarget(node: PlanNode): string {
  const { raw } = node;
  const name = node.relation ?? text(raw['CTE Name']) ?? text(raw['Function Name']) ?? text(raw['Tuplestore Name']);
  const shown =
    name !== undefined && node.schema !== undefined && node.schema !== 'public' ? `${node.schema}.${name}` : name;
  const alias = node.alias !== undefined && node.alias !== name ? node.alias : undefined;
  const target = [shown, alias].filter(part => part !== undefined).join(' ');
  return [target && `on ${target}`, node.index && `using ${node.index}`].filter(Boolean).join(' ');
}

/** What has a column or is said by the type and the target already. */
const SHOWN_ELSEWHERE = new Set([
  'Node Type', 'Plans', 'Parent Relationship', 'Subplan Name', 'Parallel Aware', 'Async Capable', 'Relation Name',
  'Schema', 'Alias', 'Index Name', 'Startup Cost', 'Total Cost', 'Plan Rows', 'Plan Width', 'Actual Startup Time',
  'Actual Total Time', 'Actual Rows', 'Actual Loops', 'Join Type', 'Strategy', 'Partial Mode', 'Operation',
  'Scan Direction', 'CTE Name', 'Custom Plan Provider', 'Command',
]); // prettier-ignore

function buildProperties(node: PlanNode): { name: string; value: string }[] {
  const { raw } = node;
  const properties: { name: string; value: string }[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (SHOWN_ELSEWHERE.has(name) || value === false || isEmptyCounter(name, value)) continue;
    if (name === 'Workers' && node.figures.workers) continue;
    properties.push({ name, value: showValue(name, value) });
  }
  if (typeof raw['Plan Width'] === 'number') properties.push({ name: 'Row width', value: `${raw['Plan Width']} B` });
  return properties;
}

/** A dozen block counters are 0 in most nodes. */
function isEmptyCounter(name: string, value: unknown): boolean {
  return value === 0 && /( Blocks| Time|^WAL .*|^Rows Removed .*|^Disabled Nodes)$/.test(name);
}

function showValue(name: string, value: unknown): string {
  if (typeof value === 'number') {
    if (/ Time$/.test(name)) return formatMs(value);
    const isKilobytes = /^(Sort Space Used|Peak Memory Usage|Disk Usage|Maximum Storage)$/.test(name);
    return formatCount(value) + (isKilobytes ? ' kB' : '');
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return (value as unknown[]).map(item => showItem(item)).join(', ');
  return showItem(value);
}

function showItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  return Object.entries(item)
    .map(([name, value]) => `${name} ${showValue(name, value)}`)
    .join('; ');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
