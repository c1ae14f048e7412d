import { useRef } from 'preact/hooks';
import type { PlanView } from '../../protocol/planPanel';

/** Goes up with every other plan; a new snapshot of the same one, as after a change of a suggestion, counts as the same. */
export function usePlanNumber(view: PlanView): number {
  const last = useRef({ view, number: 0 });
  if (last.current.view !== view) {
    last.current = { view, number: last.current.number + (isSamePlan(last.current.view, view) ? 0 : 1) };
  }
  return last.current.number;
}

/** The same statement, planned the same way. */
export function isSamePlan(before: PlanView, after: PlanView): boolean {
  return (
    before.sql === after.sql &&
    before.analyzed === after.analyzed &&
    before.nodes.length === after.nodes.length &&
    before.nodes.every(({ id, nodeType }, index) => {
      const other = after.nodes[index]!;
      return id === other.id && nodeType === other.nodeType;
    })
  );
}
