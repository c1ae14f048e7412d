import { formatTimes } from '../../../core/base/units';
import type { NodeView, PlanView } from '../../../protocol/planPanel';
import { nodeName } from '../nodeText';
import { estimateError, exactCount, ms, percent, touchedBlocks } from '../words';

/** Deeper nodes stand below each other: lines must stay readable. */
const MOST_INDENT = 60;

/** The plan as indented text, one line a node. At most `most` nodes; the last line says how many are left out. */
export function planLines(view: PlanView, most = Infinity): string {
  const lines = view.nodes.slice(0, most).map(node => {
    const name = nodeName(node).replace(/\s+/g, ' ').slice(0, 1_000);
    return `${'  '.repeat(Math.min(node.depth, MOST_INDENT))}${name}  (${nodeFigures(node).join(', ')})`;
  });
  const left = view.nodes.length - lines.length;
  if (left > 0) lines.push(`... and ${exactCount(left)} more nodes`);
  return lines.join('\n');
}

function nodeFigures(node: NodeView): string[] {
  const planned = `${exactCount(Math.round(node.rowsPlanned))} rows planned`;
  if (node.neverExecuted) return ['never executed', planned];
  const blocks = touchedBlocks(node);
  return [
    node.selfMs === undefined
      ? undefined
      : `self ${ms(node.selfMs)}${node.selfShare === undefined ? '' : `, ${percent(node.selfShare)}`}`,
    node.totalMs === undefined ? undefined : `total ${ms(node.totalMs)}`,
    node.rowsActual === undefined ? planned : formatTimes(Math.round(node.rowsActual), 'row'),
    estimateError(node)?.explanation,
    node.loops === undefined || node.loops === 1 ? undefined : `${exactCount(node.loops)} loops`,
    blocks ? formatTimes(blocks, 'block') : undefined,
    node.selfMs === undefined && node.totalCost !== undefined ? `cost ${exactCount(node.totalCost)}` : undefined,
  ].filter(part => part !== undefined);
}
