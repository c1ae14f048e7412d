import { formatCount, formatMs } from '../base/units';
import type { PlanFinding, PlanTree } from '../plan/planTree';

/** A plan as indented text with the figures that matter, for a terminal. */
export function planText(tree: PlanTree, findings: readonly PlanFinding[] = []): string {
  const loggedMs = tree.source?.loggedMs;
  const head = [
    tree.executionMs !== undefined
      ? `execution ${formatMs(tree.executionMs)}`
      : loggedMs && `execution ${formatMs(loggedMs)} by the log`,
    tree.planningMs === undefined ? undefined : `planning ${formatMs(tree.planningMs)}`,
    tree.root.figures.totalCost === undefined ? undefined : `cost ${formatCount(tree.root.figures.totalCost)}`,
  ].filter(Boolean);
  const rows = tree.nodes.map(node => {
    const { selfMs, rowsActual, rowsPlanned, neverExecuted } = node.figures;
    const target = [node.index && `using ${node.index}`, node.relation && `on ${node.relation}`]
      .filter(Boolean)
      .join(' ');
    const figures = neverExecuted
      ? 'never executed'
      : [
          selfMs === undefined ? undefined : `self ${formatMs(selfMs)}`,
          `rows ${rowsActual === undefined ? '' : `${formatCount(Math.round(rowsActual))} of `}${formatCount(Math.round(rowsPlanned))} planned`,
        ]
          .filter(part => part !== undefined)
          .join(', ');
    return `${'  '.repeat(node.depth)}${node.nodeType}${target ? ` ${target}` : ''}  (${figures})`;
  });
  return [head.join(', '), ...rows, ...findings.map(f => `${f.severity}: ${f.message} [${f.rule}]`)].join('\n');
}
