import type { MigrationPlan } from '../migration/migrationPlan';
import type { PartitionWorkload } from './advise';
import { continuousAggregates } from './continuousAggregates';
import { citusPlan } from './distribution/citus';
import { chooseDistribution } from './distribution/distributionColumns';
import { usesOf } from './keyUse';
import type { PartitionAdvice } from './partitionAdvice';
import type { PartitionFacts } from './partitionFacts';
import { timescalePlan } from './timescale';

/** What an engine that is installed beside PostgreSQL's own partitions would do. */
export interface EnginePlan {
  readonly engine: 'timescaledb' | 'citus';
  readonly result: { readonly plan: MigrationPlan } | { readonly refusal: string };
}

/**
 * The same tables as hypertables of TimescaleDB, and all of them over the nodes of Citus, where these are installed;
 * nothing where they are not.
 */
export function enginePlans(
  facts: PartitionFacts,
  advised: readonly PartitionAdvice[],
  { statements, catalog }: PartitionWorkload,
): EnginePlan[] {
  const has = (name: string): boolean => facts.extensions.some(extension => extension.name === name);
  const found: EnginePlan[] = [];
  for (const advice of advised) {
    if (!has('timescaledb') || advice.verdict !== 'partition' || advice.scheme.method !== 'range') continue;
    const { scheme, keep } = advice;
    const table = facts.tables.find(
      ({ relation }) => relation.schema === advice.schema && relation.name === advice.table,
    )!;
    const aggregates = continuousAggregates(table.relation, scheme.column, scheme.timeZone, statements, catalog);
    const uses = usesOf(table.relation, statements, catalog);
    const request = { facts, table, scheme, uses, aggregates, ...(keep === undefined ? {} : { keep }) };
    found.push({ engine: 'timescaledb', result: timescalePlan(request) });
  }
  if (has('citus') && advised.some(({ verdict }) => verdict === 'partition')) {
    const distribution = chooseDistribution(facts.tables, statements, catalog);
    const result = distribution
      ? citusPlan(distribution, facts.extensions)
      : { refusal: 'no column keeps rows that are read together on one node' };
    found.push({ engine: 'citus', result });
  }
  return found;
}
