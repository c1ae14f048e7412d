import type { NodeView } from '../../../protocol/planPanel';
import { nodeName } from '../nodeText';
import { blocks, count, estimateError, exactCount, ms, percent } from '../words';
import type { Measure, Weights } from './icicleLayout';

export const MEASURE_NAMES: Readonly<Record<Measure, string>> = {
  time: 'Time',
  buffers: 'Buffers',
  cost: 'Cost (estimated)',
};

export function amount(value: number, measure: Measure): string {
  if (measure === 'time') return ms(value);
  return measure === 'buffers' ? `${count(value)} blocks, ${blocks(value)}` : `cost ${count(value)}`;
}

/** What a stripe stands for, line by line: name, all of it, itself, rows. */
export function stripeLines(node: NodeView, index: number, weights: Weights): string[] {
  const whole = weights.total[0] ?? 0;
  const [total, self] = [weights.total[index] ?? 0, weights.self[index] ?? 0];
  const share = (value: number): string => (whole > 0 ? ` (${percent(value / whole)})` : '');
  if (node.neverExecuted && weights.measure !== 'cost') return [nodeName(node), 'never executed'];
  const rows =
    node.rowsActual === undefined || node.neverExecuted
      ? `${exactCount(node.rowsPlanned)} rows planned`
      : `${exactCount(node.rowsActual)} rows`;
  const error = estimateError(node)?.explanation;
  return [
    nodeName(node),
    `With all below: ${amount(total, weights.measure)}${share(total)}`,
    `By itself: ${amount(self, weights.measure)}${share(self)}`,
    node.neverExecuted ? `${rows}, never executed` : error ? `${rows}, ${error}` : rows,
  ];
}
