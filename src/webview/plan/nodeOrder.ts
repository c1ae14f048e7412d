import type { NodeView } from '../../protocol/planPanel';
import { COLUMNS, offeredColumns } from './columns';
import type { ColumnId } from './columns';

/** How the nodes stand in the table: as the tree, or as a flat list with the largest of a figure first. */
export type NodeOrder = 'tree' | 'never' | ColumnId;

export function orderChoices(analyzed: boolean): { readonly order: NodeOrder; readonly title: string }[] {
  return [
    { order: 'tree', title: 'Tree' },
    ...offeredColumns(analyzed).map(({ id, title }) => ({
      order: id,
      title: `By ${ORDER_NAMES[id] ?? title.toLowerCase()}`,
    })),
    ...(analyzed ? [{ order: 'never' as const, title: 'Never executed' }] : []),
  ];
}

const ORDER_NAMES: Partial<Record<ColumnId, string>> = {
  self: 'self time',
  total: 'total time',
  firstRow: 'time to first row',
  planned: 'rows planned',
  error: 'estimate error',
  removed: 'rows removed',
  hit: 'buffers hit',
  read: 'buffers read',
  dirtied: 'buffers dirtied',
  temp: 'temporary files',
  io: 'I/O time',
};

/**
 * The nodes ranked: the largest first, equal ones in the plan's order, those without the figure last. `never` gives
 * only the nodes that were never executed.
 */
export function rankNodes(nodes: readonly NodeView[], order: Exclude<NodeOrder, 'tree'>): NodeView[] {
  if (order === 'never') return nodes.filter(node => node.neverExecuted);
  const column = COLUMNS.find(({ id }) => id === order);
  if (!column) return [...nodes];
  const value = (node: NodeView): number => {
    const figure = column.kind === 'measured' && node.neverExecuted ? undefined : column.value(node);
    return figure ?? -Infinity;
  };
  const values = new Map(nodes.map(node => [node, value(node)]));
  return [...nodes].sort((a, b) => {
    const [left, right] = [values.get(a)!, values.get(b)!];
    return left === right ? 0 : right - left;
  });
}
