import type { NodeView } from '../../../protocol/planPanel';
import { nodeName } from '../nodeText';
import { count, estimateError, heat, ms, percent } from '../words';

/** What stands in a box of the graph, and nothing about where. */
export interface BoxWords {
  readonly type: string;
  readonly detail: string;
  /** "148 ms (35 %)", "never executed", "cost 1,204 (estimated)". */
  readonly work: string;
  /** "61,440 rows", "512 rows planned". */
  readonly rows: string;
  /** "120× more rows than planned"; empty for a good estimate. */
  readonly estimate: string;
  readonly estimateLevel: 'warm' | 'hot' | undefined;
  /** 0..1: the length of the bar. */
  readonly share: number;
  readonly tone: 'hot' | 'warm' | 'cool';
}

export function boxWords(node: NodeView, analyzed: boolean): BoxWords {
  const error = estimateError(node);
  return {
    type: node.subplanName ? `${node.subplanName}: ${node.nodeType}` : node.nodeType,
    detail: node.detail,
    work: workWords(node, analyzed),
    rows: node.rowsActual === undefined || node.neverExecuted ? plannedRows(node) : rowsWords(node.rowsActual),
    estimate: error?.explanation ?? '',
    estimateLevel: error?.level,
    share: node.neverExecuted ? 0 : Math.min(1, Math.max(0, node.selfShare ?? 0)),
    tone: node.neverExecuted ? 'cool' : heat(node.selfShare),
  };
}

/** The whole box in one sentence, for those who hear it. */
export function boxLabel(node: NodeView, analyzed: boolean, finding: string | undefined): string {
  const words = boxWords(node, analyzed);
  const origin = words.estimate && node.isErrorOrigin ? 'the wrong estimate begins here' : '';
  return [nodeName(node).slice(0, 300), words.work, words.rows, words.estimate, origin, finding && `${finding} found`]
    .filter(Boolean)
    .join(', ');
}

function workWords(node: NodeView, analyzed: boolean): string {
  if (node.neverExecuted) return 'never executed';
  const share = node.selfShare === undefined ? '' : ` (${percent(node.selfShare)})`;
  if (node.selfMs !== undefined) return `${ms(node.selfMs)}${share}`;
  if (node.totalCost === undefined) return analyzed ? 'not timed' : 'estimated';
  return `cost ${count(node.totalCost, 10_000)}${analyzed ? '' : ' (estimated)'}`;
}

function rowsWords(rows: number): string {
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

function plannedRows(node: NodeView): string {
  return `${rowsWords(node.rowsPlanned)} planned`;
}
