import type { Relation } from '../../catalog/catalog';
import type { Thresholds } from '../thresholds';

/** True only if the size is known and small. */
export function isSmallTable(relation: Relation | undefined, thresholds: Thresholds): boolean {
  return relation?.rowEstimate !== undefined && relation.rowEstimate < thresholds.smallTableRows;
}

/** True only if the size is known and big. */
export function isBigTable(relation: Relation | undefined, thresholds: Thresholds): boolean {
  return relation?.rowEstimate !== undefined && relation.rowEstimate >= thresholds.bigTableRows;
}

/** `orders: about 2,000,000 rows` as evidence, or nothing if the size is unknown. */
export function sizeEvidence(relation: Relation | undefined): string | undefined {
  return relation?.rowEstimate === undefined
    ? undefined
    : `${relation.name}: about ${Math.round(relation.rowEstimate).toLocaleString('en-US')} rows`;
}

/** What a finding about a full scan adds when the table is known to be big. */
export function warningIfBig(
  relation: Relation | undefined,
  thresholds: Thresholds,
): { readonly severity?: 'warning'; readonly evidence?: string } {
  return isBigTable(relation, thresholds) ? { severity: 'warning', evidence: sizeEvidence(relation) } : {};
}
