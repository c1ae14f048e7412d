import type { GraphBox, GraphLayout } from './graphLayout';

export type GraphMove = 'parent' | 'child' | 'left' | 'right' | 'root' | 'last';

export const GRAPH_MOVES: Readonly<Record<string, GraphMove>> = {
  ArrowUp: 'parent',
  ArrowDown: 'child',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'root',
  End: 'last',
};

/** The box a key leads to, as the eye would go; left and right stay on their level and cross to cousins. */
export function movedBox(layout: GraphLayout, from: number | undefined, move: GraphMove): GraphBox | undefined {
  const box = from === undefined ? undefined : layout.byId.get(from);
  if (!box || move === 'root') return layout.boxes[0];
  if (move === 'last') return layout.boxes.at(-1);
  if (move === 'parent') return box.parent;
  if (move === 'child') return box.children[0];
  const level = layout.levels.find(boxes => boxes[0]?.y === box.y) ?? [];
  return level[level.indexOf(box) + (move === 'left' ? -1 : 1)];
}
