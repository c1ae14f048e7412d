import { formatBytes, formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { brokenBy } from './brokenConstraints';
import { chooseHash, chooseList, choosePeriod, rankKeys, updatesOf, type ChosenPeriod } from './chooseScheme';
import { effectsOn, shareOf, usesOf, type AdvisedStatement, type StatementUse, type TableUse } from './keyUse';
import type { PartitionAdvice, PartitionIt } from './partitionAdvice';
import type { KeyFacts, PartitionFacts, TableFacts } from './partitionFacts';
import { retentionDeletes, type RetentionDelete } from './retentionDeletes';
import { growthAlong, type Growth } from './rowsPerPeriod';
import type { PartitionScheme } from './scheme';
import { DEFAULT_THRESHOLDS, type PartitionThresholds } from './thresholds';

export interface PartitionWorkload {
  readonly statements: readonly AdvisedStatement[];
  readonly catalog: Catalog;
}

/** Which tables to partition, how, and which not and why; the largest first. */
export function advisePartitioning(
  facts: PartitionFacts,
  workload: PartitionWorkload,
  given: Partial<PartitionThresholds> = {},
): PartitionAdvice[] {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...given };
  return [...facts.tables]
    .sort((a, b) => bytesOf(b) - bytesOf(a))
    .map(table => adviseTable(table, facts, workload, thresholds));
}

/** When a table that is still too small will not be any more. */
function whenReached(table: TableFacts, facts: PartitionFacts, need: number): string[] {
  const rates = table.keys.map(key => growthAlong(table, key, facts.now).recentRows);
  const bytes = Math.max(0, ...rates) * (bytesOf(table) / Math.max(1, table.rows));
  const days = (need - bytesOf(table)) / bytes;
  if (!(days < SOON_DAYS)) return [];
  return [
    `it grows by about ${formatBytes(bytes)} a day, so that it gets there in about ${formatCount(Math.max(1, Math.round(days)))} days`,
  ];
}

/** What lies further ahead is not foretold from the rate of a month. Our own choice. */
const SOON_DAYS = 730;

interface Case {
  readonly table: TableFacts;
  readonly facts: PartitionFacts;
  readonly uses: readonly TableUse[];
  readonly thresholds: PartitionThresholds;
  /** Bytes from which it pays, and why so many. */
  readonly least: number;
  readonly leastBecause: string;
}

function adviseTable(
  table: TableFacts,
  facts: PartitionFacts,
  { statements, catalog }: PartitionWorkload,
  thresholds: PartitionThresholds,
): PartitionAdvice {
  const { relation } = table;
  const no = (...reasons: string[]): PartitionAdvice => ({
    verdict: 'do not partition',
    schema: relation.schema,
    table: relation.name,
    reasons,
  });
  if (relation.kind === 'partitioned table')
    return no(`it is partitioned already, by ${relation.partitionKey ?? 'a key'}`);
  if (relation.kind !== 'table') return no(`it is a ${relation.kind}`);
  if (relation.isPartition) return no('it is a partition itself');

  const uses = usesOf(relation, statements, catalog);
  const ranked = rankKeys(table, uses);
  const retained = ranked.find(({ key }) => wholeDeletes(key, uses).length > 0);
  const memory = thresholds.leastBytes ?? facts.memoryBytes;
  const least = retained ? Math.min(memory, thresholds.leastBytesWithRetention) : memory;
  const leastBecause = retained
    ? 'from which dropping old partitions pays, since old rows are deleted'
    : thresholds.leastBytes === undefined
      ? `of memory (${facts.memorySource === 'given' ? 'as given' : facts.memorySource}) that it should exceed`
      : 'that was set as the least size';
  const size = `${formatBytes(bytesOf(table))} (${formatCount(Math.round(table.rows))} rows)`;
  if (bytesOf(table) < Math.max(thresholds.floorBytes, least)) {
    const [need, because] =
      least < thresholds.floorBytes
        ? [thresholds.floorBytes, 'below which no table is worth it']
        : [least, leastBecause];
    return no(`it has ${size}, less than the ${formatBytes(need)} ${because}`, ...whenReached(table, facts, need));
  }
  const considered: Case = { table, facts, uses, thresholds, least, leastBecause };
  if (uses.length === 0)
    return no(`it has ${size}, but no statement of the workload reads it: nothing tells what to cut it by`);
  const refusals: string[] = [];
  const best = retained ?? ranked[0];
  if (best) {
    const found = byRange(considered, best.key, best.share, wholeDeletes(best.key, uses));
    if ('verdict' in found) return found;
    refusals.push(...found.refusals);
  } else refusals.push('no column tells a time (date, timestamp, an epoch in bigint, uuid of version 7)');
  return byList(considered) ?? byHash(considered) ?? no(`it has ${size}`, ...refusals);
}

function byRange(
  considered: Case,
  key: KeyFacts,
  share: number,
  deletes: readonly RetentionDelete[],
): PartitionIt | { readonly refusals: string[] } {
  const { table, facts, uses, thresholds } = considered;
  const percent = percentOf(share);
  if (share < thresholds.leastPrunedShare && deletes.length === 0)
    return {
      refusals: [
        `only ${percent} of the ${weighedBy(uses)} filters on ${key.column}, and ${percentOf(thresholds.leastPrunedShare)} are wanted: the rest would look into every partition`,
        ...slowest(effectsOn(key.column, uses, 'range')),
      ],
    };
  const moving = new Set(updatesOf(key.column, uses).map(({ statement }) => statement));
  const movingShare = shareOf(effectsOn(key.column, uses, 'range'), ({ statement }) => moving.has(statement));
  if (movingShare > thresholds.mostMovingShare)
    return {
      refusals: [
        `${percentOf(movingShare)} of the ${weighedBy(uses)} updates ${key.column}: each time the row would move to another partition`,
      ],
    };
  const growth = growthAlong(table, key, facts.now);
  const keep = deletes.find(({ keep: kept }) => kept !== undefined)?.keep;
  const chosen = choosePeriod(growth, bytesOf(table) / Math.max(1, table.rows), keep, thresholds);
  if (!chosen)
    return {
      refusals: [
        `its values of ${key.column} span ${formatCount(Math.round(growth.spanDays))} days: no period makes between ${thresholds.leastPartitions} and ${thresholds.mostPartitions} partitions`,
      ],
    };
  if (chosen.bytes < thresholds.leastPartitionBytes / 10 && deletes.length === 0)
    return {
      refusals: [
        `a ${chosen.period} brings ${formatBytes(chosen.bytes)}: partitions of that size cost more than they save`,
      ],
    };
  const scheme: PartitionScheme = {
    method: 'range',
    column: key.column,
    keyKind: key.kind,
    period: chosen.period,
    timeZone: facts.timeZone,
  };
  const known = effectsOn(key.column, uses, 'range');
  return {
    ...adviceOf(considered, scheme, known, share),
    reasons: [
      sizeReason(considered),
      ...deletes
        .slice(0, 1)
        .map(
          ({ statement }) =>
            `rows are deleted by age (statement ${statement.id}): dropping a partition does that at once and leaves nothing to vacuum`,
        ),
      `${percent} of the ${weighedBy(uses)} filters on ${key.column}`,
      growthReason(growth, key, chosen),
    ],
    partitions: { count: chosen.count, rowsEach: chosen.rows, bytesEach: chosen.bytes },
    losses: [...lossesOf(key.column, considered, known), ...nullLoss(key), ...sizeLoss(chosen, thresholds)],
    retention: deletes,
    ...(keep === undefined ? {} : { keep }),
  };
}

function byList(considered: Case): PartitionIt | undefined {
  const { table, uses, thresholds } = considered;
  const found = chooseList(table, uses, thresholds);
  if (!found) return undefined;
  const { scheme, share, largest } = found;
  const { column, values } = scheme;
  const known = effectsOn(column, uses, 'list');
  return {
    ...adviceOf(considered, scheme, known, share),
    reasons: [
      sizeReason(considered),
      `${percentOf(share)} of the ${weighedBy(uses)} names a value of ${column}, which has ${values.length}; the largest holds ${percentOf(largest)} of the rows`,
    ],
    partitions: {
      count: values.length + 1,
      rowsEach: table.rows / values.length,
      bytesEach: bytesOf(table) / values.length,
    },
    losses: lossesOf(column, considered, known),
  };
}

function byHash(considered: Case): PartitionIt | undefined {
  const { table, uses, thresholds } = considered;
  const found = chooseHash(table, uses, thresholds);
  if (!found) return undefined;
  const { scheme, share } = found;
  const { column, modulus } = scheme;
  const known = effectsOn(column, uses, 'hash');
  return {
    ...adviceOf(considered, scheme, known, share),
    reasons: [
      sizeReason(considered),
      `${percentOf(share)} of the ${weighedBy(uses)} asks for one value of ${column}, and neither a range nor a list of values fits`,
      `${formatCount(table.updates + table.deletes)} rows were updated or deleted since the counters were reset: ${modulus} partitions of about ${formatBytes(bytesOf(table) / modulus)} are vacuumed and indexed one by one, several at a time`,
    ],
    partitions: { count: modulus, rowsEach: table.rows / modulus, bytesEach: bytesOf(table) / modulus },
    losses: [
      `a hash on ${column} prunes no range of time and drops no old rows: a statement over a period reads all ${modulus} partitions`,
      ...lossesOf(column, considered, known),
    ],
  };
}

function adviceOf(
  { table, uses }: Case,
  scheme: PartitionScheme,
  known: readonly StatementUse[],
  share: number,
): Omit<PartitionIt, 'reasons' | 'partitions' | 'losses'> {
  return {
    verdict: 'partition',
    schema: table.relation.schema,
    table: table.relation.name,
    scheme,
    prunedShare: share,
    weighedBy: weighedBy(uses),
    uses: known,
    retention: [],
  };
}

function sizeReason({ table, least, leastBecause }: Case): string {
  return `it has ${formatBytes(bytesOf(table))} in ${formatCount(Math.round(table.rows))} rows, more than the ${formatBytes(least)} ${leastBecause}`;
}

function growthReason({ recentRows, meanRows, recentDays }: Growth, key: KeyFacts, chosen: ChosenPeriod): string {
  const recent = `${formatCount(Math.round(recentRows))} rows a day of ${key.column} in the last ${Number(recentDays.toFixed(1))} days, ${formatCount(Math.round(meanRows))} over its whole span`;
  return `${recent} (estimated from the column's histogram): a ${chosen.period} holds about ${formatCount(Math.round(chosen.rows))} rows or ${formatBytes(chosen.bytes)}, and there are ${formatCount(chosen.count)} of them`;
}

function lossesOf(column: string, { table, uses, thresholds }: Case, known: readonly StatementUse[]): string[] {
  const moved = updatesOf(column, uses).map(
    ({ statement }) =>
      `statement ${statement.id} updates ${column}: the row moves to another partition, as a DELETE and an INSERT`,
  );
  return [...brokenBy(column, table), ...moved, ...slowest(known).slice(0, thresholds.leastPartitions + 2)];
}

/** Statements that look into every partition, the heaviest first. */
function slowest(known: readonly StatementUse[]): string[] {
  return known
    .filter(({ effect }) => effect === 'reads all')
    .sort((a, b) => shareOf(known, use => use === b) - shareOf(known, use => use === a))
    .map(
      use =>
        `statement ${use.statement.id} (${percentOf(shareOf(known, each => each === use))}) would look into every partition: ${use.because ?? ''}`,
    );
}

function nullLoss({ column, nullFraction }: KeyFacts): string[] {
  if (nullFraction === 0) return [];
  return [
    `${percentOf(nullFraction)} of the rows have no ${column}: they lie in a DEFAULT partition, or are refused without one`,
  ];
}

function sizeLoss(
  { bytes, period }: ChosenPeriod,
  { mostPartitionBytes, mostPartitions }: PartitionThresholds,
): string[] {
  if (bytes <= mostPartitionBytes) return [];
  return [
    `a ${period} holds ${formatBytes(bytes)}, more than the ${formatBytes(mostPartitionBytes)} wanted; shorter periods would be more than ${mostPartitions}`,
  ];
}

function wholeDeletes(key: KeyFacts, uses: readonly TableUse[]): RetentionDelete[] {
  return retentionDeletes(key.column, uses).filter(({ isPartial }) => !isPartial);
}

function weighedBy(uses: readonly TableUse[]): 'cost' | 'calls' {
  return uses.every(({ statement }) => statement.cost !== undefined) ? 'cost' : 'calls';
}

function bytesOf({ tableBytes, indexBytes }: TableFacts): number {
  return tableBytes + indexBytes;
}

/** "64 %", and never 0 or 100 for what is only near it. */
function percentOf(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return 'less than 1 %';
  if (rounded === 100 && share < 1) return 'more than 99 %';
  return `${rounded} %`;
}
