import { useRef } from 'preact/hooks';
import type { NodeView } from '../../../protocol/planPanel';

/** Goes up with every other plan; a new snapshot of the same one, as after a change of a suggestion, counts as the same. */
export function usePlanNumber(nodes: readonly NodeView[]): number {
  const last = useRef({ nodes, number: 0 });
  if (last.current.nodes !== nodes) {
    last.current = { nodes, number: last.current.number + (isSamePlan(last.current.nodes, nodes) ? 0 : 1) };
  }
  return last.current.number;
}

function isSamePlan(before: readonly NodeView[], after: readonly NodeView[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ id, nodeType }, index) => id === after[index]!.id && nodeType === after[index]!.nodeType)
  );
}
