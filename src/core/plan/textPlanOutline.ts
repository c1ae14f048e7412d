import { formatCount, formatMs } from '../base/units';
import { nodeMeaning } from './nodeMeaning';
import type { PlanNode, PlanProblem, PlanTree } from './planTree';
import { readPlans } from './readPlans';

/** A document's plans for an editor: its nodes, and what hovering shows. Lines count from 0, as editors do. */
export interface TextPlanOutline {
  /** Nodes with lines below them that belong to them. */
  readonly folds: readonly PlanFold[];
  /** All nodes in the order of their lines, parents before children. */
  readonly nodes: readonly OutlinedNode[];
  readonly problems: readonly PlanProblem[];
  /** What stands in the line: a node or one of its details; undefined outside of plans. */
  hoverAt(line: number): PlanHover | undefined;
}

export interface PlanFold {
  readonly startLine: number;
  readonly endLine: number;
}

export interface OutlinedNode extends PlanFold {
  /** 0 for the root of a plan. */
  readonly depth: number;
  readonly title: string;
  /** Its own time, or cost, and rows. */
  readonly figures: string;
}

export interface PlanHover {
  /** The line of the node. */
  readonly line: number;
  /** Lines of plain text, the node's title first. */
  readonly lines: readonly string[];
}

interface Placed {
  readonly node: PlanNode;
  readonly tree: PlanTree;
  /** First and last line, details and children included. */
  readonly start: number;
  readonly end: number;
}

/** Reads a document with text plans once; ask again when it has changed. */
export function outlineTextPlan(text: string): TextPlanOutline {
  const { plans, problems } = readPlans(text);
  const lines = text.split(/\r\n?|\n/);
  const placed = plans.flatMap((tree, i) => place(tree, endOfPlan(lines, tree, plans[i + 1])));
  const starts = placed.filter(each => each.end > each.start);
  return {
    folds: starts.map(({ start, end }) => ({ startLine: start, endLine: end })),
    nodes: placed.map(({ node, tree, start, end }) => ({
      startLine: start,
      endLine: end,
      depth: node.depth,
      title: titleOf(node),
      figures: summarize(node, tree),
    })),
    problems,
    hoverAt(line) {
      // Nodes stand in the order of their lines: the last that begins at or above the line is the innermost.
      const found = placed.findLast(each => each.start <= line && line <= each.end);
      return found && { line: found.start, lines: describe(found.node, found.tree) };
    },
  };
}

/** The last line of the plan's nodes: totals, footers and blank lines below them are not part of any. */
function endOfPlan(lines: readonly string[], tree: PlanTree, next: PlanTree | undefined): number {
  const first = (tree.root.line ?? 1) - 1;
  const limit = next ? (next.source?.line ?? next.root.line ?? lines.length + 1) - 2 : lines.length - 1;
  const totals =
    /^[\s|│║>"']*(?:Planning\b|Execution\b|Total runtime|Settings:|JIT:|Trigger |Query Identifier|Serialization:|\(\d+ |QUERY PLAN|Time:|[-+─═└┘╚]{3}|$)/;
  let end = first;
  for (let at = first + 1; at <= limit; at++) {
    if (totals.test(lines[at] ?? '')) break;
    end = at;
  }
  return end;
}

function place(tree: PlanTree, last: number): Placed[] {
  if (tree.source?.format !== 'text') return [];
  const result: Placed[] = [];
  const ends = new Map<number, number>();
  // From the end: a node reaches to the line before the next node that is not below it.
  const nodes = tree.nodes.filter(node => node.line !== undefined);
  const nextOutside: (PlanNode | undefined)[] = [];
  const stack: PlanNode[] = [];
  for (const node of nodes.toReversed()) {
    while (stack.length > 0 && (stack.at(-1)?.depth ?? 0) > node.depth) stack.pop();
    nextOutside[node.id] = stack.at(-1);
    stack.push(node);
  }
  for (const node of nodes) {
    const start = (node.line ?? 1) - 1;
    const following = nextOutside[node.id];
    const parentEnd = node.parentId === undefined ? last : (ends.get(node.parentId) ?? last);
    const end = Math.max(start, following?.line === undefined ? parentEnd : Math.min(parentEnd, following.line - 2));
    ends.set(node.id, end);
    result.push({ node, tree, start, end });
  }
  return result;
}

function titleOf({ nodeType, relation }: PlanNode): string {
  return `${nodeType}${relation === undefined ? '' : ` on ${relation}`}`;
}

function summarize({ figures }: PlanNode, tree: PlanTree): string {
  if (figures.neverExecuted) return 'never executed';
  const parts = [
    figures.selfMs !== undefined && tree.analyzed
      ? formatMs(figures.selfMs)
      : figures.selfCost !== undefined && `cost ${formatCount(figures.selfCost)}`,
    `${formatCount(Math.round(figures.rowsActual ?? figures.rowsPlanned))} rows`,
  ];
  return parts.filter(Boolean).join(', ');
}

function describe(node: PlanNode, tree: PlanTree): string[] {
  const { figures } = node;
  const lines = [titleOf(node)];
  const meaning = nodeMeaning(node);
  if (meaning !== undefined) lines.push(meaning);
  if (figures.neverExecuted) lines.push('Never executed: what stands above needed no row of it.');
  else if (figures.selfMs !== undefined && tree.analyzed) {
    const share = figures.selfShare === undefined ? '' : `, ${percent(figures.selfShare)} of the whole`;
    lines.push(
      `Itself ${formatMs(figures.selfMs)}${share}; with all below it ${formatMs(figures.totalMs ?? figures.selfMs)}.`,
    );
  } else if (figures.selfCost !== undefined) {
    const whole = tree.root.figures.totalCost;
    const share = whole ? `, ${percent(figures.selfCost / whole)} of the whole` : '';
    lines.push(`Estimated cost of its own ${formatCount(figures.selfCost)}${share}.`);
  }
  if (figures.rowsActual !== undefined && !figures.neverExecuted) {
    const error = figures.rowEstimateError;
    const times = error !== undefined && error >= 2 ? `, off by a factor of ${formatCount(Math.round(error))}` : '';
    const planned = formatCount(Math.round(figures.rowsPlanned));
    lines.push(`Rows: ${formatCount(Math.round(figures.rowsActual))}, planned ${planned}${times}.`);
  }
  const loops = loopsOf(node);
  return loops === undefined ? lines : [...lines, loops];
}

/** EXPLAIN gives the time of one run on average, which a reader must multiply; undefined for a node that ran once. */
function loopsOf({ figures, raw }: PlanNode): string | undefined {
  const { loops, processes } = figures;
  if (loops === undefined || loops <= 1) return undefined;
  const times = `Ran ${formatCount(loops)} times${processes === undefined ? '' : `, in ${processes} processes`}`;
  const each = raw['Actual Total Time'];
  return typeof each === 'number' ? `${times}; ${formatMs(each)} each, with all below it.` : `${times}.`;
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(Math.min(1, share) * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
