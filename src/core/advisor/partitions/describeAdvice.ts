import { formatBytes, formatCost, formatCount } from '../../base/units';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import type { MigrationPlan } from '../migration/migrationPlan';
import { plannedSteps } from '../migration/migrationPlan';
import type { Suggestion } from '../suggestion';
import { shareWeight } from './keyUse';
import type { PartitionAdvice, PartitionIt } from './partitionAdvice';
import type { PartitionScheme } from './scheme';

/** What a planner says of one statement, before and after. */
export type StatementForecast =
  | {
      readonly id: number;
      readonly costBefore: number;
      readonly costAfter: number;
      readonly scanned: number;
      readonly total: number;
      /** Its parameters are unknown, so that no partition was left out. */
      readonly isGeneric: boolean;
    }
  | { readonly id: number; readonly reason: string };

/** "by range of created_at, one partition a month" */
export function schemeInWords(scheme: PartitionScheme): string {
  const column = quoteIdentifier(scheme.column);
  switch (scheme.method) {
    case 'range':
      return `by range of ${column}, one partition a ${scheme.period} (from midnight in ${scheme.timeZone})`;
    case 'list':
      return `by list of ${column}, one partition for each of ${scheme.values.length} values and one for the rest`;
    case 'hash':
      return `by hash of ${column} into ${scheme.modulus} partitions`;
  }
}

/** The whole workload before and after, as far as it could be planned, weighed by calls; undefined if nothing could. */
export function forecastCosts(
  { uses }: PartitionIt,
  forecast: readonly StatementForecast[],
): { readonly costBefore: number; readonly costAfter: number } | undefined {
  let costBefore = 0;
  let costAfter = 0;
  for (const each of forecast) {
    const weight = uses.find(({ statement }) => statement.id === each.id)?.statement.weight ?? 0;
    if ('reason' in each || each.isGeneric) continue;
    costBefore += weight * each.costBefore;
    costAfter += weight * each.costAfter;
  }
  return costBefore === 0 ? undefined : { costBefore, costAfter };
}

/** A suggestion with the migration that carries it out. */
export function partitionSuggestion(
  advice: PartitionIt,
  plan: MigrationPlan,
  forecast: readonly StatementForecast[] = [],
): Suggestion {
  const costs = forecastCosts(advice, forecast);
  const steps = plannedSteps(plan);
  const { count, rowsEach, bytesEach } = advice.partitions;
  return {
    kind: 'partition',
    title: `Partition ${quoteQualified(advice.schema, advice.table)} ${schemeInWords(advice.scheme)}`,
    change: {
      sql: steps.flatMap(({ sql }) => sql),
      runsInTransaction: false,
      locks: 'Step by step; each says what it locks.',
      inverse: [...steps].reverse().flatMap(({ inverse }) => inverse),
    },
    evidence: {
      how: costs ? 'what-if (shadow)' : 'statistics',
      text: [
        ...advice.reasons,
        ...(costs
          ? [
              `the workload costs ${formatCost(costs.costAfter)} instead of ${formatCost(costs.costBefore)} (planned on copied statistics)`,
            ]
          : []),
      ].join('; '),
      ...(costs ?? {}),
    },
    cost: [
      `${formatCount(count)} partitions of about ${formatCount(Math.round(rowsEach))} rows or ${formatBytes(bytesEach)}`,
      ...advice.losses,
    ].join('; '),
  };
}

/** For the command line and the pages: plain data, figures with their units in their names. */
export function adviceJson(
  advice: PartitionAdvice,
  forecast: readonly StatementForecast[] = [],
): Readonly<Record<string, unknown>> {
  const { verdict, schema, table, reasons } = advice;
  if (advice.verdict === 'do not partition') return { schema, table, verdict, reasons };
  const { scheme, partitions, prunedShare, weighedBy, uses, losses, keep } = advice;
  return {
    schema,
    table,
    verdict,
    reasons,
    scheme,
    partitions,
    prunedShare,
    weighedBy,
    losses,
    keep: keep ?? null,
    queries: uses.map(({ statement, effect, because }) => {
      const planned = forecast.find(({ id }) => id === statement.id);
      return {
        id: statement.id,
        sql: statement.sql,
        weight: shareWeight(statement),
        effect,
        because: because ?? null,
        ...(planned === undefined
          ? {}
          : 'reason' in planned
            ? { notPlanned: planned.reason }
            : {
                costBefore: planned.costBefore,
                costAfter: planned.costAfter,
                partitionsRead: planned.scanned,
                partitions: planned.total,
                parametersUnknown: planned.isGeneric,
              }),
      };
    }),
  };
}
