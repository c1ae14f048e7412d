import type { TableUse } from './keyUse';
import { effectsOn, shareOf } from './keyUse';
import type { KeyFacts, TableFacts } from './partitionFacts';
import { daysOf } from './retentionDeletes';
import type { Growth } from './rowsPerPeriod';
import { PERIOD_DAYS, type HashScheme, type ListScheme, type PeriodUnit } from './scheme';
import type { PartitionThresholds } from './thresholds';

export interface ChosenPeriod {
  readonly period: PeriodUnit;
  readonly rows: number;
  readonly bytes: number;
  /** Partitions of what is there, or of what is kept. */
  readonly count: number;
}

const UNITS = Object.keys(PERIOD_DAYS) as PeriodUnit[];

/**
 * The period whose partitions come closest to the wanted size, among those that make neither too few nor too many; of
 * these two demands the number of partitions is the harder one.
 */
export function choosePeriod(
  growth: Growth,
  bytesPerRow: number,
  keep: string | undefined,
  thresholds: PartitionThresholds,
): ChosenPeriod | undefined {
  const days = keep === undefined ? growth.spanDays : Math.min(growth.spanDays, daysOf(keep));
  const perDay = growth.recentRows > 0 ? growth.recentRows : growth.meanRows;
  const fitting = UNITS.map(period => {
    const rows = perDay * PERIOD_DAYS[period];
    return { period, rows, bytes: rows * bytesPerRow, count: Math.ceil(days / PERIOD_DAYS[period]) + 1 };
  }).filter(({ count }) => count >= thresholds.leastPartitions && count <= thresholds.mostPartitions);
  const distance = ({ bytes }: ChosenPeriod): number =>
    Math.abs(Math.log(Math.max(bytes, 1) / thresholds.wantedPartitionBytes));
  return [...fitting].sort((a, b) => distance(a) - distance(b))[0];
}

/** A column of few values that hold nearly all rows, and that the workload asks for. */
export function chooseList(
  table: TableFacts,
  uses: readonly TableUse[],
  thresholds: PartitionThresholds,
): { readonly scheme: ListScheme; readonly share: number; readonly largest: number } | undefined {
  const fitting = table.relation.columns.flatMap(({ name, statistics }) => {
    const values = statistics?.mostCommonValues ?? [];
    const frequencies = statistics?.mostCommonFrequencies ?? [];
    const distinct = statistics?.distinct ?? 0;
    const covered = frequencies.reduce((sum, each) => sum + each, 0) + (statistics?.nullFraction ?? 0);
    const largest = Math.max(0, ...frequencies);
    const isFewValues = distinct >= 2 && distinct <= thresholds.mostListValues && values.length >= 2;
    if (!isFewValues || covered < 0.95 || largest > thresholds.largestListShare || isWritten(name, uses)) return [];
    const share = shareOf(effectsOn(name, uses, 'list'), ({ effect }) => effect === 'prunes');
    const scheme: ListScheme = { method: 'list', column: name, values };
    return share >= thresholds.leastPrunedShare ? [{ scheme, share, largest }] : [];
  });
  return fitting.sort((a, b) => b.share - a.share)[0];
}

/** A column of many values that most statements compare by equality. It spreads upkeep; it prunes no range. */
export function chooseHash(
  table: TableFacts,
  uses: readonly TableUse[],
  thresholds: PartitionThresholds,
): { readonly scheme: HashScheme; readonly share: number } | undefined {
  if (table.updates + table.deletes < thresholds.leastChangedShareForHash * table.rows) return undefined;
  const bytes = table.tableBytes + table.indexBytes;
  let modulus = 2;
  while (modulus < thresholds.mostHashPartitions && bytes / modulus > thresholds.wantedPartitionBytes) modulus *= 2;
  const fitting = table.relation.columns.flatMap(({ name, statistics }) => {
    const distinct = statistics?.distinct ?? 0;
    const values = distinct < 0 ? -distinct * table.rows : distinct;
    const largest = Math.max(0, ...(statistics?.mostCommonFrequencies ?? []));
    // one value lies in one partition: many are needed to fill all of them evenly
    if (values < modulus * 20 || largest > 1 / modulus || isWritten(name, uses)) return [];
    const share = shareOf(effectsOn(name, uses, 'hash'), ({ byEquality }) => byEquality);
    return share >= thresholds.leastPrunedShare
      ? [{ scheme: { method: 'hash', column: name, modulus } as const, share }]
      : [];
  });
  return fitting.sort((a, b) => b.share - a.share)[0];
}

/** An UPDATE of the key moves the row to another partition: a DELETE and an INSERT. */
export function updatesOf(column: string, uses: readonly TableUse[]): TableUse[] {
  return uses.filter(({ statement: { statement } }) => {
    const update = (statement.tree?.['UpdateStmt'] ?? {}) as { readonly targetList?: readonly unknown[] };
    return (update.targetList ?? []).some(
      item => (item as { readonly ResTarget?: { readonly name?: string } }).ResTarget?.name === column,
    );
  });
}

function isWritten(column: string, uses: readonly TableUse[]): boolean {
  return updatesOf(column, uses).length > 0;
}

/**
 * Time keys in the order of how well the workload prunes by them; those that rows keep before those that UPDATEs set,
 * NOT NULL ones before others.
 */
export function rankKeys(
  table: TableFacts,
  uses: readonly TableUse[],
): { readonly key: KeyFacts; readonly share: number }[] {
  return table.keys
    .map(key => ({
      key,
      share: shareOf(effectsOn(key.column, uses, 'range'), ({ effect }) => effect === 'prunes'),
    }))
    .sort(
      (a, b) =>
        Number(isWritten(a.key.column, uses)) - Number(isWritten(b.key.column, uses)) ||
        b.share - a.share ||
        a.key.nullFraction - b.key.nullFraction,
    );
}
