import { hashText } from '../base/hashText';
import type { PlanNode, PlanTree } from '../plan/planTree';
import { rawText } from '../plan/rawValue';

/** What makes two plans of one statement the same: which node reads what, by which way and how it is joined. */
const SHAPE_KEYS = ['Operation', 'Strategy', 'Join Type', 'Relation Name', 'Index Name', 'CTE Name'] as const;

/**
 * A short name of the plan's shape: 8 hexadecimal digits that stay the same while PostgreSQL goes the same way,
 * whatever the costs, rows and times.
 */
export function planFingerprint({ root }: Pick<PlanTree, 'root'>): string {
  return hashText(shapeOf(root)).slice(0, 8);
}

function shapeOf({ raw, nodeType, children }: PlanNode): string {
  const words = SHAPE_KEYS.map(key => rawText(raw, key) ?? '');
  return `${nodeType}|${words.join('|')}(${children.map(shapeOf).join(',')})`;
}
