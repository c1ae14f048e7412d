import { formatCount, formatMs } from '../core/base/units';
import type { PlanComparison, PlanFinding, PlanNode, PlanTree } from '../core/plan/planTree';
import type { ComparisonView, NodeView, PlanView, SuggestionView } from './planPanel';

export interface PlanViewParts {
  readonly title: string;
  readonly sql: string;
  readonly connection: string;
  readonly server: string;
  readonly tree: PlanTree;
  readonly findings: readonly PlanFinding[];
  readonly suggestions?: readonly SuggestionView[];
  readonly notes?: readonly string[];
  readonly comparison?: PlanComparison;
}

/** The snapshot the plan panel shows: plain data without references into the tree. */
export function buildPlanView(parts: PlanViewParts): PlanView {
  const { tree } = parts;
  const unread = tree.notUnderstood.map(line => `Not understood: ${line}`);
  return {
    title: parts.title,
    sql: parts.sql,
    connection: parts.connection,
    server: parts.server,
    analyzed: tree.analyzed,
    planningMs: tree.planningMs,
    executionMs: tree.executionMs,
    totalCost: tree.root.figures.totalCost,
    nodes: tree.nodes.map(node => buildNode(node, tree)),
    triggers: tree.triggers.map(({ name, constraint, ms, calls }) => ({ name: constraint ?? name, ms, calls })),
    jitMs: tree.jit?.totalMs,
    findings: parts.findings.map(finding => ({ ...finding })),
    suggestions: parts.suggestions ?? [],
    notes: [...(parts.notes ?? []), ...settingsNote(tree), ...unread],
    comparison: parts.comparison && buildComparison(parts.comparison),
  };
}

function buildNode(node: PlanNode, tree: PlanTree): NodeView {
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
    properties: buildProperties(node),
  };
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
function describeTarget(node: PlanNode): string {
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
    properties.push({ name, value: showValue(name, value) });
  }
  const startup = raw['Actual Startup Time'];
  if (typeof startup === 'number') properties.push({ name: 'First row after', value: `${formatMs(startup)} per loop` });
  if (typeof raw['Plan Width'] === 'number') properties.push({ name: 'Row width', value: `${raw['Plan Width']} B` });
  if (node.figures.startupCost !== undefined) {
    properties.push({ name: 'Startup cost', value: formatCount(node.figures.startupCost) });
  }
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

function settingsNote(tree: PlanTree): string[] {
  const pairs = Object.entries(tree.settings).map(([name, value]) => `${name} = ${value}`);
  return pairs.length === 0 ? [] : [`Settings that differ from their defaults: ${pairs.join(', ')}`];
}

function buildComparison(comparison: PlanComparison): ComparisonView {
  const { verdict, speedUp, beforeMs, afterMs, beforeCost, afterCost } = comparison;
  return {
    verdict,
    speedUp,
    beforeMs,
    afterMs,
    beforeCost,
    afterCost,
    rows: comparison.rows.map(({ before, after, depth, change }) => ({
      depth,
      change,
      before: before && describe(before),
      after: after && describe(after),
      beforeMs: before?.figures.totalMs,
      afterMs: after?.figures.totalMs,
    })),
  };
}

function describe(node: PlanNode): string {
  return `${describeType(node)} ${describeTarget(node)}`.trim();
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
