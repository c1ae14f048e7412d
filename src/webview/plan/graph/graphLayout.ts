import { hierarchy, tree } from 'd3-hierarchy';
import type { NodeView } from '../../../protocol/planPanel';

/** In the drawing's own units: CSS pixels at 100 %. */
export const BOX = { width: 216, height: 92 } as const;
const GAP = { across: 20, down: 48 } as const;

export interface GraphBox {
  readonly node: NodeView;
  /** Left upper corner. */
  readonly x: number;
  readonly y: number;
  readonly parent: GraphBox | undefined;
  /** Those that are drawn: empty for a folded node. */
  readonly children: readonly GraphBox[];
  /** From 1, among its siblings. */
  readonly position: number;
  readonly siblings: number;
}

export interface GraphLayout {
  /** Depth first, as in the plan. */
  readonly boxes: readonly GraphBox[];
  readonly byId: ReadonlyMap<number, GraphBox>;
  /** Boxes of the same depth from left to right. */
  readonly levels: readonly (readonly GraphBox[])[];
  readonly width: number;
  readonly height: number;
}

/** A part of the drawing, in the drawing's units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A tidy tree with the root on top; what is below a collapsed node is left out. */
export function layoutGraph(nodes: readonly NodeView[], collapsed: ReadonlySet<number>): GraphLayout {
  const [root] = nodes;
  if (!root) return { boxes: [], byId: new Map(), levels: [], width: 0, height: 0 };
  const children = childrenOf(nodes);
  const placed = tree<NodeView>()
    .nodeSize([BOX.width + GAP.across, BOX.height + GAP.down])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.12))(
    hierarchy(root, node => (collapsed.has(node.id) ? undefined : children.get(node.id))),
  );
  let left = Infinity;
  let right = -Infinity;
  placed.each(({ x }) => {
    left = Math.min(left, x);
    right = Math.max(right, x);
  });
  const byId = new Map<number, GraphBox>();
  const boxes: GraphBox[] = [];
  const levels: GraphBox[][] = [];
  const families = new Map<GraphBox, GraphBox[]>();
  placed.eachBefore(({ data, x, y, depth, parent }) => {
    const parentBox = parent ? byId.get(parent.data.id) : undefined;
    const family = (parentBox && families.get(parentBox)) ?? [];
    const own: GraphBox[] = [];
    const box: GraphBox = {
      node: data,
      x: x - left,
      y,
      parent: parentBox,
      children: own,
      position: family.length + 1,
      siblings: parent?.children?.length ?? 1,
    };
    family.push(box);
    families.set(box, own);
    byId.set(data.id, box);
    boxes.push(box);
    (levels[depth] ??= []).push(box);
  });
  return {
    boxes,
    byId,
    levels,
    width: right - left + BOX.width,
    height: heightOfLevels(levels.length),
  };
}

/** Of the drawing when nothing is folded. */
export function heightOf(nodes: readonly NodeView[]): number {
  return heightOfLevels(nodes.reduce((most, { depth }) => Math.max(most, depth + 1), 0));
}

function heightOfLevels(levels: number): number {
  return Math.max(0, levels * (BOX.height + GAP.down) - GAP.down);
}

/** The boxes that touch the area. */
export function boxesIn(layout: GraphLayout, area: Area): GraphBox[] {
  const step = BOX.height + GAP.down;
  const first = Math.max(0, Math.floor((area.top - BOX.height) / step));
  const last = Math.min(layout.levels.length - 1, Math.floor(area.bottom / step));
  const found: GraphBox[] = [];
  for (let depth = first; depth <= last; depth++) {
    const level = layout.levels[depth]!;
    for (let at = firstAtOrAfter(level, area.left - BOX.width); at < level.length; at++) {
      const box = level[at]!;
      if (box.x > area.right) break;
      found.push(box);
    }
  }
  return found;
}

/** The boxes whose line to the parent crosses the area. */
export function edgesIn(layout: GraphLayout, area: Area): GraphBox[] {
  const step = BOX.height + GAP.down;
  const first = Math.max(1, Math.floor(area.top / step));
  const last = Math.min(layout.levels.length - 1, Math.ceil(area.bottom / step));
  const found: GraphBox[] = [];
  for (let depth = first; depth <= last; depth++) {
    for (const box of layout.levels[depth]!) {
      const parent = box.parent;
      if (!parent) continue;
      const isAside = Math.max(box.x, parent.x) + BOX.width < area.left || Math.min(box.x, parent.x) > area.right;
      if (!isAside) found.push(box);
    }
  }
  return found;
}

/** From the top of a box up to the bottom of its parent. */
export function edgePath({ x, y, parent }: GraphBox): string {
  if (!parent) return '';
  const [fromX, fromY] = [round(x + BOX.width / 2), round(y)];
  const [toX, toY] = [round(parent.x + BOX.width / 2), round(parent.y + BOX.height)];
  const middle = round((fromY + toY) / 2);
  return `M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}`;
}

/** 1 for one row, and one more for each tenfold: a million rows are a line of 7. */
export function edgeWidth(node: NodeView): number {
  const rows = node.neverExecuted ? 0 : (node.rowsActual ?? node.rowsPlanned);
  return round(Math.min(10, 1 + Math.log10(Math.max(1, rows))));
}

export function childrenOf(nodes: readonly NodeView[]): Map<number, NodeView[]> {
  const children = new Map<number, NodeView[]>();
  for (const node of nodes) {
    if (node.parentId === undefined) continue;
    const family = children.get(node.parentId);
    if (family) family.push(node);
    else children.set(node.parentId, [node]);
  }
  return children;
}

function firstAtOrAfter(level: readonly GraphBox[], x: number): number {
  let low = 0;
  let high = level.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (level[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
