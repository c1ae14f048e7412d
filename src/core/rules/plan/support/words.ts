import { formatCount, formatMs } from '../../../base/units';
import type { PlanNode } from '../../../plan/planTree';

/** "Seq Scan on orders o", for messages. */
export function nameOf(node: PlanNode): string {
  const relation = node.relation === undefined ? '' : ` on ${node.relation}`;
  const alias = node.alias !== undefined && node.alias !== node.relation ? ` ${node.alias}` : '';
  const index = node.index === undefined ? '' : ` using ${node.index}`;
  return node.nodeType + index + relation + alias;
}

/** "97.5 %", "< 0.1 %". */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  const value = share * 100;
  return `${Number(value.toFixed(value < 10 ? 1 : value > 99 ? 2 : 0))} %`;
}

/** Whole rows: averages over loops are fractions nobody can point at. */
export function rows(count: number): string {
  const whole = Math.round(count);
  return `${formatCount(whole)} ${whole === 1 ? 'row' : 'rows'}`;
}

/** The texts of a condition that PostgreSQL printed, or ''. */
export function condition(node: PlanNode, key: string): string {
  const value = node.raw[key];
  return typeof value === 'string' ? value : '';
}

/** ", 12.3 ms" behind the figures of a node whose time is known. */
export function spent(ms: number | undefined): string {
  return ms === undefined ? '' : `, ${formatMs(ms)}`;
}

/** The part of a figure that a share of the rows stands for; what is not known stays so. */
export function partOf(figure: number | undefined, share: number): number | undefined {
  return figure === undefined ? undefined : figure * share;
}
