import type { NodeView } from '../../../protocol/planPanel';

/** What the widths stand for. */
export type Measure = 'time' | 'buffers' | 'cost';

/** Widths of all nodes: `self[i]` and `total[i]` belong to `nodes[i]`. */
export interface Weights {
  readonly measure: Measure;
  readonly self: Float64Array;
  /** Self and everything below: never less than the children together. */
  readonly total: Float64Array;
}

/** A node as a stripe: 0..1 from left to right of what is shown. */
export interface Stripe {
  readonly node: NodeView;
  readonly left: number;
  readonly right: number;
  /** 0 is the node zoomed to. */
  readonly level: number;
}

/** Those of the three that the plan can show, the best first. */
export function offeredMeasures(nodes: readonly NodeView[]): Measure[] {
  const measures: Measure[] = [];
  if (nodes.some(node => (node.selfMs ?? 0) > 0)) measures.push('time');
  if (nodes.some(node => ownBlocks(node) > 0)) measures.push('buffers');
  if (nodes.some(node => (node.totalCost ?? 0) > 0)) measures.push('cost');
  return measures;
}

/**
 * Time and buffers: what each node did by itself, added up from the leaves, so that a parent is always as wide as its
 * children and itself together, also where workers ran side by side or a CTE was read elsewhere. Cost: the planner's
 * totals from the root down; a LIMIT costs less than what it stops, so its children share what it has.
 */
export function weigh(nodes: readonly NodeView[], measure: Measure): Weights {
  return measure === 'cost' ? weighCost(nodes) : weighOwn(nodes, measure);
}

/**
 * Stripes of the node and all below it, parents before children. What does not reach `least` (a share of the whole) is
 * left out together with what is below it.
 */
export function layoutIcicle(
  nodes: readonly NodeView[],
  weights: Weights,
  rootId: number | undefined,
  least = 0,
): Stripe[] {
  const start = Math.max(
    0,
    nodes.findIndex(node => node.id === rootId),
  );
  const root = nodes[start];
  const whole = weights.total[start] ?? 0;
  if (!root) return [];
  const stripes: Stripe[] = [{ node: root, left: 0, right: 1, level: 0 }];
  const places = new Map([[root.id, { next: 0, level: 0 }]]);
  for (let index = start + 1; index < nodes.length && whole > 0; index++) {
    const node = nodes[index]!;
    if (node.depth <= root.depth) break;
    const parent = node.parentId === undefined ? undefined : places.get(node.parentId);
    if (!parent) continue;
    const left = parent.next;
    const width = (weights.total[index] ?? 0) / whole;
    parent.next = Math.min(1, left + width);
    if (width <= 0 || width < least) continue;
    const level = parent.level + 1;
    places.set(node.id, { next: left, level });
    stripes.push({ node, left, right: parent.next, level });
  }
  return stripes;
}

/** Blocks the node itself worked through; 0 where PostgreSQL did not say. */
export function ownBlocks(node: NodeView): number {
  return (
    (node.sharedHitBlocks ?? 0) +
    (node.sharedReadBlocks ?? 0) +
    (node.localReadBlocks ?? 0) +
    (node.tempReadBlocks ?? 0) +
    (node.tempWrittenBlocks ?? 0)
  );
}

function weighOwn(nodes: readonly NodeView[], measure: 'time' | 'buffers'): Weights {
  const self = new Float64Array(nodes.length);
  const total = new Float64Array(nodes.length);
  const parents = parentIndexes(nodes);
  nodes.forEach((node, index) => {
    self[index] = node.neverExecuted ? 0 : Math.max(0, measure === 'time' ? (node.selfMs ?? 0) : ownBlocks(node));
  });
  for (let index = nodes.length - 1; index >= 0; index--) {
    total[index] = total[index]! + self[index]!;
    const parent = parents[index]!;
    if (parent >= 0) total[parent] = total[parent]! + total[index]!;
  }
  return { measure, self, total };
}

function weighCost(nodes: readonly NodeView[]): Weights {
  const parents = parentIndexes(nodes);
  const said = nodes.map(node => Math.max(0, node.totalCost ?? 0));
  const below = new Float64Array(nodes.length);
  said.forEach((cost, index) => {
    const parent = parents[index]!;
    if (parent >= 0) below[parent] = below[parent]! + cost;
  });
  const total = new Float64Array(nodes.length);
  const self = new Float64Array(nodes.length);
  nodes.forEach((_, index) => {
    const parent = parents[index]!;
    const own = said[index]!;
    if (parent < 0) total[index] = own;
    else {
      const room = total[parent]! - (self[parent] ?? 0);
      total[index] = below[parent]! > 0 ? (room * own) / below[parent]! : 0;
    }
    // in proportion: the node may have been given less than its cost
    const rest = own > 0 ? Math.max(0, own - below[index]!) / own : 0;
    self[index] = total[index]! * rest;
  });
  return { measure: 'cost', self, total };
}

/** -1 for the root. */
function parentIndexes(nodes: readonly NodeView[]): Int32Array {
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  return Int32Array.from(nodes, node => (node.parentId === undefined ? -1 : (indexes.get(node.parentId) ?? -1)));
}
