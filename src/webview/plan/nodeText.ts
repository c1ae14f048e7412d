import type { NodeView } from '../../protocol/planPanel';
import { estimateError, exactCount, ms, percent, UNKNOWN, withBytes } from './words';

export interface Figure {
  readonly name: string;
  readonly value: string;
}

/** What a node is called in running text: "CTE recent: Seq Scan on orders o". */
export function nodeName(node: NodeView): string {
  const name = [node.nodeType, node.detail].filter(Boolean).join(' ');
  return node.subplanName ? `${node.subplanName}: ${name}` : name;
}

/** What was measured of the node; empty for a plan that was not executed. */
export function measuredFigures(node: NodeView): Figure[] {
  const figures = collect();
  if (node.neverExecuted) figures.add('Executed', 'never');
  if (node.selfMs !== undefined) {
    figures.add('Self time', ms(node.selfMs) + (node.selfShare === undefined ? '' : ` (${percent(node.selfShare)})`));
  }
  figures.add('Total time', node.totalMs, ms);
  figures.add('First row after', node.startupMs, ms);
  figures.add('Rows', node.rowsActual, exactCount);
  figures.add('Estimate', estimateError(node)?.explanation);
  figures.add('Rows removed', node.rowsRemoved || undefined, exactCount);
  figures.add('Loops', node.loops, exactCount);
  return figures.list;
}

/** What the planner expected. */
export function estimatedFigures(node: NodeView): Figure[] {
  const figures = collect();
  figures.add('Rows planned', node.rowsPlanned, exactCount);
  figures.add('Cost', node.totalCost, exactCount);
  figures.add('Startup cost', node.startupCost, exactCount);
  return figures.list;
}

/** Blocks and the time spent waiting for them, of the node alone. */
export function blockFigures(node: NodeView): Figure[] {
  const figures = collect();
  figures.add('From cache', node.sharedHitBlocks, withBytes);
  figures.add('Read', node.sharedReadBlocks, withBytes);
  figures.add('Dirtied', node.sharedDirtiedBlocks || undefined, withBytes);
  figures.add('Written', node.sharedWrittenBlocks || undefined, withBytes);
  figures.add('Temporary tables read', node.localReadBlocks || undefined, withBytes);
  figures.add('Temporary files read', node.tempReadBlocks || undefined, withBytes);
  figures.add('Temporary files written', node.tempWrittenBlocks || undefined, withBytes);
  figures.add('Waiting to read', node.ioReadMs, ms);
  figures.add('Waiting to write', node.ioWriteMs || undefined, ms);
  return figures.list;
}

/** Everything known about a node as plain text, for a message or an issue. */
export function nodeText(node: NodeView): string {
  const lines = [nodeName(node)];
  const add = (figures: readonly Figure[], indent = '  '): void => {
    for (const { name, value } of figures) lines.push(`${indent}${name}: ${value}`);
  };
  add(measuredFigures(node));
  add(estimatedFigures(node));
  add(blockFigures(node));
  add(node.properties);
  for (const worker of node.workers ?? []) {
    const figures = [
      worker.totalMs === undefined ? UNKNOWN : ms(worker.totalMs),
      `${exactCount(worker.rows)} rows`,
      `${exactCount(worker.loops)} loops`,
    ];
    lines.push(`  ${workerName(worker.number)}: ${figures.join(', ')}`);
    add(worker.properties, '    ');
  }
  return `${lines.join('\n')}\n`;
}

export function workerName(number: number | undefined): string {
  return number === undefined ? 'Leader' : `Worker ${number}`;
}

interface Collector {
  readonly list: Figure[];
  add(name: string, value: string | undefined): void;
  add(name: string, value: number | undefined, show: (value: number) => string): void;
}

function collect(): Collector {
  const list: Figure[] = [];
  return {
    list,
    add(name: string, value: number | string | undefined, show?: (value: number) => string) {
      if (value === undefined) return;
      list.push({ name, value: typeof value === 'number' ? (show ?? String)(value) : value });
    },
  };
}
